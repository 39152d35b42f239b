"""帮助: the manual on a page of its own; F1 opens it beside the work."""

from __future__ import annotations

from PySide6.QtCore import Qt

from ui.office import Office
from ui.pages.keys import KeySheet
from ui.pages.manual import CHAPTERS, Manual
from ui.pages.page import Page, page_title, title_bar
from ui.parts.plain import button, column
from ui.words import tr


class HelpPage(Page):
    """Search and chapters at the left, text at the right."""

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self.manual = Manual()
        keys = button(tr("全部按键"), lambda: KeySheet(self.window()).exec())
        body = column(margin=14)
        body.addWidget(self.manual, 1)
        layout = column(title_bar(page_title(tr("帮助")), keys), gap=0)
        layout.addLayout(body, 1)
        self.setLayout(layout)
        self.manual.show_about(CHAPTERS[0])

    def take_focus(self) -> None:
        self.manual.chapters.setFocus(Qt.FocusReason.OtherFocusReason)
