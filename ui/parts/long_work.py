"""Long work on the window's own thread or the desk's: how far it is, and a way out."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer
from PySide6.QtWidgets import QProgressBar, QWidget

from hsdesk.errors import Cancelled, DeskError
from hsdesk.model.step import Step
from ui.office import Office
from ui.parts.notice import Notice, show_error, tell
from ui.parts.pace import Pace, left_words
from ui.parts.plain import label
from ui.words import size_words, tr
from ui.work import Job

if TYPE_CHECKING:
    from hsdesk.desk import Desk

T = TypeVar("T")
SHOWN_AFTER_S = 0.4  # what is quicker needs no dialog
_BETWEEN_S = 0.05


class LongWork(Notice):
    """Shows itself when the work takes long. `unit` "": the work is counted in bytes."""

    def __init__(self, parent: QWidget, title: str, unit: str) -> None:
        super().__init__(parent, title, tr("可以随时取消，不会留下半个文件。"))
        self._unit, self._pace = unit, Pace()
        self._began = self._last = time.monotonic()
        self.cancelled = False
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.counts = label("", "quiet")
        self.put_under(self.bar)
        self.put_under(self.counts)
        self.answers(tr("取消")).clicked.connect(self.cancel)
        self.rejected.connect(self.cancel)

    def cancel(self) -> None:
        """Stop at the next step."""
        self.cancelled = True

    def step(self, done: int, total: int) -> None:
        """Tell on this thread how far the work is; the window lives. Raises Cancelled when asked to stop."""
        now = time.monotonic()
        if now - self._last >= _BETWEEN_S:
            self._last = now
            if now - self._began >= SHOWN_AFTER_S and not self.isVisible() and not self.cancelled:
                self.open()
            self.show_progress(done, total, now - self._began)
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)
        if self.cancelled:
            raise Cancelled

    def carry(self, office: Office, action: Callable[[Desk, Step], T], done: Callable[[T], None]) -> None:
        """Let the desk do this on its thread; `done` hears its outcome unless it failed or was stopped."""
        parent, title = self.parentWidget(), self.windowTitle()
        job = Job(office)  # it may outlive the dialog
        job.stepped.connect(self._moved)
        self.rejected.connect(job.cancel)
        self.accepted.connect(job.cancel)

        def finished(result: T) -> None:
            self._end(job)
            done(result)

        def failed(error: DeskError) -> None:
            self._end(job)
            if isinstance(error, Cancelled):
                tell(parent, tr("已停下"), tr("“{title}”没有做完。原来的文件没有动，数据都在。", title=title))
            else:
                show_error(parent, error)

        QTimer.singleShot(round(SHOWN_AFTER_S * 1000), self, self.open)
        office.ask(lambda desk: action(desk, step_of(job)), finished, failed, owner=self)

    def show_progress(self, done: int, total: int, seconds: float) -> None:
        """Show the count and, from 5 % on, the time that is left."""
        self.bar.setRange(0, 1000)
        self.bar.setValue(round(1000 * done / max(total, 1)))
        told = tr("{done} / {total} {unit}", done=done, total=total, unit=self._unit)
        if not self._unit:
            told = tr("{done} / {total}", done=size_words(done), total=size_words(total))
        left = left_words(self._pace.left(done, total, seconds))
        self.counts.setText(f"{told}　{left}" if left else told)

    def _moved(self, progress: object) -> None:
        assert isinstance(progress, tuple)
        done, total = progress
        self.show_progress(done, total, time.monotonic() - self._began)

    def _end(self, job: Job) -> None:
        job.deleteLater()
        self.blockSignals(True)  # what is done cannot be cancelled
        self.close()
        self.deleteLater()


def step_of(job: Job) -> Step:
    """Return what the desk tells how far it is; it raises Cancelled once the job was cancelled."""
    last = 0.0

    def step(done: int, total: int) -> None:
        nonlocal last
        if job.cancelled():
            raise Cancelled
        now = time.monotonic()
        if now - last >= _BETWEEN_S:
            last = now
            job.step((done, total))

    return step
