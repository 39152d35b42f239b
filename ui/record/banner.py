"""A sentence above the form with what one can do about it: recovered typing, news from others, a merge."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from ui.parts.clamp import Clamped
from ui.parts.notice import tell
from ui.parts.plain import button, clear, column, frame, row
from ui.theme import metrics
from ui.words import tr

Choice = tuple[str, Callable[[], object]]  # words of a button, and what it does


class Banner(QWidget):
    """Hidden until something is said. A long sentence takes a few lines; 看全文 shows the rest of it."""

    def __init__(self) -> None:
        super().__init__()
        large = metrics().is_large
        self.text = Clamped(most=2 if large else 3)
        self.whole = button(tr("看全文"), self._show_whole, "quiet")
        self.text.cut.connect(self.whole.show)
        self._choices = row(gap=8)
        body = row(gap=8)
        body.addWidget(self.text, 1)
        body.addWidget(self.whole)
        body.addLayout(self._choices)
        box = column(frame("notice", body, padding=8 if large else 12))
        side, top = metrics().px(16), metrics().px(6 if large else 12)
        box.setContentsMargins(side, top, side, top)
        self.setLayout(box)
        self.hide()

    def say(self, text: str, *choices: Choice) -> None:
        """Show a sentence with its buttons, in the place of the last one."""
        clear(self._choices)
        self.whole.hide()
        self.text.setText(text)
        for words, pressed in choices:
            self._choices.addWidget(button(words, pressed, "quiet"))
        self.show()

    def _show_whole(self) -> None:
        tell(self.window(), tr("全文"), self.text.text())
