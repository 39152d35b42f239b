"""Reading streams: which are new to a replica, and the next piece of each.

A piece shows one moment of the database. A row names the answers whose revision is above the replica's
`since`, which stays the same for its whole session; `after` says how far the session has come.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from hsdesk.city.ledger.stream import departure_of, encode, mark_of
from hsdesk.city.sql.database import Connection
from hsdesk.model.answer import Class
from hsdesk.records.conflict import Conflict
from hsdesk.records.parts import Mark, Part
from hsdesk.wire.messages import Cursor, Erased, Moved, Page, Row, Stamp

PAGE_ROWS = 1000
_PAGE_BYTES = 3 << 19  # of stored parts: an answer stays below `codec.MAX_ANSWER` whatever they hold
_SCANNED = 20_000  # ops looked at for one piece, most of them perhaps the asker's own
_part_of = msgspec.msgpack.Decoder(Part).decode
_conflict_of = msgspec.msgpack.Decoder(Conflict).decode


class Head(msgspec.Struct, frozen=True, array_like=True):
    """How far a stream goes, and the digest of all of it."""

    scope: str
    cls: Class
    rev: int
    digest: int


class Asker(msgspec.Struct, frozen=True):
    """The device epoch that asks: what it wrote itself, up to `acked`, is left out.

    `acked`: the last of its ops whose receipt it has taken; None from a desk of protocol 1, which wants
    nothing of its own.
    """

    device: str
    epoch: int
    acked: int | None = None


def heads(connection: Connection, scopes: Sequence[str]) -> tuple[Head, ...]:
    """Return every begun stream of the scopes, in order."""
    rows = connection.all_among(
        "SELECT scope, cls, rev, digest FROM hs_stream WHERE rev > 0 AND scope IN ??", among=scopes
    )
    return tuple(sorted((Head(*row) for row in rows), key=lambda h: (h.scope, h.cls)))


def pages(
    connection: Connection,
    asker: Asker,
    available: Iterable[Head],
    cursors: Mapping[tuple[str, Class], Cursor],
    budget: int = PAGE_ROWS,
) -> tuple[tuple[Page, ...], bool]:
    """Return the next pieces within a budget of rows, and whether more remain."""
    out: list[Page] = []
    for head in available:
        cursor = cursors.get((head.scope, head.cls)) or Cursor(head.scope, head.cls)
        if cursor.since >= head.rev:
            continue
        if budget <= 0:
            return tuple(out), True
        page, sent = _page(connection, asker, head, cursor, budget)
        out.append(page)
        budget -= sent
    return tuple(out), bool(out) and not out[-1].done


def empty_pages(available: Iterable[Head], cursors: Iterable[Cursor]) -> tuple[Page, ...]:
    """Return one page, the last, of each stream that is to be read from its beginning and has none.

    A restored server may have lost a stream whole; who does not hear that goes on showing what it said.
    """
    begun = {(head.scope, head.cls) for head in available}
    return tuple(
        Page(cursor.scope, cursor.cls, (), (), 0, done=True)
        for cursor in cursors
        if cursor.full and (cursor.scope, cursor.cls) not in begun
    )


def all_pages(
    connection: Connection,
    asker: Asker,
    available: Iterable[Head],
    cursors: Mapping[tuple[str, Class], Cursor],
) -> tuple[Page, ...]:
    """Return the pages of every stream to its end, as far as one answer may hold them.

    A stream that is not done is read on from there when the desk asks again.
    """
    out: list[Page] = []
    room = _PAGE_BYTES
    for head in available:
        cursor = cursors.get((head.scope, head.cls)) or Cursor(head.scope, head.cls)
        while cursor.since < head.rev and room > 0:
            page, _ = _page(connection, asker, head, cursor, PAGE_ROWS)
            out.append(page)
            room -= sum(len(encode(row)) for row in page.rows)
            since = page.after if page.done else cursor.since
            cursor = msgspec.structs.replace(cursor, since=since, after=page.after)
    return tuple(out)


def _page(connection: Connection, asker: Asker, head: Head, cursor: Cursor, budget: int) -> tuple[Page, int]:
    own = None if cursor.full else asker
    rows: list[Row] = []
    after, scanned, size, done = cursor.after, 0, 0, False
    while not done and len(rows) < budget and scanned < _SCANNED and size < _PAGE_BYTES:
        logged = connection.all(_NEXT_OPS, head.scope, head.cls, after, budget)
        for record, rev, body in _as_last_written(connection, head, logged):
            after = rev
            row = _row(record, _part_of(body), cursor.since, own)
            if row is not None:
                rows.append(row)
                size += len(body)
                if size >= _PAGE_BYTES:
                    break
        else:
            done = len(logged) < budget
            after = logged[-1][0] if logged else after
        scanned += len(logged)
    after = head.rev if done else after
    conflicts = connection.all(_NEXT_CONFLICTS, head.scope, head.cls, cursor.after, after)
    kept = tuple(_conflict_of(body) for (body,) in conflicts)
    digest = head.digest if done else 0
    where = (head.scope, head.cls, cursor.after, after)
    erased = tuple(_erased(*row) for row in connection.all(_NEXT_ERASED, *where))
    moved = tuple(_moved(*row) for row in connection.all(_NEXT_MOVED, *where))
    page = Page(
        head.scope, head.cls, tuple(rows), kept, after, done, digest, erased, moved,
        cursor.since, cursor.after,
    )  # fmt: skip
    return page, len(rows)


def _as_last_written(
    connection: Connection, head: Head, logged: Sequence[tuple[int, str]]
) -> Iterator[tuple[str, int, bytes]]:
    """Yield record, revision and stored part of what these ops (revision, record) were the last to write.

    The log is the stream's order: an index of the parts by revision would cost every op two index entries.
    """
    last = {record: rev for rev, record in logged}
    found = connection.all_among(
        "SELECT record, rev, body FROM hs_state WHERE scope = ? AND cls = ? AND record IN ??",
        head.scope,
        head.cls,
        among=sorted(last),
    )
    bodies = {rev: body for record, rev, body in found if rev == last[record]}
    return ((record, rev, bodies[rev]) for rev, record in logged if rev in bodies)


_NEXT_OPS = "SELECT rev, record FROM hs_op WHERE scope = ? AND cls = ? AND rev > ? ORDER BY rev LIMIT ?"
_BETWEEN = " WHERE scope = ? AND cls = ? AND rev > ? AND rev <= ? ORDER BY rev"
_NEXT_CONFLICTS = f"SELECT body FROM hs_conflict{_BETWEEN}"
_NEXT_ERASED = f"SELECT record, path, mark FROM hs_erased{_BETWEEN}"
_NEXT_MOVED = f"SELECT record, body FROM hs_departure{_BETWEEN}"


def _erased(record: str, path: str, body: bytes) -> Erased:
    return erased_of(record, path, mark_of(body))


def erased_of(record: str, path: str, mark: Mark) -> Erased:
    """Return an erasure as a desk is told it."""
    return Erased(record, path, mark.rev, mark.device, abs(mark.epoch), mark.seq)


def _moved(record: str, body: bytes) -> Moved:
    departure = departure_of(body)
    return Moved(record, departure.into, departure.rev, departure.arrived)


def _row(record: str, part: Part, since: int, own: Asker | None) -> Row | None:
    """Return what is new in a part, or None if the asker wrote all of it."""
    if not part.others:  # as it was made: the common case of a first load
        if part.base.rev <= since or _is_own(part.base, own):
            return None
        return Row(record, part.form, part.version, part.rev, part.answers, stamp_of(part.base))
    marks = {
        path: mark
        for path in part.answers
        if (mark := part.others.get(path, part.base)).rev > since and not _is_own(mark, own)
    }
    return row_of(record, part, marks) if marks else None


def row_of(record: str, part: Part, marks: Mapping[str, Mark]) -> Row:
    """Return the answers of a part that are named with who wrote them."""
    stamps = {path: stamp_of(mark) for path, mark in marks.items()}
    main = max(stamps.values(), key=lambda stamp: stamp.rev, default=stamp_of(part.base))
    others = {path: stamp for path, stamp in stamps.items() if stamp != main}
    answers = {path: part.answers[path] for path in marks}
    return Row(record, part.form, part.version, part.rev, answers, main, others)


def _is_own(mark: Mark, own: Asker | None) -> bool:
    if own is None or mark.device != own.device or mark.epoch != own.epoch:
        return False
    return own.acked is None or mark.seq <= own.acked


def stamp_of(mark: Mark) -> Stamp:
    """Return who wrote a value as a desk is told it."""
    return Stamp(mark.rev, mark.hlc, mark.device, mark.person)
