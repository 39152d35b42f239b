"""Searching a long list of choices, and a field that takes one of them or several."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from hsdesk.forms.schema import Choice
from hsdesk.forms.views import NodeView
from hsdesk.model.answer import Value
from ui.parts.flow import Flow
from ui.parts.plain import button, restyle, reveal, row
from ui.parts.suggest import SuggestBox, Suggestion
from ui.record.editor import ENTER, Editor, codes_of, leaves_undo
from ui.theme import metrics
from ui.words import tr

BOX_WIDTH = 470


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


def stranded_words(text: str, fitting: int, register: str) -> str:
    """Return why text is no answer: several choices fit, the register has none, the list has none."""
    if fitting > 1:
        return tr("“{text}”对得上 {n} 项，请从列表里选一项", text=text, n=fitting)
    if register:
        return tr("台账里还没有“{text}”，可先空着，或到“{register}”里新增", text=text, register=register)
    return tr("列表里没有“{text}”，请另选一项，或先空着", text=text)


class ChoiceBox(SuggestBox):
    """The field inside a ListEditor. One Enter takes the marked line and goes on."""

    taken = Signal()  # Enter took a line of the list

    def __init__(self, owner: ListEditor) -> None:
        super().__init__()
        self.owner = owner
        self._marked = False  # the mark was moved by hand
        self.textEdited.connect(self._typed)

    def event(self, event: QEvent) -> bool:
        if leaves_undo(event, typing=self.owner.is_typing and self.isUndoAvailable()):
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in ENTER and self.owner.go_on(event):
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        self._marked = False
        self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        self.owner.flush()

    def _list_key(self, key: int) -> bool:
        takes = key in (*ENTER, Qt.Key.Key_Tab)
        if takes and self.isModified() and not self.text().strip() and not self._marked:
            self.close_list()  # emptied on purpose: nothing is taken
            return False
        self._marked = self._marked or not takes
        used = super()._list_key(key)
        if used and key in ENTER:
            self.taken.emit()
        return used

    def _typed(self) -> None:
        self._marked = False


class ListEditor(Editor):
    """One of many: type a part of the name, pinyin, initials or code; Enter takes the marked line."""

    is_typed_into = True

    def __init__(self, view: NodeView, *, goes_on: bool = True) -> None:
        super().__init__()
        self._choices: tuple[Choice, ...] = ()
        self._value: Value = None
        self._dirty = False
        self._unread = False  # the text means no choice and stays until it is mended
        self.box = ChoiceBox(self)
        self.box.setPlaceholderText(tr("打字查找，或按 ↓ 看全部"))
        self.box.setMaximumWidth(metrics().px(BOX_WIDTH))
        self.box.textEdited.connect(self._edited)
        self.box.wanted.connect(self._offer)
        self.box.picked.connect(self._take)
        if goes_on:
            self.box.taken.connect(lambda: self.done.emit(True))
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
        held = self._value
        self._choices, self._value = view.choices, view.value
        self.box.setReadOnly(view.readonly)
        self.box.setFocusPolicy(Qt.FocusPolicy.ClickFocus if view.readonly else Qt.FocusPolicy.StrongFocus)
        reveal(self.open_button, not view.readonly)
        if held != view.value or not self.is_typing:
            self._restore()

    def recover(self, text: str, caret: int) -> None:
        self.box.setText(text)
        self._dirty = True

    def flush(self) -> None:
        """Take the text: emptied text clears the answer, text that means no choice stays and is told."""
        if not self._dirty:
            return
        text = self.box.text()
        fitting = matching(self._choices, text)
        exact = [line for line in fitting if line.text == text.strip()]
        only = exact if len(exact) == 1 else fitting
        if text == self._label():
            self._give(self._value)
        elif not text.strip():
            self._give(None)
        elif len(only) == 1:
            self._give(str(only[0].value))
        else:
            self._dirty, self._unread = False, True
            self.stranded.emit(text, len(only))

    def again(self) -> None:
        """Tell once more about text that means no choice."""
        self._dirty = self._dirty or self._unread
        self.flush()

    def hold_text(self) -> None:
        self._dirty = True

    def let_go(self) -> None:
        self._dirty = self._unread = False

    @property
    def is_dirty(self) -> bool:
        return self._dirty

    @property
    def is_typing(self) -> bool:
        """Tell whether the text differs from the answer: typed just now, or meaning no choice."""
        return self._dirty or self._unread

    def mark_problem(self, severity: str) -> None:
        restyle(self.box, "problem", severity)

    def target(self) -> QWidget:
        return self.box

    def _edited(self, text: str) -> None:
        self._dirty = self._unread or text != self._label()
        if self._dirty:
            self.typed.emit(text, self.box.cursorPosition())
        else:
            self.dropped.emit()

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
            self.flush()

    def _give(self, value: Value) -> None:
        same = value == self._value
        self._value = value
        self._restore()
        if same:
            self.dropped.emit()
        else:
            self.chosen.emit(value)

    def _restore(self) -> None:
        self._dirty = self._unread = False
        self.box.setText(self._label())

    def _label(self) -> str:
        for choice in self._choices:
            if choice.value == self._value:
                return choice.label.plain() or choice.value
        return "" if self._value is None else str(self._value)


class ListTicks(Editor):
    """Several of many: a search field adds, the chosen ones stand after it and are taken off by a click."""

    def __init__(self, view: NodeView) -> None:
        super().__init__()
        self._choices: tuple[Choice, ...] = ()
        self._held: tuple[str, ...] = ()
        self.adder = ListEditor(view_of_one(view), goes_on=False)
        self.adder.box.setPlaceholderText(tr("打字查找，回车加上"))
        self.adder.chosen.connect(self._add)
        for ours, its in (
            (self.done, self.adder.done),
            (self.typed, self.adder.typed),
            (self.stranded, self.adder.stranded),
            (self.dropped, self.adder.dropped),
        ):
            its.connect(ours)
        self._flow = Flow(gap=metrics().px(8))
        self._marks: list[QWidget] = []
        self._flow.addWidget(self.adder)
        self.setLayout(self._flow)
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setFocusProxy(self.adder.box)
        self.show_view(view)

    def show_view(self, view: NodeView) -> None:
        self._view = view
        self._choices = view.choices
        self._held = view.value if isinstance(view.value, tuple) else ()
        self.adder.show_view(view_of_one(view))
        self._readonly = view.readonly
        self._show()

    def recover(self, text: str, caret: int) -> None:
        codes = codes_of(self._choices, text)
        if codes is None:
            self.adder.recover(text, caret)
        else:
            self._change(codes)

    def flush(self) -> None:
        self.adder.flush()

    def let_go(self) -> None:
        self.adder.let_go()

    @property
    def is_dirty(self) -> bool:
        return self.adder.is_dirty

    def mark_problem(self, severity: str) -> None:
        self.adder.mark_problem(severity)

    def target(self) -> QWidget:
        return self.adder.box

    def _add(self, value: object) -> None:
        if isinstance(value, str):
            self._change((*self._held, value))
            self.adder.show_view(view_of_one(self._view))

    def _change(self, held: tuple[str, ...]) -> None:
        self._held = tuple(sorted(set(held)))
        self.chosen.emit(self._held or None)
        self._show()

    def _drop(self, code: str) -> None:
        self._change(tuple(one for one in self._held if one != code))
        self.adder.again()  # what is typed beside them stays

    def _show(self) -> None:
        for mark in self._marks:
            self._flow.removeWidget(mark)
            mark.hide()
            mark.deleteLater()
        self._marks = []
        held = [choice for choice in self._choices if choice.value in self._held]
        names = {choice.value: choice.label.plain() or choice.value for choice in held}
        for code in self._held:
            words = tr("{name}　去掉", name=names.get(code, code))
            mark = button(words, partial(self._drop, code), "choice")
            mark.setEnabled(not self._readonly)
            mark.setAutoDefault(False)
            self._flow.addWidget(mark)
            self._marks.append(mark)
        self.updateGeometry()


def view_of_one(view: NodeView) -> NodeView:
    """Return the view of a field that adds one of the choices: it never holds a value itself."""
    from msgspec.structs import replace

    return replace(view, value=None)
