"""What comes from the city server: pages of record parts, grants, conflicts and the reference stream."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hsdesk.model.clock import milliseconds_of
from hsdesk.model.conflict import Conflict
from hsdesk.model.leaving import redacted
from hsdesk.model.op import Class
from hsdesk.store import blobs, leaving, outbox, reference
from hsdesk.store.batch import Batch
from hsdesk.store.core import CLOCK, LAST_OF_OLD_EPOCH, PART_BITS, Core, Stream
from hsdesk.store.parts import CLASS_NUMBER, HeldPart, after_row, same
from hsdesk.wire.messages import Cursor, Grant, Page, Row

SERVER_EPOCH = "server_epoch"
_ENCODER = msgspec.json.Encoder()
_STREAM_SQL = (
    "INSERT INTO hs_stream (scope, cls, since, after, whole, granted) VALUES (?, ?, ?, ?, ?, 1)"
    " ON CONFLICT (scope, cls) DO UPDATE"
    " SET since = excluded.since, after = excluded.after, whole = excluded.whole"
)


def apply_page(core: Core, page: Page) -> bool:
    """Write rows, conflicts and cursor of a page in one transaction; write nothing if ops wait."""
    with core.transaction():
        if outbox.has_pending(core):
            return False
        leaving.let_go(core, page.scope, page.cls, page.moved)
        _apply_rows(core, page)
        _put_conflicts(core, page.conflicts)
        told = {row.record: row.answers for row in page.rows} if page.erased else {}
        leaving.forget(core, page.scope, page.cls, page.erased, told)
        leaving.came_back(core, page.scope)
        known = core.streams().get((page.scope, page.cls), Stream())
        since = page.after if page.done else known.since
        full = page.stale or (known.full and not page.done)
        core.run(_STREAM_SQL, (page.scope, page.cls, since, page.after, full))
        core.forget_streams()
        return True


def _apply_rows(core: Core, page: Page) -> None:
    if not page.rows:
        return
    batch = Batch(core)
    batch.take((page.scope, row.record) for row in page.rows)
    heard: list[tuple[object, ...]] = []
    after_n = core.one("SELECT coalesce(max(n), 0) FROM hs_op")[0]
    attaching = {form for form in {row.form for row in page.rows} if _may_attach(core, form)}
    for row in page.rows:
        held = batch.held(page.scope, row.record, row.form)
        part = held.parts.get(page.cls)
        if part is not None:
            heard.extend(_heard(page, part, row, after_n))
        held.put(page.cls, after_row(part, row))
        if row.form in attaching and blobs.name_any(row.answers):
            blobs.refer(core, (page.scope, page.cls), row.record, row.answers)
    batch.write()
    core.connection.executemany(
        "INSERT INTO hs_heard (after_n, scope, cls, record, stamp, before, answers)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        heard,
    )
    latest = max(row.stamp.hlc for row in page.rows)
    core.set_meta(CLOCK, str(core.clock.receive(latest)))


def _may_attach(core: Core, form: str) -> bool:
    """Tell whether a form asks for attachments; one that is not installed here may."""
    register = core.find_register(form)
    return register is None or register.attaches


def _heard(page: Page, part: HeldPart, row: Row, after_n: int) -> list[tuple[object, ...]]:
    """Return one history entry per writer for what a row changes in a part held before."""
    by_stamp: dict[object, list[str]] = {}
    erased = tuple(one.path for one in page.erased if one.record == row.record)
    known = redacted(part.answers, erased) if erased else part.answers
    for path, value in row.answers.items():
        if not same(part.answers.get(path), value):
            by_stamp.setdefault(row.others.get(path, row.stamp), []).append(path)
    return [
        (
            after_n,
            page.scope,
            page.cls,
            row.record,
            _ENCODER.encode(stamp),
            _ENCODER.encode({path: known[path] for path in paths if path in known}),
            _ENCODER.encode({path: row.answers[path] for path in paths}),
        )
        for stamp, paths in by_stamp.items()
    ]


def _put_conflicts(core: Core, conflicts: Sequence[Conflict]) -> None:
    core.connection.executemany(
        "INSERT INTO hs_conflict (id, scope, cls, record, open, body) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET scope = excluded.scope, cls = excluded.cls, open = excluded.open,"
        " body = excluded.body",
        [(c.id, c.scope, c.cls, c.record, c.open, _ENCODER.encode(c)) for c in conflicts],
    )


def conflicts(core: Core, *, open_only: bool = True, record: str = "") -> tuple[Conflict, ...]:
    """Return conflicts, latest first; those of one record if it is given."""
    where = ["open = 1"] if open_only else []
    if record:
        where.append("record = ?")
    sql = "SELECT body FROM hs_conflict" + (" WHERE " + " AND ".join(where) if where else "")
    rows = core.all(sql, (record,) if record else ())
    found = [msgspec.json.decode(body, type=Conflict) for (body,) in rows]
    return tuple(
        sorted(
            found, key=lambda c: max((milliseconds_of(x.hlc) for x in c.candidates), default=0), reverse=True
        )
    )


def cursors(core: Core) -> tuple[Cursor, ...]:
    """Return one cursor per granted stream."""
    return tuple(
        Cursor(scope, cls, stream.since, stream.after, stream.full)
        for (scope, cls), stream in sorted(core.streams().items())
        if stream.granted
    )


def grants(core: Core) -> tuple[Grant, ...]:
    """Return the grants last received."""
    return tuple(
        Grant(scope, cls, stream.writable)
        for (scope, cls), stream in sorted(core.streams().items())
        if stream.granted
    )


def take_grants(core: Core, granted: tuple[Grant, ...]) -> None:
    """Replace the grants: new streams start at 0, those no longer granted are dropped from this file.

    All that this file ever wrote to a new stream is here, so its cursor is not `full`; that of a stream that
    was dropped once and is granted again is. What was never granted was typed here and stays.
    """
    with core.transaction():
        held = {key for key, stream in core.streams().items() if stream.granted}
        for scope, cls in sorted(held - {(grant.scope, grant.cls) for grant in granted}):
            drop_stream(core, scope, cls)
        core.connection.executemany(
            "INSERT INTO hs_stream (scope, cls, writable, granted) VALUES (?, ?, ?, 1)"
            " ON CONFLICT (scope, cls) DO UPDATE SET writable = excluded.writable, granted = 1",
            [(grant.scope, grant.cls, grant.write) for grant in granted],
        )
        core.forget_streams()


def drop_stream(core: Core, scope: str, cls: Class) -> None:
    """Remove a stream's parts, and records of which no part is left. Nothing is logged."""
    numbers = core.all("SELECT record, n FROM hs_record WHERE scope = ?", (scope,))
    core.connection.executemany(
        "DELETE FROM hs_part WHERE n = ?", [(n << PART_BITS | CLASS_NUMBER[cls],) for _record, n in numbers]
    )
    core.run(
        "UPDATE hs_stream SET since = 0, after = 0, digest = 0, granted = 0, whole = 1"
        " WHERE scope = ? AND cls = ?",
        (scope, cls),
    )
    core.run("DELETE FROM hs_conflict WHERE scope = ? AND cls = ?", (scope, cls))
    core.run("DELETE FROM hs_heard WHERE scope = ? AND cls = ?", (scope, cls))
    batch = Batch(core)
    batch.take((scope, record) for record, _n in numbers)
    batch.remake((scope, record) for record, _n in numbers)
    blobs.drop_references(core, scope, cls)


