"""Framed cells: how high they are, and their ink."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hsdesk.reports.content import Align
from hsdesk.reports.layout.breaking import wrapped
from hsdesk.reports.layout.ink import (
    MM,
    PADDING,
    PADDING_ABOVE,
    THIN,
    FillInk,
    Frame,
    Ink,
    LineInk,
    Ruler,
    Style,
    TextInk,
    line_height,
)

_SQUARE = 6 * MM  # for one digit, at most


def framed(
    ruler: Ruler,
    span: tuple[float, float],
    text: str,
    style: Style,
    align: Align = "left",
    *,
    even: bool = False,
) -> Frame:
    """Return a cell with its text in lines that fit its width. `span`: where it begins, and its width."""
    x, width = span
    return Frame(x, width, wrapped(text, width - 2 * PADDING, style, ruler, even=even), style, align)


def row_height(frames: Sequence[Frame], least: float = 0) -> float:
    """Return the height of a row that holds all its cells."""
    return max([least, *(len(one.lines) * line_height(one.style) + 2 * PADDING_ABOVE for one in frames)])


def cell_ink(ruler: Ruler, frame: Frame, y: float, height: float) -> Iterator[Ink]:
    """Yield a cell with its four lines, its shade and its text."""
    if frame.shaded:
        yield FillInk(frame.x, y, frame.width, height)
    left, right, bottom = frame.x, frame.x + frame.width, y + height
    yield LineInk(left, y, right, y)
    yield LineInk(left, bottom, right, bottom)
    yield LineInk(left, y, left, bottom)
    yield LineInk(right, y, right, bottom)
    yield from inside_ink(ruler, frame, y, height)


def inside_ink(ruler: Ruler, frame: Frame, y: float, height: float) -> Iterator[Ink]:
    """Yield what stands inside a cell."""
    if frame.boxes:
        yield from _squares(ruler, frame, y, height)
        return
    above = height - line_height(frame.style) * 1.6 if frame.foot else height
    yield from text_ink(ruler, frame, y, above)
    if frame.foot:
        foot = frame._replace(lines=(frame.foot,), align="right")
        yield from text_ink(ruler, foot, y + above, height - above)


def text_ink(
    ruler: Ruler, frame: Frame, y: float, height: float, padding: float = PADDING
) -> Iterator[TextInk]:
    """Yield the lines of a cell, in the middle of its height."""
    style, lines = frame.style, frame.lines
    step = line_height(style)
    baseline = y + (height - step * len(lines)) / 2 + ruler.baseline(style)
    widths, start, room = ruler.widths(style), frame.x + padding, frame.width - 2 * padding
    for line in lines:
        if line:
            free = 0.0 if frame.align == "left" else room - widths[line]
            yield TextInk(start + (free / 2 if frame.align == "center" else free), baseline, line, style)
        baseline += step


def _squares(ruler: Ruler, frame: Frame, y: float, height: float) -> Iterator[Ink]:
    """Yield a row of squares with a character in each."""
    side = min(_SQUARE, (frame.width - 2 * PADDING) / frame.boxes, height - 2 * PADDING_ABOVE)
    left, top = frame.x + PADDING, y + (height - side) / 2
    yield LineInk(left, top, left + side * frame.boxes, top, THIN)
    yield LineInk(left, top + side, left + side * frame.boxes, top + side, THIN)
    for number in range(frame.boxes + 1):
        yield LineInk(left + side * number, top, left + side * number, top + side, THIN)
    for number, character in enumerate("".join(frame.lines)[: frame.boxes]):
        one = Frame(left + side * number, side, (character,), frame.style, "center")
        yield from text_ink(ruler, one, top, side, padding=0)


def split_lines(frames: Sequence[Frame], room: float) -> Iterator[tuple[tuple[Frame, ...], float]]:
    """Yield a row that is higher than `room` in pieces that are not: no line is lost, none stands twice."""
    most = max(int((room - 2 * PADDING_ABOVE) / max(line_height(one.style) for one in frames)), 1)
    count = max(len(one.lines) for one in frames)
    for first in range(0, count, most):
        piece = tuple(one._replace(lines=one.lines[first : first + most]) for one in frames)
        yield piece, row_height(piece)
