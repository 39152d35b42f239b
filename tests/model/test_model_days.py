"""On which day a record and its answers were typed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from hsdesk.model.clock import reading
from hsdesk.model.days import DaysTyped, day_number, day_of, days_typed
from hsdesk.records.parts import Mark


def mark(day: int, hour: int = 12) -> Mark:
    at = datetime(2026, 3, day, hour, tzinfo=UTC)
    return Mark(1, reading(round(at.timestamp() * 1000), 7), "d", 1, 1, "张三")


@pytest.mark.parametrize(("hour", "day"), [(0, 5), (15, 5), (16, 6), (23, 6)])
def test_a_day_begins_at_midnight_in_huangshan(hour: int, day: int) -> None:
    assert day_of(mark(5, hour).hlc) == day_number(date(2026, 3, day))


def test_a_record_is_made_on_the_first_day_of_any_part() -> None:
    common = ({"a": 1, "b": 2}, mark(5), {"b": mark(9)})
    party = ({"c": 3}, mark(4), {})
    n = day_number(date(2026, 3, 1)) - 1
    assert days_typed([common, party]) == DaysTyped(n + 4, {"a": n + 5, "b": n + 9, "c": n + 4})
    assert days_typed([({"a": 1}, mark(5, 1), {"a": mark(5, 2)})]) == DaysTyped(n + 5)


def test_a_mark_that_no_answer_bears_any_more_does_not_count() -> None:
    corrected = ({"a": 1}, mark(2), {"a": mark(8)})
    assert days_typed([corrected]) == DaysTyped(day_number(date(2026, 3, 8)))


def test_a_part_without_answers_counts_by_its_mark() -> None:
    assert days_typed([({}, mark(3), {})]) == DaysTyped(day_number(date(2026, 3, 3)))
