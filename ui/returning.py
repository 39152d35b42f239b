"""The way back: from a record to the list that led there, from help and dialogs to field and caret."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from ui.pages.page import Target

_ON_THE_WAY = frozenset({"record", "new"})


class WayBack:
    """Knows to which page the record in front leads back.

    >>> way = WayBack()
    >>> way.led("home", Target("record", "worker", back="home")).page
    'record'
    >>> way.led("record", Target("all", "worker")).page, way.led("record", Target("all", "worker")).page
    ('home', 'all')
    """

    def __init__(self) -> None:
        self._back = ""

    def led(self, here: str, target: Target) -> Target:
        """Return where a target leads from the page `here`: "all" is how a record asks for its list."""
        if target.page in _ON_THE_WAY:
            if target.back or here not in _ON_THE_WAY:
                self._back = target.back
            return target
        back, self._back = self._back, ""
        return Target(back) if back and here in _ON_THE_WAY and target.page == "all" else target


class FocusPlace:
    """The part that has the focus, and where its caret stands."""

    def __init__(self, part: QWidget | None) -> None:
        self._part = part
        self._caret = part.cursorPosition() if isinstance(part, QLineEdit) else 0
        if isinstance(part, QPlainTextEdit):
            self._caret = part.textCursor().position()

    def give_back(self) -> None:
        """Put focus and caret there again, where the part is still in view."""
        part = self._part
        if part is None or not shiboken6.isValid(part) or not part.isVisible():
            return
        part.setFocus(Qt.FocusReason.OtherFocusReason)
        set_caret(part, self._caret)


def set_caret(part: QWidget, at: int) -> None:
    """Put the caret of a text field behind so many characters."""
    if isinstance(part, QLineEdit):
        part.setCursorPosition(at)
    elif isinstance(part, QPlainTextEdit):
        cursor = part.textCursor()
        cursor.setPosition(min(at, len(part.toPlainText())))
        part.setTextCursor(cursor)
