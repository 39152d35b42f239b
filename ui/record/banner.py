"""A sentence above the form with what one can do about it: recovered typing, news from others, a merge."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from ui.parts.plain import button, column, frame, label, row
from ui.theme import metrics

Choice = tuple[str, Callable[[], object]]  # words of a button, and what it does


class Banner(QWidget):
    """Hidden until something is said."""

    def __init__(self) -> None:
        super().__init__()
        self.text = label("", wrap=True)
        self._line = row(gap=8)
        self._line.addWidget(self.text, 1)
        box = column(frame("notice", self._line, padding=12))
        side, top = metrics().px(16), metrics().px(12)
        box.setContentsMargins(side, top, side, top)
        self.setLayout(box)
        self.hide()

    def say(self, text: str, *choices: Choice) -> None:
        """Show a sentence with its buttons, in the place of the last one."""
        while self._line.count() > 1:
            item = self._line.takeAt(1)
            widget = item.widget() if item else None
            if widget is not None:
                widget.deleteLater()
        self.text.setText(text)
        for words, pressed in choices:
            self._line.addWidget(button(words, pressed, "quiet"))
        self.show()
