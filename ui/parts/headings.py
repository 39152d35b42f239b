"""Headings of a table: words above the columns, numbers before the rows."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt


def heading(section: int, orientation: Qt.Orientation, role: int, words: Callable[[int], str]) -> object:
    """Return what a model answers for a heading: the words of a column, to the left, or a row's number."""
    if role == Qt.ItemDataRole.TextAlignmentRole and orientation == Qt.Orientation.Horizontal:
        return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    if role != Qt.ItemDataRole.DisplayRole:
        return None
    return section + 1 if orientation == Qt.Orientation.Vertical else words(section)
