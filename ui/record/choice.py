"""Choosing: number keys for few choices, a searchable list for many, a grid of ticks for several."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from hsdesk.forms.schema import Choice
from hsdesk.forms.views import NodeView
from hsdesk.model.op import Value
from ui.parts.flow import Flow
from ui.parts.plain import button, clear, restyle, reveal, row
from ui.parts.suggest import SuggestBox, Suggestion
from ui.record.editor import ENTER, Editor
from ui.theme import metrics
from ui.words import tr

FEW = 6
BOX_WIDTH = 470


class ButtonChoices(Editor):
    """Choices as buttons in a row. Digits choose, arrows move, 0 or Delete clears, Enter goes on."""

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
        self._flow = Flow(gap=metrics().px(8))
        self._flow.setContentsMargins(4, 4, 4, 4)
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

    def pick(self, at: int) -> None:
        """Choose the choice number `at`, counted from 0."""
        if self._readonly or not 0 <= at < len(self._choices):
            return
        self._at = at
        self._give(self._choices[at].value)

    def _give(self, code: str) -> None:
        """Choose one; choosing it again takes it back."""
        self._value = None if self._value == code else code
        self._show()
        self.chosen.emit(self._value)

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
            made = button(f"{at + 1}　{text}", partial(self._pressed, at), "choice")
            made.setCheckable(True)
            made.setAutoDefault(False)
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            made.setAccessibleName(text)
            self._flow.addWidget(made)
            self._buttons.append(made)
        self.updateGeometry()

    def _pressed(self, at: int) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
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


def matching(choices: Sequence[Choice], sought: str) -> list[Suggestion]:
    """Return the choices that a person may mean: by label, code, pinyin or initials."""
    text = sought.strip().casefold()
    found = [choice for choice in choices if not text or _fits(choice, text)]
    return [
        Suggestion(choice.value, choice.label.plain() or choice.value, _detail(choice)) for choice in found
    ]


def _fits(choice: Choice, text: str) -> bool:
    shown = choice.label.plain()
    if text in shown.casefold() or choice.value.casefold().startswith(text):
        return True
    return text.isascii() and _sounds_like(shown, text)


def _sounds_like(shown: str, text: str) -> bool:
    from hsdesk.model.pinyin import folded, folded_initials

    sounds, letters = _sounds(shown)
    typed, first = folded(text), folded_initials(text)
    return any(typed in sound for sound in sounds) or any(first in one for one in letters)


@lru_cache(maxsize=4096)
def _sounds(shown: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the full sounds and the first letters of a text, folded; every reading of each."""
    from hsdesk.model.pinyin import search_keys

    return search_keys(shown)


def _detail(choice: Choice) -> str:
    return choice.extra.get("code", "") if choice.extra else ""


class ChoiceBox(SuggestBox):
    """The field inside a ListEditor."""

    def __init__(self, owner: ListEditor) -> None:
        super().__init__()
        self.owner = owner

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in ENTER and self.owner.go_on(event):
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        self.owner.flush()


