"""The ledger (总账): the city server's word on what was said by whom, in one order, on either database."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TypeVar

import msgspec

from hsdesk.city.ledger import changes, epoch, verifying
from hsdesk.city.ledger.apply import MoreStreams, Wanted
from hsdesk.city.ledger.changes import Head
from hsdesk.city.ledger.epoch import RolledBack
from hsdesk.city.ledger.history import Logged, history
from hsdesk.city.ledger.naming import named_pages
from hsdesk.city.ledger.push import PushWork, ServerNow, check
from hsdesk.city.ledger.stream import history_heads
from hsdesk.city.people import audit
from hsdesk.city.people.permission import Caller
from hsdesk.city.people.writers import WriterNames
from hsdesk.city.reference import stream
from hsdesk.city.reference.current import Published
from hsdesk.city.reference.current_forms import bring_used
from hsdesk.city.sql import said
from hsdesk.city.sql.database import Connection, Contended, Database
from hsdesk.errors import Locked, Refused
from hsdesk.model.answer import PERSONAL, Class, Written
from hsdesk.model.clock import milliseconds_of, wall_milliseconds
from hsdesk.model.place import Directory
from hsdesk.wire.codec import grants_digest, heads_digest
from hsdesk.wire.messages import (
    Answer,
    AuditHead,
    Cursor,
    Export,
    Kind,
    Page,
    Pull,
    Pulled,
    Push,
    Receipt,
    ReferenceHead,
    ReferenceItem,
)

_TRIES = 5  # of a transaction that another one was in the way of
Done = TypeVar("Done")


class StreamStatus(msgspec.Struct, frozen=True):
    """How far a stream goes. `digest` is over all its answers, `open_conflicts` wait for a person."""

    scope: str
    cls: Class
    rev: int
    digest: int
    open_conflicts: int


class Status(msgspec.Struct, frozen=True):
    """The begun streams within the caller's grant."""

    server_epoch: str
    streams: tuple[StreamStatus, ...]


class HistoryEntry(msgspec.Struct, frozen=True):
    """One op of a record, latest first in a class. Times in milliseconds since 1970."""

    scope: str
    cls: Class
    rev: int
    at: int
    received: int
    by: str
    device: str
    answers: dict[str, Written]
    lost: tuple[str, ...]


