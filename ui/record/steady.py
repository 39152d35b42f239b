"""A page on which lines may come and go without moving the field that has the focus."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QScrollBar, QWidget

from ui.theme import metrics


class Page(Protocol):
    """What scrolls."""

    def settle(self) -> None:
        """Lay the page out now."""

    def isAncestorOf(self, child: QWidget, /) -> bool: ...  # noqa: N802
    def viewport(self) -> QWidget: ...
    def verticalScrollBar(self) -> QScrollBar: ...  # noqa: N802


class Steady:
    """Keeps the focused widget at the same height while lines above it come and go."""

    def __init__(self, sheet: Page) -> None:
        self.sheet = sheet
        focused = QApplication.focusWidget()
        inside = focused is not None and sheet.isAncestorOf(focused)
        self.anchor = focused if inside else None
        self.height = 0

    def __enter__(self) -> None:
        self.height = self._height()

    def __exit__(self, *_: object) -> None:
        self.sheet.settle()
        moved = self._height() - self.height
        if moved and self.anchor is not None and self.anchor.isVisible():
            bar = self.sheet.verticalScrollBar()
            bar.setValue(bar.value() + moved)

    def _height(self) -> int:
        if self.anchor is None:
            return 0
        return self.anchor.mapTo(self.sheet.viewport(), QPoint(0, 0)).y()


def upper_third(room: int, height: int) -> tuple[int, int]:
    """Return how high and how low the top of a widget may stand in a view: all of it is seen if it fits."""
    spare = room - height
    highest = max(0, min(metrics().px(8), spare))
    return highest, min(room // 3, max(spare - metrics().px(90), highest))
