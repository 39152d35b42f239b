"""What helps at the field one stands in: 没填错, 沿用, 怎么算的, and what was in it before."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QWidget

from ui.record.autosave import Autosave
from ui.record.explaining import Explaining, Go
from ui.record.leaps import Leaps
from ui.record.line import QuestionLine
from ui.record.pinning import Pinning
from ui.record.remark import PIN
from ui.record.sheet import Sheet
from ui.record.text import Computed

HISTORY, EXPLAIN = "F7", "F4"


class Aids(QObject):
    """The aids of one open record, and their keys."""

    def __init__(
        self, page: QWidget, autosave: Autosave, sheet: Sheet, go: Go, show_history: Callable[[str], None]
    ) -> None:
        """`go` leads to another page, `show_history` shows the changes of an answer, "" of the record."""
        super().__init__(page)
        self._sheet, self._show_history = sheet, show_history
        self.leaps = Leaps(autosave, sheet, self)
        self.pinning = Pinning(autosave, sheet, self)
        self.explaining = Explaining(autosave, sheet, go, self)
        sheet.explain_wanted.connect(self.explaining.toggle)
        for keys, action in ((PIN, self._pin), (EXPLAIN, self._explain), (HISTORY, self._history)):
            QShortcut(QKeySequence(keys), page).activated.connect(action)

    def _here(self) -> str:
        """Return the path of the field that has the focus, or had it last; "" for none."""
        focused = QApplication.focusWidget()
        held = [path for path, line in self._sheet.lines.items() if focused and line.isAncestorOf(focused)]
        return held[0] if held else ""

    def _pin(self) -> None:
        if line := self._sheet.lines.get(self._here()):
            self.pinning.toggle(line)

    def _history(self) -> None:
        """Show what was in the field before; again, or outside every field: of the whole record."""
        self._show_history(self._here())

    def _explain(self) -> None:
        """Explain the next calculated answer from here on, else the first one of the page."""
        here = self._sheet.here()
        paths = [path for path, line in self._sheet.lines.items() if _is_computed(line)]
        paths.sort(key=self._sheet.place)
        after = [path for path in paths if self._sheet.place(path) >= here]
        for path in (after or paths)[:1]:
            self.explaining.toggle(path)


def _is_computed(line: QuestionLine) -> bool:
    return isinstance(line.editor, Computed) and not line.isHidden()
