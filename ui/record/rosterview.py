"""The table of a roster and its buttons."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLayout, QLineEdit, QTableView, QWidget

from hsdesk.forms.types import type_of
from hsdesk.model.answer import generic
from ui.parts.clamp import Clamped
from ui.parts.flow import Flow
from ui.parts.hold import HoldButton
from ui.parts.plain import button, column, holder, label, reveal, row
from ui.record.autosave import Autosave
from ui.record.cells import CellDelegate
from ui.record.editor import ENTER
from ui.record.remark import Remarks
from ui.record.roster import RosterModel, roster_heading
from ui.record.roster_pasting import paste_block
from ui.record.rowfields import RowFields
from ui.theme import metrics
from ui.words import tr

MOST_LINES = 12


class RosterTable(QTableView):
    """Enter goes from cell to cell, then to a new row; from an empty last row out of the table."""

    row_wanted = Signal()
    row_unused = Signal()  # the marked row stayed empty
    field_wanted = Signal(str)  # the cell whose field stands under the table
    left = Signal(bool)
    block_wanted = Signal()  # what is on the clipboard is to be pasted from the marked cell on

    def __init__(self, autosave: Autosave, model: RosterModel) -> None:
        super().__init__()
        self.clicked.connect(self._to_field)
        self.rows = model
        self.setModel(model)
        cells = CellDelegate(autosave, self, model)
        cells.went_on.connect(self.next_cell)
        cells.block_wanted.connect(self.block_wanted)
        self.setItemDelegate(cells)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.SelectedClicked
            | QAbstractItemView.EditTrigger.DoubleClicked
        )
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.verticalHeader().setDefaultSectionSize(metrics().px(44))
        self.verticalHeader().setMinimumWidth(metrics().px(44))
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setStretchLastSection(True)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        model.reloaded.connect(self.fit)
        self._set_widths()
        self.fit()

    def fit(self) -> None:
        """Be as high as the rows need, up to a dozen."""
        lines = min(max(self.rows.rowCount(), 1), MOST_LINES)
        header = max(self.horizontalHeader().sizeHint().height(), metrics().px(46))
        self.setFixedHeight(header + lines * metrics().px(44) + metrics().px(18))

    def start(self, at: int, part: int = 0) -> None:
        """Put the mark on a cell and edit it."""
        if self.rows.rowCount():
            self._edit(min(at, self.rows.rowCount() - 1), part)

    def next_cell(self) -> None:
        """Go on to the next cell that can be filled."""
        here = self.currentIndex()
        is_last = 0 <= here.row() == self.rows.rowCount() - 1
        if is_last and not self.rows.has_content(here.row()):
            self.row_unused.emit()
            self.left.emit(True)
            return
        cells = [(here.row(), part) for part in range(here.column() + 1, self.rows.columnCount())]
        for at, part in cells:
            if self._fillable(at, part):
                self._edit(at, part)
                return
        if here.row() + 1 < self.rows.rowCount():
            self._edit(here.row() + 1, self._first_part(here.row() + 1))
        else:
            self.row_wanted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in ENTER and self.state() != QAbstractItemView.State.EditingState:
            here = self.currentIndex()
            if here.isValid() and (self._fillable(here.row(), here.column()) or self.rows.opens_below(here)):
                self._edit(here.row(), here.column())
            elif here.isValid():
                self.next_cell()
            else:
                self.left.emit(True)
            return
        if event.matches(QKeySequence.StandardKey.Paste):
            self.block_wanted.emit()
            return
        if event.key() == Qt.Key.Key_Space and self._to_field(self.currentIndex()):
            return
        super().keyPressEvent(event)

    def _edit(self, at: int, part: int) -> None:
        index = self.rows.index(at, part)
        self.setCurrentIndex(index)
        if not self._to_field(index):
            self.edit(index)

    def _to_field(self, index: QModelIndex) -> bool:
        """Go to the field of a cell that has one under the table; tell whether it has."""
        if not index.isValid() or not self.rows.opens_below(index):
            return False
        self.field_wanted.emit(self.rows.cell(index))
        return True

    def _fillable(self, at: int, part: int) -> bool:
        index = self.rows.index(at, part)
        if self.rows.opens_below(index):
            return not self.rows.view(index).readonly
        return bool(self.rows.flags(index) & Qt.ItemFlag.ItemIsEditable)

    def _first_part(self, at: int) -> int:
        parts = range(self.rows.columnCount())
        return next((part for part in parts if self._fillable(at, part)), 0)

    def _set_widths(self) -> None:
        measure = self.horizontalHeader().fontMetrics()
        for at, question in enumerate(self.rows.columns):
            text = str(self.rows.headerData(at, Qt.Orientation.Horizontal))
            is_long = question.hs.title and type_of(question).is_prose
            least = metrics().px(200 if is_long or self.rows.is_below(question) else 130)
            self.setColumnWidth(at, max(least, measure.horizontalAdvance(text) + metrics().px(40)))


def _line_of(*buttons: QWidget, hint: QWidget) -> QLayout:
    """Return the line under a roster; large buttons go on in the next line, and have no hint."""
    if not metrics().is_large:
        return row(*buttons, None, hint, gap=8)
    line = Flow(gap=metrics().px(8))
    for one in buttons:
        line.addWidget(one)
    return line


class RosterBox(QWidget):
    """Heading, table and buttons of a roster."""

    done = Signal(bool)

    def __init__(
        self, autosave: Autosave, model: RosterModel, fields: RowFields, *, fixed: bool, writable: bool
    ) -> None:
        super().__init__()
        self.autosave, self.model, self.fields = autosave, model, fields
        model.unread = autosave.unreadable
        self.fresh: set[str] = set()  # rows added just now and not left yet: their gaps are not told
        self._in_row = ""
        self.path = model.path
        self.name = label("", "heading")
        self.table = RosterTable(autosave, model)
        self.table.setAccessibleName(model.repeat.label.plain())
        self.message = label("", "bad", wrap=True)
        self.message.hide()
        self.blank = label(tr("还没有内容。点「加一行」，或在这里按回车。"), "quiet", wrap=True)
        self.add_button = button(tr("加一行"), self.add)
        self.remove_button = button(tr("去掉这一行"), self.remove, "quiet")
        reveal(self.add_button, not fixed and writable)
        reveal(self.remove_button, not fixed and writable)
        self._open = not fixed and writable
        hint = Clamped("quiet")
        hint.setText(tr("回车到下一格，最后一格回车加一行"))
        reveal(hint, not metrics().is_large)
        self.hold = HoldButton(focus=True)
        self.hold.held.connect(self._show_hidden)
        self.hold.let_go.connect(lambda: model.open_cell(""))
        reveal(self.hold, any(map(model.hides, model.columns)))
        actions = _line_of(self.add_button, self.remove_button, self.hold, hint=hint)
        box = column(self.name, self.table, self.blank, fields, self.message, holder(actions), gap=8)
        self.setLayout(box)
        self.remarks = Remarks(box, self.table)
        self.table.selectionModel().currentChanged.connect(self._row_entered)
        self.table.row_wanted.connect(self.add)
        self.table.row_unused.connect(self._remove_unused)
        self.table.left.connect(self.done.emit)
        self.table.block_wanted.connect(partial(paste_block, self))
        self.table.field_wanted.connect(fields.begin)
        fields.done.connect(self._field_left)
        model.reloaded.connect(self.count)
        self.count()

    def count(self) -> None:
        """Show the number of rows."""
        lines = self.model.rowCount()
        self.name.setText(roster_heading(self.model.repeat, lines))
        self.table.setVisible(lines > 0)
        self.blank.setVisible(lines == 0)
        self.remove_button.setEnabled(lines > 0)

    def _show_hidden(self) -> None:
        """Show the marked cell, or the first hidden one of its row, once it is in the log of this desk."""
        at, model = self.table.currentIndex(), self.model
        if not at.isValid():
            return
        hidden = [part for part, question in enumerate(model.columns) if model.hides(question)]
        part = at.column() if at.column() in hidden else hidden[0]
        self.table.scrollTo(model.index(at.row(), part))
        path = model.cell(model.index(at.row(), part))
        form, record = model.session.form.form_id, self.autosave.entry.record
        self.autosave.office.ask(
            lambda desk: desk.audit.note_record("reveal", form, record, generic(path)),
            lambda _: model.open_cell(path) if self.hold.isDown() else None,
            owner=self,
        )

    def add(self) -> None:
        """Add a row and begin to fill it."""
        if not self._open:
            self.done.emit(True)
            return
        added = self.autosave.entry.session.add_row(self.path)
        self.fresh.add(f"{self.path}/{added.row}")
        self.autosave.step(added)
        self.model.note_added(f"{self.path}/{added.row}")
        self.table.start(self.model.rowCount() - 1)

    @property
    def is_open(self) -> bool:
        """Whether rows may be added and taken away."""
        return self._open

    def remove(self) -> None:
        """Take the marked row away; 撤销 brings it back."""
        at = self.table.currentIndex().row()
        if 0 <= at < self.model.rowCount():
            self.autosave.step(self.autosave.entry.session.remove_row(self.model.lines[at]))

    def _remove_unused(self) -> None:
        """Take the last row away again: nobody has put anything into it."""
        if self._open:
            self.table.setCurrentIndex(self.model.index(self.model.rowCount() - 1, 0))
            self.remove()

    def mark(self, index: QModelIndex) -> None:
        """Put the mark on a cell, and the focus into its field if it has one under the table."""
        self.table.setCurrentIndex(index)
        if self.model.opens_below(index):
            self.fields.begin(self.model.cell(index))

    def _field_left(self, forward: bool) -> None:
        self.table.setFocus(Qt.FocusReason.TabFocusReason)
        if forward:
            self.table.next_cell()

    def take_focus(self) -> None:
        """Begin in the first cell, or at the button that adds a row."""
        if self.model.rowCount():
            self.table.setFocus(Qt.FocusReason.TabFocusReason)
            if not self.table.currentIndex().isValid():
                self.table.setCurrentIndex(self.model.index(0, 0))
        else:
            self.add_button.setFocus(Qt.FocusReason.TabFocusReason)

    def flush(self) -> None:
        """Commit a cell that is being edited."""
        if self.table.state() == QAbstractItemView.State.EditingState:
            self.table.setCurrentIndex(QModelIndex())

    def let_go(self, path: str) -> None:
        """Give up what is typed into a cell: an open editor shows the stored answer."""
        index = self.model.find(path)
        if index.isValid() and index == self.table.currentIndex():
            for field in self.table.viewport().findChildren(QLineEdit):
                field.setModified(False)
                self.table.itemDelegate().setEditorData(field, index)
        self.model.touch()

    def recover(self, index: QModelIndex, text: str) -> None:
        """Enter text that was typed into a cell but not finished before the program ended."""
        if self.model.opens_below(index):
            self.fields.recover(self.model.cell(index), text)
            return
        cells = self.table.itemDelegate()
        assert isinstance(cells, CellDelegate)
        cells.enter(index, text)

    def leave(self) -> None:
        """The focus went elsewhere: the row it was in is no longer fresh."""
        self._row_left(self._in_row)
        self._in_row = ""

    def is_fresh(self, path: str) -> bool:
        """Tell whether an answer lies in a row that is being filled for the first time."""
        return any(path.startswith(f"{row_path}/") for row_path in self.fresh)

    def place(self, path: str = "") -> tuple[int, int]:
        """Return row and column of a cell, or of the mark."""
        index = self.model.find(path) if path else self.table.currentIndex()
        return index.row(), index.column()

    def _row_entered(self, now: QModelIndex) -> None:
        if now.isValid() and self.model.lines[now.row()] != self._in_row:
            left, self._in_row = self._in_row, self.model.lines[now.row()]
            self._row_left(left)
        if now.isValid():
            self.fields.show_row(self.model.lines[now.row()])

    def _row_left(self, row_path: str) -> None:
        if row_path in self.fresh:
            self.fresh.discard(row_path)
            self.autosave.forgotten.emit()

    def say(self, text: str) -> None:
        self.message.setText(text)
        self.message.setVisible(bool(text))
