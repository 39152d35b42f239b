"""Days, moments and their numbers.

JavaRosa counts whole local days since 1970-01-01; the web engines count fractions of days since the epoch
in UTC, so that 2012-07-23 in Phoenix is 15544.29. A form uses the first, `forms eval` of a document the
second.
"""

from __future__ import annotations

import datetime as dt
import math
import re

from hsdesk.language.problem import ExpressionError
from hsdesk.language.values import NAN, NOT_A_DAY, Value, day_with_time, plain_moment, plain_number, to_text

_EPOCH_DAY = dt.date(1970, 1, 1).toordinal()
_DAY_MS = 86_400_000
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MILLISECOND = dt.timedelta(milliseconds=1)
_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?",
    re.ASCII,
)
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}(?::?\d{2})?)?", re.ASCII)
_JAVASCRIPT = re.compile(
    r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{2}) (\d{4}) (\d{2}:\d{2}:\d{2}) GMT([+-]\d{4})(?: \(.*\))?", re.ASCII
)
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_FIRST = dt.date.min.toordinal() - _EPOCH_DAY
_LAST = dt.date.max.toordinal() - _EPOCH_DAY


class Calendar:
    """A zone, and what the number of a day is. `zone` None is the zone of this computer.

    `strict`: what is no date is an error, as in JavaRosa, instead of "Invalid Date".
    """

    __slots__ = ("strict", "utc_days", "zone")

    def __init__(
        self, zone: dt.tzinfo | None = None, *, utc_days: bool = False, strict: bool = False
    ) -> None:
        self.zone = zone
        self.utc_days = utc_days
        self.strict = strict

    def number(self, value: Value) -> float:
        """Convert a value to a number, NaN when it is none.

        A day is its number. A text that is a date is one only for the web engines; JavaRosa wants `date()`.
        """
        if isinstance(value, float):
            return value
        if isinstance(value, str):
            number = plain_number(value)
            return self.text_days(value) if self.utc_days and math.isnan(number) else number
        if isinstance(value, int):
            return float(value)
        return self.days(value)

    def text_days(self, text: str) -> float:
        """Return the day number of a text that is a date, else NaN."""
        moment = self.read(text)
        return NAN if moment is None else self.days(moment)

    def days(self, value: dt.date) -> float:
        """Return the day number of a day or moment."""
        if self.utc_days:
            return self.exact_days(value)
        if isinstance(value, dt.datetime):
            value = self.local(value)
        return float(value.toordinal() - _EPOCH_DAY)

    def exact_days(self, value: dt.date) -> float:
        """Return days and their fraction since 1970-01-01T00:00Z."""
        moment = value if isinstance(value, dt.datetime) else self.midnight(value)
        return ((self._aware(moment) - _EPOCH) // _MILLISECOND) / _DAY_MS

    def day_fraction(self, value: dt.date) -> float:
        """Return the part of the local day that has passed, 0 to 1."""
        if not isinstance(value, dt.datetime):
            return 0.0
        local = self.local(value)
        passed = dt.timedelta(
            hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond
        )
        return (passed // _MILLISECOND) / _DAY_MS

    def midnight(self, day: dt.date) -> dt.datetime:
        """Return the local moment at which a day begins."""
        return self._aware(dt.datetime(day.year, day.month, day.day))  # noqa: DTZ001 (made aware at once)

    def noon(self, day: dt.date) -> dt.datetime:
        """Return the middle of a local day, as the moment from which a day is looked at."""
        return self._aware(dt.datetime(day.year, day.month, day.day, 12))  # noqa: DTZ001 (made aware at once)

    def _aware(self, moment: dt.datetime) -> dt.datetime:
        if moment.tzinfo is not None:
            return moment
        if self.zone is not None:
            return moment.replace(tzinfo=self.zone)
        try:
            return moment.astimezone()
        except (ValueError, OverflowError):  # on the first or last day that there is
            return moment.replace(tzinfo=dt.UTC)

    def local(self, moment: dt.datetime) -> dt.datetime:
        """Return a moment in the local zone; a naive one is local already.

        One that would leave the years 1 to 9999 in the local zone stays in its own.
        """
        if moment.tzinfo is None:
            return self._aware(moment)
        try:
            return moment.astimezone(self.zone)
        except (ValueError, OverflowError):
            return moment

    def read(self, text: str) -> dt.date | None:
        """Read ISO 8601 (or JavaScript's own form): a day, or a moment in the local zone; None if neither."""
        text = text.strip()
        match = _ISO.fullmatch(text)
        try:
            if match is None:
                return self._javascript(text)
            day = dt.date(int(match[1]), int(match[2]), int(match[3]))
            if match[4] is None:
                return self.midnight(day) if self.utc_days else day
            return self.local(dt.datetime.combine(day, _clock(match.groups()[3:])))
        except ValueError:
            return None

    def _javascript(self, text: str) -> dt.datetime | None:
        match = _JAVASCRIPT.fullmatch(text)
        if match is None or match[1] not in _MONTHS:
            return None
        month = _MONTHS.index(match[1]) + 1
        moment = dt.datetime.fromisoformat(f"{match[3]}-{month:02}-{match[2]}T{match[4]}{match[5]}")
        return self.local(moment)

    def read_time(self, text: str) -> float:
        """Read a time of day as the part of the local day that has passed; NaN if it is none.

        A time with an offset is moved into the local zone, as on 1970-01-01.
        """
        match = _TIME.fullmatch(text.strip())
        if match is None:
            return NAN
        try:
            moment = dt.datetime.combine(dt.date(1970, 1, 1), _clock(match.groups()))
        except ValueError:
            return NAN
        return self.day_fraction(self.local(moment))

    def to_day(self, value: Value, *, keep_time: bool) -> Value:
        """`date()` and `date-time()`: "" and NaN stay; what is no date becomes `NOT_A_DAY`.

        Of a text with a time `date()` gives a `DayWithTime`; a moment it cuts to its day.
        Raises ExpressionError for what is no date when the calendar is strict.
        """
        found = self._to_day(value, keep_time=keep_time)
        if found is NOT_A_DAY and self.strict and not (isinstance(value, float) and math.isnan(value)):
            raise ExpressionError(f"{to_text(value)} 不是日期。", 0, "日期写作 2026-01-31 。")
        return found

    def _to_day(self, value: Value, *, keep_time: bool) -> Value:
        match value:
            case bool():
                return NOT_A_DAY
            case int() | float():
                return self._of_number(value, keep_time=keep_time)
            case str():
                return self._of_text(value, keep_time=keep_time)
            case dt.datetime():
                return plain_moment(value) if keep_time or self.utc_days else self.local(value).date()
            case _:
                return value

    def _of_text(self, text: str, *, keep_time: bool) -> Value:
        if not text:
            return text
        found = self.read(text)
        if isinstance(found, dt.datetime) and not (keep_time or self.utc_days):
            return day_with_time(found)
        return NOT_A_DAY if found is None else found

    def _of_number(self, days: float, *, keep_time: bool) -> Value:
        if not _FIRST <= days <= _LAST:
            return NOT_A_DAY  # before the year 1, after 9999, and NaN
        if not keep_time and not self.utc_days:
            return dt.date.fromordinal(math.trunc(days) + _EPOCH_DAY)
        return self.local(_EPOCH + dt.timedelta(milliseconds=round(days * _DAY_MS)))


def _clock(parts: tuple[str | None, ...]) -> dt.time:
    hour, minute, second, fraction, offset = parts
    micro = int((fraction or "0").ljust(6, "0")[:6])
    return dt.time(int(hour or 0), int(minute or 0), int(second or 0), micro, tzinfo=_zone(offset))


def _zone(offset: str | None) -> dt.tzinfo | None:
    if offset is None:
        return None
    if offset == "Z":
        return dt.UTC
    digits = offset[1:].replace(":", "").ljust(4, "0")
    delta = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return dt.timezone(-delta if offset[0] == "-" else delta)


LOCAL = Calendar()
