"""The ledger (总账): the city server's word on what was said by whom, in one order, on either database."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial

import msgspec

from hsdesk.errors import DataError, Locked, Refused
from hsdesk.model.clock import milliseconds_of, wall_milliseconds
from hsdesk.model.op import DELETED, MOVED_TO, Class, Op, Written, unseen
from hsdesk.model.place import Directory
from hsdesk.server import audit, changes, epoch, reference, turns
from hsdesk.server.apply import Chunk, MoreStreams, Terms, Wanted
from hsdesk.server.changes import Head
from hsdesk.server.database import Connection, Contended, Database
from hsdesk.server.epoch import Epoch, WentBack
from hsdesk.server.history import Logged, history
from hsdesk.server.permission import Caller
from hsdesk.server.registers import write_changed
from hsdesk.server.shape import FormShape, problem_with
from hsdesk.server.standing import Published
from hsdesk.server.stream import history_heads
from hsdesk.wire.codec import grants_digest, heads_digest
from hsdesk.wire.messages import (
    CLONED,
    Cursor,
    Kind,
    OpResult,
    Pull,
    Pulled,
    Push,
    Receipt,
    ReferenceHead,
    ReferenceItem,
)

MAX_OPS = 1000  # in one chunk; a desk sends at most 500
_TRIES = 5  # of a transaction that another one was in the way of


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
        self.shapes = reference.Shapes(published)
        self._now_ms = now_ms
        with database.reading() as connection:
            self._take(epoch.read(connection))
        self._began_anew = False

    @property
    def directory(self) -> Directory:
        """The places as they are today."""
        return self.published.places(self.database)

    def push(self, caller: Caller, push: Push) -> Receipt:
        """Apply a chunk in one transaction and return the receipt.

        Repeated ops are acknowledged again. A chunk that leaves a gap changes nothing; its receipt says which
        op comes next. Raises Refused for a foreign device, or if an op's number was used for another op.
        """
        if push.device != caller.device or caller.reach.holder != "device":
            raise Refused("数据包不是这台电脑的，没有接收。")
        if len(push.ops) > MAX_OPS:
            raise DataError("一次上报的改动过多，没有接收。")
        further: Wanted = {}
        for _ in range(_TRIES):
            try:
                with self.database.writing() as connection:
                    return self._push(connection, caller, push, further)
            except WentBack:
                self._begin_anew(push.server_epoch, push.device)
            except MoreStreams as more:
                further = more.wanted
            except Contended:
                continue
        raise Locked("市级服务器正忙，请稍后再试。已填内容都保存在本机。")

    def _push(self, connection: Connection, caller: Caller, push: Push, further: Wanted) -> Receipt:
        turns.use_tables(connection)
        shapes = self.shapes.current(connection)
        places = self.published.current(connection).directory
        verdicts = [(op, _problem(caller, op, shapes, places)) for op in push.ops]
        taken = [(op, shapes[op.form]) for op, problem in verdicts if not problem]
        reach = caller.reach
        reoffered = self._previous_epoch != "" and push.server_epoch not in ("", self.server_epoch)
        successor = cache(partial(_successor, places))
        terms = Terms(self._now_ms(), reach.rank, reach.may_write, successor, reoffered)
        chunk = Chunk(connection, taken, terms, further)
        last = last_seq(connection, push.device, push.epoch, lock=True)
        fresh = [verdict for verdict in verdicts if verdict[0].seq > last]
        repeated = [op for op in push.ops if op.seq <= last]
        _refuse_clone(connection, repeated)
        results = _said_again(connection, push, repeated)
        seqs = range(last + 1, last + 1 + len(fresh))
        if push.server_epoch == self.server_epoch and _has_seen_more(chunk, [op for op, _ in fresh], last):
            raise WentBack
        if [op.seq for op, _ in fresh] != list(seqs):
            return Receipt(push.device, push.epoch, last, self.server_epoch)
        as_seen = self._as_seen(chunk, push.server_epoch)
        for op, problem in fresh:
            results.append(
                OpResult(op.seq, "rejected", problem)
                if problem
                else chunk.apply(as_seen(op), shapes[op.form])
            )
        last += len(fresh)
        if fresh:
            written = chunk.write()
            write_changed(connection, self.shapes.registers, written)
            self._write_receipt(connection, push, seqs, results)
            aside = {result.seq for result in results if result.outcome == "rejected"}
            self._note_leaving(connection, [op for op, _ in fresh if op.seq not in aside])
        told = tuple(result for result in results if result.outcome != "applied")
        return Receipt(push.device, push.epoch, last, self.server_epoch, told)

    def _take(self, known: Epoch) -> None:
        self.server_epoch, self._previous_epoch = known.now, known.before

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
        self._take(begun)

    def _as_seen(self, chunk: Chunk, named: str) -> Callable[[Op], Op]:
        """Return what the base revisions of an epoch mean now.

        The fence is where this epoch left the one before. Where that one had left those before it is not
        known: what was seen under them counts as not seen.
        """
        if named == self.server_epoch:
            return lambda op: op
        return chunk.fenced if named == self._previous_epoch else unseen

    def _write_receipt(
        self, connection: Connection, push: Push, fresh: range, results: list[OpResult]
    ) -> None:
        now = self._now_ms()
        connection.run(
            "INSERT INTO hs_progress (device, epoch, last) VALUES (?, ?, ?)"
            " ON CONFLICT (device, epoch) DO UPDATE SET last = excluded.last",
            push.device,
            push.epoch,
            fresh[-1],
        )
        set_aside = [r for r in results if r.outcome == "rejected" and r.seq in fresh]
        connection.many(
            "INSERT INTO hs_rejected (device, epoch, seq, received, reason) VALUES (?, ?, ?, ?, ?)",
            [(push.device, push.epoch, r.seq, now, r.reason) for r in set_aside],
        )
        audit.record(
            connection,
            now,
            push.device,
            "push",
            epoch=push.epoch,
            last=fresh[-1],
            ops=len(results),
            rejected=len(set_aside),
        )

    def _note_leaving(self, connection: Connection, ops: list[Op]) -> None:
        """Put into the audit trail what was erased and what moved: who, which record, never what it held."""
        for op in ops:
            if op.erases:
                what = "record" if DELETED in op.answers else str(len(op.answers))
                audit.record(connection, self._now_ms(), op.device, "erase", record=op.record, answers=what)
            elif MOVED_TO in op.answers:
                into = str(op.answers[MOVED_TO])
                audit.record(connection, self._now_ms(), op.device, "move", record=op.record, into=into)

    def changes(self, caller: Caller, pull: Pull) -> Pulled:
        """Return what is new for a replica: grants, reference heads, and the next pieces of its streams."""
        with suppress(WentBack), self.database.reading() as connection:
            return self._changes(connection, caller, pull)
        self._begin_anew(pull.server_epoch, caller.device)
        with self.database.reading() as connection:
            return self._changes(connection, caller, pull)

    def _changes(self, connection: Connection, caller: Caller, pull: Pull) -> Pulled:
        grants = caller.reach.grants
        scopes = sorted({grant.scope for grant in grants})
        available = [h for h in changes.heads(connection, scopes) if caller.reach.may_read(h.scope, h.cls)]
        pulled = Pulled(
            server_epoch=self.server_epoch,
            last=last_seq(connection, caller.device, pull.epoch),
            reference_rev=reference.latest_rev(connection),
            reference=reference.heads_after(connection, pull.reference_rev),
            grants=None if grants_digest(grants) == pull.grants else grants,
        )
        if pull.server_epoch == self.server_epoch and _has_read_more(pull, pulled.last, available, caller):
            raise WentBack
        if pull.server_epoch not in ("", self.server_epoch) or pulled.grants is not None:
            return msgspec.structs.replace(pulled, ask_cursors=True)
        if heads_digest(Cursor(h.scope, h.cls, h.rev) for h in available) == pull.heads:
            return msgspec.structs.replace(pulled, same=not pulled.reference)
        if pull.cursors is None:
            return msgspec.structs.replace(pulled, ask_cursors=True)
        cursors = {(cursor.scope, cursor.cls): cursor for cursor in pull.cursors}
        pages, more = changes.pages(connection, changes.Asker(caller.device, pull.epoch), available, cursors)
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
            for head in self._readable(connection, caller):
                for rev in history_heads(connection, (head.scope, head.cls), record):
                    found += (_entry(head, op) for op in history(connection, head.scope, head.cls, rev))
        return tuple(found)

    def _readable(self, connection: Connection, caller: Caller) -> list[Head]:
        scopes = sorted({grant.scope for grant in caller.reach.grants})
        return [h for h in changes.heads(connection, scopes) if caller.reach.may_read(h.scope, h.cls)]

    def reference_heads(self, kind: Kind) -> tuple[ReferenceHead, ...]:
        """Return the latest version of everything published of a kind."""
        with self.database.reading() as connection:
            return tuple(head for head in reference.heads_after(connection, 0) if head.kind == kind)

    def reference_item(self, kind: Kind, name: str, version: str) -> ReferenceItem:
        """Return one thing of the reference stream. Raises DataError if there is none."""
        with self.database.reading() as connection:
            return reference.item(connection, kind, name, version)


def _has_seen_more(chunk: Chunk, ops: list[Op], last: int) -> bool:
    """Whether a desk that is in this epoch begins after ops that are not here, or has seen such."""
    return bool(ops) and (ops[0].seq > last + 1 or any(chunk.is_behind(op) for op in ops))


def _has_read_more(pull: Pull, last: int, available: list[Head], caller: Caller) -> bool:
    """Whether a desk that is in this epoch has receipts for ops, or has read revisions, that are not here."""
    reached = {(head.scope, head.cls): head.rev for head in available}
    return pull.acked > last or any(
        max(cursor.since, cursor.after) > reached.get((cursor.scope, cursor.cls), 0)
        for cursor in pull.cursors or ()
        if caller.reach.may_read(cursor.scope, cursor.cls)
    )


def _problem(caller: Caller, op: Op, shapes: dict[str, FormShape], places: Directory) -> str:
    """Return the Chinese reason to set an op aside, "" to take it."""
    if places.get(op.scope) is None:
        return "市级服务器没有这个单位，请先更新区划目录。"
    if not caller.reach.may_write(op.scope, op.cls):
        return "没有填报这份数据的权限，请向上级申请。"
    into = op.answers.get(MOVED_TO, op.scope)
    if MOVED_TO in op.answers and (into == op.scope or places.get(str(into)) is None):
        return "没有这个单位可以转去，请核对代码，或先更新区划目录。"
    shape = shapes.get(op.form)
    if shape is None:
        return "市级服务器没有这张登记表。"
    return problem_with(op, shape)


def _successor(places: Directory, scope: str) -> str:
    """Return the one place that a closed place went into, "" for an open one or one that was split."""
    place = places.get(scope)
    if place is None or place.is_valid_on(places.day):
        return ""
    heirs = places.heirs(scope, places.day)
    return heirs[0].id if len(heirs) == 1 else ""


def _entry(head: Head, op: Logged) -> HistoryEntry:
    at = milliseconds_of(op.hlc)
    return HistoryEntry(
        head.scope, head.cls, op.rev, at, op.received, op.person, op.device, op.answers, op.lost
    )


def last_seq(connection: Connection, device: str, epoch: int, *, lock: bool = False) -> int:
    """Return the last contiguous seq of a device's epoch, 0 before the first."""
    rows = connection.all(
        "SELECT last FROM hs_progress WHERE device = ? AND epoch = ?" + (" FOR UPDATE" if lock else ""),
        device,
        epoch,
    )
    return rows[0][0] if rows else 0


