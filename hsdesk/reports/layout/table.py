"""Tables on paper: rows stay whole, headings come back on every page, no page has a row or two alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from hsdesk.reports.content import Align, Block, Table
from hsdesk.reports.layout.breaking import wrapped
from hsdesk.reports.layout.cells import framed, split_lines
from hsdesk.reports.layout.flow import Flow
from hsdesk.reports.layout.heading import Heading
from hsdesk.reports.layout.ink import (
    MM,
    PADDING,
    PADDING_ABOVE,
    RULE,
    Frame,
    LineInk,
    Style,
    TextInk,
    line_height,
)
from hsdesk.reports.layout.pagination import page_starts
from hsdesk.reports.layout.widths import Fit, fitted

_LEAST = (7.5 * MM, 7.0 * MM, 6.5 * MM)  # height of a row: lower where that saves a page of a few rows
_FEW = 6
_TEXT = 2  # lines; more of them are a text, which is not centred

Lines = tuple[tuple[str, ...], ...]  # of each cell of a row


def put_table(flow: Flow, block: Block, tail: float) -> None:
    """Put a table; `tail` is the height of what may not stand without rows below it."""
    assert isinstance(block, Table)
    block = _names_spread(block)
    fit = fitted(block, flow.right - flow.left, flow.ruler)
    heading = Heading(block.columns, fit.widths, flow, fit.heading)
    if not block.rows and not block.totals:
        _put_empty(flow, heading, block.empty)
        return
    rows = _Rows(block, fit, flow, flow.whole_room - heading.height - tail)
    if heading.height + rows.heights[0] > flow.room and flow.pages[-1]:
        flow.start_page()
    starts = rows.placed(flow.room - heading.height, flow.whole_room - heading.height, tail)
    for first, end in pairwise((*starts, len(rows.heights))):
        if first:
            flow.start_page()
        heading.put(flow)
        rows.put(flow, first, end)


def _names_spread(block: Table) -> Table:
    """Return a table whose names of two characters have a space as wide as a third: 程　丽 above 汪小明."""
    at = [place for place, column in enumerate(block.columns) if column.is_name]
    if not at:
        return block
    rows = [list(row) for row in block.rows]
    for row in rows:
        for place in at:
            if len(row[place]) == 2 and row[place].isalpha() and not row[place].isascii():
                row[place] = "　".join(row[place])
    return msgspec.structs.replace(block, rows=tuple(map(tuple, rows)))


def _put_empty(flow: Flow, heading: Heading, words: str) -> None:
    heading.put(flow)
    width = flow.right - flow.left
    flow.row((framed(flow.ruler, (flow.left, width), words, Style(10), "center"),), 9 * MM)


class _Rows:
    """The rows of a table in lines, with their heights."""

    def __init__(self, table: Table, fit: Fit, flow: Flow, most: float) -> None:
        self._fit, self._ruler, self._left = fit, flow.ruler, flow.left
        self._aligns: tuple[Align, ...] = tuple(column.align for column in table.columns)
        self._styles: list[Style] = []
        self._lines: list[Lines] = []
        for row in table.rows:
            self._take(row, fit.cell._replace(grey=table.grey), most)
        if table.totals:
            self._take(table.totals, fit.heading, most)
        self.heights = self._high(_LEAST[0])

    def _take(self, row: Sequence[str], style: Style, most: float) -> None:
        ruler, room = self._ruler, 2 * PADDING
        lines = tuple(
            wrapped(text, width - room, style, ruler)
            for text, width in zip(row, self._fit.widths, strict=True)
        )
        for piece in self._pieces(lines, style, most):
            self._lines.append(piece)
            self._styles.append(style)

    def _pieces(self, lines: Lines, style: Style, most: float) -> Iterator[Lines]:
        """Yield a row, in pieces where it is higher than a page."""
        if max(map(len, lines)) * line_height(style) + 2 * PADDING_ABOVE <= most:
            yield lines
            return
        frames = [Frame(0, 0, one, style) for one in lines]
        for piece, _ in split_lines(frames, most):
            yield tuple(frame.lines for frame in piece)

    def _high(self, least: float) -> list[float]:
        heights = []
        for lines, style in zip(self._lines, self._styles, strict=True):
            heights.append(max(least, max(map(len, lines)) * line_height(style) + 2 * PADDING_ABOVE))
        return heights

    def placed(self, first: float, further: float, tail: float) -> tuple[int, ...]:
        """Return where the pages start; rows are set lower where that saves a page of a few rows."""
        starts = page_starts(self.heights, first, further, tail)
        if len(starts) == 1 or len(self.heights) - starts[-1] > _FEW:
            return starts
        for least in _LEAST[1:]:
            lower = self._high(least)
            tried = page_starts(lower, first, further, tail)
            if len(tried) < len(starts):
                self.heights = lower
                return tried
        return starts

    def put(self, flow: Flow, first: int, end: int) -> None:
        """Put the rows of one page with their rules and move below them."""
        top, edges = flow.y, [flow.y]
        for number in range(first, end):
            self._put_row(flow, number)
            edges.append(flow.y)
        left = self._left
        right = left + sum(self._fit.widths)
        flow.add(*(LineInk(left, y, right, y, RULE) for y in edges))
        x = left
        for width in (0.0, *self._fit.widths):
            x += width
            flow.add(LineInk(x, top, x, flow.y, RULE))

    def _put_row(self, flow: Flow, number: int) -> None:
        height, style, x = self.heights[number], self._styles[number], self._left
        step, base = line_height(style), self._ruler.baseline(style)
        widths, ink = self._ruler.widths(style), flow.pages[-1]
        for lines, width, align in zip(self._lines[number], self._fit.widths, self._aligns, strict=True):
            baseline = flow.y + (height - step * len(lines)) / 2 + base
            for line in lines:
                if line:
                    plain = align == "left" or (align == "center" and len(lines) > _TEXT)
                    free = 0.0 if plain else width - 2 * PADDING - widths[line]
                    start = x + PADDING + (free / 2 if align == "center" else free)
                    ink.append(TextInk(start, baseline, line, style))
                baseline += step
            x += width
        flow.y += height
