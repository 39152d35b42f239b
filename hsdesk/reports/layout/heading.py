"""The heading of a table, over as many rows as its deepest column has words."""

from __future__ import annotations

from collections.abc import Iterator

from hsdesk.reports.content import PrintColumn
from hsdesk.reports.layout.breaking import wrapped
from hsdesk.reports.layout.cells import cell_ink, row_height
from hsdesk.reports.layout.flow import Flow
from hsdesk.reports.layout.ink import MM, Frame, Ruler, Style

_LEAST = 8 * MM
_INSET = 1.5 * MM  # narrower than that of cells: a heading in a narrow column stands one sign below the other


class Heading:
    """A heading that can be put on every page."""

    def __init__(
        self,
        columns: tuple[PrintColumn, ...],
        widths: tuple[float, ...],
        flow: Flow,
        style: Style,
    ) -> None:
        self.depth = max(len(column.heading) for column in columns)
        self._ruler = flow.ruler
        edges = [flow.left + sum(widths[:number]) for number in range(len(widths) + 1)]
        self._cells = [
            (level, rows, self._frame(flow.ruler, (edges[start], edges[end]), words, style))
            for level, rows, start, end, words in spans(columns, self.depth)
        ]
        self._heights = list(self._level_heights())

    @property
    def height(self) -> float:
        return sum(self._heights)

    def put(self, flow: Flow) -> None:
        """Put the heading and move below it."""
        for level, rows, frame in self._cells:
            top, height = sum(self._heights[:level]), sum(self._heights[level : level + rows])
            flow.add(*cell_ink(self._ruler, frame, flow.y + top, height))
        flow.y += self.height

    def _level_heights(self) -> Iterator[float]:
        reached = 0.0
        for level in range(self.depth):
            own = [row_height((one,)) for at, rows, one in self._cells if at == level and rows == 1]
            height = max([_LEAST / min(self.depth, 2), *own])
            if level == self.depth - 1:
                whole = [row_height((one,)) for _at, _rows, one in self._cells if _rows > 1]
                height = max([height, *(one - reached for one in whole)])
            reached += height
            yield height

    @staticmethod
    def _frame(ruler: Ruler, edges: tuple[float, float], words: str, style: Style) -> Frame:
        width = edges[1] - edges[0]
        room = max(width - _INSET, ruler.width("一", style))
        lines = wrapped(words, room, style, ruler, even=True)
        return Frame(edges[0], width, lines, style, "center", shaded=True)


def spans(columns: tuple[PrintColumn, ...], depth: int) -> Iterator[tuple[int, int, int, int, str]]:
    """Yield the cells of a heading: first row, rows, first column, column behind the last, words."""
    for level in range(depth):
        start = 0
        while start < len(columns):
            path = columns[start].heading[: level + 1]
            is_leaf = len(columns[start].heading) == level + 1
            end = start + 1
            while end < len(columns) and not is_leaf and columns[end].heading[: level + 1] == path:
                end += 1
            if len(path) > level:
                yield level, depth - level if is_leaf else 1, start, end, path[level]
            start = end
