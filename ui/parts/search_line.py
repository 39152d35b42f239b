"""A field to search with while one types, also inside an input method."""

from __future__ import annotations

from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QLineEdit


class SearchLine(QLineEdit):
    """A search field that also sees what an input method still holds."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.setPlaceholderText(words)
        self.setAccessibleName(words)
        self.setClearButtonEnabled(True)
        self.preedit = ""

    @property
    def sought(self) -> str:
        return (self.text() + self.preedit).strip()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:  # noqa: N802
        super().inputMethodEvent(event)
        self.preedit = event.preeditString().replace("'", "").replace(" ", "")
        self.textChanged.emit(self.text())
