"""The one loop of sync: push until the queue is empty and acknowledged, then pull. For every carrier.

States advance on receipts only. Every step can be repeated: after a cut the next sync goes on where it
stopped.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Literal, TypeVar, assert_never

import msgspec

from hsdesk.errors import Offline
from hsdesk.model.answer import Class
from hsdesk.model.attachment import HeldContent
from hsdesk.records.parts import DIGEST_MODULUS
from hsdesk.sync import plan
from hsdesk.sync.attachments import Carried, Queue
from hsdesk.sync.carriers.carrier import NOT_REACHED, Busy, Cancelled, Carrier, TimedOut, Traffic
from hsdesk.sync.exchange import whole
from hsdesk.sync.replica import Ref, Replica
from hsdesk.wire.messages import Page, Push, Receipt

_TRIES = 5  # of one message, once the server has answered at all
_LONGEST_WAIT = 30.0  # seconds
_MOST_STUCK = 3  # receipts that let nothing leave the queue
_NEW_OBJECTS = 20_000  # a page makes some thousand
_MAX_ROUNDS = 100_000  # a loop that does not end is a bug, not a slow network

T = TypeVar("T")


Phase = Literal["push", "pull", "attach", "fetch"]


class Progress(msgspec.Struct, frozen=True):
    """How far a sync has come, of how many if known, and bytes both ways.

    Counted are ops sent (push), rows received (pull), bytes of attachments sent (attach) or fetched (fetch).
    """

    phase: Phase
    done: int
    total: int
    bytes_up: int
    bytes_down: int


class SyncReport(msgspec.Struct, frozen=True):
    """What a sync did. `bytes_…` are of HTTP bodies as sent, `waiting` ops are still queued."""

    pushed: int = 0
    pulled: int = 0
    merged: int = 0
    conflicts: int = 0
    rejected: int = 0
    waiting: int = 0
    bytes_up: int = 0
    bytes_down: int = 0
    requests: int = 0
    healed: int = 0  # streams read again because their digest differed
    differing: int = 0  # streams that differ from the server all the same
    complete: bool = True  # False: stopped by a person
    attached: int = 0  # attachments sent
    fetched: int = 0  # attachments received
    attachments_waiting: int = 0  # not sent yet, each with its reason
    records: tuple[tuple[str, str], ...] = ()  # (form, record) of what looks different now
    clock: tuple[str, str] | None = None  # this computer's time and the city's, where they differ
    cloned: bool = False  # another computer has sent ops under this one's name: a copied disk, or a theft


def synchronise(
    replica: Replica,
    carrier: Carrier,
    progress: Callable[[Progress], None] = lambda _: None,
    *,
    cancelled: Callable[[], bool] = lambda: False,
    pause: Callable[[float], None] = time.sleep,
) -> SyncReport:
    """Push everything, then pull everything.

    Raises Offline when the server cannot be reached, Refused when it says no; what was done until then stays
    done. A person may stop it between two messages; the report then says `complete=False`.
    """
    session = _Session(replica, carrier, progress, cancelled, pause)
    with _few_collections():
        try:
            session.run()
        except Cancelled:
            session.complete = False
    if session.complete:
        session.carry_attachments()
    return session.report()


@contextmanager
def _few_collections() -> Iterator[None]:
    """Spare rounds of the garbage collector within each page: 9 % of a first load. All of it is let go of."""
    before = gc.get_threshold()
    gc.set_threshold(_NEW_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def fetch_attachment(
    replica: Replica,
    carrier: Carrier,
    wanted: HeldContent,
    progress: Callable[[Progress], None] = lambda _: None,
    *,
    cancelled: Callable[[], bool] = lambda: False,
    pause: Callable[[float], None] = time.sleep,
) -> bool:
    """Fetch one attachment that a person asks for; False: stopped on the way, the next time goes on there.

    Raises Offline, Refused when the server does not hold it or says no, DataError for a wrong content.
    """
    session = _Session(replica, carrier, progress, cancelled, pause)
    try:
        Queue(replica.attachments, carrier, session).download(wanted)
    except Cancelled:
        return False
    return True


class _Session:
    """One sync under way."""

    def __init__(
        self,
        replica: Replica,
        carrier: Carrier,
        progress: Callable[[Progress], None],
        cancelled: Callable[[], bool],
        pause: Callable[[float], None],
    ) -> None:
        self._replica = replica
        self._carrier = carrier
        self._progress = progress
        self._cancelled = cancelled
        self._pause = pause
        self._answered = False
        self._chunk_ops = plan.CHUNK_OPS
        self._before = carrier.traffic()
        self._pushed = self._pulled = self._merged = self._rejected = 0
        self._conflicts: set[str] = set()
        self._healed: set[tuple[str, str]] = set()
        self._differing = 0
        self._must_heal = False
        self._cloned = False
        self._stuck = 0
        self._changed: set[Ref] = set()
        self._carried = Carried()
        self.complete = True

    def report(self) -> SyncReport:
        traffic = self._traffic()
        return SyncReport(
            self._pushed,
            self._pulled,
            self._merged,
            len(self._conflicts),
            self._rejected,
            self._replica.pending_count(),
            traffic.bytes_up,
            traffic.bytes_down,
            traffic.requests,
            len(self._healed),
            self._differing,
            self.complete,
            self._carried.sent,
            self._carried.fetched,
            self._replica.attachments.counts()[0],
            tuple(sorted({(ref.form, ref.record) for ref in self._changed})),
            cloned=self._cloned,
        )

    def carry_attachments(self) -> None:
        """Carry attachments once the data is complete; a person may stop it, the data stays complete."""
        queue = Queue(self._replica.attachments, self._carrier, self)
        with suppress(Cancelled):
            queue.run()
        self._carried = queue.carried

    def run(self) -> None:
        self._push_all()
        with_cursors = False
        for _ in range(_MAX_ROUNDS):
            again = self._pull_once(with_cursors=with_cursors)
            if again is None:
                return
            with_cursors = again.with_cursors
        raise AssertionError("sync does not end")

    def _traffic(self) -> Traffic:
        now, before = self._carrier.traffic(), self._before
        return Traffic(
            now.bytes_up - before.bytes_up,
            now.bytes_down - before.bytes_down,
            now.requests - before.requests,
        )

    def told(self, phase: Phase, done: int, total: int) -> None:
        traffic = self._traffic()
        self._progress(Progress(phase, done, total, traffic.bytes_up, traffic.bytes_down))
        if self._cancelled():
            raise Cancelled

    def _known(self) -> plan.Known:
        return plan.Known(
            self._replica.device_epoch(),
            self._replica.server_epoch(),
            self._replica.reference_rev(),
            self._replica.grants(),
            self._replica.cursors(),
            self._replica.acked(),
            self._replica.audit_kept(),
        )

    def _push_all(self) -> None:
        waiting = self._replica.pending_count()
        total = self._pushed + waiting
        while waiting:
            push = plan.chunk(self._replica.pending_ops(self._chunk_ops), self._known(), self._chunk_ops)
            if receipt := self._receipt_for(whole(self._replica, push)):
                self._take(push, receipt)
            waiting = self._replica.pending_count()
            self.told("push", self._pushed, max(total, self._pushed + waiting))

    def _receipt_for(self, push: Push) -> Receipt | None:
        """Send a chunk. None: send a smaller one, because it took too long."""
        many = len(push.ops) > 1
        try:
            return self.send(lambda: self._carrier.push(push), may_shrink=many)
        except TimedOut:
            if not many:
                raise
            self._chunk_ops = len(push.ops) // 2
            return None

    def _take(self, push: Push, receipt: Receipt) -> None:
        """Take a receipt. One that lets no op leave the queue must not be asked for again and again."""
        before = self._replica.pending_ops(1)[0]
        taken = self._replica.take_receipt(receipt)
        self._changed.update(taken.records)
        self._cloned |= taken.cloned
        self._pushed += len([op for op in push.ops if op.seq <= receipt.last]) if taken.taken else 0
        outcomes = [result.outcome for result in receipt.results]
        self._merged += outcomes.count("merged")
        self._rejected += outcomes.count("rejected")
        waiting = self._replica.pending_ops(1)
        stuck = bool(waiting) and (waiting[0].epoch, waiting[0].seq) == (before.epoch, before.seq)
        self._stuck = self._stuck + 1 if stuck or not taken.taken else 0
        if self._stuck > _MOST_STUCK:
            raise Offline(
                "市级服务器没有接收这台电脑的数据，这次没有同步完。数据都在本机，请联系系统管理员。",
                detail=f"receipt for {receipt.first} to {receipt.last}, queue begins at {push.ops[0].seq}",
            )

    def _pull_once(self, *, with_cursors: bool) -> plan.AskAgain | None:
        """Ask once and do what the answer says. None: all is read."""
        known = self._known()
        question = plan.ask(known, with_cursors=with_cursors)
        pulled = self.send(lambda: self._carrier.pull(question))
        held = (pulled.last, pulled.chain)
        for step in plan.answer_steps(known, pulled):
            match step:
                case plan.TakePage(page):
                    self._take_page(page, pulled.server_epoch, held)
                case plan.KeepAuditHead(head):
                    self._replica.keep_audit_head(head)
                case plan.AskAgain():
                    return step
                case plan.Done():
                    return plan.AskAgain(with_cursors=True) if self._read_again() else None
                case _:
                    if again := self._prepare(step):
                        return again
        return None

    def _read_again(self) -> bool:
        """Whether a stream must be read again, because its digest differed."""
        again, self._must_heal = self._must_heal, False
        return again

    def _prepare(self, step: plan.Meet | plan.FetchReference | plan.TakeGrants) -> plan.AskAgain | None:
        """Do what must come before pages. `AskAgain` if the pages of this answer no longer fit."""
        match step:
            case plan.Meet(epoch, held):
                known_another = self._replica.server_epoch() != ""
                met = self._replica.meet(epoch, held)
                self._changed.update(met.records)
                if not met.taken:
                    raise Offline(
                        "市级服务器上的资料比这台电脑上次看到的旧，这次没有同步。已填内容都保存在本机。",
                        detail=f"epoch {epoch}",
                    )
                self._push_all()
                return plan.AskAgain(True) if known_another else None
            case plan.FetchReference(heads, rev):
                missing = self._replica.missing_reference(heads)
                items = [self.send(partial(self._carrier.item, head)) for head in missing]
                self._replica.take_reference(items, rev)
            case plan.TakeGrants(grants):
                self._push_all()
                self._replica.take_grants(grants)
            case _:
                assert_never(step)
        return None

    def _take_page(self, page: Page, server_epoch: str, held: tuple[int, bytes]) -> None:
        taken = self._replica.take_page(page, server_epoch, held)
        self._changed.update(taken.records)
        self._pulled += len(page.rows)
        self._conflicts.update(c.id for c in page.conflicts if c.open)
        self._conflicts.difference_update(c.id for c in page.conflicts if not c.open)
        for scope, cls, gap in taken.compared:
            self._check(scope, cls, gap % DIGEST_MODULUS)
        self.told("pull", self._pulled, 0)

    def _check(self, scope: str, cls: Class, gap: int) -> None:
        """Read a stream again, once, whose digest is not the city's.

        What differs after that is a gap that reading cannot close (a server restored from a backup, and the
        laptop that wrote is gone): it is reported, and not read for again while it stays the same.
        """
        if gap and (scope, cls) not in self._healed and gap != self._replica.known_gap(scope, cls):
            self._healed.add((scope, cls))
            self._must_heal = True
            self._replica.reset_stream(scope, cls)
            return
        self._replica.note_gap(scope, cls, gap)
        self._differing += gap != 0

    def send(self, send: Callable[[], T], /, *, may_shrink: bool = False) -> T:
        """Send with bounded tries. With `may_shrink` a time-out is raised at once: less may get through."""
        for attempt in range(_TRIES):
            try:
                answer = send()
            except Offline as error:
                last_try = attempt + 1 == _TRIES or not self._answered
                if last_try or (may_shrink and isinstance(error, TimedOut)):
                    raise
                self._pause(_wait_after(error, attempt))
            else:
                self._answered = True
                return answer
            if self._cancelled():
                raise Cancelled
        raise Offline(NOT_REACHED)


def _wait_after(error: Offline, attempt: int) -> float:
    """Return the seconds before the next try. Raises the error if the server asks for too long."""
    if isinstance(error, Busy):
        if error.seconds > _LONGEST_WAIT:
            raise error
        return float(error.seconds)
    return float(min(0.5 * 2**attempt, _LONGEST_WAIT))
