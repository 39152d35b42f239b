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

from hsdesk.errors import Offline, Refused
from hsdesk.model.attachment import Held
from hsdesk.model.merge import DIGEST_MODULUS
from hsdesk.sync import plan
from hsdesk.sync.attachments import Carried, Queue
from hsdesk.sync.carrier import NOT_REACHED, Busy, Cancelled, Carrier, TimedOut, Traffic
from hsdesk.sync.replica import Replica
from hsdesk.wire.messages import CLONED, Page, Push, Receipt

_TRIES = 5  # of one message, once the server has answered at all
_LONGEST_WAIT = 30.0  # seconds
_REFUSED_PAGES = 3
_MOST_REOFFERS = 3
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
    complete: bool = True  # False: stopped by a person, or pages wait because somebody is typing
    attached: int = 0  # attachments sent
    fetched: int = 0  # attachments received
    attachments_waiting: int = 0  # not sent yet, each with its reason


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
    wanted: Held,
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
        self._renamed = False
        self._doubtful = False
        self._reoffers = 0
        self._pushed_when_asked = 0
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

    def _push_all(self) -> None:
        waiting = self._replica.pending_count()
        total = self._pushed + waiting
        while waiting:
            push = plan.chunk(
                self._replica.pending_ops(self._chunk_ops), self._replica.server_epoch(), self._chunk_ops
            )
            if receipt := self._receipt_for(push):
                self._take(push, receipt)
            waiting = self._replica.pending_count()
            self.told("push", self._pushed, max(total, self._pushed + waiting))

    def _receipt_for(self, push: Push) -> Receipt | None:
        """Send a chunk. None: send another, because it took too long or this file is a copy of another."""
        many = len(push.ops) > 1
        try:
            return self.send(lambda: self._carrier.push(push), may_shrink=many)
        except Refused as refused:
            if refused.detail != CLONED or self._renamed:
                raise
            self._renamed = True
            self._replica.leave_copied_identity()
            return None
        except TimedOut:
            if not many:
                raise
            self._chunk_ops = len(push.ops) // 2
            return None

    def _take(self, push: Push, receipt: Receipt) -> None:
        if plan.is_lost(push, receipt):
            self._lost(push, receipt)
            return
        self._replica.take_receipt(receipt)
        self._pushed += len([op for op in push.ops if op.seq <= receipt.last])
        outcomes = [result.outcome for result in receipt.results]
        self._merged += outcomes.count("merged")
        self._rejected += outcomes.count("rejected")

    def _lost(self, push: Push, receipt: Receipt) -> None:
        """The server holds less than it once acknowledged: begin with what it lacks."""
        if not self._reoffered(receipt.last):
            raise Offline(
                "市级服务器缺少这台电脑以前报过的数据，这次没有同步。数据都在本机，请联系系统管理员。",
                detail=f"server has {receipt.last}, queue begins at {push.ops[0].seq}",
            )

    def _reoffered(self, last: int) -> bool:
        """Let received ops wait again; a server that never keeps them is not asked for ever."""
        if not self._replica.reoffer(last):
            return False
        self._reoffers += 1
        if self._reoffers > _MOST_REOFFERS:
            raise Offline("市级服务器总是丢失已收到的数据，这次没有同步完。数据都在本机，请联系系统管理员。")
        return True

    def _pull_once(self, *, with_cursors: bool) -> plan.AskAgain | None:
        """Ask once and do what the answer says. None: all is read, or the rest waits for a quiet moment."""
        known = plan.Known(
            self._replica.device_epoch(),
            self._replica.server_epoch(),
            self._replica.reference_rev(),
            self._replica.grants(),
            self._replica.cursors(),
            self._replica.acked(),
        )
        question = plan.ask(known, with_cursors=with_cursors)
        self._pushed_when_asked = self._pushed
        pulled = self.send(lambda: self._carrier.pull(question))
        for step in plan.answer_steps(known, pulled):
            match step:
                case plan.ApplyPage(page):
                    if not self._apply(page):
                        self.complete = False
                        return None
                case plan.AskAgain():
                    return step
                case plan.Done():
                    return self._reread_doubtful()
                case _:
                    if again := self._prepare(step):
                        return again
        return None

    def _reread_doubtful(self) -> plan.AskAgain | None:
        doubtful, self._doubtful = self._doubtful, False
        return plan.AskAgain(with_cursors=True) if doubtful else None

    def _prepare(
        self, step: plan.BeginServerEpoch | plan.Reoffer | plan.FetchReference | plan.TakeGrants
    ) -> plan.AskAgain | None:
        """Do what must come before pages. `AskAgain` if the pages of this answer no longer fit."""
        match step:
            case plan.BeginServerEpoch(epoch):
                known_another = self._replica.server_epoch() != ""
                self._replica.begin_server_epoch(epoch)
                return plan.AskAgain(True) if known_another else None
            case plan.Reoffer(last):
                if self._reoffered(last):
                    self._push_all()
                    return plan.AskAgain(True)
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

    def _apply(self, page: Page) -> bool:
        """Apply a page; a refused one stays in memory while new ops are pushed."""
        for _ in range(_REFUSED_PAGES + 1):
            if self._pushed != self._pushed_when_asked:
                page = msgspec.structs.replace(page, stale=True)
                self._doubtful = True  # own ops came after the page: read on
            if self._replica.apply_page(page):
                self._note(page)
                return True
            self._push_all()
        return False

    def _note(self, page: Page) -> None:
        self._pulled += len(page.rows)
        self._conflicts.update(c.id for c in page.conflicts if c.open)
        self._conflicts.difference_update(c.id for c in page.conflicts if not c.open)
        self._check(page)
        self.told("pull", self._pulled, 0)

    def _check(self, page: Page) -> None:
        """Compare digests once a stream is read to its end; a stream that differs is read again, once.

        What differs after that is a gap that reading cannot close (a server restored from a backup, and the
        laptop that wrote is gone): it is reported, and not read for again while it stays the same.

        Set-aside ops differ by intention: their answers are here and not there until a person mends them.
        """
        key = (page.scope, page.cls)
        if page.stale or not page.done or not page.digest:
            return
        if self._replica.pending_count() or self._replica.set_aside_count():
            return
        gap = (page.digest - self._replica.digest(page.scope, page.cls)) % DIGEST_MODULUS
        if gap and key not in self._healed and gap != self._replica.known_gap(page.scope, page.cls):
            self._healed.add(key)
            self._doubtful = True
            self._replica.reset_stream(page.scope, page.cls)
            return
        self._replica.note_gap(page.scope, page.cls, gap)
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