def reset_stream(core: Core, scope: str, cls: Class) -> None:
    """Read the stream from its beginning at the next pull."""
    with core.transaction():
        core.run(
            "UPDATE hs_stream SET since = 0, after = 0, whole = 1 WHERE scope = ? AND cls = ?", (scope, cls)
        )
        core.forget_streams()


def known_gap(core: Core, scope: str, cls: Class) -> int:
    """Return the difference of digests to the server that reading could not close, 0 for none."""
    return int(core.meta(f"gap {scope} {cls}", "0"))


def note_gap(core: Core, scope: str, cls: Class, gap: int) -> None:
    """Remember a difference of digests that reading did not close; 0 when there is none any more."""
    if gap != known_gap(core, scope, cls):
        core.set_meta(f"gap {scope} {cls}", str(gap))


def digest(core: Core, scope: str, cls: Class) -> int:
    """Return the order-free digest of a stream."""
    row = core.one("SELECT digest FROM hs_stream WHERE scope = ? AND cls = ?", (scope, cls))
    return int(row[0]) if row else 0


def begin_server_epoch(core: Core, epoch: str) -> None:
    """Remember the server's epoch; revisions of another epoch mean nothing any more."""
    with core.transaction():
        known = core.meta(SERVER_EPOCH)
        if known == epoch:
            return
        core.set_meta(SERVER_EPOCH, epoch)
        if known:
            core.run("UPDATE hs_stream SET since = 0, after = 0, whole = 1")
            core.run("DELETE FROM hs_conflict")  # they are named by revisions; all come again from the start
            core.run("UPDATE hs_part SET rev = 0")
            core.run("UPDATE hs_heard SET stamp = CAST(json_set(CAST(stamp AS TEXT), '$[0]', 0) AS BLOB)")
            core.set_meta(LAST_OF_OLD_EPOCH, str(core.one("SELECT coalesce(max(n), 0) FROM hs_op")[0]))
            blobs.doubt_sent(core)
            reference.doubt(core)
            core.forget_streams()
