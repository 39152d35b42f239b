"""Streams as this file holds them: grants, cursors, digests, and the conflicts that came with pages."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hsdesk.deskfile import blobs, reference, writers
from hsdesk.deskfile.batch import Batch
from hsdesk.deskfile.connection import DeskConnection
from hsdesk.model.answer import CLASSES, Class, Value
from hsdesk.model.clock import milliseconds_of
from hsdesk.records.conflict import Conflict
from hsdesk.wire.messages import Cursor, Grant, Row, Stamp

_ENCODER = msgspec.json.Encoder()


class Lost(msgspec.Struct, frozen=True):
    """An answer that the city had before it was restored, and who had given it. `at`: when it was missed."""

    scope: str
    cls: Class
    record: str
    form: str
    path: str
    value: Value
    stamp: Stamp
    at: int


def lost(connection: DeskConnection) -> tuple[Lost, ...]:
    """Return the answers that the city had and no longer has, latest first."""
    rows = connection.all(
        "SELECT scope, cls, record, form, path, value, stamp, at FROM hs_lost ORDER BY id DESC"
    )
    here = writers.names(connection)

    def by(body: bytes) -> Stamp:
        stamp = msgspec.json.decode(body, type=Stamp)
        return msgspec.structs.replace(stamp, person=here.get(stamp.person, stamp.person))

    return tuple(
        Lost(scope, cls, record, form, path, msgspec.json.decode(value, type=Value), by(stamp), at)
        for scope, cls, record, form, path, value, stamp, at in rows
    )


def find_again(connection: DeskConnection, cls: Class, row: Row) -> None:
    """Take off the list of what the city has lost what it says again, inside a transaction."""
    connection.sqlite.executemany(
        "DELETE FROM hs_lost WHERE record = ? AND cls = ? AND path = ? AND value = ?",
        [(row.record, cls, path, _ENCODER.encode(value)) for path, value in row.answers.items()],
    )


def put_conflicts(connection: DeskConnection, conflicts: Sequence[Conflict]) -> None:
    """Keep conflicts as the city tells them, inside a transaction; an older word does not replace a newer."""
    connection.sqlite.executemany(
        "INSERT INTO hs_conflict (id, scope, cls, record, open, rev, body) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET scope = excluded.scope, cls = excluded.cls, open = excluded.open,"
        " rev = excluded.rev, body = excluded.body WHERE excluded.rev > rev OR excluded.scope <> scope",
        [(c.id, c.scope, c.cls, c.record, c.open, c.rev, _ENCODER.encode(c)) for c in conflicts],
    )


def conflicts(
    connection: DeskConnection, *, open_only: bool = True, record: str = ""
) -> tuple[Conflict, ...]:
    """Return conflicts, latest first; those of one record if it is given."""
    where = ["open = 1"] if open_only else []
    if record:
        where.append("record = ?")
    sql = "SELECT body FROM hs_conflict" + (" WHERE " + " AND ".join(where) if where else "")
    rows = connection.all(sql, (record,) if record else ())
    found = [msgspec.json.decode(body, type=Conflict) for (body,) in rows]
    return tuple(
        sorted(
            found, key=lambda c: max((milliseconds_of(x.hlc) for x in c.candidates), default=0), reverse=True
        )
    )


def cursors(connection: DeskConnection) -> tuple[Cursor, ...]:
    """Return one cursor per granted stream."""
    return tuple(
        Cursor(scope, cls, stream.since, stream.after, stream.full)
        for (scope, cls), stream in sorted(connection.streams().items())
        if stream.granted
    )


def grants(connection: DeskConnection) -> tuple[Grant, ...]:
    """Return the grants last received."""
    return tuple(
        Grant(scope, cls, stream.writable)
        for (scope, cls), stream in sorted(connection.streams().items())
        if stream.granted
    )


def granted(connection: DeskConnection, scope: str) -> frozenset[Class] | None:
    """Return the classes granted of a place; None before any grant was received."""
    known = connection.streams()
    if not any(stream.granted for stream in known.values()):
        return None
    asked = ((cls, known.get((scope, cls))) for cls in CLASSES)
    return frozenset(cls for cls, stream in asked if stream is not None and stream.granted)


def take_grants(connection: DeskConnection, granted: tuple[Grant, ...]) -> None:
    """Replace the grants: new streams start at 0, those no longer granted are dropped from this file.

    All that this file ever wrote to a new stream is here, so its cursor is not `full`; that of a stream that
    was dropped once and is granted again is. What was never granted was typed here and stays, and so do own
    ops that wait, whatever they were typed for; but a record that moved before the first grants were known,
    to a place that is not among them, goes.
    """
    with connection.transaction():
        held = {key for key, stream in connection.streams().items() if stream.granted}
        moved = set(connection.all("SELECT DISTINCT into_scope, cls FROM hs_departure"))
        for scope, cls in sorted((held | moved) - {(grant.scope, grant.cls) for grant in granted}):
            drop_stream(connection, scope, cls)
        connection.sqlite.executemany(
            "INSERT INTO hs_stream (scope, cls, writable, granted) VALUES (?, ?, ?, 1)"
            " ON CONFLICT (scope, cls) DO UPDATE SET writable = excluded.writable, granted = 1",
            [(grant.scope, grant.cls, grant.write) for grant in granted],
        )
        connection.forget_streams()


def drop_stream(connection: DeskConnection, scope: str, cls: Class) -> None:
    """Remove what the city said of a stream, and records of which nothing is left. Nothing is logged."""
    keys = connection.all("SELECT scope, record FROM hs_record WHERE scope = ?", (scope,))
    batch = Batch(connection)
    batch.take(keys)
    for key in keys:
        held = batch.taken(*key)
        if held is not None and cls in held.confirmed:
            held.let_go(cls)
            held.is_touched = True
    batch.write()
    connection.run(
        "UPDATE hs_stream SET since = 0, after = 0, digest = 0, granted = 0, whole = 1, high = 0"
        " WHERE scope = ? AND cls = ?",
        (scope, cls),
    )
    connection.run("DELETE FROM hs_conflict WHERE scope = ? AND cls = ?", (scope, cls))
    connection.run("DELETE FROM hs_heard WHERE scope = ? AND cls = ?", (scope, cls))
    connection.forget_streams()
    blobs.drop_references(connection, scope, cls)


def reset_stream(connection: DeskConnection, scope: str, cls: Class) -> None:
    """Read the stream from its beginning at the next pull."""
    with connection.transaction():
        connection.run(
            "UPDATE hs_stream SET since = 0, after = 0, whole = 1 WHERE scope = ? AND cls = ?", (scope, cls)
        )
        connection.forget_streams()


def begin_again(connection: DeskConnection) -> None:
    """Read every stream from its beginning, because the server was restored; inside a transaction.

    Conflicts are named by revisions of the epoch before: all come again.
    """
    connection.run("UPDATE hs_stream SET since = 0, after = 0, whole = 1, digest = 0, high = 0")
    connection.run("DELETE FROM hs_conflict")
    connection.run("UPDATE hs_heard SET stamp = CAST(json_set(CAST(stamp AS TEXT), '$[0]', 0) AS BLOB)")
    blobs.doubt_sent(connection)
    reference.doubt(connection)
    connection.forget_streams()


def known_gap(connection: DeskConnection, scope: str, cls: Class) -> int:
    """Return the difference of digests to the server that reading could not close, 0 for none."""
    return int(connection.meta(f"gap {scope} {cls}", "0"))


def note_gap(connection: DeskConnection, scope: str, cls: Class, gap: int) -> None:
    """Remember a difference of digests that reading did not close; 0 when there is none any more."""
    if gap != known_gap(connection, scope, cls):
        connection.set_meta(f"gap {scope} {cls}", str(gap))


def digest(connection: DeskConnection, scope: str, cls: Class) -> int:
    """Return the order-free digest of what the city said of a stream."""
    row = connection.one("SELECT digest FROM hs_stream WHERE scope = ? AND cls = ?", (scope, cls))
    return int(row[0]) if row else 0
