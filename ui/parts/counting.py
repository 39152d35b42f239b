"""A line that says how far figures are being worked out, with a way out; what is quick shows nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from hsdesk.errors import Cancelled, DeskError
from hsdesk.model.step import Step
from ui.office import Office
from ui.parts.long_work import SHOWN_AFTER_S, step_of
from ui.parts.pace import Pace, left_words
from ui.parts.plain import button, label, row
from ui.words import tr
from ui.work import Job

if TYPE_CHECKING:
    from hsdesk.desk import Desk

T = TypeVar("T")


class Counting(QWidget):
    """One counting at a time: a new one stops the one before. `again`: what was stopped is wanted."""

    again = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._job: Job | None = None
        self._pace, self._began = Pace(), 0.0
        self.words = label("", "quiet")
        self.press = button(tr("取消"), self._pressed)
        self.setLayout(row(self.words, 12, self.press, None))
        self.hide()

    def begin(self, office: Office, action: Callable[[Desk, Step], T], done: Callable[[T], None]) -> None:
        """Let the desk count; `done` hears what came of it, unless it failed, was stopped or begun anew."""
        self.stop()
        job = self._job = Job(office)
        self._pace, self._began = Pace(), time.monotonic()
        self.words.setText(tr("正在算…"))
        self.press.setText(tr("取消"))
        self.hide()
        job.stepped.connect(self._moved)

        def ended(tell: Callable[[], None]) -> None:
            job.deleteLater()
            if job is self._job:
                self._job = None
                self.hide()
                tell()

        def failed(error: DeskError) -> None:
            ended(lambda: self._failed(office, error))

        QTimer.singleShot(round(SHOWN_AFTER_S * 1000), self, lambda: self.setVisible(self._job is not None))
        office.ask(
            lambda desk: action(desk, step_of(job)), lambda result: ended(lambda: done(result)), failed, self
        )

    def stop(self) -> None:
        """Stop what is being counted at its next step."""
        if self._job is not None:
            self._job.cancel()

    def _pressed(self) -> None:
        if self._job is None:
            self.again.emit()
        else:
            self.stop()

    def _moved(self, progress: object) -> None:
        assert isinstance(progress, tuple)
        done, total = progress
        left = left_words(self._pace.left(done, total, time.monotonic() - self._began))
        told = tr("正在算：{done} / {total} 项", done=done, total=total)
        self.words.setText(f"{told}　{left}" if left else told)

    def _failed(self, office: Office, error: DeskError) -> None:
        if isinstance(error, Cancelled):
            self.words.setText(tr("已停下，没有算完，数据都在。"))
            self.press.setText(tr("重新算"))
            self.show()
        else:
            office.work.trouble.emit(error)
