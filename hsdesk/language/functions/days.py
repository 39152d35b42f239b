"""Days and times: today now date date-time format-date format-date-time decimal-date-time decimal-time."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

from hsdesk.language.ast import Call, Constant
from hsdesk.language.calendar import Calendar
from hsdesk.language.functions.spec import FunctionSpec, located
from hsdesk.language.problem import ExpressionError
from hsdesk.language.values import NAN, NotADay, Value, to_text

if TYPE_CHECKING:
    from hsdesk.language.context import Context
    from hsdesk.language.scope import Builder, Closure
    from hsdesk.language.tree import Node

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def _now(builder: Builder, call: Call) -> Closure:
    local = builder.calendar.local
    return lambda node, env: local(env.host.now())


def _today(builder: Builder, call: Call) -> Closure:
    calendar = builder.calendar
    if calendar.utc_days:
        return lambda node, env: calendar.midnight(calendar.local(env.host.now()).date())
    return lambda node, env: calendar.local(env.host.now()).date()


def _to_day(keep_time: bool) -> Any:
    def build(builder: Builder, call: Call) -> Closure:
        value, convert = builder.single(call.arguments[0]), builder.calendar.to_day
        return located(lambda node, env: convert(value(node, env), keep_time=keep_time), call)

    return build


def _format(builder: Builder, call: Call) -> Closure:
    value, pattern = builder.single(call.arguments[0]), builder.text(call.arguments[1])
    calendar = builder.calendar
    written = call.arguments[1]
    if isinstance(written, Constant):
        _check_pattern(to_text(written.value), written.column)

    def formatted(node: Node, env: Context) -> str:
        found = _as_moment(calendar, value(node, env))
        return "" if found is None else format_moment(found, pattern(node, env))

    return located(formatted, call)


def _as_moment(calendar: Calendar, value: Value) -> dt.datetime | None:
    found = calendar.to_day(value, keep_time=True)
    if isinstance(found, dt.datetime):
        return found
    if isinstance(found, dt.date):
        return calendar.midnight(found)
    if isinstance(value, str) and not math.isnan(fraction := calendar.read_time(value)):
        return calendar.midnight(dt.date(1970, 1, 1)) + dt.timedelta(
            milliseconds=round(fraction * 86_400_000)
        )
    return None


def format_moment(moment: dt.datetime, pattern: str) -> str:
    """Format with the letters of the ODK library: %Y %y %m %n %b %d %e %H %h %M %S %3 %a.

    >>> format_moment(dt.datetime(2018, 1, 2, 10, 20, 30), "%Y/%n/%e %H:%M")
    '2018/1/2 10:20'

    Raises ExpressionError for any other letter.
    """
    pieces: list[str] = []
    letters = iter(pattern)
    for char in letters:
        if char != "%":
            pieces.append(char)
            continue
        letter = next(letters, "")
        pieces.append(_letter(moment, letter))
    return "".join(pieces)


def _check_pattern(pattern: str, column: int) -> None:
    """Refuse a constant pattern with letters that `format_moment` does not know."""
    try:
        format_moment(dt.datetime(1970, 1, 1, tzinfo=dt.UTC), pattern)
    except ExpressionError as problem:
        raise ExpressionError(problem.message, column, problem.remedy) from problem


def _letter(moment: dt.datetime, letter: str) -> str:
    numbers = {
        "Y": (moment.year, 4), "y": (moment.year % 100, 2), "m": (moment.month, 2), "n": (moment.month, 1),
        "d": (moment.day, 2), "e": (moment.day, 1), "H": (moment.hour, 2), "h": (moment.hour, 1),
        "M": (moment.minute, 2), "S": (moment.second, 2), "3": (moment.microsecond // 1000, 3),
    }  # fmt: skip
    if letter in numbers:
        number, width = numbers[letter]
        return str(number).zfill(width)
    match letter:
        case "b":
            return _MONTHS[moment.month - 1]
        case "a":
            return _WEEKDAYS[moment.weekday()]
        case "%":
            return "%"
        case _:
            raise ExpressionError(
                f"日期格式里不认识 %{letter} 。", 0, "可用 %Y %y %m %n %b %d %e %H %h %M %S %3 %a 。"
            )


def _decimal_date_time(builder: Builder, call: Call) -> Closure:
    value, calendar = builder.single(call.arguments[0]), builder.calendar
    lenient = builder.dialect.document

    def decimal(node: Node, env: Context) -> Any:
        found = calendar.to_day(value(node, env), keep_time=True)
        if isinstance(found, NotADay) and not lenient:
            raise ExpressionError("decimal-date-time() 要一个日期时间。", call.column, "例如 2026-01-31 。")
        return calendar.exact_days(found) if isinstance(found, dt.date) else NAN

    return decimal


def _decimal_time(builder: Builder, call: Call) -> Closure:
    value, calendar = builder.single(call.arguments[0]), builder.calendar

    def decimal(node: Node, env: Context) -> float:
        given = value(node, env)
        if isinstance(given, str):
            fraction = calendar.read_time(given)
            if not math.isnan(fraction):
                return fraction
        if isinstance(given, int | float) and not isinstance(given, bool):
            return given - given // 1
        found = calendar.to_day(given, keep_time=True)
        return calendar.day_fraction(found) if isinstance(found, dt.date) else NAN

    return located(decimal, call)


DAYS = (
    FunctionSpec("today", 0, 0, "day", _today, pure=False, volatile=True),
    FunctionSpec("now", 0, 0, "day", _now, pure=False, volatile=True),
    FunctionSpec("date", 1, 1, "any", _to_day(keep_time=False)),
    FunctionSpec("date-time", 1, 1, "any", _to_day(keep_time=True)),
    FunctionSpec("format-date", 2, 2, "text", _format),
    FunctionSpec("format-date-time", 2, 2, "text", _format),
    FunctionSpec("decimal-date-time", 1, 1, "any", _decimal_date_time),
    FunctionSpec("decimal-time", 1, 1, "number", _decimal_time),
)
