"""What a screen reader is told of parts that Qt has no words for: their role, and what is chosen in them."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QWidget


@runtime_checkable
class Chooser(Protocol):
    """A part with several choices inside that takes the keyboard as a whole."""

    def chosen_words(self) -> str:
        """Return what is chosen, as a person reads it."""


class _Spoken(QAccessibleWidget):
    """Tells of a chooser as of one list with a value."""

    def __init__(self, part: QWidget, chooser: Chooser) -> None:
        super().__init__(part, QAccessible.Role.List)
        self._chooser = chooser

    def text(self, kind: QAccessible.Text) -> str:
        return self._chooser.chosen_words() if kind == QAccessible.Text.Value else super().text(kind)


_spoken: dict[int, _Spoken] = {}  # Qt keeps no reference that Python knows of
_installed: list[bool] = []


def _made(_key: str, part: QObject) -> QAccessibleInterface | None:
    if not isinstance(part, QWidget) or not isinstance(part, Chooser):
        return None
    made, at = _Spoken(part, part), id(part)
    _spoken[at] = made
    part.destroyed.connect(lambda: _spoken.pop(at, None))
    return made


def install() -> None:
    """Have Qt ask here first; once for the whole program."""
    if not _installed:
        QAccessible.installFactory(_made)
        _installed.append(True)
