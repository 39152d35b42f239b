"""Date arithmetic at the first and the last day that a date can be: it goes on, or says that it cannot."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hsdesk.language.calendar import Calendar
from hsdesk.language.compiler import compile as compile_expression
from hsdesk.language.context import Context, SilentHost
from hsdesk.language.problem import ExpressionError
from hsdesk.language.rows import row_predicate
from hsdesk.language.scope import FORM, Dialect
from hsdesk.language.tree import Node

FIRST, LAST = dt.date.min, dt.date.max
EAST, WEST = dt.timezone(dt.timedelta(hours=14)), dt.timezone(dt.timedelta(hours=-12))
VALUES = (
    FIRST, LAST, dt.datetime(1, 1, 1, tzinfo=EAST), dt.datetime(9999, 12, 31, 23, 59, tzinfo=WEST),
    "0001-01-01", "9999-12-31", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00",
    "12:00+14:00", 1e300, -1e300, float("inf"), -719162.0, 2932896.0,
)  # fmt: skip
EXPRESSIONS = (
    "date(/d/x)", "date-time(/d/x)", "format-date(/d/x, '%Y-%m-%d %H')", "decimal-date-time(/d/x)",
    "decimal-time(/d/x)", "date(/d/x + 1)", "date(/d/x - 1)", "date-time(/d/x + 0.9)", "/d/x > today()",
    "today() - /d/x", "number(/d/x)", "hs:age(/d/x)", "hs:age('2000-01-01', /d/x)", "'0001-01-01' < /d/x",
)  # fmt: skip
DIALECTS = {
    "form": FORM,
    "phoenix": Dialect(Calendar(ZoneInfo("America/Phoenix"), utc_days=True), document=True),
    "shanghai": Dialect(Calendar(ZoneInfo("Asia/Shanghai"))),
}


class At(SilentHost):
    """A host on a day."""

    def __init__(self, day: dt.date) -> None:
        self.moment = dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.timezone(dt.timedelta(hours=8)))

    def now(self) -> dt.datetime:
        return self.moment


def value_of(source: str, value: Any, dialect: Dialect = FORM, day: dt.date = dt.date(2026, 11, 22)) -> Any:
    root, leaf = Node("d"), Node("x", value)
    root.append(leaf)
    compiled = compile_expression(source, context_path=("d", "x"), dialect=dialect)
    return compiled.string(Context(leaf, root, At(day)))


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("source", EXPRESSIONS)
def test_no_day_at_the_ends_of_the_calendar_stops_an_expression(source: str, dialect: str) -> None:
    for value, day in product(VALUES, (FIRST, dt.date(2026, 11, 22), LAST)):
        with suppress(ExpressionError):  # told in words: 12:00 is no date and time
            assert isinstance(value_of(source, value, DIALECTS[dialect], day), str)


@pytest.mark.parametrize(
    ("source", "value", "expected"),
    [
        ("date(/d/x)", "0001-01-01", "0001-01-01"),
        ("date(/d/x)", "9999-12-31", "9999-12-31"),
        ("date(/d/x + 1)", FIRST, "0001-01-02"),
        ("date(/d/x - 1)", FIRST, "Invalid Date"),
        ("date(/d/x + 1)", LAST, "Invalid Date"),
        ("format-date(/d/x, '%Y年%n月%e日')", FIRST, "0001年1月1日"),
        ("today() - /d/x", FIRST, str(dt.date(2026, 11, 22).toordinal() - 1)),
        ("/d/x < '9999-12-31'", FIRST, "true"),
        ("hs:age(/d/x)", FIRST, "2025"),
    ],
)
def test_days_are_counted_up_to_the_ends_of_the_calendar(source: str, value: Any, expected: str) -> None:
    assert value_of(source, value) == expected


def test_a_row_with_the_first_day_is_compared_like_any_other() -> None:
    before = row_predicate("ends_on < today()", {"ends_on": "date"})
    assert before({"ends_on": "0001-01-01"})
    assert not before({"ends_on": "9999-12-31"})