def _said_again(connection: Connection, push: Push, repeated: list[Op]) -> list[OpResult]:
    """Acknowledge ops once more. One that was set aside is named again: its first receipt may be lost."""
    if not repeated:
        return []
    rows = connection.all(
        "SELECT seq, reason FROM hs_rejected WHERE device = ? AND epoch = ? AND seq >= ? AND seq <= ?",
        push.device,
        push.epoch,
        repeated[0].seq,
        repeated[-1].seq,
    )
    reasons: dict[int, str] = dict(rows)
    return [
        OpResult(op.seq, "rejected", reasons[op.seq]) if op.seq in reasons else OpResult(op.seq, "duplicate")
        for op in repeated
    ]


def _refuse_clone(connection: Connection, repeated: list[Op]) -> None:
    """Raise Refused if a repeated number carries another op: two computers share one device identity."""
    for op in repeated[:1] + repeated[-1:]:
        rows = connection.all(
            "SELECT record, hlc FROM hs_op WHERE device = ? AND epoch = ? AND seq = ?",
            op.device,
            op.epoch,
            op.seq,
        )
        if rows and rows[0] != (op.record, op.hlc):
            raise Refused(
                "这台电脑的数据是从另一台电脑复制来的，请再点一次“数据同步”。数据都在本机。", detail=CLONED
            )
