"""Labels, buttons, cards and rules with the roles that the style sheet knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ui.theme import metrics

Box = TypeVar("Box", bound=QBoxLayout)
_Words = Literal["", "display", "title", "heading", "section", "quiet", "accent", "bad", "warn", "good"]
LabelRole = Literal[_Words, "number", "required", "code"]
ButtonRole = Literal["", "primary", "big", "quiet", "choice"]
FrameRole = Literal["card", "bar", "footer", "notice", "warning", "trouble", "rule"]


def label(text: str = "", role: LabelRole = "", *, wrap: bool = False, selectable: bool = False) -> QLabel:
    """Return a text; `wrap` lets it take several lines."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    if role:
        made.setProperty("role", role)
    if selectable:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def button(
    text: str, pressed: Callable[[], object] | None = None, role: ButtonRole = "", *, shortcut: str = ""
) -> QPushButton:
    """Return a button with words. Enter presses it when it has the focus."""
    made = QPushButton(text)
    made.setAutoDefault(True)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
    if role:
        made.setProperty("role", role)
    if shortcut:
        made.setShortcut(shortcut)
    if pressed is not None:

        def press() -> None:  # without the `checked` that Qt sends along
            pressed()

        made.clicked.connect(press)
    return made


def keyed(text: str) -> str:
    """Return words with their key, 返回（Esc）; at large text sizes without it.

    The key still works and the manual names it.
    """
    if not metrics().is_large:
        return text
    return text.replace("（", "(").partition("(")[0].strip()


def restyle(widget: QWidget, name: str, value: object) -> None:
    """Change a property that the style sheet looks at."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def reveal(widget: QWidget, shown: bool) -> None:
    """Show or hide a part of a page; one that is not in a page yet never becomes a window of its own."""
    if widget.parentWidget() is not None or not shown:
        widget.setVisible(shown)


def frame(role: FrameRole, layout: QBoxLayout | None = None, padding: int = 20) -> QFrame:
    """Return a framed surface; its layout gets even padding."""
    made = QFrame()
    made.setProperty("role", role)
    if layout is not None:
        side = metrics().px(padding)
        layout.setContentsMargins(side, side * 3 // 4, side, side * 3 // 4)
        made.setLayout(layout)
    return made


def column(*items: QWidget | QLayout | int | None, gap: int = 8, margin: int = 0) -> QVBoxLayout:
    """Return a column: widgets and layouts; a number is a space, None takes the rest."""
    return _fill(QVBoxLayout(), items, gap, margin)


def row(*items: QWidget | QLayout | int | None, gap: int = 8, margin: int = 0) -> QHBoxLayout:
    """Return a row: widgets and layouts; a number is a space, None takes the rest."""
    return _fill(QHBoxLayout(), items, gap, margin)


def _fill(box: Box, items: tuple[QWidget | QLayout | int | None, ...], gap: int, margin: int) -> Box:
    side = metrics().px(margin)
    box.setContentsMargins(side, side, side, side)
    box.setSpacing(metrics().px(gap))
    for item in items:
        match item:
            case None:
                box.addStretch(1)
            case int():
                box.addSpacing(metrics().px(item))
            case QWidget():
                box.addWidget(item)
            case QLayout():
                box.addLayout(item)
    return box


def holder(layout: QLayout, name: str = "") -> QWidget:
    """Return a widget around a layout."""
    made = QWidget()
    made.setObjectName(name)
    made.setLayout(layout)
    return made


def clear(layout: QLayout) -> None:
    """Take everything out of a layout."""
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            clear(inner)
