"""The table of indicators: value against target as a bar with a mark, and the gap in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
)

from ui.theme import COLOURS, metrics

if TYPE_CHECKING:
    from hsdesk.reports.indicators import IndicatorValue

SHARE = Qt.ItemDataRole.UserRole + 1  # how much of the bar is filled, and where the target stands
_HEIGHT = 12  # pixels


def bar_of(value: IndicatorValue) -> tuple[float, float] | None:
    """Return how full the bar is and where the target stands, as shares of its width; None: no bar.

    A value beyond the target fills the bar, and the target's mark moves in from the right.

    """
    if value.value is None or not value.target:
        return None
    most = max(value.value, value.target)
    return value.value / most, value.target / most


class BarPainter(QStyledItemDelegate):
    """Paints the bar of a cell that has one."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        share = index.data(SHARE)
        if share is None:
            return
        filled, target = share
        sizes, box = metrics(), option.rect
        margin, height = sizes.px(12), sizes.px(_HEIGHT)
        room = box.width() - 2 * margin
        bar = QRect(box.left() + margin, box.center().y() - height // 2 + 1, room, height)
        painter.save()
        painter.fillRect(bar, QColor(COLOURS.line))
        painter.fillRect(QRect(bar.left(), bar.top(), round(room * filled), height), QColor("#4f8f8a"))
        mark = bar.left() + min(round(room * target), room - 3)
        painter.fillRect(QRect(mark, bar.top() - 5, 3, height + 10), QColor(COLOURS.ink))
        painter.restore()


def plain_table(headings: Sequence[str], stretch: int) -> QTableWidget:
    """Return a table to read, one column taking the room that is left."""
    table = QTableWidget(0, len(headings))
    table.setHorizontalHeaderLabels(list(headings))
    table.setAccessibleName("、".join(headings))
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setShowGrid(False)
    table.setAlternatingRowColors(True)
    table.setTabKeyNavigation(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(metrics().px(46))
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)
    return table


def wrap_lines(table: QTableWidget, hidden: Sequence[int], wide: Sequence[int]) -> None:
    """Large text: long words take several lines, so that no column is out of sight.

    The number of an indicator and the bar give up their place first; the detail still has them.
    """
    header = table.horizontalHeader()
    for part in wide:
        header.setSectionResizeMode(part, QHeaderView.ResizeMode.Stretch)
    for part in hidden:
        table.setColumnHidden(part, metrics().is_large)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)


def fill_row(table: QTableWidget, at: int, texts: Sequence[str], colour: str | None = None) -> None:
    """Put texts into a row; long ones are shown whole when one points at them."""
    for part, text in enumerate(texts):
        item = QTableWidgetItem(text)
        item.setToolTip(text)
        if colour is not None:
            item.setForeground(QColor(colour))
        table.setItem(at, part, item)
