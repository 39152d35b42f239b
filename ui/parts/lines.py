"""Lists of words: every line has its full height from the start, long ones take two."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from ui.theme import metrics

DATA = Qt.ItemDataRole.UserRole


def in_two(text: str, width: int, room: Callable[[str], int]) -> str:
    """Return a text that does not fit broken where its sense allows it: no single character is left over.

    >>> in_two("网格党建（双网融合）", 8, len), in_two("很长的名称", 3, len)
    ('网格党建\\n（双网融合）', '很长的名称')
    >>> in_two("社区工作者/社工/两委", 9, len)
    '社区工作者/\\n社工/两委'
    """
    places = [at if sign == "（" else at + 1 for at, sign in enumerate(text) if sign in "（/、，"]
    fitting = [at for at in places if 0 < at < len(text) and max(room(text[:at]), room(text[at:])) <= width]
    if not fitting:
        return text
    at = min(fitting, key=lambda one: max(room(text[:one]), room(text[one:])))
    return f"{text[:at]}\n{text[at:]}"


def add_line(
    target: QListWidget, text: str, data: object, *, width: int = 0, indent: str = ""
) -> QListWidgetItem:
    """Add a line that carries `data`; with a `width` in pixels, text that is longer takes two lines."""
    room = target.fontMetrics().horizontalAdvance
    two = bool(width) and room(indent + text) > width
    item = QListWidgetItem(in_two(indent + text, width, room) if two else indent + text)
    item.setData(DATA, data)
    item.setData(Qt.ItemDataRole.AccessibleTextRole, text)
    item.setToolTip(text)
    item.setSizeHint(QSize(0, metrics().px(64 if two else 42)))
    target.addItem(item)
    return item


def list_of_sections() -> QListWidget:
    """Return an empty list for the sections of a form, beside it; keys stay in the form."""
    made = QListWidget()
    made.setObjectName("Sections")
    made.setFixedWidth(metrics().px(190))
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    made.setWordWrap(True)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return made
