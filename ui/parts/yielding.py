"""A line of buttons of which some give way where it is narrow: a menu or a key has what they do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from ui.theme import metrics

Step = Callable[[bool], object]  # saves room where True, gives it back where False
LEAST = 280  # pixels at 100 % to which a bar may shrink


def narrow(line: QHBoxLayout, needed: Callable[[], int], bar: QWidget, steps: Sequence[Step]) -> None:
    """Take the steps that save room in a bar one after the other until what is needed fits, in pixels."""
    if not line.isEnabled():
        return  # a step that shows something lays the page out, and that asks again
    line.setEnabled(False)
    for step in steps:
        step(False)
    for step in steps:
        if needed() <= bar.width():
            break
        step(True)
    line.setEnabled(True)
    line.invalidate()  # a layout that was asked for its size takes itself for laid out
    line.activate()


class FittingBar(QFrame):
    """A row at the top of a page that fits itself at every size and when it is dressed."""

    def fit(self) -> None:
        """Let give way what has no room; called again where words have changed."""
        raise NotImplementedError

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(metrics().px(LEAST), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.fit()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self.fit()  # dressed, words have other sizes


class Bar(FittingBar):
    """A bar of which others can do what gives way, in order.

    `soft` steps are taken lest a text breaks into lines, `hard` ones lest something is cut off.
    """

    def __init__(self, line: QHBoxLayout, soft: Sequence[Step] = (), hard: Sequence[Step] = ()) -> None:
        super().__init__()
        self._line, self._soft, self._hard = line, tuple(soft), tuple(hard)
        self.setLayout(line)

    def fit(self) -> None:
        """Take the soft steps lest a text breaks, then the hard ones lest something is cut off."""
        line = self._line
        narrow(line, lambda: line.totalSizeHint().width(), self, self._soft)
        narrow(line, lambda: line.totalMinimumSize().width(), self, self._hard)


class Yielding(QWidget):
    """Holds a row; `first` is hidden while the row has no room for it."""

    def __init__(self, line: QHBoxLayout, first: QWidget) -> None:
        super().__init__()
        self._line, self._first = line, first
        line.setContentsMargins(0, 0, 0, 0)
        self.setLayout(line)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        whole = self._line.totalMinimumSize()
        room = 0 if self._first.isHidden() else self._first.sizeHint().width() + self._line.spacing()
        return QSize(max(0, whole.width() - room), whole.height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        needed = self.minimumSizeHint().width() + self._first.sizeHint().width() + self._line.spacing()
        self._first.setVisible(event.size().width() >= needed)