class Ledger:
    """Push and pull. Each call is one transaction of the database."""

    def __init__(
        self, database: Database, published: Published, now_ms: Callable[[], int] = wall_milliseconds
    ) -> None:
        self.database = database
        self.published = published
        self.shapes = stream.Shapes(published)
        self._now_ms = now_ms
        with database.reading() as connection:
            self._epoch = epoch.read(connection)
        self._began_anew = False

    @property
    def directory(self) -> Directory:
        """The places as they are today."""
        return self.published.places(self.database)

    def push(self, caller: Caller, push: Push) -> Receipt:
        """Apply a chunk in one transaction and return the receipt.

        Repeated ops are acknowledged again. A chunk that leaves a gap changes nothing; its receipt says which
        op comes next. Where a number stands for another op here, the receipt says so. Raises Refused for a
        foreign device, and for such a number towards a desk of protocol 1.
        """

        def work(connection: Connection, server: ServerNow, further: Wanted) -> Receipt:
            return PushWork(connection, caller, push, server).run(further)

        return self._written(caller, push, work)

    def exchange(self, caller: Caller, export: Export) -> Answer:
        """Take what a desk says where nobody answers at once; return receipt and pages of one transaction.

        The pages begin where the export's cursors stand if they are of the present epoch, else at the
        beginning, with the desk's own writings. Raises as `push` does.
        """

        def work(connection: Connection, server: ServerNow, further: Wanted) -> Answer:
            return self._exchange(
                connection, caller, export, PushWork(connection, caller, export.push, server), further
            )

        answer = self._written(caller, export.push, work)
        self._note_pages(caller, answer.pages)
        return answer

    def _written(
        self, caller: Caller, push: Push, work: Callable[[Connection, ServerNow, Wanted], Done]
    ) -> Done:
        """Return what `work` does in a transaction; begun again while others are in its way."""
        check(caller, push)
        bring_used(self.database, {op.form for op in push.ops})
        further: Wanted = {}
        for _ in range(_TRIES):
            server = ServerNow(self._epoch, self._now_ms(), self.shapes, self.published)
            try:
                with self.database.writing() as connection:
                    return work(connection, server, further)
            except RolledBack:
                self._begin_anew(server.epoch.now, push.device)
            except MoreStreams as more:
                further = more.wanted
            except Contended:
                continue
        raise Locked("市级服务器正忙，请稍后再试。已填内容都保存在本机。")

    def _exchange(
        self, connection: Connection, caller: Caller, export: Export, taking: PushWork, further: Wanted
    ) -> Answer:
        push = export.push
        available = self._readable(connection, caller)
        is_present = push.server_epoch == self.server_epoch
        had = said.held(connection, push.device, push.epoch)
        if is_present and _has_read_more(export.acked, export.cursors, had.last, available, caller):
            raise RolledBack
        receipt = taking.run(further)
        cursors = {(one.scope, one.cls): one for one in export.cursors} if is_present else {}
        begun = self._readable(connection, caller)
        whole = {(h.scope, h.cls): Cursor(h.scope, h.cls, full=True) for h in begun}
        asker = changes.Asker(push.device, push.epoch, export.acked if export.protocol > 1 else None)
        pages = changes.all_pages(connection, asker, begun, whole | cursors)
        may_read = caller.reach.may_read
        named = [one for one in export.cursors if may_read(one.scope, one.cls)]
        if not is_present:
            named = [msgspec.structs.replace(one, full=True) for one in named]
        pages = (*changes.empty_pages(begun, named), *named_pages(pages, WriterNames(connection)))
        return Answer(receipt, pages, said.held(connection, push.device, push.epoch).chain)

    @property
    def server_epoch(self) -> str:
        """The present epoch of this server."""
        return self._epoch.now

    def _begin_anew(self, claimed: str, device: str) -> None:
        """Begin a new epoch because a desk has seen more than there is; once for each start of the server.

        Raises Refused a second time: no desk can make all others read everything over and over.
        """
        if self._began_anew and claimed == self.server_epoch:
            raise Refused(
                "市级服务器上的资料比这台电脑上次看到的旧，这次没有同步。已填内容都保存在本机。"
                "请告诉系统管理员：恢复备份以后，要重新启动服务器。"
            )
        with self.database.writing() as connection:
            begun = epoch.begin_anew(connection, claimed, device, self._now_ms())
        self._began_anew = True
        self._epoch = begun

    def changes(self, caller: Caller, pull: Pull) -> Pulled:
        """Return what is new for a replica: grants, reference heads, and the next pieces of its streams."""
        pulled = self._pulled(caller, pull)
        self._note_pages(caller, pulled.pages)
        return pulled

    def _note_pages(self, caller: Caller, pages: Iterable[Page]) -> None:
        rows = sum(len(page.rows) for page in pages if page.cls == PERSONAL)
        audit.note_reading(self.database, self._now_ms(), caller.logged_as, "page", rows)

    def _pulled(self, caller: Caller, pull: Pull) -> Pulled:
        with suppress(RolledBack), self.database.reading() as connection:
            return self._changes(connection, caller, pull)
        self._begin_anew(pull.server_epoch, caller.device)
        with self.database.reading() as connection:
            return self._changes(connection, caller, pull)

    def _changes(self, connection: Connection, caller: Caller, pull: Pull) -> Pulled:
        grants = caller.reach.grants
        available = self._readable(connection, caller)
        held = said.held(connection, caller.device, pull.epoch)
        pulled = Pulled(
            server_epoch=self.server_epoch,
            last=held.last,
            chain=held.chain,
            reference_rev=stream.latest_rev(connection),
            reference=stream.heads_after(connection, pull.reference_rev),
            grants=None if grants_digest(grants) == pull.grants else grants,
            audit=_audit_head(connection, pull.audit) if caller.reach.rank else None,
        )
        told = pull.cursors or ()
        is_present = pull.server_epoch == self.server_epoch
        if is_present and _has_read_more(pull.acked, told, held.last, available, caller):
            raise RolledBack
        if pull.server_epoch not in ("", self.server_epoch) or pulled.grants is not None:
            return msgspec.structs.replace(pulled, ask_cursors=True)
        may_read = caller.reach.may_read
        empty = changes.empty_pages(available, [one for one in told if may_read(one.scope, one.cls)])
        if not empty and heads_digest(Cursor(h.scope, h.cls, h.rev) for h in available) == pull.heads:
            return msgspec.structs.replace(pulled, same=not pulled.reference)
        if pull.cursors is None:
            return msgspec.structs.replace(pulled, ask_cursors=True)
        cursors = {(cursor.scope, cursor.cls): cursor for cursor in pull.cursors}
        asker = changes.Asker(caller.device, pull.epoch, pull.acked if pull.protocol > 1 else None)
        pages, more = changes.pages(connection, asker, available, cursors)
        pages = (*empty, *named_pages(pages, WriterNames(connection)))
        return msgspec.structs.replace(pulled, pages=pages, more=more)

    def status(self, caller: Caller) -> Status:
        """Return how far the caller's streams go."""
        with self.database.reading() as connection:
            streams = []
            for head in self._readable(connection, caller):
                ((waiting,),) = connection.all(
                    "SELECT COUNT(*) FROM hs_conflict WHERE scope = ? AND cls = ? AND open = 1",
                    head.scope,
                    head.cls,
                )
                streams.append(StreamStatus(head.scope, head.cls, head.rev, head.digest, waiting))
        return Status(self.server_epoch, tuple(streams))

    def history(self, caller: Caller, record: str) -> tuple[HistoryEntry, ...]:
        """Return the ops of a record in every stream that the caller may read."""
        found: list[HistoryEntry] = []
        with self.database.reading() as connection:
            names = WriterNames(connection)
            for head in self._readable(connection, caller):
                for rev in history_heads(connection, (head.scope, head.cls), record):
                    found += (
                        _entry(head, op, names[op.device, op.person])
                        for op in history(connection, head.scope, head.cls, rev)
                    )
        rows = sum(one.cls == PERSONAL for one in found)
        audit.note_reading(self.database, self._now_ms(), caller.logged_as, f"history {record}", rows)
        return tuple(found)

    def _readable(self, connection: Connection, caller: Caller) -> list[Head]:
        scopes = sorted({grant.scope for grant in caller.reach.grants})
        return [h for h in changes.heads(connection, scopes) if caller.reach.may_read(h.scope, h.cls)]

    def reference_heads(self, kind: Kind) -> tuple[ReferenceHead, ...]:
        """Return the latest version of everything published of a kind."""
        with self.database.reading() as connection:
            return tuple(head for head in stream.heads_after(connection, 0) if head.kind == kind)

    def reference_item(self, kind: Kind, name: str, version: str) -> ReferenceItem:
        """Return one thing of the reference stream. Raises DataError if there is none."""
        with self.database.reading() as connection:
            return stream.item(connection, kind, name, version)


def _audit_head(connection: Connection, named: int) -> AuditHead:
    n, sealed = audit.head(connection)
    then = audit.hash_at(connection, named) if named else ""
    counted = -1 if named == n else verifying.count(connection)
    return AuditHead(n, sealed, then, audit.logged_ops(connection), counted)


def _has_read_more(
    acked: int, cursors: Iterable[Cursor], last: int, available: list[Head], caller: Caller
) -> bool:
    """Whether a desk that is in this epoch has receipts for ops, or has read revisions, that are not here."""
    reached = {(head.scope, head.cls): head.rev for head in available}
    return acked > last or any(
        max(cursor.since, cursor.after) > reached.get((cursor.scope, cursor.cls), 0)
        for cursor in cursors
        if caller.reach.may_read(cursor.scope, cursor.cls)
    )


def _entry(head: Head, op: Logged, by: str) -> HistoryEntry:
    at = milliseconds_of(op.hlc)
    return HistoryEntry(head.scope, head.cls, op.rev, at, op.received, by, op.device, op.answers, op.lost)
