"""Bar charts, on paper and in the window: heading at the left, bar, figure right behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from hsdesk.reports.content import Bar, Block, Chart
from hsdesk.reports.layout.cells import text_ink
from hsdesk.reports.layout.flow import Flow
from hsdesk.reports.layout.ink import (
    CELL,
    FOOT,
    MM,
    SECTION,
    FillInk,
    Frame,
    Ink,
    LineInk,
    Ruler,
    Style,
    line_height,
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


def chart_ink(
    ruler: Ruler, chart: Chart, span: tuple[float, float], top: float, look: Look = PAPER
) -> Iterator[Ink]:
    """Yield a chart between two edges, in tenths of a point."""
    left, right = span
    pen, y = _Pen(ruler, look), top
    yield from pen.line(Frame(left, right - left, (chart.title,), look.title), y)
    y += line_height(look.title) * 1.3
    fields = _fields(ruler, chart, span, look)
    yield LineInk(fields.start, y, fields.start, y + look.line * len(chart.bars), 6)
    for bar in chart.bars:
        yield from pen.bar(bar, fields, y)
        y += look.line
    if chart.note:
        yield from pen.line(Frame(left, right - left, (chart.note,), look.note), y)


class _Fields(NamedTuple):
    """Where the parts of a bar lie."""

    left: float
    label: float  # width of the headings
    room: float  # width of the longest bar
    most: float  # its figure

    @property
    def start(self) -> float:
        return self.left + self.label + _GAP


def _fields(ruler: Ruler, chart: Chart, span: tuple[float, float], look: Look) -> _Fields:
    left, right = span
    labels = (ruler.width(bar.label, look.text) for bar in chart.bars)
    label = min(max(labels, default=0), (right - left) * _MOST_LABEL)
    figure = max((ruler.width(bar.shown, look.text) for bar in chart.bars), default=0)
    return _Fields(left, label, right - left - label - figure - 3 * _GAP, chart.most)


class _Pen(NamedTuple):
    """Writes the lines of a chart."""

    ruler: Ruler
    look: Look

    def bar(self, bar: Bar, fields: _Fields, y: float) -> Iterator[Ink]:
        text, high = self.look.text, self.look.line
        yield from self.line(Frame(fields.left, fields.label, (bar.label,), text, "right"), y, high)
        length = fields.room * bar.value / fields.most if bar.value and fields.most else 0
        if length:
            yield FillInk(fields.start, y + high * 0.18, length, high * 0.64, dark=True)
        figure = Frame(fields.start + length + _GAP, fields.room, (bar.shown,), text)
        yield from self.line(figure, y, high)

    def line(self, frame: Frame, y: float, height: float | None = None) -> Iterator[Ink]:
        high = line_height(frame.style) if height is None else height
        return text_ink(self.ruler, frame, y, high, padding=0)


def put_chart(flow: Flow, block: Block, tail: float) -> None:
    """Put a chart on paper; it never breaks across pages."""
    assert isinstance(block, Chart)
    height = chart_height(block)
    if height + tail > flow.room and flow.pages[-1]:
        flow.start_page()
    flow.add(*chart_ink(flow.ruler, block, (flow.left, flow.right), flow.y))
    flow.y += height
