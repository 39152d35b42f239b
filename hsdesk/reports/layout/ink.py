"""Ink on paper as values: text styles, texts, rules, shades and cells, in tenths of a point."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from hsdesk.reports.content import Align

POINT = 10.0  # layout units: tenths of a point
MM = 72 / 25.4 * POINT
PAPER_WIDTH = 210 * MM
PAPER_HEIGHT = 297 * MM
PADDING = 3.5 * POINT
PADDING_ABOVE = 2 * POINT
THIN, RULE = 4.0, 6.0  # weights of lines
Face = Literal["", "title", "kai"]  # "": 仿宋, or 黑体 of a heading; title 小标宋; kai 楷体


class Style(NamedTuple):
    size: float  # points
    heading: bool = False
    grey: bool = False
    face: Face = ""
    screen: bool = False  # in the font of the window


TITLE = Style(18, heading=True)
SUBTITLE = Style(11)
SECTION = Style(11.5, heading=True)
CARD_LABEL = Style(10.5, heading=True)
CARD_VALUE = Style(10.5)
HEADING = Style(10, heading=True)
CELL = Style(10)
NOTICE = Style(14)
SIGNATURE = Style(11)
FOOT = Style(9, grey=True)


class TextInk(NamedTuple):
    x: float
    baseline: float
    text: str
    style: Style


class LineInk(NamedTuple):
    x1: float
    y1: float
    x2: float
    y2: float
    weight: float = RULE


class FillInk(NamedTuple):
    x: float
    y: float
    width: float
    height: float
    dark: bool = False  # the bar of a chart, else the shade behind a heading


Ink = TextInk | LineInk | FillInk


class Box(NamedTuple):
    """Where an answer stands on a page, so that a window can put its field there."""

    path: str  # of the answer, as the form's session knows it
    x: float
    y: float
    width: float
    height: float


class Frame(NamedTuple):
    """A cell: its place, its text already in lines."""

    x: float
    width: float
    lines: tuple[str, ...]
    style: Style
    align: Align = "left"
    shaded: bool = False
    boxes: int = 0  # squares for one character each
    foot: str = ""  # right above the lower edge of the cell, at the right
    path: str = ""


class _Widths(dict[str, float]):
    """Width of each text in one style; a text is as wide as its characters."""

    def __init__(self, advance: Callable[[str], float]) -> None:
        super().__init__()
        self._advance = advance

    def __missing__(self, text: str) -> float:
        width = self._advance(text) if len(text) == 1 else sum(map(self.__getitem__, text))
        if len(self) > 50_000:
            self.clear()
        self[text] = width
        return width


class Ruler:
    """Measures text. Two callables know fonts: the width of a character, and its height and depth."""

    def __init__(
        self, advance: Callable[[str, Style], float], height: Callable[[Style], tuple[float, float]]
    ) -> None:
        self._advance = advance
        self._height = height
        self._widths: dict[Style, _Widths] = {}
        self._heights: dict[Style, tuple[float, float]] = {}

    def widths(self, style: Style) -> _Widths:
        """Return the widths of texts of a style, by text, in layout units."""
        found = self._widths.get(style)
        if found is None:
            found = self._widths[style] = _Widths(lambda character: self._advance(character, style))
        return found

    def width(self, text: str, style: Style) -> float:
        """Return the width of a text on one line, in layout units."""
        return self.widths(style)[text]

    def baseline(self, style: Style) -> float:
        """Return how far below the top of its line a text stands."""
        if style not in self._heights:
            self._heights[style] = self._height(style)
        ascent, descent = self._heights[style]
        return (line_height(style) - ascent - descent) / 2 + ascent


def line_height(style: Style) -> float:
    """Return the height of a line, in layout units."""
    return style.size * POINT * 1.35
