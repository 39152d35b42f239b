"""F1: the manual beside the work, at the part about where one stands; Esc closes it and leads back."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from ui.pages.keys import KeySheet
from ui.pages.manual import ABOUT, Manual
from ui.parts.plain import button, column, frame, keyed, label, row
from ui.returning import FocusPlace
from ui.theme import metrics
from ui.words import tr

_WIDTH = 440  # pixels
_PARTS = {  # a part of a record, by its name or class: the section of 录入 that is about it
    "RosterBox": "子表（例如会员花名册）",
    "Attachment": "附件和照片",
}


class HelpPanel(QWidget):
    """Hidden until it is asked for. The field that had the focus has it again when it closes."""

    shown = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._from: FocusPlace | None = None
        self.manual = Manual(narrow=True)
        self.shut = button(keyed(tr("收起（Esc）")), self.close_panel, "quiet")
        keys = button(tr("全部按键"), lambda: KeySheet(self.window()).exec(), "quiet")
        body = column(row(label(tr("帮助"), "heading"), None, keys, self.shut, gap=4), gap=8)
        body.addWidget(self.manual, 1)
        self.setLayout(column(frame("card", body, padding=12), margin=8, gap=0))
        self.hide()

    def open_about(self, page: str) -> None:
        """Show the manual for a page, or for the part of a record that has the focus."""
        focused = QApplication.focusWidget()
        if focused is None or not self.isAncestorOf(focused):
            self._from = FocusPlace(focused)
        chapter, heading = ABOUT.get(page, ("quick-start", ""))
        if page in ("record", "new"):
            heading = _section_about(focused) or heading
        if not metrics().is_large:  # else it takes the place of the work
            self.setFixedWidth(metrics().px(_WIDTH))
        self.show()
        self.shown.emit(True)
        self.manual.show_about(chapter, heading)
        self.manual.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def close_panel(self) -> None:
        """Hide it and put the focus back where it was."""
        self.hide()
        self.shown.emit(False)
        back, self._from = self._from, None
        if back is not None:
            back.give_back()

    def event(self, event: QEvent) -> bool:
        """Keep Esc from the page beside it while the keys go here."""
        override = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if override and event.key() == Qt.Key.Key_Escape:  # type: ignore[attr-defined]
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.close_panel()
        else:
            super().keyPressEvent(event)


def _section_about(part: QWidget | None) -> str:
    """Return the section about the kind of field in which the focus is, "" for none of its own."""
    while part is not None:
        for name in (part.objectName(), type(part).__name__):
            if name in _PARTS:
                return _PARTS[name]
        part = part.parentWidget()
    return ""
