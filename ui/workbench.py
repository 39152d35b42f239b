"""List and form on one bench: one of them alone, or both beside or above each other."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

from ui.preferences import ARRANGEMENTS, Preferences

FORM_SHARE = 3, 5  # of the bench, where nobody has moved the splitter: the form gets three of five parts


class Workbench(QSplitter):
    """Two stacks: pages, and forms of open records. Where the splitter was put, it stands again."""

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self._preferences = preferences
        self.pages, self.forms = QStackedWidget(), QStackedWidget()
        self.setChildrenCollapsible(False)
        self.setHandleWidth(6)
        for stack in (self.pages, self.forms):
            self.addWidget(stack)
        self.setStretchFactor(1, 1)  # what room comes or goes is the form's
        self.forms.hide()
        self.splitterMoved.connect(self._remember)

    @property
    def keeps_both(self) -> bool:
        """Tell whether the list stays in view while a record is open."""
        return self._preferences.arrangement != "alone"

    def stack_of(self, page: QWidget) -> QStackedWidget:
        """Return the stack in which a page stands."""
        return self.forms if self.forms.indexOf(page) >= 0 else self.pages

    def bring(self, page: QWidget) -> None:
        """Put a page on top of its stack."""
        stack = self.stack_of(page)
        if stack.indexOf(page) < 0:
            stack.addWidget(page)
        stack.setCurrentWidget(page)

    def turn(self) -> None:
        """Go on to the next arrangement."""
        at = ARRANGEMENTS.index(self._preferences.arrangement)
        self._preferences.arrangement = ARRANGEMENTS[(at + 1) % len(ARRANGEMENTS)]

    def arrange(self, *, page: bool, form: bool) -> None:
        """Show pages, forms, or both as the person has arranged them."""
        self.pages.setVisible(page)
        self.forms.setVisible(form)
        if not (page and form):
            return
        beside = self._preferences.arrangement == "beside"
        self.setOrientation(Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical)
        held = self._preferences.split(self._preferences.arrangement)
        room = self.width() if beside else self.height()
        list_room = held or room * (FORM_SHARE[1] - FORM_SHARE[0]) // FORM_SHARE[1]
        self.setSizes([list_room, max(1, room - list_room)])

    def _remember(self, at: int, _: int) -> None:
        self._preferences.keep_split(self._preferences.arrangement, at)
