"""A register as a table model: the numbers of all records, and windows of rows read when in view."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from hsdesk.desk.grid_values import (
    DELETED,
    PLACE,
    STATE,
    STATES,
    TITLE,
    GridRow,
    GridView,
    Group,
    Listed,
    State,
)
from hsdesk.forms.schema import Form
from ui.grid.columns import GridColumn, gone_column
from ui.office import Office
from ui.words import tr

WINDOW = 128  # rows read at a time
KEPT = 12  # windows kept in memory
Index = QModelIndex | QPersistentModelIndex


def state_words(state: State) -> str:
    """Return what a list says of a record in a state."""
    return {
        "unfinished": tr("未填完"),
        "conflict": tr("两边不一样"),
        "waiting": tr("未上传"),
        "expired": tr("已过期"),
    }[state]


class GridModel(QAbstractTableModel):
    """Nothing here waits for the database: what has not been read yet is shown as …"""

    listed = Signal(int)  # the records of a view have arrived, so many
    filled = Signal()  # rows came into view

    def __init__(self, office: Office, form: Form, columns: Sequence[GridColumn]) -> None:
        super().__init__()
        self.office, self.form = office, form
        self._state_words = {state: state_words(state) for state in STATES}  # said in every row
        self.living = tuple(columns)
        self.columns = self.living
        self.view = GridView()
        self.groups: tuple[Group, ...] = ()
        self.first_seen = 0  # the row that is seen first: rows are read from there on
        self.unread: dict[tuple[str, str], tuple[str, str]] = {}  # (record, column): text not taken, why
        self._heads: list[int] = []  # the rows that are headings of groups
        self._numbers: Sequence[int] = ()
        self._windows: dict[int, tuple[GridRow, ...]] = {}
        self._wanted: list[int] = []  # windows to read, the last one wanted first
        self._is_reading = False
        self._opened: tuple[int, str, str] | None = None  # number, column and text of the cell that is shown
        self._turn = 0  # of the view asked last
        self._shown = 0  # of the view that is shown

    # What is listed

    def show(self, view: GridView) -> None:
        """List the records of a view; until they arrive the old list stays."""
        if view != self.view:
            self.first_seen = 0
        self.view = view
        self.reload()

    def reload(self) -> None:
        """List the records of the same view again."""
        self._turn += 1
        turn, form, view, columns = self._turn, self.form.form_id, self.view, self.answer_keys()
        start = self._record_at(self.first_seen) // WINDOW * WINDOW
        self.office.ask(
            lambda desk: desk.grid.listed(form, view, start, WINDOW, columns),
            lambda found: self._take(turn, start, found),
            owner=self,
        )

    def set_columns(self, columns: Sequence[GridColumn]) -> None:
        """Show other columns."""
        self.living = tuple(columns)
        self.reload()

    def answer_keys(self) -> tuple[str, ...]:
        """Return the columns that rows are read for."""
        return tuple(one.key for one in self.living if one.question is not None and one.key != TITLE)

    def _take(self, turn: int, start: int, found: Listed) -> None:
        if turn != self._turn:
            return
        self.beginResetModel()
        reason = (self.living[0], gone_column(), *self.living[1:])
        self.columns = reason if self.view.deleted else self.living
        self._numbers, self.groups = found.numbers, found.groups
        self._heads = [group.start + at for at, group in enumerate(found.groups)]
        self._windows = {start // WINDOW: found.rows}
        self._wanted, self._shown = [], turn
        self.endResetModel()
        self.listed.emit(len(self._numbers))

    @property
    def count(self) -> int:
        """How many records are listed."""
        return len(self._numbers)

    def number(self, row: int) -> int:
        """Return the number of the record in a row, 0 for the heading of a group."""
        at = -1 if self.group_at(row) is not None else self._record_at(row)
        return self._numbers[at] if 0 <= at < len(self._numbers) else 0

    def row_of(self, number: int) -> int:
        """Return the row of a record, -1 when it is not listed."""
        try:
            at = self._numbers.index(number)
        except ValueError:
            return -1
        return self.row_at(at)

    def place_of(self, record: str) -> int:
        """Return at which place of the list a record stands, from 0; -1 when it is not among those read."""
        row = self.find(record)
        return self._record_at(row) if row >= 0 else -1

    def row_at(self, place: int) -> int:
        """Return the row of the record at a place of the list."""
        return place + bisect_right([group.start for group in self.groups], place)

    def find(self, record: str) -> int:
        """Return the row of a record among those that have been read, -1 for none."""
        rows = (row for window in self._windows.values() for row in window)
        return next((self.row_of(row.key.number) for row in rows if row.key.record == record), -1)

    def group_at(self, row: int) -> Group | None:
        """Return the group of which a row is the heading."""
        at = bisect_right(self._heads, row) - 1
        return self.groups[at] if at >= 0 and self._heads[at] == row else None

    def _record_at(self, row: int) -> int:
        """Return which of the listed records stands in a row, or after it where it is a heading."""
        heads = bisect_right(self._heads, row)
        return row - heads + (1 if heads and self._heads[heads - 1] == row else 0)

    # Rows

    def record(self, row: int) -> GridRow | None:
        """Return a row, or None and have it read; None for the heading of a group."""
        at = -1 if self.group_at(row) is not None else self._record_at(row)
        if not 0 <= at < len(self._numbers):
            return None
        window, place = divmod(at, WINDOW)
        rows = self._windows.get(window)
        if rows is None:
            self._want(window)
            return None
        return rows[place] if place < len(rows) else None

    def _want(self, window: int) -> None:
        if window in self._wanted:
            return
        self._wanted.append(window)
        if not self._is_reading:
            self._read()

    def _read(self) -> None:
        """Read the window wanted last: who scrolls fast has left the others behind."""
        if not self._wanted:
            return
        window, turn = self._wanted.pop(), self._shown
        del self._wanted[:-2]
        self._is_reading = True
        form, columns = self.form.form_id, self.answer_keys()
        numbers = self._numbers[window * WINDOW : (window + 1) * WINDOW]
        self.office.ask(
            lambda desk: desk.grid.rows(form, numbers, columns),
            lambda rows: self._fill(turn, window, rows),
            owner=self,
        )

    def _fill(self, turn: int, window: int, rows: tuple[GridRow, ...]) -> None:
        self._is_reading = False
        if turn == self._shown:
            self._windows[window] = rows
            while len(self._windows) > KEPT:
                del self._windows[next(iter(self._windows))]
            self._touch()
            self.filled.emit()
        self._read()

    # Cells

    def text(self, row: int, column: int) -> str:
        """Return what a cell says."""
        group = self.group_at(row)
        if group is not None:
            told = (group.words or tr("（空）"), tr("{n} 条", n=group.count))
            return told[column] if column < len(told) else ""
        record = self.record(row)
        if record is None:
            return "…"
        key = self.columns[column].key
        if self._opened and self._opened[:2] == (record.key.number, key):
            return self._opened[2]
        left = self.unread.get((record.key.record, key))
        return left[0] if left else self._cell_text(record, key)

    def _cell_text(self, record: GridRow, key: str) -> str:
        """Return what a record says in one column."""
        if key == TITLE:
            return record.title or tr("（还没有名称）")
        if key == PLACE:
            return record.place
        if key == STATE:
            return " · ".join(self._state_words[one] for one in record.states)
        if key == DELETED:
            return record.deleted
        return record.shown.get(key, "")

    def open_cell(self, number: int, key: str, text: str) -> None:
        """Show one hidden cell whole until `cover_cell`."""
        self._opened = (number, key, text)
        self._touch()

    def cover_cell(self) -> None:
        """Hide the cell again."""
        if self._opened is not None:
            self._opened = None
            self._touch()

    def _touch(self) -> None:
        if self.rowCount():
            last = self.index(self.rowCount() - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def touch(self) -> None:
        """Show every cell again."""
        self._touch()

    # Qt's questions

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        return 0 if parent.isValid() else len(self._numbers) + len(self._heads)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(index.row(), index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            record, key = self.record(index.row()), self.columns[index.column()].key
            left = self.unread.get((record.key.record, key)) if record else None
            return left[1] if left else self.text(index.row(), index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            heading = self.columns[index.column()].heading
            return f"{heading} {self.text(index.row(), index.column())}"
        return None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation == Qt.Orientation.Vertical:
            if role != Qt.ItemDataRole.DisplayRole:
                return None
            return "" if self.group_at(section) is not None else self._record_at(section) + 1
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        column = self.columns[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.heading
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        is_filtered = any(one.column == column.key for one in self.view.filters)
        return tr("▾ {heading}", heading=column.heading) if is_filtered else column.heading
