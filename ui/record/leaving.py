"""Leaving an open record: what is neither saved nor kept as a draft is not left behind without asking."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from hsdesk.errors import DataError
from ui.parts.notice import Notice
from ui.parts.plain import button
from ui.record.autosave import Autosave
from ui.words import tr

MOST_NAMES = 5


class Leaving(QObject):
    """Lets go of a record once everything typed is on the disk, or a person has chosen to give it up."""

    stayed = Signal()  # a person chose not to leave

    def __init__(self, page: QWidget, autosave: Autosave, flush: Callable[[], None]) -> None:
        super().__init__(autosave)
        self._page, self._autosave, self._flush = page, autosave, flush
        self._then: Callable[[], None] | None = None
        self._notice: Notice | None = None

    def leave(self, then: Callable[[], None]) -> None:
        """Hand over what is being typed, wait for the disk, ask if need be, and go on with `then`.

        Only the way out that was taken last counts.
        """
        waits, self._then = self._then is not None, then
        if not waits:
            self._try()

    def _decide(self) -> None:
        if not self._autosave.unsaved.at_risk:
            self._go()
        else:
            self._ask()

    def _go(self) -> None:
        then, self._then = self._then, None
        if then is not None:
            then()

    def _ask(self) -> None:
        names = self._names()
        words = tr(
            "{names}没有存进去，不在磁盘里，只在屏幕上，离开就没有了。"
            "请先腾出磁盘空间（例如删除不用的文件），再点「再存一次」。",
            names=names,
        )
        notice = Notice(self._page, tr("还没有存进去"), words)
        for name, act in ((tr("不要了，离开"), self._go), (tr("再存一次"), self._try)):
            notice.buttons.addWidget(button(name, partial(self._answered, notice, act)))
        stay = button(tr("留在这一页"), notice.reject, "primary")
        stay.setDefault(True)
        notice.buttons.addWidget(stay)
        notice.rejected.connect(self._stay)
        notice.open()
        stay.setFocus()
        self._notice = notice

    def _answered(self, notice: Notice, act: Callable[[], None]) -> None:
        notice.accept()
        notice.deleteLater()
        act()

    def _try(self) -> None:
        self._flush()
        if self._autosave.unsaved.at_risk:
            self._autosave.write_again()
        self._autosave.office.when_quiet(self._decide)

    def _stay(self) -> None:
        self._then = None
        if self._notice is not None:
            self._notice.deleteLater()
            self._notice = None
        self.stayed.emit()

    def _names(self) -> str:
        """Return what is at risk as a person calls it, a few names of it."""
        names = list(dict.fromkeys(self._name(path) for path in sorted(self._autosave.unsaved.at_risk)))
        more = len(names) - MOST_NAMES
        shown = "、".join(f"“{name}”" for name in names[:MOST_NAMES])
        return tr("{names}等 {n} 处", names=shown, n=len(names)) if more > 0 else shown

    def _name(self, path: str) -> str:
        """Return the label of an answer, or of the roster that a row or a cell of it lies in."""
        session = self._autosave.entry.session
        try:
            return session.label(path.partition("/")[0]) or path
        except DataError:
            return path
