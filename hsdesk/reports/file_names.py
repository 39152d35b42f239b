"""Names of the files of a batch: of places, titles and days, never of a person."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from hsdesk.reports.content import Summary

_FORBIDDEN = re.compile(r'[\\/:*?"<>|\s]+')  # in the name of a file of Windows
_TAIL = 6  # last digits of a record's id


def named(made: Sequence[Summary], day: str) -> Iterator[tuple[str, Summary]]:
    """Yield each print-out with the name of its file, without ending; no two names are equal.

    >>> one = Summary("x", "户积分卡", unit="定潭村", record="0190f3a2")
    >>> [name for name, _ in named((one, one), "2026-03-31")]
    ['定潭村_户积分卡_2026-03-31_90f3a2', '定潭村_户积分卡_2026-03-31_90f3a2_2']
    """
    taken: dict[str, int] = {}
    for summary in made:
        parts = (summary.unit, summary.title, day, summary.record[-_TAIL:])
        name = _FORBIDDEN.sub("-", "_".join(filter(None, parts)))
        taken[name] = taken.get(name, 0) + 1
        yield (f"{name}_{taken[name]}" if taken[name] > 1 else name), summary
