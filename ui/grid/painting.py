"""Paints the cells of a grid. Asking Qt's own delegate costs a dozen questions to the model for each cell."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from hsdesk.desk.grid_values import STATE
from ui.grid.model import GridModel
from ui.theme import COLOURS, metrics

Index = QModelIndex | QPersistentModelIndex
_PAD = 8  # pixels beside the text of a cell
_MOST_KEPT = 4000  # texts that were measured
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine


class CellPainter(QStyledItemDelegate):
    """Draws text, the marked row, the selection and the cell cursor."""

    def __init__(self, view: QTableView, *, covered: int = -1) -> None:
        """`covered`: a column that lies under another view and is not painted here."""
        super().__init__(view)
        self._view = view
        self._covered = covered
        self._shortened: dict[tuple[str, int, bool], str] = {}  # by text, width, weight
        self._pad = metrics().px(_PAD)
        self._ink, self._quiet = QColor(COLOURS.ink), QColor(COLOURS.quiet)
        self._bad, self._warn = QColor(COLOURS.bad), QColor(COLOURS.warn)
        self._selected, self._row = QColor(COLOURS.accent_wash), QColor(COLOURS.ground)
        self._head = QColor(COLOURS.sunken)
        self._frame = QPen(QColor(COLOURS.accent), 2)
        self._lines = QPen(QColor(COLOURS.line), 1)

    def forget(self) -> None:
        """Measure texts anew: the font is another."""
        self._shortened.clear()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model, row, column = index.model(), index.row(), index.column()
        if column == self._covered:
            return
        assert isinstance(model, GridModel)
        box = option.rect
        group = model.group_at(row)
        here = self._view.currentIndex()
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if group is not None:
            painter.fillRect(box, self._head)
        elif is_selected:
            painter.fillRect(box, self._selected)
        elif here.row() == row:
            painter.fillRect(box, self._row)
        painter.setPen(self._lines)
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        text = model.text(row, column)
        if text:
            if group is not None:
                option.font.setBold(True)
            painter.setFont(option.font)
            painter.setPen(self._pen(model, row, model.columns[column].key))
            self._write(painter, box, text, is_figure=model.columns[column].is_figure)
        if here.row() == row and here.column() == column:
            self._draw_cursor(painter, box)

    def _write(self, painter: QPainter, box: QRect, text: str, *, is_figure: bool) -> None:
        inner = box.adjusted(self._pad, 0, -self._pad, 0)
        place = (text, inner.width(), painter.font().bold())
        told = self._shortened.get(place)
        if told is None:
            told = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
            if len(self._shortened) > _MOST_KEPT:
                self._shortened.clear()
            self._shortened[place] = told
        painter.drawText(inner, _RIGHT if is_figure else _LEFT, told)

    def _pen(self, model: GridModel, row: int, key: str) -> QColor:
        record = model.record(row)
        if record is None or model.view.deleted:
            return self._quiet if record is not None else self._ink
        if (record.key.record, key) in model.unread:
            return self._bad
        if key == STATE:
            urgent = "conflict" in record.states or "expired" in record.states
            return self._bad if urgent else self._warn
        return self._ink

    def _draw_cursor(self, painter: QPainter, box: QRect) -> None:
        painter.setPen(self._frame)
        painter.drawRect(box.adjusted(1, 1, -2, -2))
