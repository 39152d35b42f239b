"""A typist who fills a whole record by keys alone and counts them.

What a field asks for comes from a sample record, else it is made up. A field passed because its register
has no record yet, or because there is no file, is an answer too: none; so is
“no more” after the last one of several.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLineEdit, QWidget
from ui_world import enter, press, typed

from hsdesk.forms.schema import Choice, Question
from hsdesk.forms.types import as_typed, type_of
from hsdesk.forms.types.spelling import spelt_mark
from hsdesk.forms.views import NodeView
from hsdesk.model.answer import Value
from ui.record.attachment import AttachmentEditor
from ui.record.choice import ButtonChoices
from ui.record.line import QuestionLine
from ui.record.page import RecordPage
from ui.record.rosterview import RosterBox
from ui.record.search import ListEditor, ListTicks

MOST_STOPS = 400
WORDS = {"date": "今天", "dateTime": "今天 9:00", "int": "1", "decimal": "1", "time": "9:00"}
MARKED = {"phone": "13812345678", "id": "", "day": "1985-06"}


@dataclass
class Count:
    """Keys pressed, characters typed among them, and answers given."""

    keys: int = 0
    characters: int = 0
    answers: int = 0
    missing: list[str] = field(default_factory=list)  # what must still be given

    @property
    def ratio(self) -> float:
        return self.keys / max(1, self.characters + self.answers)


class Typist:
    """Fills the record in front from its first field to its last."""

    def __init__(self, page: RecordPage, known: dict[str, Value]) -> None:
        self.page, self.known, self.count = page, known, Count()
        self.finished: list[bool] = []
        page.sheet.finished.connect(lambda: self.finished.append(True))

    def fill(self) -> Count:
        """Go on until the last field is left."""
        for _ in range(MOST_STOPS):
            if self.finished:
                return self.count
            self._stop(QApplication.focusWidget())
            QApplication.processEvents()
        raise AssertionError(f"stuck at {QApplication.focusWidget()}")

    def _stop(self, focused: QWidget | None) -> None:
        assert focused is not None, "nothing has the focus"
        sheet = self.page.sheet
        for line in sheet.lines.values():
            if line.isAncestorOf(focused):
                self._answer(line)
                return
        for box in sheet.rosters.values():
            if box.isAncestorOf(focused):
                self._roster(box)
                return
        raise AssertionError(f"the focus is outside the sheet: {focused}")

    def _roster(self, box: RosterBox) -> None:
        """One row: Enter makes it, Enter goes from cell to cell, Enter in the empty next row leaves."""
        at = box.table.currentIndex()
        if box.table.state() == QAbstractItemView.State.EditingState and at.row() == 0:
            view = box.model.view(at)
            cell = QApplication.focusWidget()
            text = self._text(view, self._rows(box.path).get(view.question.key))
            if isinstance(cell, QLineEdit) and cell.text() != text:
                self._type(cell, text)
            self.count.answers += bool(text)
        self._enter()

    def _rows(self, path: str) -> dict[str, Value]:
        rows = self.known.get(path)
        return rows[0] if isinstance(rows, list) and rows else {}  # type: ignore[return-value]

    def _answer(self, line: QuestionLine) -> None:
        editor, view = line.editor, line.view
        wanted = self.known.get(line.path)
        if isinstance(editor, AttachmentEditor):
            self.count.answers += 1  # no file
            self._enter()
        elif isinstance(editor, ButtonChoices):
            self._digits(view, wanted)
        elif isinstance(editor, ListTicks):
            self._search(view, wanted)
            if view.choices:  # the first Enter adds, the next one says that there is no more
                self.count.answers += 1
                self._enter()
        elif isinstance(editor, ListEditor):
            if view.value is None:
                self._search(view, wanted)
            else:
                self.count.answers += 1
                self._enter()
        else:
            self._words(line, wanted)

    def _digits(self, view: NodeView, wanted: Value) -> None:
        codes = [choice.value for choice in view.choices]
        held = wanted if isinstance(wanted, list) else [wanted] if wanted else view.value or codes[:1]
        for code in held if isinstance(held, tuple | list) else (held,):
            at = codes.index(code) if code in codes else 0
            if view.value != code:
                self._key(Qt.Key(Qt.Key.Key_1 + min(at, 8)))
            self.count.answers += 1
        self._enter()

    def _search(self, view: NodeView, wanted: Value) -> None:
        first = wanted[0] if isinstance(wanted, list) and wanted else wanted
        named = [one for one in view.choices if first in (one.value, _label(one))] or list(view.choices[:1])
        if named:
            box = QApplication.focusWidget()
            assert isinstance(box, QLineEdit)
            self._type(box, _label(named[0]))
        self.count.answers += 1
        self._enter()

    def _words(self, line: QuestionLine, wanted: Value) -> None:
        text = self._text(line.view, wanted)
        if view_text(line.view) != text and text:
            self._type(line.editor.target(), text)
        self.count.answers += bool(text)
        self._enter()

    def _text(self, view: NodeView, wanted: Value) -> str:
        """Return what to type: what the sample says, what stands there, else something of the right kind."""
        if isinstance(wanted, str | int | float) and not view.choices:
            return as_typed(wanted)
        if view.choices:
            named = [one for one in view.choices if wanted in (one.value, _label(one))]
            return _label((named or list(view.choices))[0])
        return view_text(view) or invented(view.question)

    def _type(self, field: QWidget, text: str) -> None:
        typed(field, text)
        self.count.keys += len(text)
        self.count.characters += len(text)

    def _key(self, key: Qt.Key) -> None:
        press(key)
        self.count.keys += 1
        self.count.characters += 1

    def _enter(self) -> None:
        enter()
        self.count.keys += 1


def _label(choice: Choice) -> str:
    return choice.label.plain() or choice.value


def view_text(view: NodeView) -> str:
    return as_typed(view.value) if view.value is not None else ""


def invented(question: Question) -> str:
    """Return an answer of the kind that a question asks for."""
    if (mark := spelt_mark(question)) in MARKED:
        return MARKED[mark]
    return WORDS.get(question.data_type, "样例" if type_of(question).is_prose else "")


def keys_of(window_handle: object, text: str, *, pause_ms: int) -> None:
    """Type at the speed of a fast typist, where the window has its focus."""
    for sign in text:
        QTest.keyClick(window_handle, sign, Qt.KeyboardModifier.NoModifier, pause_ms)  # type: ignore[call-overload]