class ListEditor(Editor):
    """One of many: type a part of the name, pinyin, initials or code; Enter takes the marked line."""

    def __init__(self, view: NodeView) -> None:
        super().__init__()
        self._choices: tuple[Choice, ...] = ()
        self._value: Value = None
        self.box = ChoiceBox(self)
        self.box.setPlaceholderText(tr("打字查找，或按 ↓ 看全部"))
        self.box.setMaximumWidth(metrics().px(BOX_WIDTH))
        self.box.wanted.connect(self._offer)
        self.box.picked.connect(self._take)
        self.open_button = button(tr("选择"), self._open)
        self.open_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        line = row(gap=8)
        line.addWidget(self.box, 1)
        line.addWidget(self.open_button)
        line.addStretch(0)
        self.setLayout(line)
        self.setFocusProxy(self.box)
        self.show_view(view)

    def show_view(self, view: NodeView) -> None:
        self._choices, self._value = view.choices, view.value
        self.box.setReadOnly(view.readonly)
        self.box.setFocusPolicy(Qt.FocusPolicy.ClickFocus if view.readonly else Qt.FocusPolicy.StrongFocus)
        reveal(self.open_button, not view.readonly)
        self._restore()

    def flush(self) -> None:
        """Emptied text clears the answer; half-typed text goes back to the answer."""
        if self.box.text() == self._label():
            return
        if not self.box.text().strip() and self._value is not None:
            self._give(None)
            return
        only = matching(self._choices, self.box.text())
        if len(only) == 1:
            self._give(str(only[0].value))
        else:
            self._restore()

    def mark_problem(self, severity: str) -> None:
        restyle(self.box, "problem", severity)

    def target(self) -> QWidget:
        return self.box

    def _offer(self, sought: str) -> None:
        lines = matching(self._choices, "" if sought == self._label() else sought)
        self.box.offer(lines or [Suggestion(None, tr("没有这一项"))], self._value)

    def _open(self) -> None:
        self.box.setFocus(Qt.FocusReason.MouseFocusReason)
        self._offer("")

    def _take(self, value: object) -> None:
        if isinstance(value, str):
            self._give(value)
        else:
            self._restore()

    def _give(self, value: str | None) -> None:
        if value == self._value:
            self._restore()
            return
        self._value = value
        self._restore()
        self.chosen.emit(value)

    def _restore(self) -> None:
        self.box.setText(self._label())

    def _label(self) -> str:
        for choice in self._choices:
            if choice.value == self._value:
                return choice.label.plain() or choice.value
        return "" if self._value is None else str(self._value)


class ListTicks(Editor):
    """Several of many: a search field adds, the chosen ones stand below and are taken off by a click."""

    def __init__(self, view: NodeView) -> None:
        super().__init__()
        self._choices: tuple[Choice, ...] = ()
        self._held: tuple[str, ...] = ()
        self.adder = ListEditor(view_of_one(view))
        self.adder.box.setPlaceholderText(tr("打字查找，回车加上"))
        self.adder.chosen.connect(self._add)
        self.adder.done.connect(self.done.emit)
        self._flow = Flow(gap=metrics().px(8))
        self._marks = QWidget()
        self._marks.setLayout(self._flow)
        box = QVBoxLayout()
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.adder)
        box.addWidget(self._marks)
        self.setLayout(box)
        self.setFocusProxy(self.adder.box)
        self.show_view(view)

    def show_view(self, view: NodeView) -> None:
        self._choices = view.choices
        self._held = view.value if isinstance(view.value, tuple) else ()
        self.adder.show_view(view_of_one(view))
        self._readonly = view.readonly
        self._show()

    def mark_problem(self, severity: str) -> None:
        self.adder.mark_problem(severity)

    def target(self) -> QWidget:
        return self.adder.box

    def _add(self, value: object) -> None:
        if isinstance(value, str):
            self._change((*self._held, value) if value not in self._held else self._held)

    def _change(self, held: tuple[str, ...]) -> None:
        self._held = tuple(sorted(set(held)))
        self.chosen.emit(self._held or None)
        self.adder.box.clear()
        self._show()

    def _drop(self, code: str) -> None:
        self._change(tuple(one for one in self._held if one != code))

    def _show(self) -> None:
        clear(self._flow)
        names = {choice.value: choice.label.plain() or choice.value for choice in self._choices}
        for code in self._held:
            words = tr("{name}　去掉", name=names.get(code, code))
            mark = button(words, partial(self._drop, code))
            mark.setEnabled(not self._readonly)
            mark.setAutoDefault(False)
            self._flow.addWidget(mark)
        self._marks.setVisible(bool(self._held))
        self._marks.updateGeometry()


def view_of_one(view: NodeView) -> NodeView:
    """Return the view of a field that adds one of the choices: it never holds a value itself."""
    from msgspec.structs import replace

    return replace(view, value=None)
