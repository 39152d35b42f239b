"""Dates at the ends of the calendar, as an older desk may have stored them, break nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from desk_world import VILLAGE, new_desk

from hsdesk.desk import Desk
from hsdesk.desk.values import Edit, ListQuery
from hsdesk.forms.schema import questions
from hsdesk.forms.shipped import shipped_form
from hsdesk.forms.types import holding_of
from hsdesk.model.answer import Value
from hsdesk.model.identity import new_id

FORMS = ("party_org", "pledge", "vol_activity", "social_org", "grid_staff")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(new_desk(tmp_path / "home")) as desk:
        yield desk


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_date_at_the_end_of_the_calendar_is_opened_listed_checked_and_counted(desk: Desk, day: str) -> None:
    scope = desk.records.place(VILLAGE).id
    for form in FORMS:
        dated = [one for one in questions(shipped_form(form).children) if holding_of(one).in_tree is dt.date]
        answers: dict[str, Value] = {
            one.key: day if holding_of(one).name == "date" else f"{day}T23:30:00.000-12:00"
            for one in dated
            if not one.calculation
        }
        record = new_id()
        desk.records.save(Edit(form, record, scope, answers))
        entry = desk.records.entry(form, record)
        assert entry.session.validate() == entry.session.finalise()
        for key in answers:
            for where in (f"{key} > today() - 30", f"format-date({key}, '%Y') = '2020'", f"{key} + 400 > 0"):
                desk.lists.keys(form, ListQuery(where=where))
        assert desk.lists.document(form, record)["_id"] == record
        desk.reports.findings(form)
    desk.reports.reminders()
    desk.reports.indicators()
