"""What every field widget of a record is: it knows its question, not the database."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from hsdesk.forms.schema import Choice, Question
from hsdesk.forms.types import show
from hsdesk.forms.views import NodeView
from hsdesk.model.answer import Value

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Editor(QWidget):
    """A widget for one answer.

    typed    a keystroke that is not saved yet: the text and the caret, kept as a draft
    entered  text is finished and is to be read by the type of the question
    chosen   a value is finished
    stranded text that means no choice, and how many choices fit it: it stays in the field
    dropped  the text is the stored answer again: nothing is to be kept as a draft
    done     the person goes on to the next field (Enter) or back (False)
    """

    typed = Signal(str, int)
    entered = Signal(str)
    chosen = Signal(object)
    stranded = Signal(str, int)
    dropped = Signal()
    done = Signal(bool)
    explain_wanted = Signal()  # 怎么算的
    reveal_wanted = Signal()  # 按住显示 is held: `reveal` follows when it is in the log

    wide = False  # takes the whole width of the page
    is_typed_into = False  # text stands in it until it is entered

    def show_view(self, view: NodeView) -> None:
        """Show value, choices and read-only state."""
        raise NotImplementedError

    def recover(self, text: str, caret: int) -> None:
        """Show text that was typed but not finished before the program ended."""

    def flush(self) -> None:
        """Hand over what is typed and not yet entered."""

    def keep_text(self) -> None:
        """Leave the text as it is: it could not be read and stays until it is mended."""

    def hold_text(self) -> None:
        """Go on as if the text were not entered yet: it waits for the answer to a question."""

    def let_go(self) -> None:
        """Give up what is typed: the stored answer is shown next."""

    def reveal(self) -> None:
        """Show a hidden answer whole for as long as 按住显示 is held."""

    def cover(self) -> None:
        """Hide it again."""

    @property
    def is_dirty(self) -> bool:
        """Tell whether something is typed and not yet entered."""
        return False

    def mark_problem(self, severity: str) -> None:
        """Show in the frame that a finding is about this field."""

    def target(self) -> QWidget:
        """Return the widget that takes the focus."""
        return self

    def go_on(self, event: QKeyEvent) -> bool:
        """Leave the field on Enter (back on Shift+Enter); tell whether the key was used."""
        if event.key() not in ENTER:
            return False
        self.flush()
        self.done.emit(not event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        return True


def leaves_undo(event: QEvent, *, typing: bool) -> bool:
    """Tell whether a field leaves Ctrl+Z or Ctrl+Y to the desk: the key asks for it, no typing is open."""
    if typing or event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    if not (event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)):
        return False
    event.ignore()
    return True


def shown_text(question: Question, value: Value, choices: Sequence[Choice]) -> str:
    """Return a value as one reads it: choices by their labels, several with 、 between them."""
    if not choices:
        return show(question, value)
    labels = {choice.value: choice.label.plain() for choice in choices}
    held = value if isinstance(value, tuple) else (show(question, value),)
    return "、".join(labels.get(code) or code for code in held)


def codes_of(choices: Sequence[Choice], text: str) -> tuple[str, ...] | None:
    """Return the choices that a text of `shown_text` names; None when it names something else too."""
    by_label = {choice.label.plain() or choice.value: choice.value for choice in reversed(choices)}
    names = text.split("、") if text else []
    return tuple(by_label[name] for name in names) if all(name in by_label for name in names) else None
