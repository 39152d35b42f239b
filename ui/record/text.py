"""Typed answers: one line, several lines, numbers; and what the form computes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent, QInputMethodEvent, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QWidget

from hsdesk.forms.types import show, type_of
from hsdesk.forms.types.shorthand import is_complete
from hsdesk.forms.views import NodeView
from ui.parts.hold import HoldButton
from ui.parts.plain import button, keyed, label, restyle, reveal, row
from ui.preferences import habits
from ui.record.editor import ENTER, Editor, leaves_undo, shown_text
from ui.theme import metrics
from ui.words import tr

NUMBER_WIDTH = 220
TEXT_WIDTH = 620
Mask = Callable[[str], str]


def masked_by(mask: Mask | None, text: str) -> str:
    """Return what is shown of an answer while its field is not edited."""
    return mask(text) if mask is not None else text


def hold_button(editor: Editor) -> HoldButton:
    """Return the button that shows a hidden answer while it is held; it is there only when one is hidden."""
    hold = HoldButton()
    hold.held.connect(editor.reveal_wanted.emit)
    hold.let_go.connect(editor.cover)
    hold.hide()
    return hold


def show_hold(hold: HoldButton, *, hides: bool) -> None:
    """Show the button when something is hidden; the one that is held down stays."""
    if not hold.isDown():
        reveal(hold, hides)


class LineField(QLineEdit):
    """The line inside a TextEditor; tells it about keys and focus."""

    def __init__(self, owner: TextEditor) -> None:
        super().__init__()
        self.owner = owner

    def event(self, event: QEvent) -> bool:
        if leaves_undo(event, typing=self.owner.is_typing and self.isUndoAvailable()):
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if self.owner.go_on(event):
            return
        step = {Qt.Key.Key_Down: True, Qt.Key.Key_Up: False}.get(Qt.Key(event.key()))
        if step is not None and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.owner.flush()
            self.owner.done.emit(step)
            return
        super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:  # noqa: N802
        is_under_way = bool(event.preeditString())
        if is_under_way:
            self.owner.begin_composing()
        super().inputMethodEvent(event)
        if not is_under_way:
            self.owner.end_composing()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self.owner.unmask()
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        self.owner.flush()
        self.owner.cover()


class TextEditor(Editor):
    """One line of text or a number. S-level answers are covered while the field is not being edited."""

    is_typed_into = True

    def __init__(self, view: NodeView, mask: Mask | None = None) -> None:
        super().__init__()
        self._mask, self._question = mask, view.question
        self._value = ""  # the answer as text, as the session has it
        self._dirty = self._composing = False
        self._unread = False  # the text could not be read and stays until it is mended
        self.line = LineField(self)
        number = type_of(view.question).widget in ("number", "date")
        self.line.setMaximumWidth(metrics().px(NUMBER_WIDTH if number else TEXT_WIDTH))
        if number:
            self.line.setInputMethodHints(Qt.InputMethodHint.ImhPreferNumbers)
        self.line.textEdited.connect(self._edited)
        self.hold = hold_button(self)
        box = row(gap=0)
        box.addWidget(self.line, 1)
        box.addWidget(self.hold)
        box.addStretch(0)
        self.setLayout(box)
        self.setFocusProxy(self.line)
        self.show_view(view)

    def show_view(self, view: NodeView) -> None:
        self.line.setReadOnly(view.readonly)
        self.line.setFocusPolicy(Qt.FocusPolicy.ClickFocus if view.readonly else Qt.FocusPolicy.StrongFocus)
        value = show(view.question, view.value)
        if value == self._value and self._unread:
            return
        self._value, self._dirty, self._unread = value, False, False
        if self.line.hasFocus():
            if self.line.text() != self._value:
                self.line.setText(self._value)
        else:
            self.cover()

    def recover(self, text: str, caret: int) -> None:
        self.line.setText(text)
        self.line.setCursorPosition(min(caret, len(text)))
        self._dirty = True

    def flush(self) -> None:
        if self._dirty:
            self._dirty = self._unread = False
            self.entered.emit(self.line.text())

    def hold_text(self) -> None:
        self._dirty = True

    def let_go(self) -> None:
        self._dirty = self._unread = False

    def begin_composing(self) -> None:
        """An input method has begun a word: until it is committed it is typing like any other."""
        if not self.is_typing and not self._composing:
            self.typed.emit(self.line.text(), self.line.cursorPosition())
        self._composing = True

    def end_composing(self) -> None:
        """The word is committed, or given up."""
        if self._composing and not self.is_typing:
            self.dropped.emit()
        self._composing = False

    @property
    def is_dirty(self) -> bool:
        return self._dirty or self._composing

    @property
    def is_typing(self) -> bool:
        """Tell whether the text differs from the answer: typed just now, or not readable."""
        return self._dirty or self._unread

    def keep_text(self) -> None:
        """Leave the text as it is: it could not be read and stays for mending."""
        self._unread = True

    def mark_problem(self, severity: str) -> None:
        restyle(self.line, "problem", severity)

    def target(self) -> QWidget:
        return self.line

    def unmask(self) -> None:
        if self._mask is not None and not self._dirty and not self._unread:
            self.line.setText(self._value)
            self.hold.hide()

    def reveal(self) -> None:
        if self.hold.isDown() and not self.is_typing:
            self.line.setText(self._value)

    def cover(self) -> None:
        """Show the answer as far as its question lets it be seen while the field is not edited."""
        if self._dirty or self._unread or self.line.hasFocus():
            return
        shown = masked_by(self._mask, self._value)
        self.line.setText(shown)
        self.line.setCursorPosition(0)
        show_hold(self.hold, hides=shown != self._value)

    def _edited(self, text: str) -> None:
        self._dirty = self._unread or text != self._value
        if not self._dirty:
            self.dropped.emit()
            return
        self.typed.emit(text, self.line.cursorPosition())
        if habits.advances and self.line.hasFocus() and is_complete(self._question, text):
            self.flush()
            self.done.emit(True)


class ManyLines(QPlainTextEdit):
    """The field inside a LongEditor. Enter goes on; Ctrl+Enter makes a new line."""

    def __init__(self, owner: LongEditor) -> None:
        super().__init__()
        self.owner = owner
        self.setTabChangesFocus(True)

    def event(self, event: QEvent) -> bool:
        if leaves_undo(event, typing=self.owner.is_typing):
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in ENTER and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.insertPlainText("\n")
        elif not self.owner.go_on(event):
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self.owner.unmask()
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.moveCursor(QTextCursor.MoveOperation.End)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        self.owner.flush()
        self.owner.cover()


class LongEditor(Editor):
    """Several lines of text."""

    is_typed_into = True

    def __init__(self, view: NodeView, mask: Mask | None = None) -> None:
        super().__init__()
        self._mask = mask
        self._dirty = self._showing = False
        self._unread = False  # the text could not be read and stays until it is mended
        self._text = ""  # the answer, as the session has it
        self.area = ManyLines(self)
        self.area.setFixedHeight(metrics().row + metrics().px(22))
        self.area.setMaximumWidth(metrics().px(TEXT_WIDTH))
        self.area.textChanged.connect(self._edited)
        self.area.setPlaceholderText(tr("回车到下一栏，Ctrl+回车换行"))
        self.hold = hold_button(self)
        box = row(gap=0)
        box.addWidget(self.area, 1)
        box.addWidget(self.hold)
        box.addStretch(0)
        self.setLayout(box)
        self.setFocusProxy(self.area)
        self.show_view(view)

    def show_view(self, view: NodeView) -> None:
        self.area.setReadOnly(view.readonly)
        text = show(view.question, view.value)
        if text == self._text and self._unread:
            return
        self._text = text
        self._dirty = self._unread = False
        if not self.area.hasFocus():
            self.cover()
        elif self.area.toPlainText() != self._text:
            self._set(self._text)

    def unmask(self) -> None:
        if self._mask is not None and not self.is_typing:
            self._set(self._text)
            self.hold.hide()

    def reveal(self) -> None:
        if self.hold.isDown() and not self.is_typing:
            self._set(self._text)

    def cover(self) -> None:
        """Show the answer as far as its question lets it be seen while the field is not edited."""
        if self.is_typing or self.area.hasFocus():
            return
        shown = masked_by(self._mask, self._text)
        if self.area.toPlainText() != shown:
            self._set(shown)
        show_hold(self.hold, hides=shown != self._text)

    def recover(self, text: str, caret: int) -> None:
        self._set(text)
        cursor = self.area.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.End)
        self.area.setTextCursor(cursor)
        self._dirty = True

    def flush(self) -> None:
        if self._dirty:
            self._dirty = self._unread = False
            self.entered.emit(self.area.toPlainText())

    def hold_text(self) -> None:
        self._dirty = True

    def let_go(self) -> None:
        self._dirty = self._unread = False

    @property
    def is_dirty(self) -> bool:
        return self._dirty

    @property
    def is_typing(self) -> bool:
        """Tell whether the text differs from the answer: typed just now, or not readable."""
        return self._dirty or self._unread

    def keep_text(self) -> None:
        """Leave the text as it is: it could not be read and stays for mending."""
        self._unread = True

    def mark_problem(self, severity: str) -> None:
        restyle(self.area, "problem", severity)

    def target(self) -> QWidget:
        return self.area

    def _set(self, text: str) -> None:
        self._showing = True
        self.area.setPlainText(text)
        self._showing = False

    def _edited(self) -> None:
        if self._showing:
            return
        text = self.area.toPlainText()
        self._dirty = self._unread or text != self._text
        if self._dirty:
            self.typed.emit(text, self.area.textCursor().position())
        else:
            self.dropped.emit()


class Computed(Editor):
    """What the form works out: to be read, never typed."""

    def __init__(self, view: NodeView, mask: Mask | None = None) -> None:
        super().__init__()
        self._mask, self._text = mask, ""
        self.hold = hold_button(self)
        self.value: QLabel = label("", "heading", selectable=True)
        how = button(keyed(tr("怎么算的（F4）")), self.explain_wanted.emit, "quiet")
        how.setAutoDefault(False)
        self.setLayout(row(self.value, self.hold, how, None, gap=16))
        self.layout().setContentsMargins(metrics().px(10), metrics().px(8), 0, metrics().px(8))  # type: ignore[union-attr]
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.show_view(view)

    def show_view(self, view: NodeView) -> None:
        self._text = shown_text(view.question, view.value, view.choices)
        self.cover()

    def reveal(self) -> None:
        if self.hold.isDown():
            self.value.setText(self._text)

    def cover(self) -> None:
        """Show the figure as far as its question lets it be seen."""
        shown = masked_by(self._mask, self._text)
        self.value.setText(shown or "—")
        show_hold(self.hold, hides=shown != self._text)


class Told(Editor):
    """A note (说明): a sentence of the form, nothing to fill."""

    wide = True

    def __init__(self, view: NodeView) -> None:
        super().__init__()
        self.text = label(view.label, "quiet", wrap=True)
        self.setLayout(row(self.text))

    def show_view(self, view: NodeView) -> None:
        self.text.setText(view.label)
