"""How wide the columns of a grid are: by what they hold, within bounds, and wider where there is room."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QFontMetrics

from hsdesk.desk.grid_values import STATE, TITLE
from ui.grid.columns import GridColumn
from ui.theme import metrics

_PAD = 28  # pixels beside a text, with the arrow of the order
MOST = 260
MOST_TITLE = 420
LEAST = 72
LEAST_TITLE = 170


def fitted_widths(
    measure: QFontMetrics,
    columns: Sequence[GridColumn],
    texts: Sequence[str],
    given: Sequence[int],
    room: int,
) -> list[int]:
    """Return the widths of columns that hold these texts; `given` ones (not 0) stay as they are."""
    each = zip(columns, texts, given, strict=True)
    wanted = [fixed or _by_content(measure, one, text) for one, text, fixed in each]
    return widened(wanted, [not fixed for fixed in given], room)


def _by_content(measure: QFontMetrics, one: GridColumn, text: str) -> int:
    pad = metrics().px(_PAD)
    least, most = (LEAST_TITLE, MOST_TITLE) if one.key == TITLE else (LEAST, MOST)
    shortest = "未填完" if one.key == STATE else ""
    width = max(measure.horizontalAdvance(each) for each in (one.heading, text, shortest)) + pad
    return max(metrics().px(least), min(width, metrics().px(most)))


def widened(wanted: Sequence[int], may_grow: Sequence[bool], room: int) -> list[int]:
    """Return widths that use all of the room: what is left over is shared by those that may grow.

    >>> widened([100, 100], [True, False], 300), widened([100, 300], [True, True], 300)
    ([200, 100], [100, 300])
    """
    left, growing = room - sum(wanted), sum(may_grow)
    if left <= 0 or not growing:
        return list(wanted)
    share, rest = divmod(left, growing)
    widths = list(wanted)
    for at, grows in enumerate(may_grow):
        if grows:
            widths[at] += share + (rest if rest and at == may_grow.index(True) else 0)
    return widths
