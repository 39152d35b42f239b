"""Ink on paper: text styles, fonts, lines and cells, in tenths of a point."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF, QTextLayout, QTextOption

from hsdesk.reports.content import Align
from ui.theme import FAMILIES

POINT = 10.0  # layout units: tenths of a point
MM = 72 / 25.4 * POINT
PAPER_WIDTH = 210 * MM
PAPER_HEIGHT = 297 * MM
# 仿宋 for text and 黑体 for headings where the system has them. Fonts of the Noto family come last:
# text copied from their PDF turns into Kangxi radicals.
_TEXT_FAMILIES = (
    "FangSong",
    "仿宋",
    "方正仿宋",
    "FZFangSong-Z02",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
)
_HEADING_FAMILIES = ("SimHei", "黑体", "方正黑体", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei")
_FALLBACK_FAMILIES = ("WenQuanYi Zen Hei", "SimSun", "SimSun-ExtB", "Noto Serif CJK SC", "Noto Sans CJK SC")


class Style(NamedTuple):
    size: float  # points
    heading: bool = False
    grey: bool = False
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
    weight: float = 6


class FillInk(NamedTuple):
    x: float
    y: float
    width: float
    height: float
    dark: bool = False  # the bar of a chart, else the shade behind a heading


Ink = TextInk | LineInk | FillInk


class Frame(NamedTuple):
    """A cell: its place, its text already wrapped."""

    x: float
    width: float
    lines: tuple[str, ...]
    style: Style
    align: Align = "left"
    shaded: bool = False


@cache
def _families(heading: bool) -> tuple[str, ...]:
    here = set(QFontDatabase.families())
    wanted = _HEADING_FAMILIES if heading else _TEXT_FAMILIES
    found = [family for family in (*wanted, *_FALLBACK_FAMILIES) if family in here]
    return tuple(dict.fromkeys(found)) or ("sans-serif",)


@cache
def font_of(style: Style) -> QFont:
    font = QFont()
    font.setFamilies(list(FAMILIES if style.screen else _families(style.heading)))
    font.setPixelSize(round(style.size * POINT))
    font.setBold(style.heading and (style.screen or font.families()[0].startswith("WenQuanYi")))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


@cache
def metrics_of(style: Style) -> QFontMetricsF:
    return QFontMetricsF(font_of(style))


@lru_cache(20_000)
def text_width(text: str, style: Style) -> float:
    return metrics_of(style).horizontalAdvance(text)


def line_height(style: Style) -> float:
    return style.size * POINT * 1.35


@lru_cache(20_000)
def wrapped(text: str, width: float, style: Style) -> tuple[str, ...]:
    """Return the text in lines that fit the width, broken where Chinese may be broken."""
    return tuple(
        line for paragraph in text.split("\n") for line in _wrapped_paragraph(paragraph, width, style)
    )


def _wrapped_paragraph(text: str, width: float, style: Style) -> Iterator[str]:
    if not text or text_width(text, style) <= width:
        yield text
        return
    layout = QTextLayout(text, font_of(style))
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    line = layout.createLine()
    while line.isValid():
        line.setLineWidth(width)
        yield text[line.textStart() : line.textStart() + line.textLength()].rstrip()
        line = layout.createLine()
    layout.endLayout()


PADDING = 3.5 * POINT
PADDING_ABOVE = 2 * POINT


def row_height(frames: tuple[Frame, ...], least: float = 0) -> float:
    """Return the height of a row that holds all its cells."""
    return max(
        [least, *(len(frame.lines) * line_height(frame.style) + 2 * PADDING_ABOVE for frame in frames)]
    )


def cell_ink(frame: Frame, y: float, height: float) -> Iterator[Ink]:
    """Yield a cell with its four lines, its shade and its text."""
    if frame.shaded:
        yield FillInk(frame.x, y, frame.width, height)
    left, right, bottom = frame.x, frame.x + frame.width, y + height
    yield LineInk(left, y, right, y)
    yield LineInk(left, bottom, right, bottom)
    yield LineInk(left, y, left, bottom)
    yield LineInk(right, y, right, bottom)
    yield from text_ink(frame, y, height)


def text_ink(frame: Frame, y: float, height: float, padding: float = PADDING) -> Iterator[Ink]:
    """Yield the lines of a cell, in the middle of its height."""
    step = line_height(frame.style)
    metrics = metrics_of(frame.style)
    offset = (step - metrics.ascent() - metrics.descent()) / 2 + metrics.ascent()
    first = y + (height - step * len(frame.lines)) / 2 + offset
    for number, line in enumerate(frame.lines):
        free = frame.width - 2 * padding - text_width(line, frame.style)
        shift = {"left": 0.0, "center": free / 2, "right": free}[frame.align]
        if line:
            yield TextInk(frame.x + padding + shift, first + number * step, line, frame.style)


def framed(
    x: float, width: float, text: str, style: Style, align: Align = "left", *, shaded: bool = False
) -> Frame:
    """Return a cell with its text wrapped to its width."""
    return Frame(x, width, wrapped(text, width - 2 * PADDING, style), style, align, shaded)
