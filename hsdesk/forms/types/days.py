"""Days and times of day as people write them: the part that dates, times and moments share."""

from __future__ import annotations

import datetime as dt
import re

from hsdesk.errors import DataError
from hsdesk.forms.schema import Question
from hsdesk.forms.types.given import folded, name_of, quoted

FIRST_YEAR = 1000  # an earlier year is a slip of the hand: 0226 for 2026
_DAY = re.compile(
    r"(?P<year>\d{4})(?:"
    r"\s*(?P<sign>[-/.])\s*(?P<month>\d{1,2})\s*(?P=sign)\s*(?P<day>\d{1,2})"
    r"|\s*年\s*(?P<month2>\d{1,2})\s*月\s*(?P<day2>\d{1,2})\s*[日号]?"
    r"|(?P<month3>\d{2})(?P<day3>\d{2}))",
    re.ASCII,
)
_TIME = re.compile(
    r"(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,6}))?)?|[时点](?:(\d{1,2})分?)?)\s*(Z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)


def read_day(question: Question, text: str) -> dt.date:
    """Return the day a text names in full. Raises `DataError`.

    2026-3-5, 2026/3/5, 2026.3.5, 2026年3月5日 and 20260305 are one day. Weeks, parts of a day and two signs
    in one date are refused.
    """
    found = _DAY.fullmatch(folded(text))
    if found is None:
        raise DataError(
            "“{name}”要填日期，写完整的年月日，例如 2026-03-15；您填的是“{typed}”。",
            field=question.key,
            name=name_of(question),
            typed=quoted(text),
        )
    year = int(found["year"])
    month, day = (int(found[part] or found[f"{part}2"] or found[f"{part}3"]) for part in ("month", "day"))
    return _on_calendar(question, text, year, month, day)


def _on_calendar(question: Question, text: str, year: int, month: int, day: int) -> dt.date:
    name, typed = name_of(question), quoted(text)
    if year < FIRST_YEAR:
        raise DataError(
            "“{name}”要填日期，“{typed}”的年份太早，请核对。年份写四位，例如 2026-03-15。",
            field=question.key,
            name=name,
            typed=typed,
        )
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise DataError(
            "“{name}”要填日期，日历上没有“{typed}”这一天，请核对。",
            field=question.key,
            name=name,
            typed=typed,
        ) from None


def read_time(question: Question, text: str) -> tuple[dt.time, str]:
    """Return the time of day a text names, and its offset ("" when none). Raises `DataError`."""
    found = _TIME.fullmatch(folded(text))
    try:
        if found is None:
            raise ValueError(text)
        hour, minute, second, fraction, spoken, zone = found.groups()
        micro = int((fraction or "0").ljust(6, "0"))
        return dt.time(int(hour), int(minute or spoken or 0), int(second or 0), micro), zone or ""
    except ValueError:
        raise DataError(
            "“{name}”要填时间，例如 08:30；您填的是“{typed}”。",
            field=question.key,
            name=name_of(question),
            typed=quoted(text),
        ) from None
