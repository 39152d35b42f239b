"""Tables on paper: rows stay whole, headings come back on every page."""

from __future__ import annotations

import re

from hsdesk.reports.content import Block, PrintColumn, Table
from ui.painting.flow import Flow
from ui.painting.ink import CELL, HEADING, MM, PADDING, Frame, Style, cell_ink, framed, row_height, text_width

_UNBROKEN = re.compile(r"[!-~]+")


def put_table(flow: Flow, block: Block, tail: float) -> None:
    assert isinstance(block, Table)
    widths = _widths(block, flow.right - flow.left)
    heading = Heading(block.columns, widths, flow.left)
    heading.put(flow)
    rows = [(row, CELL) for row in block.rows]
    if block.totals:
        rows.append((block.totals, HEADING))
    if not rows:
        frame = framed(flow.left, flow.right - flow.left, block.empty, CELL, "center")
        flow.row((frame,), 9 * MM)
    for number, (row, style) in enumerate(rows):
        frames, height = _table_row(block.columns, widths, row, style, flow)
        kept_below = tail if number == len(rows) - 1 else 0
        if height + kept_below > flow.room and flow.pages[-1]:
            flow.start_page()
            heading.put(flow)
        flow.row(frames, height)


def _widths(table: Table, width: float) -> tuple[float, ...]:
    """Stretch the columns to the paper; a number or date that would break takes room from others."""
    total = sum(column.width for column in table.columns)
    wanted = [column.width / total * width for column in table.columns]
    least = [_least_width(table, number) for number in range(len(table.columns))]
    lacking = sum(max(low - have, 0) for low, have in zip(least, wanted, strict=True))
    spare = sum(max(have - low, 0) for low, have in zip(least, wanted, strict=True))
    if not lacking or spare < lacking:
        return tuple(wanted)
    return tuple(
        low if have <= low else have - (have - low) * lacking / spare
        for low, have in zip(least, wanted, strict=True)
    )


def _least_width(table: Table, number: int) -> float:
    """Return the width of the longest number, date or code of a column, that should stay in one piece."""
    words = {word for row in table.rows for word in _UNBROKEN.findall(row[number]) if len(word) <= 20}
    return max((text_width(word, CELL) for word in words), default=0.0) + 2 * PADDING + 1


def _table_row(
    columns: tuple[PrintColumn, ...],
    widths: tuple[float, ...],
    row: tuple[str, ...],
    style: Style,
    flow: Flow,
) -> tuple[tuple[Frame, ...], float]:
    """Return the cells of a row and its height; a row taller than a page is set smaller until it fits."""
    page = flow.bottom - flow.top - 25 * MM
    while True:
        x, frames = flow.left, []
        for column, width, text in zip(columns, widths, row, strict=True):
            frames.append(framed(x, width, text, style, column.align))
            x += width
        height = row_height(tuple(frames), 7.5 * MM)
        if height <= page or style.size < 5:
            return tuple(frames), min(height, page)
        style = Style(style.size * 0.85, style.heading)


class Heading:
    """The heading of a table, over as many rows as its deepest column has words."""

    def __init__(self, columns: tuple[PrintColumn, ...], widths: tuple[float, ...], left: float) -> None:
        self.depth = max(len(column.heading) for column in columns)
        self.cells: list[tuple[int, int, Frame]] = []  # (first row, rows, cell)
        for level in range(self.depth):
            self._add_level(level, columns, widths, left)
        self.heights = [
            max(
                [
                    8 * MM / min(self.depth, 2),
                    *(row_height((frame,)) for row, rows, frame in self.cells if row == level and rows == 1),
                ]
            )
            for level in range(self.depth)
        ]
        for row, rows, frame in self.cells:
            lacking = row_height((frame,)) - sum(self.heights[row : row + rows])
            self.heights[row + rows - 1] += max(lacking, 0)

    def _add_level(
        self, level: int, columns: tuple[PrintColumn, ...], widths: tuple[float, ...], left: float
    ) -> None:
        start = 0
        while start < len(columns):
            path = columns[start].heading[: level + 1]
            end = start + 1
            is_leaf = len(columns[start].heading) == level + 1
            while end < len(columns) and not is_leaf and columns[end].heading[: level + 1] == path:
                end += 1
            if len(path) > level:
                frame = framed(
                    left + sum(widths[:start]),
                    sum(widths[start:end]),
                    path[level],
                    HEADING,
                    "center",
                    shaded=True,
                )
                self.cells.append((level, self.depth - level if is_leaf else 1, frame))
            start = end

    def put(self, flow: Flow) -> None:
        for row, rows, frame in self.cells:
            flow.add(*cell_ink(frame, flow.y + sum(self.heights[:row]), sum(self.heights[row : row + rows])))
        flow.y += sum(self.heights)
