"""Characters that no font of this computer can draw: on paper they would be empty boxes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from PySide6.QtGui import QTextLayout

from hsdesk.reports.layout.ink import CELL, Ink, TextInk
from ui.painting.ink import font_of, metrics_of


def missing(inks: Iterable[Ink]) -> str:
    """Return the characters of the texts that cannot be drawn, each once, in order."""
    used = {character for ink in inks if isinstance(ink, TextInk) for character in ink.text}
    return "".join(sorted(character for character in used if not _is_drawn(character)))


@cache
def _is_drawn(character: str) -> bool:
    """Tell whether the fonts of the program, or one that the system puts in their place, have a character."""
    if character.isspace() or metrics_of(CELL).inFontUcs4(ord(character)):
        return True
    layout = QTextLayout(character, font_of(CELL))
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    return all(0 not in run.glyphIndexes() for run in layout.glyphRuns())
