"""Bar charts, on paper and in the window: heading at the left, bar, figure right behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from hsdesk.reports.content import Bar, Block, Chart
from ui.painting.flow import Flow
from ui.painting.ink import (
    CELL,
    FOOT,
    MM,
    SECTION,
    FillInk,
    Frame,
    Ink,
    LineInk,
    Style,
    line_height,
    text_ink,
    text_width,
)

_GAP = 2.5 * MM
_MOST_LABEL = 0.4  # of the width


class Look(NamedTuple):
    """How a chart is written: on paper as tables are, in the window as the window is."""

    title: Style = SECTION
    text: Style = CELL
    note: Style = FOOT

    @property
    def line(self) -> float:
        """Return the height of a bar with the space around it."""
        return line_height(self.text) * 1.35


PAPER = Look()


def chart_height(chart: Chart, look: Look = PAPER) -> float:
    """Return the height of a chart, in tenths of a point."""
    note = line_height(look.note) if chart.note else 0
    return line_height(look.title) * 1.3 + look.line * len(chart.bars) + note


def chart_ink(chart: Chart, left: float, right: float, top: float, look: Look = PAPER) -> Iterator[Ink]:
    """Yield a chart between two edges, in tenths of a point."""
    y = top
    yield from _line(Frame(left, right - left, (chart.title,), look.title), y)
    y += line_height(look.title) * 1.3
    fields = _fields(chart, left, right, look)
    yield LineInk(fields.start, y, fields.start, y + look.line * len(chart.bars), 6)
    for bar in chart.bars:
        yield from _bar(bar, fields, y, look)
        y += look.line
    if chart.note:
        yield from _line(Frame(left, right - left, (chart.note,), look.note), y)


class _Fields(NamedTuple):
    """Where the parts of a bar lie."""

    left: float
    label: float  # width of the headings
    room: float  # width of the longest bar
    most: float  # its figure

    @property
    def start(self) -> float:
        return self.left + self.label + _GAP


def _fields(chart: Chart, left: float, right: float, look: Look) -> _Fields:
    labels = (text_width(bar.label, look.text) for bar in chart.bars)
    label = min(max(labels, default=0), (right - left) * _MOST_LABEL)
    figure = max((text_width(bar.shown, look.text) for bar in chart.bars), default=0)
    return _Fields(left, label, right - left - label - figure - 3 * _GAP, chart.most)


def _bar(bar: Bar, fields: _Fields, y: float, look: Look) -> Iterator[Ink]:
    yield from _line(Frame(fields.left, fields.label, (bar.label,), look.text, "right"), y, look.line)
    length = fields.room * bar.value / fields.most if bar.value and fields.most else 0
    if length:
        yield FillInk(fields.start, y + look.line * 0.18, length, look.line * 0.64, dark=True)
    yield from _line(Frame(fields.start + length + _GAP, fields.room, (bar.shown,), look.text), y, look.line)


def _line(frame: Frame, y: float, height: float | None = None) -> Iterator[Ink]:
    return text_ink(frame, y, line_height(frame.style) if height is None else height, padding=0)


def put_chart(flow: Flow, block: Block, tail: float) -> None:
    """Put a chart on paper; it never breaks across pages."""
    assert isinstance(block, Chart)
    height = chart_height(block)
    if height + tail > flow.room and flow.pages[-1]:
        flow.start_page()
    flow.add(*chart_ink(block, flow.left, flow.right, flow.y))
    flow.y += height
