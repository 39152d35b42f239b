"""The bar above a register: its name and count, the search, adding. It stays whole beside an open record."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QPushButton

from ui.pages.page import title_bar
from ui.parts.clamp import Clamped
from ui.parts.plain import keyed, restyle
from ui.parts.search_line import SearchLine
from ui.parts.yielding import Bar
from ui.theme import metrics
from ui.words import tr


def register_bar(
    title: Clamped, count: QLabel, search: SearchLine, more: QPushButton, add: QPushButton
) -> Bar:
    """Return the bar. Large text has no count in it, but the way to the menu."""
    large = metrics().is_large

    def closer(on: bool) -> None:
        restyle(title, "role", "heading" if on or large else "title")
        count.setHidden(on or large)
        add.setText(tr("新增") if on else keyed(tr("新增（Ctrl+N）")))

    acts = (search, more, add) if large else (count, search, add)
    return title_bar(title, *acts, soft=(closer,), hard=((more.setHidden,) if large else ()))
