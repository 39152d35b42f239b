"""A code that a scanner types: its Enter takes the code and goes on to the next field."""

from __future__ import annotations

from PySide6.QtCore import Qt

from hsdesk.forms.views import NodeView
from ui.record.text import TextEditor


class ScanEditor(TextEditor):
    """One line without an input method, which would swallow the keys of a scanner."""

    def show_view(self, view: NodeView) -> None:
        super().show_view(view)
        self.line.setInputMethodHints(Qt.InputMethodHint.ImhLatinOnly)
        self.line.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)
