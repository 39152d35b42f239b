"""The day, or the period, for which figures and print-outs are asked (截止日期, 报告期)."""

from __future__ import annotations

from datetime import date

import msgspec

from hsdesk.errors import DataError, UsageError
from hsdesk.model.period import Period, PeriodKind, parse_period, period_of

BY_TODAY = "按今天的内容"  # said of what nobody can know for a day that is past


class AskedDay(msgspec.Struct, frozen=True):
    """The day as of which something is told. `named`: somebody asked for it, it is not just today."""

    day: date
    today: date
    period: Period | None = None
    named: bool = False

    @property
    def is_past(self) -> bool:
        return self.day < self.today

    @property
    def is_open(self) -> bool:
        """Whether the period asked for is not over yet, so that it is told as of today."""
        return self.period is not None and self.period.last_day >= self.today

    @property
    def first_day(self) -> date | None:
        """The first day of the period asked for; None where a day was asked for."""
        return self.period.first_day if self.period is not None else None

    def start(self, kind: PeriodKind) -> date:
        """Return the first day of what is counted over time: of the period asked for, or of this kind's.

        The longer of the two counts: a figure of the quarter is never one of a month.

        >>> asked_day(date(2026, 11, 28), period="2020M06").start("quarter")
        datetime.date(2020, 4, 1)
        >>> asked_day(date(2026, 11, 28), period="2020").start("quarter")
        datetime.date(2020, 1, 1)
        """
        own = period_of(kind, self.day).first_day
        return min(own, self.first_day) if self.first_day is not None else own

    @property
    def words(self) -> str:
        """The day on paper.

        >>> asked_day(date(2026, 11, 28), period="2020Q1").words
        '2020年第一季度（截至2020年3月31日）'
        >>> asked_day(date(2026, 11, 28), period="2026Q4").words
        '2026年第四季度（还没有结束，截至2026年11月28日）'
        """
        day = f"截至{chinese_date(self.day)}"
        if self.period is None:
            return day
        return f"{self.period.label}（{'还没有结束，' if self.is_open else ''}{day}）"


def today_is(today: date) -> AskedDay:
    """Return what is told when nobody asks for another day."""
    return AskedDay(today, today)


def asked_day(today: date, as_of: str | None = None, period: str | None = None) -> AskedDay:
    """Return the day asked for: one written as 2020-03-31, or the last day of a period such as 2020Q1.

    A period that is not over is told as of today. Raises UsageError for a day or period that cannot be read,
    or both at once.

    >>> asked_day(date(2026, 11, 28), period="2020Q1").day
    datetime.date(2020, 3, 31)
    """
    if as_of is not None and period is not None:
        raise UsageError("--as-of 和 --period 只能写一个：写日期，或者写报告期。")
    if as_of is not None:
        return AskedDay(day_of(as_of), today, named=True)
    if period is None:
        return today_is(today)
    try:
        found = parse_period(period)
    except DataError as error:
        raise UsageError("{reason}", reason=error) from error
    return AskedDay(min(found.last_day, today), today, found, named=True)


def day_of(text: str) -> date:
    """Return a day written as 2026-03-31. Raises UsageError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError("日期写法不对：{text}。请写成 2026-03-31。", text=text) from None


def chinese_date(day: date) -> str:
    """Return a date as on paper: 2020年3月31日."""
    return f"{day.year}年{day.month}月{day.day}日"
