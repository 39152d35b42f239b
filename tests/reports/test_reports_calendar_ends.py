"""Indicators, overdue shares and reminders of the first and the last day that a date can be."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from shipped_world import shipped

from hsdesk.cli.run import run
from hsdesk.errors import DataError
from hsdesk.model.period import Period, parse_period
from hsdesk.reports.reminders import predicate, reminders

VILLAGE = "341021101204"


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_indicators_can_be_asked_for_any_day(home: Path, monkeypatch: pytest.MonkeyPatch, day: str) -> None:
    monkeypatch.setenv("HSDESK_PASSPHRASE", "kou-ling-2020")
    assert run(["init", "--place", VILLAGE, "--person", "汪文书"], None, io.StringIO(), io.StringIO()) == 0
    assert run(["indicators", "--as-of", day], None, io.StringIO(), io.StringIO()) == 0


def test_a_reminder_looks_no_further_than_the_last_day() -> None:

    asked = [reminder for reminder in reminders() if not reminder.years]
    found = {predicate(reminder, shipped(reminder.register), date.max) for reminder in asked}
    assert any("date('9999-12-31')" in rule for rule in found)


@pytest.mark.parametrize("text", ["0001", "9999Q4", "1899M12"])
def test_a_period_outside_of_living_memory_is_refused_with_the_years_that_are_taken(text: str) -> None:
    with pytest.raises(DataError, match="1900 到 2999"):
        parse_period(text)


def test_the_last_day_of_a_period_needs_no_period_after_it() -> None:
    assert str(Period(9999, 12, "month").last_day) == "9999-12-31"
    assert str(Period(2024, 1, "quarter").last_day) == "2024-03-31"
    assert str(Period(2024, 2, "month").last_day) == "2024-02-29"
