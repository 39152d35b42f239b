"""Bugs that cost somebody data, to be planted on purpose: the checks that find nothing must find each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest
import sync_carried
from sync_world import MemoryCarrier

from hsdesk.city.ledger import changes, erasing, receipts, stream
from hsdesk.city.ledger.push import Compared, PushWork
from hsdesk.city.ledger.stream import StreamWork
from hsdesk.city.sql.database import Connection
from hsdesk.city.sql.redirects import Redirects
from hsdesk.city.sql.written import Stream
from hsdesk.deskfile import batch, inbox, outbox
from hsdesk.deskfile.connection import DeskConnection
from hsdesk.deskfile.inbox import Taken
from hsdesk.model.answer import DELETED
from hsdesk.records import layers
from hsdesk.records.parts import DIGEST_MODULUS, Part
from hsdesk.sync import exchange, loop
from hsdesk.wire.messages import Cursor, Page, Push, Receipt

Plant = Callable[[pytest.MonkeyPatch], None]


def page_cursor(patch: pytest.MonkeyPatch) -> None:
    """One cursor for the session and the page: what changed since the page before is told from there on."""
    page_of = changes._page

    def planted(
        connection: Connection, asker: changes.Asker, head: changes.Head, cursor: Cursor, budget: int
    ) -> tuple[Page, int]:
        moved = msgspec.structs.replace(cursor, since=max(cursor.since, cursor.after), full=False)
        page, sent = page_of(connection, asker, head, moved, budget)
        return msgspec.structs.replace(page, since=cursor.since), sent

    patch.setattr(changes, "_page", planted)


def early_since(patch: pytest.MonkeyPatch) -> None:
    """`since` is set to the stream's end with the first page."""
    page_of = changes._page

    def planted(
        connection: Connection, asker: changes.Asker, head: changes.Head, cursor: Cursor, budget: int
    ) -> tuple[Page, int]:
        page, sent = page_of(connection, asker, head, cursor, budget)
        return msgspec.structs.replace(page, done=True, after=head.rev, digest=0), sent

    patch.setattr(changes, "_page", planted)


def no_deduplication(patch: pytest.MonkeyPatch) -> None:
    """The server forgets, of each chunk, that it has its ops already."""
    compare, fresh = PushWork._compare, PushWork._fresh

    def forgetful(self: PushWork, hashes: Sequence[bytes]) -> Compared:
        return msgspec.structs.replace(compare(self, hashes), again=0)

    patch.setattr(PushWork, "_compare", forgetful)
    patch.setattr(PushWork, "_fresh", lambda self, compared: fresh(self, compared) or self._ops)


def suppressed_echo_of_a_lost_conflict(patch: pytest.MonkeyPatch) -> None:
    """What a device wrote is not told to it, neither by page nor by receipt, even if it lost."""
    row = changes._row

    def planted(record: str, part: object, since: int, own: changes.Asker | None) -> object:
        made = row(record, part, since, own)  # type: ignore[arg-type]
        return None if own is not None and since else made

    patch.setattr(changes, "_row", planted)
    patch.setattr(receipts, "_last_naming", lambda _ops, _part: {})


def pull_with_waiting_ops(patch: pytest.MonkeyPatch) -> None:
    """Pages are shown over answers that nobody has acknowledged."""
    both = layers.shown

    def planted(part: Part | None, pending: Sequence[layers.Pending]) -> Part | None:
        shown = both(part, pending)
        if part is None or shown is None:
            return shown
        return msgspec.structs.replace(shown, answers={**shown.answers, **part.answers})

    patch.setattr(batch, "shown", planted)


def cursor_outside_the_page(patch: pytest.MonkeyPatch) -> None:
    """The cursor is saved in a transaction of its own, before the rows."""
    take = inbox.take_page

    def planted(core: DeskConnection, page: Page, epoch: str, held: tuple[int, bytes]) -> Taken:
        with core.transaction():
            inbox._move_cursor(core, page)
        return take(core, page, epoch, held)

    patch.setattr(inbox, "take_page", planted)


def bigserial_cursor(patch: pytest.MonkeyPatch) -> None:
    """Revisions are taken before the transaction: it may commit when higher ones were read already."""
    push, locked = MemoryCarrier.push, stream.locked
    reserved: list[dict[Stream, int]] = []

    def planted(self: MemoryCarrier, chunk: Push) -> Receipt:
        mine: dict[Stream, int] = {}
        with self._service.database.writing() as connection:
            for key, count in Counter((op.scope, op.cls) for op in chunk.ops).items():
                mine[key] = locked(connection, key, []).rev
                connection.run("UPDATE hs_stream SET rev = rev + ? WHERE scope = ? AND cls = ?", count, *key)
        reserved.append(mine)
        try:
            return push(self, chunk)
        finally:
            reserved.pop()

    def from_the_reserved(connection: Connection, key: Stream, records: list[str]) -> StreamWork:
        work = locked(connection, key, records)
        return msgspec.structs.replace(work, rev=reserved[-1].get(key, work.rev))

    patch.setattr(MemoryCarrier, "push", planted)
    patch.setattr(stream, "locked", from_the_reserved)
    patch.setattr(stream, "_PUT_COUNTER", stream._PUT_COUNTER.replace("rev = ?", "rev = MAX(rev, ?)", 1))


def prune_on_export(patch: pytest.MonkeyPatch) -> None:
    """The queue forgets ops as soon as they were handed to the carrier."""
    handed = exchange.whole

    def whole(replica: Any, push: Push) -> Push:
        said = handed(replica, push)
        if push.ops:
            with replica._connection.transaction():
                outbox.acknowledge(replica._connection, push.epoch, push.ops[-1].seq)
        return said

    for module in (loop, exchange, sync_carried):
        patch.setattr(module, "whole", whole)


def tombstones_purged_without_fence(patch: pytest.MonkeyPatch) -> None:
    """With each push, what was deleted before it is gone: state, digest and table row, and no fence stays."""
    run = PushWork.run

    def planted(self: PushWork, further: Any) -> Receipt:
        connection, server = self._connection, self._server
        server.shapes.current(connection)
        rows = connection.all("SELECT scope, record, form, body FROM hs_state")
        for scope, record, form, body in rows:
            if stream.part_of(body).answers.get(DELETED) is not None:
                _purge(connection, scope, record)
                server.shapes.registers[form].leave(connection, scope, [record], Redirects(connection))
        return run(self, further)

    patch.setattr(PushWork, "run", planted)


def _purge(connection: Connection, scope: str, record: str) -> None:
    where = "WHERE scope = ? AND record = ?"
    for cls, digest in connection.all(f"SELECT cls, digest FROM hs_state {where}", scope, record):
        ((left,),) = connection.all("SELECT digest FROM hs_stream WHERE scope = ? AND cls = ?", scope, cls)
        left = (left - digest) % DIGEST_MODULUS
        connection.run("UPDATE hs_stream SET digest = ? WHERE scope = ? AND cls = ?", left, scope, cls)
    connection.run(f"DELETE FROM hs_state {where}", scope, record)


def erasure_without_fence(patch: pytest.MonkeyPatch) -> None:
    """What was erased is gone from the server, and so is that it ever was there."""
    patch.setattr(erasing, "put_erased", lambda *_a: None)
