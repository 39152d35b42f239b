"""The values of the expression language and how one kind becomes another (XPath 1.0 §4, JavaRosa for dates).

A value is a text, a number (float; nodes may hold int), a truth value, a whole local day (`datetime.date`),
a moment (`datetime.datetime`, aware, in the local zone), or a list of nodes.
"""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal

Value = str | int | float | bool | dt.date | dt.datetime

NAN = math.nan
_WHOLE = 1e17  # from here on a float prints as its exact decimal digits anyway
NEGLIGIBLE = 1e-12  # JavaRosa: numbers nearer than this are equal
BLANKS = " \t\r\n"  # XML's white space; others are text
_NUMBER_CHARS = frozenset("0123456789.-")


class NotADay(float):
    """What `date('胡说')` gives: a number that is no number, and prints as "Invalid Date"."""


NOT_A_DAY = NotADay("nan")


class DayWithTime(dt.datetime):
    """What `date()` gives for a text with a time of day: in expressions a day, whose time is not lost.

    It prints and compares as its day; a calculation that is no date keeps the moment (`plain_moment`), as
    JavaRosa does (`XPathFuncExpr.toDate`, `IAnswerData.wrapData`).
    """

    def __str__(self) -> str:
        return self.date().isoformat()


def day_with_time(moment: dt.datetime) -> DayWithTime:
    """Return a moment as a day that remembers its time."""
    return DayWithTime.combine(moment.date(), moment.timetz())


def plain_moment(moment: dt.datetime) -> dt.datetime:
    """Return the moment itself, which prints with its time."""
    return dt.datetime.combine(moment.date(), moment.timetz()) if type(moment) is DayWithTime else moment


def number_text(number: float) -> str:
    """Print a number as XPath does: no exponent, no trailing zeros.

    >>> number_text(3.0), number_text(-0.0), number_text(0.1), number_text(1e-7), number_text(NAN)
    ('3', '0', '0.1', '0.0000001', 'NaN')
    """
    if math.isnan(number):
        return "Invalid Date" if type(number) is NotADay else "NaN"
    if number in (math.inf, -math.inf):
        return "Infinity" if number > 0 else "-Infinity"
    if number == int(number):
        return str(int(number))
    text = repr(number)
    return format(Decimal(text), "f") if "e" in text else text


def moment_text(moment: dt.datetime) -> str:
    """Print a moment as ISO 8601 with milliseconds and offset; local midnight prints as the day alone."""
    if not (moment.hour or moment.minute or moment.second or moment.microsecond):
        return moment.date().isoformat()
    return moment.isoformat(timespec="milliseconds")


def to_text(value: Value) -> str:
    """Return the string-value of a value."""
    kind = type(value)
    if kind is str:
        return value  # type: ignore[return-value]
    if kind is bool:
        return "true" if value else "false"
    if kind is int:
        return str(value)
    if isinstance(value, float):
        return number_text(value)
    if kind is dt.datetime:
        return moment_text(value)  # type: ignore[arg-type]
    assert isinstance(value, dt.date | str)  # a day, or the file name of an attachment
    return str(value)


def to_truth(value: Value) -> bool:
    """A text is true when it is not empty, a number when it is not 0 or NaN, a date always unless invalid."""
    kind = type(value)
    if kind is bool:
        return value  # type: ignore[return-value]
    if kind is str:
        return value != ""
    if isinstance(value, int | float):
        return abs(value) > NEGLIGIBLE
    return True


def plain_number(text: str) -> float:
    """Read a number as XPath does: digits, one point, a leading minus; blanks around it. Else NaN.

    >>> plain_number(" -1.50 "), plain_number("1e3"), plain_number("")
    (-1.5, nan, nan)
    """
    text = text.strip(BLANKS)
    if not _NUMBER_CHARS.issuperset(text):
        return NAN
    try:
        return float(text)
    except ValueError:
        return NAN


def near(a: float, b: float) -> bool:
    """Tell whether two numbers are equal; infinities equal themselves."""
    return a == b or abs(a - b) < NEGLIGIBLE
