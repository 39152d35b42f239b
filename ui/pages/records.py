"""A register as a table model: all keys, and windows of rows read when they come into view."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor

from hsdesk.desk.values import ListQuery, RecordKey, RecordRow
from hsdesk.forms.masking import SCREEN, treatment
from hsdesk.forms.schema import Form, Question, questions
from hsdesk.forms.types import type_of
from hsdesk.model.answer import Value
from ui.office import Office
from ui.theme import COLOURS
from ui.words import tr

WINDOW = 128  # rows read at a time
KEPT = 12  # windows kept in memory
MOST_COLUMNS = 6
Index = QModelIndex | QPersistentModelIndex


class Column(msgspec.Struct, frozen=True):
    key: str  # "" for the title
    heading: str
    rank: int = 0  # the higher, the sooner it is left out where the room is short
    is_whole: bool = False  # cut only when it is very long: names and dates


def columns_of(form: Form, *, with_place: bool) -> tuple[Column, ...]:
    """Return the columns of a list: the title, then the answers that tell records apart.

    Answers marked hs:search come first, then required ones, in screen order.
    """
    plain = [
        one
        for one in questions(form.children)
        if type_of(one).is_listed and not one.hs.title and one.label.texts
    ]
    ranked = sorted(plain, key=_rank)[:MOST_COLUMNS]
    chosen = [one for one in plain if one in ranked]
    place = (Column("@place", tr("所属村（社区）")),) if with_place else ()
    answers = (
        Column(one.key, one.label.plain(), _rank(one), type_of(one).widget == "date") for one in chosen
    )
    return (Column("", _title_heading(form), is_whole=True), *place, *answers)


def _rank(question: Question) -> int:
    if type_of(question).widget == "computed":
        return 3
    if question.hs.search:
        return 0
    return 1 if question.required else 2


def _title_heading(form: Form) -> str:
    titled = [question.label.plain() for question in questions(form.children) if question.hs.title]
    return titled[0] if len(titled) == 1 else tr("名称")


class RecordModel(QAbstractTableModel):
    """Keys at once, rows in windows; nothing here waits for the database."""

    counted = Signal(int)  # the keys of a query have arrived

    def __init__(self, office: Office, form: Form, *, with_place: bool) -> None:
        super().__init__()
        self.office, self.form = office, form
        self._living = columns_of(form, with_place=with_place)
        shown = {column.key for column in self._living}
        self.hidden_keys = tuple(
            question.key
            for question in questions(form.children)
            if question.key in shown and treatment(form, question, SCREEN) != "open"
        )
        self._opened: tuple[str, str, str] | None = None  # record, column and text of the cell that is shown
        reason = Column("@deleted", tr("作废原因"), is_whole=True)
        self._deleted = (self._living[0], reason, *self._living[1:])
        self.columns = self._living
        self.query = ListQuery()
        self._keys: tuple[RecordKey, ...] = ()
        self._windows: dict[int, tuple[RecordRow, ...]] = {}
        self._asked: set[int] = set()
        self._turn = 0  # of the query asked last
        self._shown = 0  # of the query whose keys are shown

    def show(self, query: ListQuery) -> None:
        """Read the keys of a query; until they arrive the old list stays."""
        self.query = query
        self._turn += 1
        turn, form = self._turn, self.form.form_id
        self.office.ask(
            lambda desk: desk.lists.keys(form, query), lambda keys: self._take(turn, keys), owner=self
        )

    def reload(self) -> None:
        self.show(self.query)

    def key(self, row: int) -> RecordKey:
        return self._keys[row]

    def record(self, row: int) -> RecordRow | None:
        """Return a row, or None and have it read."""
        if row >= len(self._keys):
            return None
        window, at = divmod(row, WINDOW)
        rows = self._windows.get(window)
        if rows is None:
            self._ask(window)
            return None
        return rows[at] if at < len(rows) else None

    def row_of(self, record: str) -> int:
        """Return the row of a record, -1 when it is not in the list."""
        return next((at for at, key in enumerate(self._keys) if key.record == record), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        return 0 if parent.isValid() else len(self._keys)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.ForegroundRole:
            return QColor(COLOURS.quiet) if self.query.deleted else None
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        record, key = self.record(index.row()), self.columns[index.column()].key
        if record is not None and key == "@place":
            return self._place_name(record.place)
        if record is not None and self._opened and self._opened[:2] == (record.key.record, key):
            return self._opened[2]
        return "…" if record is None else cell_text(record, key)

    def open_cell(self, record: str, key: str, text: str) -> None:
        """Show one hidden cell whole until `cover_cell`."""
        self._opened = (record, key, text)
        self._touch()

    def cover_cell(self) -> None:
        """Hide the cell again."""
        if self._opened is not None:
            self._opened = None
            self._touch()

    def _touch(self) -> None:
        if self._keys:
            last = self.index(len(self._keys) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def _place_name(self, code: str) -> str:
        places = self.office.status.places if self.office.status is not None else ()
        return next((place.name for place in places if place.code == code), code)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if role == Qt.ItemDataRole.TextAlignmentRole and orientation == Qt.Orientation.Horizontal:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return self.columns[section].heading if orientation == Qt.Orientation.Horizontal else section + 1

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order by a column; the desk does it."""
        if not 0 <= column < len(self.columns):
            return
        key = self.columns[column].key
        descending = order == Qt.SortOrder.DescendingOrder
        self.show(
            msgspec.structs.replace(
                self.query, order="" if key.startswith("@") else key, descending=descending
            )
        )

    def _take(self, turn: int, keys: tuple[RecordKey, ...]) -> None:
        if turn != self._turn:
            return
        self.beginResetModel()
        self.columns = self._deleted if self.query.deleted else self._living
        self._keys, self._windows, self._asked = keys, {}, set()
        self._shown = turn
        self.endResetModel()
        self.counted.emit(len(keys))

    def _ask(self, window: int) -> None:
        if window in self._asked:
            return
        self._asked.add(window)
        turn, form = self._shown, self.form.form_id
        keys = self._keys[window * WINDOW : (window + 1) * WINDOW]
        self.office.ask(
            lambda desk: desk.lists.rows(form, keys), lambda rows: self._fill(turn, window, rows), owner=self
        )

    def _fill(self, turn: int, window: int, rows: Sequence[RecordRow]) -> None:
        if turn != self._shown:
            return
        self._windows[window] = tuple(rows)
        if len(self._windows) > KEPT:
            oldest = next(iter(self._windows))
            del self._windows[oldest]
            self._asked.discard(oldest)
        first = window * WINDOW
        last = min(first + WINDOW, len(self._keys)) - 1
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))


def cell_text(record: RecordRow, key: str) -> str:
    """Return what a list shows of a record in one column."""
    if not key:
        return record.title or tr("（还没有名称）")
    if key == "@place":
        return record.place
    if key == "@deleted":
        return record.deleted
    shown = record.shown.get(key)
    return shown if shown is not None else value_text(record.values.get(key))


def value_text(value: Value) -> str:
    """Return a stored value as plain text."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return "、".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)
