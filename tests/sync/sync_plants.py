"""Bugs that cost somebody data, to be planted on purpose: the checks that find nothing must find each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import msgspec
import pytest
from sync_world import MemoryCarrier

from hsdesk.model.merge import DIGEST_MODULUS
from hsdesk.model.op import DELETED, Op
from hsdesk.server import changes, erasing, ledger, stream
from hsdesk.server.database import Connection
from hsdesk.server.ledger import Ledger
from hsdesk.server.merged import Leading
from hsdesk.server.permission import Caller
from hsdesk.server.stream import Stream, StreamWork
from hsdesk.store import inbox, outbox
from hsdesk.store.desk_file import DeskFile
from hsdesk.wire.messages import Cursor, Page, Pull, Pulled, Push, Receipt

Plant = Callable[[pytest.MonkeyPatch], None]


def page_cursor(patch: pytest.MonkeyPatch) -> None:
    """One cursor for the session and the page."""
    pull = MemoryCarrier.pull

    def planted(self: MemoryCarrier, asked: Pull) -> Pulled:
        moved = tuple(
            msgspec.structs.replace(c, since=max(c.since, c.after), full=False) for c in asked.cursors or ()
        )
        return pull(self, msgspec.structs.replace(asked, cursors=moved))

    patch.setattr(MemoryCarrier, "pull", planted)


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
    push, last_seq = Ledger.push, ledger.last_seq
    begins: list[int] = []

    def planted(self: Ledger, who: Caller, chunk: Push) -> Receipt:
        begins.append(chunk.ops[0].seq)
        try:
            return push(self, who, chunk)
        finally:
            begins.pop()

    def forgetful(connection: Connection, device: str, epoch: int, *, lock: bool = False) -> int:
        last = last_seq(connection, device, epoch, lock=lock)
        return min(last, begins[-1] - 1) if lock else last

    patch.setattr(Ledger, "push", planted)
    patch.setattr(ledger, "last_seq", forgetful)
    patch.setattr(ledger, "_refuse_clone", lambda *_a: None)


def suppressed_echo_of_a_lost_conflict(patch: pytest.MonkeyPatch) -> None:
    """What a device wrote is not told to it, even if it lost."""
    row = changes._row

    def planted(record: str, part: object, since: int, own: changes.Asker | None) -> object:
        made = row(record, part, since, own)  # type: ignore[arg-type]
        return None if own is not None and since else made

    patch.setattr(changes, "_row", planted)


def pull_with_waiting_ops(patch: pytest.MonkeyPatch) -> None:
    """Pages are applied over answers that nobody has acknowledged."""
    patch.setattr(outbox, "has_pending", lambda core: False)


def cursor_outside_the_page(patch: pytest.MonkeyPatch) -> None:
    """The cursor is saved in a transaction of its own, before the rows."""
    apply_page = inbox.apply_page

    def planted(core: object, page: Page) -> bool:
        apply_page(core, msgspec.structs.replace(page, rows=(), conflicts=()))  # type: ignore[arg-type]
        return apply_page(core, page)  # type: ignore[arg-type]

    patch.setattr(inbox, "apply_page", planted)


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
    pending_ops = DeskFile.pending_ops

    def planted(self: DeskFile, limit: int) -> Sequence[Op]:
        ops = pending_ops(self, limit)
        outbox.take_receipt(self._core, Receipt(ops[0].device, ops[0].epoch, ops[-1].seq, ""))
        self._core.run("DELETE FROM hs_op WHERE n IN (SELECT n FROM hs_op ORDER BY n LIMIT ?)", (limit,))
        return ops

    patch.setattr(DeskFile, "pending_ops", planted)


def tombstones_purged_without_fence(patch: pytest.MonkeyPatch) -> None:
    """With each push, what was deleted before it is gone: state, digest and table row, and no fence stays."""
    push = Ledger._push

    def planted(
        self: Ledger, connection: Connection, caller: Caller, chunk: Push, further: dict[Stream, set[str]]
    ) -> Receipt:
        self.shapes.current(connection)
        rows = connection.all("SELECT scope, record, form, body FROM hs_state")
        for scope, record, form, body in rows:
            if stream.part_of(body).answers.get(DELETED) is not None:
                _purge(connection, scope, record)
                self.shapes.registers[form].leave(connection, scope, [record], Leading(connection))
        return push(self, connection, caller, chunk, further)

    patch.setattr(Ledger, "_push", planted)


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
