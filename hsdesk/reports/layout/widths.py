"""Widths of the columns of a table, by what stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hsdesk.reports.content import PrintColumn, Table
from hsdesk.reports.layout.breaking import longest_piece
from hsdesk.reports.layout.ink import CELL, HEADING, MM, PADDING, POINT, Ruler, Style

_TRIED = (  # points, and how many characters are not broken: until what must not break fits
    (10.0, 12), (10.0, 9), (10.0, 7), (9.5, 7), (9.0, 7), (8.5, 6), (8.0, 5), (7.5, 4),
)  # fmt: skip
_SLACK = 1.0


class Fit(NamedTuple):
    """How a table is set: the widths of its columns, and the styles of cells and heading."""

    widths: tuple[float, ...]
    cell: Style = CELL
    heading: Style = HEADING


class _Need(NamedTuple):
    least: float  # nothing that belongs together is broken
    wish: float  # everything on one line


def fitted(table: Table, width: float, ruler: Ruler) -> Fit:
    """Return the widths that fill the paper, in the largest type in which nothing breaks that must not."""
    for size, short in _TRIED:
        cell, heading = Style(size), Style(size, heading=True)
        fit = Fit((), cell, heading)
        needs = [_need(table, number, fit, short, ruler) for number in range(len(table.columns))]
        if sum(need.least for need in needs) <= width:
            break
    return Fit(_shared(needs, [column.width for column in table.columns], width), cell, heading)


def _need(table: Table, number: int, fit: Fit, short: int, ruler: Ruler) -> _Need:
    """Return what a column needs: by its texts, its heading, and as drafted where nothing stands in it.

    Where all texts are as `short` as this many characters, none is broken.
    """
    cell, heading = fit.cell, fit.heading
    column = table.columns[number]
    texts = {row[number] for row in table.rows}
    cells = ruler.widths(cell)
    wide = sorted(cells[text] for text in texts) or [0.0]
    wish = wide[min(int(len(wide) * 0.95), len(wide) - 1)]  # one long remark does not press the others
    em, frame = cell.size * POINT, 2 * PADDING + _SLACK
    least = max((longest_piece(text, cell, ruler) for text in texts), default=0.0)
    if wide[-1] <= short * em:
        least = wish = wide[-1]
    if table.totals:
        least = max(least, ruler.width(table.totals[number], heading))
    head = _heading_need(column, heading, ruler)
    drafted = 0.0 if any(texts) else column.width * MM / 2
    least = max(min(least, 20 * em), min(wish, 4 * em), head.least, drafted)
    return _Need(least + frame, max(wish, head.wish, least) + frame)


def _heading_need(column: PrintColumn, style: Style, ruler: Ruler) -> _Need:
    """Return what a heading needs: long ones stand in two lines, in narrow columns one below the other."""
    em, text = style.size * POINT, column.heading[-1]
    wide = ruler.width(text, style)
    whole = len(text) <= 3 or (len(text) <= 6 and "(" in text)
    lines = 1 if whole else 2 if len(text) <= 8 else 3
    return _Need(max(wide / lines, em), min(wide, 4 * em))


def _shared(needs: Sequence[_Need], drafted: Sequence[float], width: float) -> tuple[float, ...]:
    """Share the width: what must be first, then what all wish for, then by the draft."""
    least, wish = [need.least for need in needs], [need.wish for need in needs]
    if sum(least) >= width:
        return tuple(one * width / sum(least) for one in least)
    if sum(wish) <= width:
        spare = (width - sum(wish)) / sum(drafted)
        return tuple(one + own * spare for one, own in zip(wish, drafted, strict=True))
    return _by_lines(least, wish, width)


def _by_lines(least: Sequence[float], wish: Sequence[float], width: float) -> tuple[float, ...]:
    """Return the widths at which the long columns need about as many lines each."""
    low, high = 1.0, max(one / min_ for one, min_ in zip(wish, least, strict=True)) + 1
    for _ in range(40):
        lines = (low + high) / 2
        taken = sum(max(one / lines, min_) for one, min_ in zip(wish, least, strict=True))
        low, high = (lines, high) if taken > width else (low, lines)
    made = [max(one / high, min_) for one, min_ in zip(wish, least, strict=True)]
    spare = (width - sum(made)) / len(made)
    return tuple(one + spare for one in made)
