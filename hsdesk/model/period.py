"""Reporting periods (报告期): 2020, 2020H1, 2020Q1, 2020M03."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import Literal

import msgspec

from hsdesk.errors import DataError

PeriodKind = Literal["year", "half", "quarter", "month"]

_LETTERS: dict[PeriodKind, str] = {"year": "", "half": "H", "quarter": "Q", "month": "M"}
_KINDS: dict[str, PeriodKind] = {letter: kind for kind, letter in _LETTERS.items()}
_MONTHS: dict[PeriodKind, int] = {"year": 12, "half": 6, "quarter": 3, "month": 1}
_FORM = re.compile(r"(\d{4})(?:([HQM])(\d{1,2}))?")
_CHINESE = "一二三四"
_FIRST_YEAR, _LAST_YEAR = 1900, 2999
# codes of the list period_kind in the order of `PeriodKind`, as the indicators name them: 年 半年 季 月
PERIOD_WORDS: dict[str, PeriodKind] = {"年": "year", "半年": "half", "季": "quarter", "月": "month"}


class Period(msgspec.Struct, frozen=True, order=True):
    """A year, a half-year, a quarter or a month. `number` counts within the year from 1."""

    year: int
    number: int
    kind: PeriodKind

    def __str__(self) -> str:
        match self.kind:
            case "year":
                return f"{self.year}"
            case "month":
                return f"{self.year}M{self.number:02}"
            case _:
                return f"{self.year}{_LETTERS[self.kind]}{self.number}"

    @property
    def first_day(self) -> date:
        return date(self.year, (self.number - 1) * _MONTHS[self.kind] + 1, 1)

    @property
    def last_day(self) -> date:
        month = self.number * _MONTHS[self.kind]
        return date(self.year, month, monthrange(self.year, month)[1])

    @property
    def label(self) -> str:
        """The words on paper: 2020年, 2020年上半年, 2020年第一季度, 2020年3月."""
        match self.kind:
            case "year":
                return f"{self.year}年"
            case "half":
                return f"{self.year}年{'上' if self.number == 1 else '下'}半年"
            case "quarter":
                return f"{self.year}年第{_CHINESE[self.number - 1]}季度"
            case "month":
                return f"{self.year}年{self.number}月"

    def next(self) -> Period:
        """Return the period that follows."""
        return self._moved(1)

    def previous(self) -> Period:
        """Return the period before, from which figures are offered (带出上期数)."""
        return self._moved(-1)

    def year_before(self) -> Period:
        """Return the same period of the year before (上年同期)."""
        return Period(self.year - 1, self.number, self.kind)

    def _moved(self, steps: int) -> Period:
        per_year = 12 // _MONTHS[self.kind]
        index = self.year * per_year + self.number - 1 + steps
        return Period(index // per_year, index % per_year + 1, self.kind)


def parse_period(text: str) -> Period:
    """Read 2020, 2020H1, 2020Q1 or 2020M03. Raises DataError for anything else.

    >>> parse_period("2020Q1").label
    '2020年第一季度'
    """
    found = _FORM.fullmatch(text.strip().upper())
    if found:
        kind = _KINDS[found[2] or ""]
        number = int(found[3] or 1)
        if not _FIRST_YEAR <= int(found[1]) <= _LAST_YEAR:
            raise DataError(
                "报告期“{text}”的年份要在 {first} 到 {last} 之间。",
                text=text,
                first=_FIRST_YEAR,
                last=_LAST_YEAR,
            )
        if 1 <= number <= 12 // _MONTHS[kind]:
            return Period(int(found[1]), number, kind)
    raise DataError("报告期“{text}”看不懂。请写成 2020、2020H1、2020Q1 或 2020M03 这样。", text=text)


def period_of(kind: PeriodKind, day: date) -> Period:
    """Return the period of this kind that holds the day.

    >>> str(period_of("half", date(2020, 7, 1)))
    '2020H2'
    """
    return Period(day.year, (day.month - 1) // _MONTHS[kind] + 1, kind)


def last_passed(kind: PeriodKind, today: date) -> Period:
    """Return the last period of this kind that is over.

    >>> str(last_passed("quarter", date(2020, 4, 1))), str(last_passed("year", date(2020, 12, 31)))
    ('2020Q1', '2019')
    """
    return period_of(kind, today).previous()
