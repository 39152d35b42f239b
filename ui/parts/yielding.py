"""A line of buttons of which some give way where it is narrow: a menu or a key has what they do."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget


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
