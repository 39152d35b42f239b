"""A narrow column of places to go to: an icon with its word below, reached by mouse and by Tab."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QIcon, QResizeEvent
from PySide6.QtWidgets import QFrame, QToolButton

from hsdesk.model.resource import resource_dir
from ui.parts.plain import column
from ui.theme import BASE_PT, metrics

WIDTH, HEIGHT = 84, 60
MOST = 1.5  # the words grow to one and a half times their size, or seven of them would not fit on the screen


class Rail(QFrame):
    """Buttons below each other; the foot holds what must always be in view."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("Rail")
        self._grown = min(metrics().factor, MOST)
        self.setFixedWidth(round(WIDTH * self._grown))
        self._buttons: dict[str, QToolButton] = {}
        self._box = column(None, gap=0)
        self._box.setContentsMargins(0, 4, 0, 4)
        self.setLayout(self._box)

    def add(self, name: str, icon: str, words: str, pressed: Callable[[], object]) -> None:
        """Add a button; `name` tells which one it is."""
        made = QToolButton()
        made.setObjectName("Rail")
        made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        made.setIcon(QIcon(str(resource_dir() / "icons" / f"{icon}.svg")))
        made.setIconSize(QSize(round(24 * self._grown), round(24 * self._grown)))
        font = QFont(self.font())
        font.setPointSizeF(BASE_PT * self._grown)
        made.setFont(font)
        made.setText(words)
        made.setCheckable(True)
        made.setFixedSize(self.width() - 1, round(HEIGHT * self._grown))
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        made.clicked.connect(lambda: self._press(made, pressed))
        self._buttons[name] = made
        self._box.insertWidget(self._box.count() - 1, made)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """All of them stay in view; where icon and word do not fit below each other, the word stays."""
        super().resizeEvent(event)
        each = min(round(HEIGHT * self._grown), (event.size().height() - 8) // max(1, len(self._buttons)))
        style = Qt.ToolButtonStyle
        for made in self._buttons.values():
            fits = each >= made.iconSize().height() + made.fontMetrics().height()
            made.setToolButtonStyle(style.ToolButtonTextUnderIcon if fits else style.ToolButtonTextOnly)
            made.setFixedHeight(each)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(self.width(), 0)

    def say(self, name: str, words: str) -> None:
        """Change the words of a button."""
        self._buttons[name].setText(words)

    def mark(self, name: str) -> None:
        """Show where one is; "" for nowhere here."""
        for own, made in self._buttons.items():
            made.setChecked(own == name)

    def _press(self, made: QToolButton, pressed: Callable[[], object]) -> None:
        made.setChecked(not made.isChecked())  # the page that comes marks it
        pressed()
