"""Everything that a window says: labels, fields, tables, hints, names for screen readers."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QAbstractItemModel, QAbstractTableModel, QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTextBrowser,
    QWidget,
)

_ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)


def said(top: QWidget) -> set[str]:
    """Return every text of a window, hidden pages too; the field with the focus is left out."""
    parts = [top, *top.findChildren(QWidget)]
    focused = QApplication.focusWidget()
    return {text for one in parts if one is not focused for text in _of(one) if text}


def _of(one: QWidget) -> Iterator[str]:
    yield from (one.windowTitle(), one.toolTip(), one.accessibleName(), one.accessibleDescription())
    match one:
        case QLabel() | QAbstractButton():
            yield one.text()
        case QLineEdit():
            yield from (one.text(), one.placeholderText())
        case QPlainTextEdit() | QTextBrowser():
            yield one.toPlainText()
        case QAbstractItemView() if one.model() is not None:
            yield from _cells(one.model())
        case _:
            pass


def _cells(model: QAbstractItemModel, most: int = 60) -> Iterator[str]:
    none = QModelIndex()
    columns = model.columnCount(none) if isinstance(model, QAbstractTableModel) else 1
    for row in range(min(most, model.rowCount(none))):
        for column in range(columns):
            yield from (str(model.index(row, column, none).data(role) or "") for role in _ROLES)
    for column in range(columns):
        yield str(model.headerData(column, Qt.Orientation.Horizontal) or "")
