"""The database thread: the only file that knows threads.

One thread owns the desk. A job is a function; its result comes back to the UI thread as an event, so a
save never holds the window up. Jobs run in the order they were given; a long one lets those behind it pass
at each of its steps, so that typing is saved while a sync is under way.
"""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

from hsdesk.errors import DeskError, Unforeseen
from ui.garbage import WindowThreadCollector

T = TypeVar("T")
SWITCH_S = 0.001  # how long the database thread may keep the interpreter from the window


def unforeseen(error: BaseException) -> Unforeseen:
    """Return what the work that a mistake of ours stopped is told."""
    return Unforeseen("程序出了一点问题，请再试一次；还不行请找技术人员。", detail=repr(error))


class Job(QObject):
    """One piece of work under way. `cancel()` asks it to stop at its next step."""

    stepped = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stop = threading.Event()

    def cancel(self) -> None:
        self._stop.set()

    def cancelled(self) -> bool:
        return self._stop.is_set()

    def step(self, progress: object) -> None:
        """Report progress; called on the database thread, delivered on the UI thread."""
        self.stepped.emit(progress)


class _Outcome:
    """What a job left: a value, or the error it raised."""

    def __init__(
        self,
        value: Any,
        error: BaseException | None,
        done: Callable[[Any], None] | None,
        failed: Callable[[DeskError], None] | None,
        owner: QObject | None,
    ) -> None:
        self.value, self.error, self.done, self.failed, self.owner = value, error, done, failed, owner


class _Task(NamedTuple):
    """A job and who hears of its outcome. `long`: not to be run in the middle of another."""

    job: Callable[[], Any]
    done: Callable[[Any], None] | None
    failed: Callable[[DeskError], None] | None
    owner: QObject | None
    long: bool


class Work(QObject):
    """Runs jobs one after another on the database thread."""

    trouble = Signal(object)  # DeskError that nobody else shows
    bug = Signal(object)  # any other exception: a mistake of ours, told besides to whoever waits for the job
    idle = Signal()  # the last waiting job is done
    _finished = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        sys.setswitchinterval(SWITCH_S)
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="desk")
        self._tasks: deque[_Task] = deque()
        self._between = False
        self._waiting = 0
        self._ended = False
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._collector = WindowThreadCollector(self)
        self._collector.start()

    @property
    def waiting(self) -> int:
        """Return how many jobs are not finished yet."""
        return self._waiting

    def run(
        self,
        job: Callable[[], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[DeskError], None] | None = None,
        owner: QObject | None = None,
        *,
        long: bool = False,
    ) -> None:
        """Run `job` on the database thread, then `done` or `failed` on this one.

        `failed` hears of every failure: of a mistake of ours (`bug`) as `Unforeseen`.
        Answers for an `owner` that is gone are dropped; the job itself always runs. A `long` job calls
        `let_pass` now and then.
        """
        self._waiting += 1
        self._tasks.append(_Task(job, done, failed, owner, long))
        self._pool.submit(self._next)

    def let_pass(self) -> None:
        """Run the short jobs that wait behind a long one; called by it, on the database thread."""
        if self._between:
            return
        self._between = True
        while self._tasks and not self._tasks[0].long:
            self._carry_out(self._tasks.popleft())
        self._between = False

    def _next(self) -> None:
        if self._tasks:  # else a long job let it pass before
            self._carry_out(self._tasks.popleft())

    def finish(self, last: Callable[[], T] | None = None) -> T | None:
        """Wait until every job is done, run `last` on the database thread and end the thread."""
        self._ended = True
        result: Future[T] | None = self._pool.submit(last) if last is not None else None
        self._pool.shutdown(wait=True)
        self._collector.stop()
        return result.result() if result is not None else None

    def _carry_out(self, task: _Task) -> None:
        try:
            outcome = _Outcome(task.job(), None, task.done, task.failed, task.owner)
        except BaseException as error:  # noqa: BLE001 - the thread boundary: everything is carried across
            outcome = _Outcome(None, error, task.done, task.failed, task.owner)
        self._finished.emit(outcome)

    def _deliver(self, outcome: _Outcome) -> None:
        self._waiting -= 1
        if self._ended:  # the window is gone; what the job had to do is done
            return
        if outcome.owner is None or shiboken6.isValid(outcome.owner):
            self._answer(outcome)
        elif outcome.error is not None:
            self._tell(outcome.error)
        if not self._waiting:
            self.idle.emit()

    def _answer(self, outcome: _Outcome) -> None:
        if outcome.error is None:
            if outcome.done is not None:
                outcome.done(outcome.value)
            return
        error = outcome.error if isinstance(outcome.error, DeskError) else unforeseen(outcome.error)
        if outcome.failed is None or error is not outcome.error:
            self._tell(outcome.error)
        if outcome.failed is not None:
            outcome.failed(error)

    def _tell(self, error: BaseException) -> None:
        (self.trouble if isinstance(error, DeskError) else self.bug).emit(error)
