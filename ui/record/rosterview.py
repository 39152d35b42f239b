"""The table of a roster, its cell editors and its buttons."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from hsdesk.forms.schema import Choice
from ui.parts.plain import button, column, holder, label, reveal, row
from ui.parts.suggest import SuggestBox, Suggestion
from ui.record.dates import as_date
from ui.record.editor import ENTER, leaves_undo, plain_text
from ui.record.keeper import Keeper
from ui.record.remark import Remarks
from ui.record.roster import RosterModel, roster_heading
from ui.record.search import matching, stranded_words
from ui.theme import metrics
from ui.words import tr

MOST_LINES = 12
Index = QModelIndex | QPersistentModelIndex


def code_of(choices: Sequence[Choice], text: str) -> str | None:
    """Return the choice that a text names: the first with this label, or the only one that it fits."""
    if not text.strip():
        return None
    fitting = matching(choices, text)
    exact = [str(line.value) for line in fitting if line.text == text.strip()]
    return exact[0] if exact else str(fitting[0].value) if len(fitting) == 1 else None


class CellChoice(SuggestBox):
    """A searchable choice inside a cell."""

    def __init__(self, parent: QWidget, model: RosterModel, index: Index) -> None:
        super().__init__(parent)
        self._choices = model.view(index).choices
        self.code: str | None = None
        self.wanted.connect(
            lambda text: self.offer(matching(self._choices, text) or [Suggestion(None, tr("没有这一项"))])
        )
        self.picked.connect(self._hold)

    def event(self, event: QEvent) -> bool:
        if leaves_undo(event, typing=self.isModified() and self.isUndoAvailable()):
            return False
        return super().event(event)

    def show_code(self, code: str) -> None:
        self.code = code or None
        labels = {choice.value: choice.label.plain() for choice in self._choices}
        self.setText(labels.get(code, code))
        self.selectAll()

    def result(self) -> str | None:
        """Return the chosen code: the only fitting one when the text was not picked from the list."""
        labels = {choice.value: choice.label.plain() for choice in self._choices}
        if self.code is not None and self.text() == labels.get(self.code, self.code):
            return self.code
        return code_of(self._choices, self.text())

    def _hold(self, value: object) -> None:
        if isinstance(value, str):
            self.show_code(value)


class CellField(QLineEdit):
    """A line inside a cell."""

    def event(self, event: QEvent) -> bool:
        if leaves_undo(event, typing=self.isModified() and self.isUndoAvailable()):
            return False
        return super().event(event)


class CellDelegate(QStyledItemDelegate):
    """Makes cell editors and gives what they hold to the keeper."""

    def __init__(self, keeper: Keeper, view: QTableView, model: RosterModel) -> None:
        super().__init__(view)
        self.keeper, self.table, self.model = keeper, view, model

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:  # noqa: N802
        if self.model.view(index).question.type == "select_one":
            choice = CellChoice(parent, self.model, index)
            choice.textEdited.connect(self._typing_in(choice, self.model.cell(index)))
            return choice
        field = CellField(parent)
        path = self.model.cell(index)
        field.textEdited.connect(self._typing_in(field, path))
        return field

    def _typing_in(self, field: QLineEdit, path: str) -> Callable[[str], None]:
        return lambda text: self.keeper.typed(path, text, field.cursorPosition())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: N802
        """Fill the whole cell."""
        editor.setGeometry(option.rect)

    def setEditorData(self, editor: QWidget, index: Index) -> None:  # noqa: N802
        if not isinstance(editor, QLineEdit) or editor.isModified():
            return
        unread = self.model.unread.get(self.model.cell(index))
        if isinstance(editor, CellChoice) and unread is None:
            editor.show_code(plain_text(self.model.view(index).value))
        else:
            editor.setText(unread[0] if unread else plain_text(self.model.view(index).value))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:  # noqa: N802
        if isinstance(editor, CellChoice):
            self._choose(index, editor.text(), editor.result())
        elif isinstance(editor, QLineEdit):
            self.enter(index, editor.text())

    def enter(self, index: Index, text: str) -> None:
        """Read what was typed into a cell."""
        path, view = self.model.cell(index), self.model.view(index)
        if view.question.type == "select_one":
            self._choose(index, text, code_of(view.choices, text))
        else:
            text = as_date(text) if view.question.type == "date" else text
            if text != plain_text(view.value) or path in self.model.unread:
                self.keeper.enter(path, text)
            else:
                self.keeper.drop(path)

    def _choose(self, index: Index, text: str, code: str | None) -> None:
        """Take a choice; text that means none stays in the cell and is told."""
        path, view = self.model.cell(index), self.model.view(index)
        if code is None and text.strip():
            register = self.keeper.register_title(view.question.reference)
            why = stranded_words(text, len(matching(view.choices, text)), register)
            self.keeper.keep(path, text, why)
        elif code != view.value:
            self.keeper.answer(path, code)
        else:
            self.keeper.drop(path)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Enter in a cell commits it and goes to the next one."""
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and isinstance(watched, QWidget)
        ):
            if isinstance(watched, SuggestBox) and watched.is_open:
                if event.key() in ENTER:
                    watched.take()
                elif event.key() != Qt.Key.Key_Tab:
                    return False
            if event.key() in ENTER:
                self.commitData.emit(watched)
                self.closeEditor.emit(watched, QAbstractItemDelegate.EndEditHint.NoHint)
                self.parent_view().next_cell()
                return True
        return super().eventFilter(watched, event)

    def parent_view(self) -> RosterTable:
        assert isinstance(self.table, RosterTable)
        return self.table


