"""Choosing among a few: buttons in a row with number keys, ticks for several."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPushButton

from hsdesk.forms.schema import Choice
from hsdesk.forms.views import NodeView
from hsdesk.model.answer import Value
from ui.parts.flow import Flow
from ui.parts.plain import button, clear
from ui.preferences import habits
from ui.record.editor import Editor, codes_of

FEW = 6


class ButtonChoices(Editor):
    """Choices as buttons in a row. Digits choose, arrows move, 0 or Delete clears, Enter goes on.

    A digit says the same however often it is pressed; a click on the chosen one takes it back.
    """

    several = False

    def __init__(self, view: NodeView) -> None:
        super().__init__()
        self.setObjectName("Choices")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(view.label)
        self._choices: tuple[Choice, ...] = ()
        self._buttons: list[QPushButton] = []
        self._value: Value = None
        self._readonly = False
        self._at = 0
        self._flow = Flow(gap=4)  # as close at every text size
        self._flow.setContentsMargins(2, 2, 2, 2)
        self.setLayout(self._flow)
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.show_view(view)

    def show_view(self, view: NodeView) -> None:
        if view.choices != self._choices or not self._buttons:
            self._choices = view.choices
            self._build()
        self._readonly = view.readonly
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus if view.readonly else Qt.FocusPolicy.StrongFocus)
        self._value = view.value
        self._show()

    def recover(self, text: str, caret: int) -> None:
        """Take again what was chosen but could not be saved."""
        codes = codes_of(self._choices, text)
        if codes is None or len(codes) > 1:
            return
        self._value = codes[0] if codes else None
        self._show()
        self.chosen.emit(self._value)

    def pick(self, at: int) -> None:
        """Choose the choice number `at`, counted from 0."""
        if self._readonly or not 0 <= at < len(self._choices):
            return
        self._at = at
        self._give(self._choices[at].value)

    def _give(self, code: str) -> None:
        if self._value != code:
            self._value = code
            self.chosen.emit(code)
        self._show()

    def chosen_words(self) -> str:
        """Return what is chosen, as a person reads it."""
        chosen = (choice for choice in self._choices if self._marked(choice.value))
        return "、".join(choice.label.plain() or choice.value for choice in chosen)

    def clear_value(self) -> None:
        if self._value is not None and not self._readonly:
            self._value = None
            self._show()
            self.chosen.emit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if self.go_on(event):
            return
        key = event.key()
        if Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
            self.pick(key - Qt.Key.Key_1)
            if habits.advances and not self.several and key - Qt.Key.Key_1 < len(self._choices):
                self.done.emit(True)
        elif key in (Qt.Key.Key_0, Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.clear_value()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._step(-1 if key == Qt.Key.Key_Left else 1)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.done.emit(key == Qt.Key.Key_Down)
        elif key == Qt.Key.Key_Space:
            self.pick(self._at)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        self.update()

    def _step(self, step: int) -> None:
        """Move by one and choose it."""
        count = len(self._choices)
        if not count or self._readonly:
            return
        here = [at for at, choice in enumerate(self._choices) if choice.value == self._value]
        self._at = (here[0] + step) % count if here else (0 if step > 0 else count - 1)
        self._value = self._choices[self._at].value
        self._show()
        self.chosen.emit(self._value)

    def _build(self) -> None:
        clear(self._flow)
        self._buttons = []
        for at, choice in enumerate(self._choices):
            text = choice.label.plain() or choice.value
            made = button(f"{at + 1} {text}", partial(self._pressed, at), "choice")
            made.setCheckable(True)
            made.setAutoDefault(False)
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            made.setAccessibleName(text)
            self._flow.addWidget(made)
            self._buttons.append(made)
        self.updateGeometry()

    def _pressed(self, at: int) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if not self.several and self._value == self._choices[at].value:
            self.clear_value()
        else:
            self.pick(at)

    def _marked(self, code: str) -> bool:
        return self._value == code

    def _show(self) -> None:
        for made, choice in zip(self._buttons, self._choices, strict=True):
            made.setChecked(self._marked(choice.value))
            made.setEnabled(not self._readonly)


class ButtonTicks(ButtonChoices):
    """Several choices may be marked."""

    several = True

    def recover(self, text: str, caret: int) -> None:
        codes = codes_of(self._choices, text)
        if codes is not None:
            self._value = tuple(sorted(codes)) or None
            self._show()
            self.chosen.emit(self._value)

    def _give(self, code: str) -> None:
        held = set(self._held())
        held ^= {code}
        order = [choice.value for choice in self._choices if choice.value in held]
        rest = sorted(held - set(order))
        self._value = tuple(sorted([*order, *rest])) or None
        self._show()
        self.chosen.emit(self._value)

    def _step(self, step: int) -> None:
        """Move the mark only; Space ticks."""
        count = len(self._buttons)
        if count:
            self._at = (self._at + step) % count
            for at, made in enumerate(self._buttons):
                made.setDown(at == self._at)

    def _held(self) -> tuple[str, ...]:
        return self._value if isinstance(self._value, tuple) else ()

    def _marked(self, code: str) -> bool:
        return code in self._held()
