"""Changing one cell where it stands (F2), with the rules of its form: the session of the record's page."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from hsdesk.desk import Entry
from hsdesk.desk.values import Changes, Look, RecordKey
from hsdesk.errors import DeskError
from hsdesk.forms.schema import Question
from hsdesk.forms.types import show, type_of
from hsdesk.forms.views import NodeView
from ui.grid.columns import GridColumn
from ui.grid.grid import Grid
from ui.parts.suggest import SuggestBox, Suggestion
from ui.record.autosave import Autosave
from ui.record.cells import CellField, code_of
from ui.record.editor import ENTER, shown_text
from ui.record.search import matching, stranded_words
from ui.words import error_text, tr

_ELSEWHERE = ("photo", "file", "choices", "note", "computed", "")  # widgets that do not fit into a cell


def fits_cell(question: Question) -> bool:
    """Tell whether an answer can be typed or chosen in one line."""
    return type_of(question).widget not in _ELSEWHERE and not question.calculation


class ChoiceField(SuggestBox):
    """A choice that narrows while one types."""

    def __init__(self, view: NodeView) -> None:
        super().__init__()
        self.choices = view.choices
        self.question = view.question
        self.setText(shown_text(view.question, view.value, view.choices))
        self.wanted.connect(self._offer)
        self.picked.connect(self._take_code)

    def _offer(self, text: str) -> None:
        self.offer(matching(self.choices, text) or [Suggestion(None, tr("没有这一项"))])

    def _take_code(self, code: object) -> None:
        if isinstance(code, str):
            self.setText(shown_text(self.question, code, self.choices))


class Editing(QObject):
    """The open cell of a grid, if there is one."""

    field_wanted = Signal(object, str)  # RecordKey and path: it has to be filled on the record's page

    def __init__(self, grid: Grid) -> None:
        super().__init__(grid)
        self.grid = grid
        self.field: QLineEdit | None = None
        self.autosave: Autosave | None = None
        self._view: NodeView | None = None
        self._at: tuple[int, GridColumn] | None = None
        grid.table.edit_wanted.connect(self.begin)
        grid.table.horizontalScrollBar().valueChanged.connect(lambda _: self._place())
        grid.table.verticalScrollBar().valueChanged.connect(lambda _: self._place())
        grid.model.modelReset.connect(self._place)

    # Opening

    def begin(self) -> None:
        """Open the cell under the cursor, or the record where its answer does not fit into a cell."""
        at = self.grid.table.currentIndex()
        record = self.grid.current()
        if record is None or record.deleted or self._at is not None:
            return
        column = self.grid.model.columns[at.column()]
        question = column.question
        if question is None:
            self.grid.say(tr("这一栏不能在表里改。按回车打开这一条来填。"))
            return
        if not fits_cell(question):
            self.field_wanted.emit(record.key, question.key)
            return
        self._at = (record.key.number, column)
        self.grid.table.kept_keys = []
        form, name = self.grid.form.form_id, record.key.record
        self.grid.office.ask(
            lambda desk: desk.records.entry(form, name),
            partial(self._open, record.key, question.key),
            self._failed,
            self,
        )

    def _failed(self, error: DeskError) -> None:
        self._at, self.grid.table.kept_keys = None, None
        self.grid.say(error_text(error), "bad")

    def _open(self, key: RecordKey, path: str, entry: Entry) -> None:
        view = entry.session.node(path)
        kept, self.grid.table.kept_keys = self.grid.table.kept_keys or [], None
        if view.readonly or not view.relevant or (not entry.can_change and view.path in entry.fixed):
            self._at = None
            self.grid.say(tr("“{name}”现在不能改。按回车打开这一条看看。", name=view.label))
            return
        if not entry.writable:
            self._at = None
            self.grid.say(tr("这一条在这里只能看，不能改。"))
            return
        old, self.autosave = self.autosave, Autosave(self.grid.office, entry, self)
        if old is not None and not old.unsaved:
            self.grid.office.when_quiet(old.deleteLater)
        self.autosave.unread.connect(lambda _, why: self.grid.say(why, "bad"))
        self.autosave.unsaved_changed.connect(self._tell_unsaved)
        self._view = view
        self._show(view, kept)

    def _show(self, view: NodeView, kept: list[QKeyEvent]) -> None:
        field: QLineEdit = ChoiceField(view) if type_of(view.question).choosing == "one" else CellField()
        if not isinstance(field, ChoiceField):
            field.setText(_typed_text(view))
        self.field = field
        table = self.grid.table
        is_first = self._at is not None and self._at[1].key == ""
        field.setParent((table.frozen if is_first else table).viewport())
        field.setAccessibleName(view.label)
        field.textEdited.connect(self._typed)
        field.installEventFilter(self)
        self._place()
        field.show()
        field.selectAll()
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.grid.say(tr("回车存这一格并到下一行，Tab 到右边一格"))
        for event in kept:
            QApplication.sendEvent(field, event)

    def _place(self) -> None:
        """Keep the field over its cell."""
        if self.field is None or self._at is None:
            return
        model, table = self.grid.model, self.grid.table
        row = model.row_of(self._at[0])
        keys = [one.key for one in model.columns]
        if row < 0 or self._at[1].key not in keys:
            return
        part = keys.index(self._at[1].key)
        view = table.frozen if part == 0 else table
        self.field.setGeometry(view.visualRect(model.index(row, part)))

    def _typed(self, text: str) -> None:
        if self.autosave is not None and self._view is not None and self.field is not None:
            self.autosave.typed(self._view.path, text, self.field.cursorPosition())

    # Closing

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Enter, Tab and Esc keep what is typed and close; so does going elsewhere."""
        if watched is not self.field:
            return False
        if event.type() == QEvent.Type.FocusOut and not _is_list_of(self.field):
            QTimer.singleShot(0, self, self.flush)
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                event.accept()
            return False
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        return self._key(event)

    def _key(self, event: QKeyEvent) -> bool:
        field = self.field
        is_open = isinstance(field, SuggestBox) and field.is_open
        steps = dict.fromkeys(ENTER, (1, 0)) | {
            Qt.Key.Key_Tab: (0, 1),
            Qt.Key.Key_Backtab: (0, -1),
            Qt.Key.Key_Escape: (0, 0),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None or (is_open and event.key() == Qt.Key.Key_Escape):
            return False
        if is_open and isinstance(field, SuggestBox):
            field.take()
        if self._question_open(event.key()) and self.commit():
            self._step(*step)
        return True

    def _question_open(self, key: int) -> bool:
        """Answer the question whose answer stands where another changed it: Enter mine, Esc the other's."""
        entry, path = self._entry(), self._view.path if self._view is not None else ""
        if entry is not None and path in entry.questions:
            if key == Qt.Key.Key_Escape:
                entry.take_theirs(path)
                self._close()
                return False
            entry.keep_mine(path)
        return True

    def _entry(self) -> Entry | None:
        return self.autosave.entry if self.autosave is not None else None

    def flush(self) -> None:
        """Hand over what is typed."""
        if self.field is not None:
            self.commit()

    def commit(self) -> bool:
        """Save what is typed and close the cell; False when it cannot be read: it stays, kept as a draft."""
        field, autosave, view = self.field, self.autosave, self._view
        if field is None or autosave is None or view is None:
            return True
        text = field.text()
        is_choice = isinstance(field, ChoiceField)
        if text == (shown_text(view.question, view.value, view.choices) if is_choice else _typed_text(view)):
            autosave.drop(view.path)
        elif isinstance(field, ChoiceField):
            if not self._choose(field, text):
                return False
        elif not autosave.enter(view.path, text):
            return False
        self._close()
        self._tell_rules()
        return True

    def _choose(self, field: ChoiceField, text: str) -> bool:
        assert self.autosave is not None and self._view is not None
        path, code = self._view.path, code_of(field.choices, text)
        if code is None and text.strip():
            register = self.autosave.register_title(self._view.question.reference)
            self.autosave.keep(path, text, stranded_words(text, len(matching(field.choices, text)), register))
            return False
        self.autosave.answer(path, code)
        return True

    def _close(self) -> None:
        field, self.field, self._at = self.field, None, None
        if field is not None:
            had_focus = field.hasFocus()
            field.removeEventFilter(self)
            field.hide()
            field.deleteLater()
            if had_focus:
                self.grid.take_focus()

    def _step(self, down: int, right: int) -> None:
        at = self.grid.table.currentIndex()
        self.grid.table.go_to(min(at.row() + down, self.grid.model.rowCount() - 1), at.column() + right)

    # Telling

    def _tell_rules(self) -> None:
        """Say what a rule of the form finds about the answer."""
        entry, view = self._entry(), self._view
        if entry is None or view is None:
            return
        found = [one for one in entry.session.validate() if one.path == view.path]
        if found and found[0].severity == "error":
            self.grid.say(tr("必须改：{text}", text=found[0].message), "bad")
        elif found:
            self.grid.say(tr("请核实：{text}", text=found[0].message), "warn")
        else:
            self.grid.say("")

    def _tell_unsaved(self) -> None:
        autosave = self.autosave
        if autosave is not None and (told := list(autosave.unsaved.told)):
            self.grid.say(autosave.unsaved.words(told[0]), "bad")

    def has_unsaved(self) -> bool:
        """Tell whether something could not be put into the file."""
        return self.autosave is not None and bool(self.autosave.unsaved)

    def heard(self, changes: Changes) -> None:
        """Look whether another changed the record whose cell is open."""
        entry, autosave = self._entry(), self.autosave
        if entry is None or autosave is None or self.field is None or autosave.is_own(changes):
            return
        form, record = entry.form.form_id, entry.record
        if (form, record) in changes.records or changes.broken_off:
            self.grid.office.ask(lambda desk: desk.records.look(form, record), self._rebase, owner=autosave)

    def _rebase(self, look: Look) -> None:
        entry, view, autosave = self._entry(), self._view, self.autosave
        if entry is None or view is None or autosave is None or self.field is None:
            return
        entry.rebase(look, autosave.unsaved.under_way | autosave.unsaved.answers)
        if view.path in entry.questions:
            said = shown_text(view.question, entry.questions[view.path].theirs, view.choices)
            theirs = said or tr("（空）")
            words = tr("别人刚把这一格改成了“{theirs}”。回车用您打的，Esc 用别人的。", theirs=theirs)
            self.grid.say(words, "warn")


def _typed_text(view: NodeView) -> str:
    return show(view.question, view.value)


def _is_list_of(field: QWidget) -> bool:
    return isinstance(field, SuggestBox) and field.is_open
