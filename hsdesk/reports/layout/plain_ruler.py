"""A ruler without fonts, for files whose program lays them out itself: Chinese is square, the rest half."""

from __future__ import annotations

from hsdesk.reports.layout.ink import POINT, Ruler, Style

_FIRST_WIDE = "\u2000"  # from here on characters are square in Chinese fonts


def _advance(character: str, style: Style) -> float:
    return style.size * POINT * (0.55 if character < _FIRST_WIDE else 1.0)


PLAIN_RULER = Ruler(_advance, lambda style: (style.size * POINT * 0.88, style.size * POINT * 0.12))
