"""A sentence above the form with what one can do about it: recovered typing, news from others, a merge."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from ui.parts.plain import button, clear, column, frame, label, row
from ui.theme import metrics

Choice = tuple[str, Callable[[], object]]  # words of a button, and what it does


class Banner(QWidget):
    """Hidden until something is said."""

    def __init__(self) -> None:
        super().__init__()
        self.text = label("", wrap=True)
        self._choices = row(gap=8)
        body = row(gap=8)
        body.addWidget(self.text, 1)
        body.addLayout(self._choices)
        box = column(frame("notice", body, padding=12))
        side, top = metrics().px(16), metrics().px(12)
        box.setContentsMargins(side, top, side, top)
        self.setLayout(box)
        self.hide()

    def say(self, text: str, *choices: Choice) -> None:
        """Show a sentence with its buttons, in the place of the last one."""
        clear(self._choices)
        self.text.setText(text)
        for words, pressed in choices:
            self._choices.addWidget(button(words, pressed, "quiet"))
        self.show()
