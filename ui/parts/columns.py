"""A layout in columns: short parts stand beside each other, long ones take a line of their own."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget, QWidgetItem

from ui.theme import metrics

Extent = Literal["figure", "date", "short", "whole"]
TWO_FROM, THREE_FROM = 800, 1060  # width for so many columns, in pixels at 100 %


class Columns(QLayout):
    """Fills lines from left to right. Where all that is short is a figure, three stand in a line."""

    def __init__(self, *, gap: int, between: int) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._extents: dict[QLayoutItem, Extent] = {}
        self._gap, self._between = gap, between
        self._known: dict[int, int] = {}  # height by width
        self.setContentsMargins(0, 0, 0, 0)

    def put(self, widget: QWidget, extent: Extent, at: int | None = None) -> None:
        """Add a part, or put it in the place of the one at a number."""
        self.addChildWidget(widget)
        item = QWidgetItem(widget)
        self._extents[item] = extent
        if at is None:
            self._items.append(item)
        else:
            self._extents.pop(self._items[at], None)
            self._items[at] = item
        self.invalidate()

    def columns(self, width: int) -> int:
        """Return how many columns stand in a width in pixels."""
        at_100 = width / metrics().factor
        if at_100 < TWO_FROM:
            return 1
        seen = {self._extents[item] for item in self._items if not item.isEmpty()}
        return 3 if at_100 >= THREE_FROM and "short" not in seen else 2

    def invalidate(self) -> None:
        self._known.clear()
        super().invalidate()

    def addItem(self, item: QLayoutItem) -> None:  # noqa: N802
        self._items.append(item)
        self._extents[item] = "whole"

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # noqa: N802
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # noqa: N802
        if not 0 <= index < len(self._items):
            return None
        item = self._items.pop(index)
        self._extents.pop(item, None)
        return item

    def expandingDirections(self) -> Qt.Orientation:  # noqa: N802
        return Qt.Orientation.Horizontal

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        if width not in self._known:
            self._known[width] = self._place(QRect(0, 0, width, 0), move=False)
        return self._known[width]

    def setGeometry(self, rect: QRect) -> None:  # noqa: N802
        super().setGeometry(rect)
        self._place(rect, move=True)

    def sizeHint(self) -> QSize:  # noqa: N802
        return self.minimumSize()

    def minimumSize(self) -> QSize:  # noqa: N802
        return QSize(metrics().px(120), 0)

    def _cells(self, item: QLayoutItem, columns: int) -> int:
        """Return over how many columns a part goes: a date has a button beside it."""
        if self._extents[item] == "whole":
            return columns
        return 2 if columns == 3 and self._extents[item] == "date" else 1

    def _place(self, rect: QRect, *, move: bool) -> int:
        columns = self.columns(rect.width())
        cell = (rect.width() - (columns - 1) * self._between) // columns
        top, line = rect.y(), [0] * 0
        at = 0
        for item in self._items:
            if item.isEmpty():
                continue
            cells = self._cells(item, columns)
            if line and at + cells > columns:
                top, line, at = top + max(line) + self._gap, [], 0
            width = rect.width() if cells == columns else cells * (cell + self._between) - self._between
            height = item.heightForWidth(width) if item.hasHeightForWidth() else item.sizeHint().height()
            if move:
                item.setGeometry(QRect(rect.x() + at * (cell + self._between), top, width, height))
            line.append(height)
            at += cells
        return top + max(line, default=0) - rect.y()
