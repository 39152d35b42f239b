"""Which rows stand on which page."""

from __future__ import annotations

from collections.abc import Sequence

LEAST = 3  # rows on the last page, where there are as many


def page_starts(
    heights: Sequence[float], first: float, further: float, tail: float, least: int = LEAST
) -> tuple[int, ...]:
    """Return the number of the first row of each page.

    `first`, `further`: the room of the first page and of the others. `tail`: what stands below the last row
    and may not stand without rows; where it would take only one or two along, rows come over from the page
    before.

    >>> page_starts([10] * 10, 50, 100, 20)
    (0, 5)
    >>> page_starts([10] * 10, 100, 100, 20)
    (0, 7)
    """
    starts, room = [0], first
    for number, height in enumerate(heights):
        last = number == len(heights) - 1
        if height + (tail if last else 0) > room and (number > starts[-1] or (len(starts) == 1 and number)):
            starts.append(number)
            room = further
        room -= height
    if len(starts) > 1:
        starts[-1] = _pulled(heights, starts, further - tail, least)
    return tuple(starts)


def _pulled(heights: Sequence[float], starts: Sequence[int], room: float, least: int) -> int:
    """Return where the last page starts when rows come over from the page before."""
    start, before = starts[-1], starts[-2]
    while len(heights) - start < least and start - 1 > before + least - 1:
        if sum(heights[start - 1 :]) > room:
            break
        start -= 1
    return start
