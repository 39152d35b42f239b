"""A remark under a field: a sentence and what one can do about it. It never takes the focus by itself."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from PySide6.QtWidgets import QApplication, QBoxLayout, QPushButton, QWidget

from ui.parts.flow import Flow
from ui.parts.plain import LabelRole, button, column, holder, keyed, label
from ui.theme import metrics

COPY, OPEN, APART, HIDE, MERGE = "Alt+C", "Alt+O", "Alt+N", "Alt+H", "Alt+M"
MINE, THEIRS = "Alt+W", "Alt+B"  # 我的, 别人的
RIGHT, PIN = "Alt+Y", "Alt+P"
KEYS = (COPY, OPEN, APART, HIDE, MERGE, MINE, THEIRS, RIGHT)
Action = tuple[str, str, Callable[[], None]]  # words with their key, the key, what it does
_turns = count()


class Remark(QWidget):
    """One sentence with its buttons; the newest one answers to the keys."""

    def __init__(
        self, text: str, role: LabelRole, actions: tuple[Action, ...], *, alike: bool = False
    ) -> None:
        """`alike`: the buttons are a choice, none of them the likely one."""
        super().__init__()
        self.text = text
        self.turn = next(_turns)
        self.actions_by_key = {key: act for _, key, act in actions}
        self.buttons: list[QPushButton] = [
            button(keyed(words), act, "quiet" if at and not alike else "")
            for at, (words, _, act) in enumerate(actions)
        ]
        line = Flow(gap=metrics().px(8))
        for one in self.buttons:
            line.addWidget(one)
        self._sentence = label(text, role, wrap=True)
        box = column(self._sentence, holder(line), gap=2)
        self.setLayout(box)

    def say(self, text: str) -> None:
        """Change the sentence; the buttons stay where they are."""
        self.text = text
        self._sentence.setText(text)


class Remarks:
    """The remarks of one field or roster, one of each kind, below what is there."""

    def __init__(self, box: QBoxLayout, field: QWidget) -> None:
        self._box, self._field = box, field
        self.shown: dict[str, Remark] = {}

    def put(self, kind: str, remark: Remark | None) -> None:
        """Show a remark in the place of the last one of its kind; None takes it away."""
        old = self.shown.pop(kind, None)
        if old is not None:
            self._take_away(old)
        if remark is not None:
            self.shown[kind] = remark
            self._box.addWidget(remark)
            remark.show()  # now, so that the page can make room for it at once
            before = self._field
            for one in remark.buttons:
                QWidget.setTabOrder(before, one)
                before = one

    def _take_away(self, old: Remark) -> None:
        focused = QApplication.focusWidget()
        if focused is not None and old.isAncestorOf(focused):
            self._field.setFocus()
        self._box.removeWidget(old)
        old.hide()
        old.deleteLater()


def press(page: QWidget, key: str) -> None:
    """Do what a key stands for: of the newest remark on the page that has it."""
    fitting = [one for one in page.findChildren(Remark) if one.isVisible() and key in one.actions_by_key]
    for remark in sorted(fitting, key=lambda one: -one.turn)[:1]:
        remark.actions_by_key[key]()
