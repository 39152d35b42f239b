"""Long work on the window's own thread, such as painting pages: how far it is, and a way out."""

from __future__ import annotations

import time

from PySide6.QtCore import QCoreApplication, QEventLoop
from PySide6.QtWidgets import QProgressBar, QWidget

from ui.parts.notice import Notice
from ui.parts.pace import Pace, left_words
from ui.parts.plain import label
from ui.words import tr

SHOWN_AFTER_S = 0.4  # what is quicker needs no dialog
_BETWEEN_S = 0.05


class Stopped(Exception):
    """The work was stopped by the person who waits for it."""


class LongWork(Notice):
    """Shows itself when the work takes long. `step` lets the window live and raises Stopped when asked to."""

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
        """Tell how far the work is. Raises Stopped once it was cancelled."""
        now = time.monotonic()
        if now - self._last >= _BETWEEN_S:
            self._last = now
            if now - self._began >= SHOWN_AFTER_S and not self.isVisible() and not self.cancelled:
                self.open()
            self.show_progress(done, total, now - self._began)
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)
        if self.cancelled:
            raise Stopped

    def show_progress(self, done: int, total: int, seconds: float) -> None:
        """Show the count and, from 5 % on, the time that is left."""
        self.bar.setRange(0, max(total, 1))
        self.bar.setValue(done)
        told = tr("{done} / {total} {unit}", done=done, total=total, unit=self._unit)
        left = left_words(self._pace.left(done, total, seconds))
        self.counts.setText(f"{told}　{left}" if left else told)
