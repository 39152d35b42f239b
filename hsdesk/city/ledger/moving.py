"""Moving a record part to another place (转移): it leaves one stream and arrives whole in the other.

Its UUID, its answers, its conflicts and the fences of what was erased go with it. The old stream keeps where
it went, so that replicas there let it go and late ops find it.
"""

from __future__ import annotations

import msgspec

from hsdesk.city.ledger import blobs
from hsdesk.city.ledger.stream import Departure, StreamWork, conflict_of, put_departure, put_erased
from hsdesk.city.sql.database import Connection
from hsdesk.model.answer import Class
from hsdesk.records.parts import Part
from hsdesk.records.transfer import moved


class Departing(msgspec.Struct, frozen=True):
    """Which part of which record goes from where to where."""

    record: str
    cls: Class
    source: str
    target: str


def depart(connection: Connection, going: Departing, source: StreamWork, target: StreamWork) -> Part | None:
    """Take a part out of one stream into the other, a revision further each; return it as it arrived.

    Where the record has no part of this class, only the way is noted, so that one typed late follows it.
    """
    record = going.record
    part = source.parts.pop(record, None)
    source.rev += 1
    target.rev += part is not None
    departure = Departure(source.rev, going.target, target.rev, source.rev, part)
    source.departures[record] = departure
    put_departure(connection, (going.source, going.cls), record, departure)
    connection.run(
        "DELETE FROM hs_departure WHERE scope = ? AND cls = ? AND record = ?", going.target, going.cls, record
    )
    target.departures.pop(record, None)
    if part is None:
        return None
    blobs.move_references(connection, (going.source, going.cls), record, going.target)
    source.left[record] = part
    source.changed.pop(record, None)
    target.left.pop(record, None)
    target.parts[record] = arrived = moved(part, target.rev)
    target.sizes[record] = source.sizes.pop(record, 0)
    target.heads[record] = target.rev
    target.changed[record] = frozenset()
    _take_conflicts(connection, going, source, target)
    _take_fences(connection, going, source, target)
    return arrived


def _take_conflicts(connection: Connection, going: Departing, source: StreamWork, target: StreamWork) -> None:
    where = (going.source, going.cls, going.record)
    rows = connection.all("SELECT body FROM hs_conflict WHERE scope = ? AND cls = ? AND record = ?", *where)
    known = {found.id: found for found in (conflict_of(body) for (body,) in rows)}
    known |= {one.id: one for one in source.renewed.values() if one.record == going.record}
    connection.run("DELETE FROM hs_conflict WHERE scope = ? AND cls = ? AND record = ?", *where)
    source.conflicts.pop(going.record, None)
    for one in known.values():
        source.renewed.pop(one.id, None)
        taken = msgspec.structs.replace(one, scope=going.target, rev=target.rev)
        target.renewed[one.id] = taken
        if taken.open:
            target.conflicts.setdefault(going.record, []).append(taken)


def _take_fences(connection: Connection, going: Departing, source: StreamWork, target: StreamWork) -> None:
    for path, mark in source.erased.get(going.record, {}).items():
        there = msgspec.structs.replace(mark, rev=target.rev, epoch=0)
        target.erased.setdefault(going.record, {})[path] = there
        put_erased(connection, (going.target, going.cls), going.record, path, there)
