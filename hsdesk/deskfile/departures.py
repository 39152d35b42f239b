"""Records that moved to another place (转移), as this file has heard of it, class by class.

A departure is (revision, into, arrived) and counts like a value: what the old stream said at or below it is
not written back there, and a departure that lies before a known arrival is none any more. Until the stream of
the new place tells the record, what the old one said stays in view *there*, below any of its revisions and
outside its digest. Where the new place is not granted it goes; own ops that wait stay listed.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from hsdesk.deskfile import blobs
from hsdesk.deskfile.batch import Batch, HeldRecord
from hsdesk.deskfile.connection import DeskConnection
from hsdesk.errors import Refused
from hsdesk.model.answer import Class
from hsdesk.records.layers import Pending, carried, confirmed
from hsdesk.records.parts import Part
from hsdesk.wire.messages import Moved


def whereabouts(connection: DeskConnection, scope: str, record: str) -> str:
    """Return the scope where a record is now that was typed into at `scope`.

    Raises Refused when it moved to a place whose data is not here.
    """
    while connection.one("SELECT 1 FROM hs_record WHERE scope = ? AND record = ?", (scope, record)) is None:
        row = connection.one(
            "SELECT into_scope FROM hs_departure WHERE scope = ? AND record = ?", (scope, record)
        )
        if row is None:
            return scope
        scope = str(row[0])
        if not is_held(connection, scope):
            raise Refused("这条记录已经转到别的村（社区），这里没有保存。刚才填的内容还在“未填完”里。")
    return scope


def is_gone(connection: DeskConnection, scope: str, cls: Class, record: str, rev: int) -> bool:
    """Tell whether a record part had left a stream by a revision; if it came back since, that is noted."""
    if not connection.has_departures():
        return False
    row = connection.one(
        "SELECT epoch, rev FROM hs_departure WHERE scope = ? AND cls = ? AND record = ?", (scope, cls, record)
    )
    if row is None:
        return False
    if (row[0], row[1]) >= (connection.server_epochs(), rev):
        return True
    _forget(connection, scope, cls, record)
    return False


def _forget(connection: DeskConnection, scope: str, cls: Class, record: str) -> None:
    connection.run(
        "DELETE FROM hs_departure WHERE scope = ? AND cls = ? AND record = ?", (scope, cls, record)
    )
    connection.forget_departures()


def note(
    connection: DeskConnection, batch: Batch, scope: str, cls: Class, moved: Iterable[Moved]
) -> list[HeldRecord]:
    """Let go of the parts that moved away, inside a transaction; return the records that changed."""
    touched: list[HeldRecord] = []
    for one in moved:
        touched += _note(connection, batch, (scope, cls), one)
    return touched


def _note(
    connection: DeskConnection, batch: Batch, stream: tuple[str, Class], moved: Moved
) -> list[HeldRecord]:
    scope, cls = stream
    key, epoch = (scope, cls, moved.record), connection.server_epochs()
    _note_arrival(connection, (moved.into, cls, moved.record), (epoch, moved.arrived))
    batch.take([(scope, moved.record)])
    held = batch.taken(scope, moved.record)
    part = held.confirmed.get(cls) if held else None
    if _came_back(connection, key, (epoch, moved.rev)) or (part and _highest(part) > moved.rev):
        return []
    known = connection.one(
        "SELECT epoch, rev FROM hs_departure WHERE scope = ? AND cls = ? AND record = ?", key
    )
    if known and (known[0], known[1]) >= (epoch, moved.rev):
        return []
    connection.run(
        "INSERT OR REPLACE INTO hs_departure (scope, cls, record, epoch, rev, into_scope)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (*key, epoch, moved.rev, moved.into),
    )
    connection.forget_departures()
    _follow(connection, stream, moved)
    return _carry(connection, batch, held, cls) if held else []


def _note_arrival(connection: DeskConnection, key: tuple[str, Class, str], at: tuple[int, int]) -> None:
    connection.run(
        "INSERT INTO hs_arrival (scope, cls, record, epoch, rev) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (scope, cls, record) DO UPDATE SET epoch = excluded.epoch, rev = excluded.rev"
        " WHERE (excluded.epoch, excluded.rev) > (epoch, rev)",
        (*key, *at),
    )
    connection.run(
        "DELETE FROM hs_departure WHERE scope = ? AND cls = ? AND record = ? AND (epoch, rev) < (?, ?)",
        (*key, *at),
    )
    connection.forget_departures()


def _came_back(connection: DeskConnection, key: tuple[str, Class, str], departed: tuple[int, int]) -> bool:
    row = connection.one("SELECT epoch, rev FROM hs_arrival WHERE scope = ? AND cls = ? AND record = ?", key)
    return row is not None and (row[0], row[1]) > departed


def _highest(part: Part) -> int:
    return max(mark.rev for mark in (part.base, *part.others.values()))


def _follow(connection: DeskConnection, stream: tuple[str, Class], moved: Moved) -> None:
    """Let history, half-typed cells and the names of attachments follow a part to its new place.

    A revision of the old stream, seen by a cell or told of a value, says nothing in the new one: it counts as
    none.
    """
    scope, cls = stream
    connection.run(
        "UPDATE hs_heard SET scope = ?, stamp = CAST(json_set(CAST(stamp AS TEXT), '$[0]', 0) AS BLOB)"
        " WHERE scope = ? AND cls = ? AND record = ?",
        (moved.into, scope, cls, moved.record),
    )
    connection.run(
        "UPDATE OR REPLACE hs_draft SET scope = ?, seen = json_set(seen, '$[0]', 0)"
        " WHERE scope = ? AND record = ?",
        (moved.into, scope, moved.record),
    )
    blobs.move_references(connection, (scope, cls), moved.record, moved.into)
    connection.run(
        "DELETE FROM hs_conflict WHERE scope = ? AND cls = ? AND record = ?", (scope, cls, moved.record)
    )


def _carry(connection: DeskConnection, batch: Batch, held: HeldRecord, cls: Class) -> list[HeldRecord]:
    """Take what is known of a part, and what waits for it, to where the part is now."""
    part, waiting = held.let_go(cls), held.pending.get(cls, [])
    held.replay(cls, [])
    there = connection.place_of(held.scope, cls, held.record)
    if there == held.scope or not is_held(connection, there):
        return [held]
    if part is None and not waiting:
        return [held]
    batch.take([(there, held.record)])
    target = batch.held(there, held.record, held.form)
    if part is not None:
        known = target.confirmed.get(cls)
        target.confirm(cls, confirmed(known, _carried_part(part)) if known else _carried_part(part))
    target.replay(cls, _in_order([*target.pending.get(cls, []), *waiting]))
    return [held, target]


def is_held(connection: DeskConnection, scope: str) -> bool:
    """Tell whether the data of a place may be here; before the first grants are known, that of any."""
    granted = [place for (place, _cls), one in connection.streams().items() if one.granted]
    return scope in granted or not granted


def carry_told(
    connection: DeskConnection, batch: Batch, held: HeldRecord, cls: Class, told: Part
) -> list[HeldRecord]:
    """Keep in view, at its new place, what the old stream said of a part that has left it."""
    there = connection.place_of(held.scope, cls, held.record)
    if there == held.scope or not is_held(connection, there):
        return []
    batch.take([(there, held.record)])
    target = batch.held(there, held.record, held.form)
    part = _carried_part(told)
    target.confirm(cls, confirmed(target.confirmed.get(cls), part))
    return [target]


def _carried_part(part: Part) -> Part:
    return msgspec.structs.replace(
        part,
        rev=0,
        base=msgspec.structs.replace(part.base, rev=carried(part.base.rev)),
        others={
            path: msgspec.structs.replace(mark, rev=carried(mark.rev)) for path, mark in part.others.items()
        },
    )


def _in_order(ops: list[Pending]) -> list[Pending]:
    seen: dict[tuple[int, int], Pending] = {(one.op.epoch, one.op.seq): one for one in ops}
    return [seen[key] for key in sorted(seen)]