class RosterTable(QTableView):
    """Enter goes from cell to cell, then to a new row; an empty last row leaves the table."""

    row_wanted = Signal()
    left = Signal(bool)

    def __init__(self, keeper: Keeper, model: RosterModel) -> None:
        super().__init__()
        self.rows = model
        self.setModel(model)
        self.setItemDelegate(CellDelegate(keeper, self, model))
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
        model.modelReset.connect(self.fit)
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
            index = self.rows.index(min(at, self.rows.rowCount() - 1), part)
            self.setCurrentIndex(index)
            self.edit(index)

    def next_cell(self) -> None:
        """Go on to the next cell that can be filled."""
        here = self.currentIndex()
        cells = [(here.row(), part) for part in range(here.column() + 1, self.rows.columnCount())]
        for at, part in cells:
            if self._fillable(at, part):
                self._edit(at, part)
                return
        if here.row() + 1 < self.rows.rowCount():
            self._edit(here.row() + 1, self._first_part(here.row() + 1))
        elif here.row() >= 0 and not self.rows.has_content(here.row()):
            self.left.emit(True)
        else:
            self.row_wanted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in ENTER and self.state() != QAbstractItemView.State.EditingState:
            here = self.currentIndex()
            if here.isValid() and self._fillable(here.row(), here.column()):
                self.edit(here)
            elif here.isValid():
                self.next_cell()
            else:
                self.left.emit(True)
            return
        super().keyPressEvent(event)

    def _edit(self, at: int, part: int) -> None:
        index = self.rows.index(at, part)
        self.setCurrentIndex(index)
        self.edit(index)

    def _fillable(self, at: int, part: int) -> bool:
        return bool(self.rows.flags(self.rows.index(at, part)) & Qt.ItemFlag.ItemIsEditable)

    def _first_part(self, at: int) -> int:
        parts = range(self.rows.columnCount())
        return next((part for part in parts if self._fillable(at, part)), 0)

    def _set_widths(self) -> None:
        measure = self.horizontalHeader().fontMetrics()
        for at, question in enumerate(self.rows.columns):
            text = str(self.rows.headerData(at, Qt.Orientation.Horizontal))
            least = metrics().px(200 if question.type == "text" and question.hs.title else 130)
            self.setColumnWidth(at, max(least, measure.horizontalAdvance(text) + metrics().px(40)))


class RosterBox(QWidget):
    """Heading, table and buttons of a roster."""

    done = Signal(bool)

    def __init__(self, keeper: Keeper, model: RosterModel, *, fixed: bool, writable: bool) -> None:
        super().__init__()
        self.keeper, self.model = keeper, model
        model.unread = keeper.unreadable
        self.fresh: set[str] = set()  # rows added just now and not left yet: their gaps are not told
        self._in_row = ""
        self.path = model.path
        self.name = label("", "heading")
        self.table = RosterTable(keeper, model)
        self.table.setAccessibleName(model.repeat.label.plain())
        self.message = label("", "bad", wrap=True)
        self.message.hide()
        self.blank = label(tr("还没有内容。点「加一行」，或在这里按回车。"), "quiet")
        self.add_button = button(tr("加一行"), self.add)
        self.remove_button = button(tr("去掉这一行"), self.remove, "quiet")
        reveal(self.add_button, not fixed and writable)
        reveal(self.remove_button, not fixed and writable)
        self._open = not fixed and writable
        hint = label(tr("回车到下一格，最后一格回车加一行"), "quiet")
        reveal(hint, not metrics().is_large)
        actions = row(self.add_button, self.remove_button, None, hint, gap=8)
        box = column(self.name, self.table, self.blank, self.message, holder(actions), gap=8)
        self.setLayout(box)
        self.remarks = Remarks(box, self.table)
        self.table.selectionModel().currentChanged.connect(self._row_entered)
        self.table.row_wanted.connect(self.add)
        self.table.left.connect(self.done.emit)
        model.modelReset.connect(self.count)
        self.count()

    def count(self) -> None:
        """Show the number of rows."""
        lines = self.model.rowCount()
        self.name.setText(roster_heading(self.model.repeat, lines))
        self.table.setVisible(lines > 0)
        self.blank.setVisible(lines == 0)
        self.remove_button.setEnabled(lines > 0)

    def add(self) -> None:
        """Add a row and begin to fill it."""
        if not self._open:
            self.done.emit(True)
            return
        added = self.keeper.entry.session.add_row(self.path)
        self.fresh.add(f"{self.path}/{added.row}")
        self.keeper.step(added)
        self.table.start(self.model.rowCount() - 1)

    def remove(self) -> None:
        """Take the marked row away; 撤销 brings it back."""
        at = self.table.currentIndex().row()
        if 0 <= at < self.model.rowCount():
            self.keeper.step(self.keeper.entry.session.remove_row(self.model.lines[at]))

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

    def recover(self, index: QModelIndex, text: str) -> None:
        """Enter text that was typed into a cell but not finished before the program ended."""
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

    def _row_left(self, row_path: str) -> None:
        if row_path in self.fresh:
            self.fresh.discard(row_path)
            self.keeper.forgotten.emit()

    def say(self, text: str) -> None:
        self.message.setText(text)
        self.message.setVisible(bool(text))
