"""A stream while its counter row is locked: read, changed in memory, written back in one transaction.

The counters are locked first, in order, as their own statements, so that two chunks never wait for each other
in a circle and a page never shows a revision whose neighbours are still to come.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from hsdesk.city.sql.database import Connection
from hsdesk.city.sql.written import Paths, Stream
from hsdesk.model.answer import Class
from hsdesk.records.conflict import Conflict
from hsdesk.records.parts import DIGEST_MODULUS, Mark, Part, part_digest

MOST_MOVES = 20  # that a record is followed through

encode = msgspec.msgpack.Encoder().encode
part_of = msgspec.msgpack.Decoder(Part).decode
conflict_of = msgspec.msgpack.Decoder(Conflict).decode
mark_of = msgspec.msgpack.Decoder(Mark).decode


class Departure(msgspec.Struct, frozen=True):
    """A record part that moved to another place: when here (`rev`), when there (`arrived`), as it was.

    A record moves with all its classes: `before` is None where it had no part. `head` is the revision of its
    last op in this stream, where its history goes on backwards.
    """

    rev: int
    into: str
    arrived: int
    head: int
    before: Part | None


departure_of = msgspec.msgpack.Decoder(Departure).decode


class StreamWork(msgspec.Struct):
    """What the chunk's records hold, and what it changes.

    `fence`: its revision when the server was last restored.
    """

    rev: int
    fence: int
    digest: int
    begun: int = 0  # the revision that it had when it was locked
    parts: dict[str, Part] = {}
    digests: dict[str, int] = {}
    sizes: dict[str, int] = {}  # an upper bound while ops are merged
    heads: dict[str, int] = {}  # revision of a record's op before the present one
    conflicts: dict[str, list[Conflict]] = {}
    departures: dict[str, Departure] = {}
    erased: dict[str, dict[str, Mark]] = {}  # record -> path -> who erased it
    changed: dict[str, Paths] = {}
    renewed: dict[str, Conflict] = {}
    resealed: int = 0  # by how much erasures changed the sum of the log's seals
    left: dict[str, Part] = {}  # parts that moved away in this transaction


def locked(connection: Connection, stream: Stream, records: list[str]) -> StreamWork:
    """Lock a stream's counter, made now if it is new, and read what it holds of some records."""
    rows = connection.all(_LOCKED, *stream)
    if not rows:
        connection.run(_NEW_COUNTER, *stream)
        rows = connection.all(_LOCKED, *stream)
    rev, fence, digest = rows[0]
    work = StreamWork(rev, fence, digest, begun=rev)
    if work.rev:
        _load(connection, stream, work, records)
    return work


_LOCKED = "SELECT rev, fence, digest FROM hs_stream WHERE scope = ? AND cls = ? FOR UPDATE"
_NEW_COUNTER = (
    "INSERT INTO hs_stream (scope, cls, rev, fence, digest) VALUES (?, ?, 0, 0, 0)"
    " ON CONFLICT (scope, cls) DO NOTHING"
)


def _load(connection: Connection, stream: Stream, work: StreamWork, records: list[str]) -> None:
    def among(columns: str, table: str, condition: str = "") -> list[tuple[str, ...]]:
        return connection.all_among(
            f"SELECT {columns} FROM {table} WHERE scope = ? AND cls = ?{condition} AND record IN ??",
            *stream,
            among=records,
        )

    for record, digest, body in among("record, digest, body", "hs_state"):
        work.parts[record], work.digests[record] = part_of(body), digest  # type: ignore[arg-type, assignment]
        work.sizes[record] = len(body)
    if not _has_more(connection, stream):
        return
    for record, body in among("record, body", "hs_conflict", " AND open = 1"):
        work.conflicts.setdefault(record, []).append(conflict_of(body))  # type: ignore[arg-type]
    for record, body in among("record, body", "hs_departure"):
        work.departures[record] = departure_of(body)  # type: ignore[arg-type]
    for record, path, mark in among("record, path, mark", "hs_erased"):
        work.erased.setdefault(record, {})[path] = mark_of(mark)  # type: ignore[arg-type]


def _has_more(connection: Connection, stream: Stream) -> bool:
    """Tell whether a stream ever had a conflict, a departure or an erasure: most never do."""
    begun = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE scope = ? AND cls = ?)"
        for table in ("hs_conflict", "hs_departure", "hs_erased")
    )
    return bool(connection.all(f"SELECT {begun}", *stream * 3)[0][0])


