"""Erasing (清除): values vanish from state, log and conflicts; that they were there stays, and a fence.

The fence keeps laptops that were away from bringing them back; it goes down to every replica, which forgets
them in its own log and history. Backups made before still hold them, PostgreSQL too until its next VACUUM.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hsdesk.city.ledger import blobs, conflicts
from hsdesk.city.ledger.history import history
from hsdesk.city.ledger.stream import (
    Departure,
    StreamWork,
    conflict_of,
    departure_of,
    encode,
    put_departure,
    put_erased,
)
from hsdesk.city.sql import row_seals
from hsdesk.city.sql.database import Connection
from hsdesk.city.sql.written import Stream
from hsdesk.model.answer import Class
from hsdesk.records.erasure import redacted, without_erased
from hsdesk.records.op import Op, covers, erased_paths
from hsdesk.records.parts import Mark, Part


def erase(connection: Connection, work: StreamWork, op: Op, mark: Mark) -> Part:
    """Forget what an op names, at revision `mark.rev`; return what is left. The log must be flushed."""
    if connection.dialect == "sqlite":
        connection.run("PRAGMA secure_delete = ON")  # a freed page of the file keeps nothing
    known = work.parts.get(op.record)
    paths = erased_paths(op)
    for path in paths:
        put_erased(connection, (op.scope, op.cls), op.record, path, mark)
        work.erased.setdefault(op.record, {})[path] = mark
    gone = _forget_log(connection, work, (op.scope, op.cls), known.rev if known else 0, paths)
    for stream, departure in _departures(connection, op.record, op.cls):
        gone |= _forget_log(connection, work, stream, departure.head, paths)
        if departure.before is None:
            continue
        kept = redacted(departure.before.answers, paths)
        before = msgspec.structs.replace(departure.before, answers=kept)  # late ops are followed by its marks
        put_departure(connection, stream, op.record, msgspec.structs.replace(departure, before=before))
    _forget_conflicts(connection, work, op, mark.rev)
    left = without_erased(known, op, mark)
    named = {key: value for key, value in gone.items() if value not in left.answers.values()}
    blobs.erase_attachments(connection, op.scope, op.cls, op.record, named)
    return left


def _departures(connection: Connection, record: str, cls: Class) -> Iterator[tuple[Stream, Departure]]:
    rows = connection.all("SELECT scope, body FROM hs_departure WHERE record = ? AND cls = ?", record, cls)
    for scope, body in rows:
        yield (scope, cls), departure_of(body)


def _forget_log(
    connection: Connection, work: StreamWork, stream: Stream, head: int, paths: tuple[str, ...]
) -> dict[str, object]:
    """Redact the ops of a part; return the values that went, by where they stood."""
    gone: dict[str, object] = {}
    for logged in list(history(connection, *stream, head)):
        kept = redacted(logged.answers, paths)
        if kept != logged.answers:
            gone |= {f"{logged.rev}/{path}": was for path, was in logged.answers.items() if kept[path] != was}
            work.resealed -= row_seals.seal_of(row_seals.row_of(connection, *stream, logged.rev))
            connection.run(
                "UPDATE hs_op SET body = ? WHERE scope = ? AND cls = ? AND rev = ?",
                encode(kept),
                *stream,
                logged.rev,
            )
            work.resealed += row_seals.seal_of(row_seals.row_of(connection, *stream, logged.rev))
    return gone


def _forget_conflicts(connection: Connection, work: StreamWork, op: Op, rev: int) -> None:
    """Close the conflicts over what is erased, settled ones too: each still holds the values."""
    rows = connection.all(
        "SELECT body FROM hs_conflict WHERE scope = ? AND cls = ? AND record = ?", op.scope, op.cls, op.record
    )
    known = {found.id: found for found in (conflict_of(body) for (body,) in rows)}
    known |= {one.id: one for one in work.renewed.values() if one.record == op.record}
    paths = erased_paths(op)
    for one in known.values():
        if any(covers(erased, one.path) for erased in paths):
            work.renewed[one.id] = conflicts.forgotten(one, rev)
    work.conflicts[op.record] = [
        one
        for one in work.conflicts.get(op.record, [])
        if not any(covers(erased, one.path) for erased in paths)
    ]
