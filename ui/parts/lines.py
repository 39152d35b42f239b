"""Lists of words: every line has its full height from the start, long ones take two."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from ui.theme import metrics

DATA = Qt.ItemDataRole.UserRole


def add_line(
    target: QListWidget, text: str, data: object, *, width: int = 0, indent: str = ""
) -> QListWidgetItem:
    """Add a line that carries `data`; with a `width` in pixels, text that is longer takes two lines."""
    item = QListWidgetItem(indent + text)
    item.setData(DATA, data)
    item.setToolTip(text)
    two = bool(width) and target.fontMetrics().horizontalAdvance(indent + text) > width
    item.setSizeHint(QSize(0, metrics().px(64 if two else 42)))
    target.addItem(item)
    return item
