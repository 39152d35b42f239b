"""What helps at the field one stands in: 没填错, 沿用, 怎么算的, and what was in it before."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from ui.record.autosave import Autosave
from ui.record.explaining import Explaining, Go
from ui.record.leaps import Leaps
from ui.record.line import QuestionLine
from ui.record.pinning import Pinning
from ui.record.sheet import Sheet
from ui.record.text import Computed


class Aids(QObject):
    """The aids of one open record."""

    def __init__(self, autosave: Autosave, sheet: Sheet, go: Go, parent: QObject) -> None:
        """`go` leads to another page."""
        super().__init__(parent)
        self._sheet = sheet
        self.leaps = Leaps(autosave, sheet, self)
        self.pinning = Pinning(autosave, sheet, self)
        self.explaining = Explaining(autosave, sheet, go, self)
        sheet.explain_wanted.connect(self.explaining.toggle)

    def here(self) -> str:
        """Return the path of the field that has the focus; "" for none."""
        focused = QApplication.focusWidget()
        held = [path for path, line in self._sheet.served_lines() if focused and line.isAncestorOf(focused)]
        return held[0] if held else ""

    def pin(self) -> None:
        """Pin the field that has the focus, or unpin it."""
        if line := self._sheet.lines.get(self.here()):
            self.pinning.toggle(line)

    def explain(self) -> None:
        """Explain the next calculated answer from here on, else the first one of the page."""
        here = self._sheet.here()
        paths = [path for path, line in self._sheet.lines.items() if _is_computed(line)]
        paths.sort(key=self._sheet.place)
        after = [path for path in paths if self._sheet.place(path) >= here]
        for path in (after or paths)[:1]:
            self.explaining.toggle(path)


def _is_computed(line: QuestionLine) -> bool:
    return isinstance(line.editor, Computed) and not line.isHidden()