def departures(connection: Connection, scope: str, records: Sequence[str]) -> dict[tuple[str, Class], str]:
    """Return where records that are no longer in a scope have moved to, by (record, class)."""
    rows = connection.all_among(
        "SELECT record, cls, body FROM hs_departure WHERE scope = ? AND record IN ??", scope, among=records
    )
    return {(record, cls): departure_of(body).into for record, cls, body in rows}


def whereabouts(connection: Connection, stream: Stream, record: str) -> str:
    """Return the scope where a record part is now that was in a stream."""
    scope, cls = stream
    for _ in range(MOST_MOVES):
        into = departures(connection, scope, (record,)).get((record, cls))
        if into is None:
            break
        scope = into
    return scope


def history_heads(connection: Connection, stream: Stream, record: str) -> list[int]:
    """Return the revisions from which a record's ops in a stream can be followed backwards, latest first."""
    rows = connection.all(
        "SELECT rev FROM hs_state WHERE scope = ? AND cls = ? AND record = ?", *stream, record
    )
    gone = connection.all(
        "SELECT body FROM hs_departure WHERE scope = ? AND cls = ? AND record = ?", *stream, record
    )
    return [*(int(rev) for (rev,) in rows), *(departure_of(body).head for (body,) in gone)]


def write(connection: Connection, stream: Stream, work: StreamWork) -> None:
    """Write what changed of a stream and its counter."""
    connection.run_among(
        "DELETE FROM hs_state WHERE scope = ? AND cls = ? AND record IN ??", *stream, among=sorted(work.left)
    )
    connection.many(_PUT_STATE, _state_rows(stream, work))
    connection.many(_PUT_CONFLICT, [conflict_row(c) for c in work.renewed.values()])
    connection.run(_PUT_COUNTER, work.rev, work.digest, *stream)


def put_departure(connection: Connection, stream: Stream, record: str, departure: Departure) -> None:
    """Remember where a record went. It takes the place of an earlier departure of that record."""
    connection.run(
        "INSERT INTO hs_departure (scope, cls, record, rev, body) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (scope, cls, record) DO UPDATE SET rev = excluded.rev, body = excluded.body",
        *stream,
        record,
        departure.rev,
        encode(departure),
    )


def put_erased(connection: Connection, stream: Stream, record: str, path: str, mark: Mark) -> None:
    """Remember that values were erased: the fence that keeps them from coming back."""
    connection.run(
        "INSERT INTO hs_erased (scope, cls, record, path, rev, mark) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (scope, cls, record, path) DO UPDATE SET rev = excluded.rev, mark = excluded.mark",
        *stream,
        record,
        path,
        mark.rev,
        encode(mark),
    )


def conflict_row(conflict: Conflict) -> tuple[str | int | bytes, ...]:
    """Return a conflict as its table keeps it."""
    c = conflict
    return (c.scope, c.cls, c.id, c.rev, c.record, int(c.open), encode(c))


_PUT_STATE = (
    "INSERT INTO hs_state (scope, cls, record, form, rev, digest, body) VALUES (?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (scope, cls, record) DO UPDATE SET"
    " rev = excluded.rev, digest = excluded.digest, body = excluded.body"
)
_PUT_CONFLICT = (
    "INSERT INTO hs_conflict (scope, cls, id, rev, record, open, body) VALUES (?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (scope, cls, id) DO UPDATE SET"
    " rev = excluded.rev, open = excluded.open, body = excluded.body"
)
_PUT_COUNTER = "UPDATE hs_stream SET rev = ?, digest = ? WHERE scope = ? AND cls = ?"


def _state_rows(stream: Stream, work: StreamWork) -> Iterable[tuple[str | int | bytes, ...]]:
    rows = []
    gone = sum(work.digests.get(record, 0) for record in work.left)
    work.digest = (work.digest - gone) % DIGEST_MODULUS
    for record in sorted(work.changed):
        part = work.parts[record]
        digest = part_digest(record, part.answers)
        work.digest = (work.digest - work.digests.get(record, 0) + digest) % DIGEST_MODULUS
        rows.append((*stream, record, part.form, part.rev, digest, encode(part)))
    return rows
