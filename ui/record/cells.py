"""The cells of a roster: their editors, and what becomes of what was typed into them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from hsdesk.forms.schema import Choice
from hsdesk.forms.types import show, type_of
from ui.parts.suggest import SuggestBox, Suggestion
from ui.record.autosave import Autosave
from ui.record.editor import ENTER, leaves_undo
from ui.record.roster import RosterModel
from ui.record.search import matching, stranded_words
from ui.words import tr

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


def is_block_pasted(event: QEvent) -> bool:
    """Tell whether a key pastes several cells at once, which no single field can take."""
    if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
        return False
    text = QGuiApplication.clipboard().text() if event.matches(QKeySequence.StandardKey.Paste) else ""
    return "\t" in text or "\n" in text.strip("\n")


class CellDelegate(QStyledItemDelegate):
    """Makes cell editors and gives what they hold to the autosave. Emits `went_on` on Enter in a cell."""

    went_on = Signal()
    block_wanted = Signal()  # several cells are on the clipboard and are pasted

    def __init__(self, autosave: Autosave, view: QTableView, model: RosterModel) -> None:
        super().__init__(view)
        self.autosave, self.model = autosave, model

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:  # noqa: N802
        if type_of(self.model.view(index).question).choosing == "one":
            choice = CellChoice(parent, self.model, index)
            choice.textEdited.connect(self._typing_in(choice, self.model.cell(index)))
            return choice
        field = CellField(parent)
        path = self.model.cell(index)
        field.textEdited.connect(self._typing_in(field, path))
        return field

    def _typing_in(self, field: QLineEdit, path: str) -> Callable[[str], None]:
        return lambda text: self.autosave.typed(path, text, field.cursorPosition())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: N802
        """Fill the whole cell."""
        editor.setGeometry(option.rect)

    def setEditorData(self, editor: QWidget, index: Index) -> None:  # noqa: N802
        if not isinstance(editor, QLineEdit) or editor.isModified():
            return
        unread = self.model.unread.get(self.model.cell(index))
        if isinstance(editor, CellChoice) and unread is None:
            editor.show_code(self._typed(index))
        else:
            editor.setText(unread[0] if unread else self._typed(index))

    def _typed(self, index: Index) -> str:
        view = self.model.view(index)
        return show(view.question, view.value)

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:  # noqa: N802
        if not self.model.is_there(index):
            return
        if isinstance(editor, CellChoice):
            self._choose(index, editor.text(), editor.result())
        elif isinstance(editor, QLineEdit):
            self.enter(index, editor.text())

    def enter(self, index: Index, text: str) -> None:
        """Read what was typed into a cell."""
        path, view = self.model.cell(index), self.model.view(index)
        if type_of(view.question).choosing == "one":
            self._choose(index, text, code_of(view.choices, text))
        elif text != self._typed(index) or path in self.model.unread:
            self.autosave.enter(path, text)
        else:
            self.autosave.drop(path)

    def _choose(self, index: Index, text: str, code: str | None) -> None:
        """Take a choice; text that means none stays in the cell and is told."""
        path, view = self.model.cell(index), self.model.view(index)
        if code is None and text.strip():
            register = self.autosave.register_title(view.question.reference)
            why = stranded_words(text, len(matching(view.choices, text)), register)
            self.autosave.keep(path, text, why)
        elif code != view.value:
            self.autosave.answer(path, code)
        else:
            self.autosave.drop(path)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Enter in a cell commits it and goes to the next one."""
        if is_block_pasted(event):
            assert isinstance(watched, QWidget)
            self.commitData.emit(watched)
            self.closeEditor.emit(watched, QAbstractItemDelegate.EndEditHint.NoHint)
            self.block_wanted.emit()
            return True
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
                self.went_on.emit()
                return True
        return super().eventFilter(watched, event)
