"""On which day answers were typed: from the clock readings of those who wrote what a record holds now.

A day is one of Huangshan, counted from 1970-01-01, so that a laptop set to another zone counts like the city
server. Only marks that an answer still bears are looked at: these travel, and every replica says the same,
but for a laptop whose clock is more than five minutes ahead: it keeps its own reading of what it typed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Protocol

import msgspec

from hsdesk.model.answer import Value
from hsdesk.model.clock import milliseconds_of

_DAY = 86_400_000  # milliseconds
_EAST = 8 * 3_600_000  # China has one time, without summer time since 1992
_EPOCH = date(1970, 1, 1).toordinal()


class Marked(Protocol):
    """Who wrote an answer, and when."""

    @property
    def hlc(self) -> int: ...


Marks = tuple[Mapping[str, Value], Marked, Mapping[str, Marked]]  # answers of a part, mark but for these


class DaysTyped(msgspec.Struct, frozen=True):
    """The day a record was made, and by path the day of each answer; none where all are of that day."""

    made: int
    days: Mapping[str, int] = {}


ALWAYS = DaysTyped(0)  # where it does not matter when


def day_of(hlc: int) -> int:
    """Return the day of a reading.

    >>> from hsdesk.model.clock import reading
    >>> day_of(reading(1_577_807_999_999)), day_of(reading(1_577_808_000_000)), day_number(date(2020, 1, 1))
    (18261, 18262, 18262)
    """
    return (milliseconds_of(hlc) + _EAST) // _DAY


def shifted(day: date, days: int) -> date:
    """Return the day so many days later, or the first or last day that a date can be.

    >>> shifted(date(2020, 2, 28), 2), shifted(date(9999, 12, 31), 1), shifted(date(1, 1, 1), -30)
    (datetime.date(2020, 3, 1), datetime.date(9999, 12, 31), datetime.date(1, 1, 1))
    """
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


def day_number(day: date) -> int:
    """Return a day as it is counted here.

    >>> day_number(date(1970, 1, 2))
    1
    """
    return day.toordinal() - _EPOCH


def days_typed(parts: Collection[Marks]) -> DaysTyped:
    """Return when the answers of a record were typed; it was made on the first of these days."""
    if len(parts) == 1:
        ((_, base, others),) = parts
        if not others:
            return _at_once(day_of(base.hlc))
    readings = _readings(parts)
    made, last = day_of(min(readings)), day_of(max(readings))
    if made == last:
        return DaysTyped(made)
    return DaysTyped(
        made,
        {path: day_of((others.get(path) or base).hlc) for answers, base, others in parts for path in answers},
    )


@lru_cache
def _at_once(day: int) -> DaysTyped:
    """As most records are typed."""
    return DaysTyped(day)


def day_made(parts: Collection[Marks]) -> int:
    """Return the day on which a record was made."""
    if len(parts) == 1:
        ((answers, base, others),) = parts
        if len(others) < len(answers):  # most answers are as they were first typed
            first = base.hlc
            for mark in others.values():
                first = min(first, mark.hlc)
            return day_of(first)
    return day_of(min(_readings(parts)))


def _readings(parts: Collection[Marks]) -> list[int]:
    readings: list[int] = []
    for answers, base, others in parts:
        readings += [mark.hlc for mark in others.values()]
        if not others or not answers.keys() <= others.keys():
            readings.append(base.hlc)
    return readings
