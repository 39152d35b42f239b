"""A series of records: what is pinned goes on to the next, and a figure far from the last is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from desk_world import new_desk

from hsdesk.desk import Desk, Entry
from hsdesk.desk.json_records import JsonRecord
from hsdesk.desk.pinned import can_be_pinned
from hsdesk.desk.values import ListQuery
from hsdesk.forms.plausible import Leap
from hsdesk.forms.schema import questions_by_path
from hsdesk.model.answer import Value


@pytest.fixture
def desk(home: Path) -> Iterator[Desk]:
    with closing(new_desk(home)) as opened:
        yield opened


def fill(desk: Desk, entry: Entry, **answers: Value) -> None:
    for path, value in answers.items():
        edit = entry.edit(entry.session.answer(path, value))
        assert edit is not None
        entry.saved(entry.write(edit, desk.records.save))


def test_a_new_record_begins_with_what_is_pinned_and_is_not_made_by_it(desk: Desk) -> None:
    fill(desk, desk.records.entry("visit"), visit_kind="2", issue="路灯")
    desk.records.pin("visit", "visit_kind", "2")
    desk.records.pin("visit", "issue", "路灯")
    empty = desk.records.entry("visit")
    assert empty.is_new and empty.pinned == {"visit_kind", "issue"}
    assert empty.session.node("visit_kind").value == "2"
    assert len(desk.lists.keys("visit", ListQuery())) == 1
    fill(desk, empty, issue="水管")
    again = desk.records.entry("visit", empty.record)
    assert [again.session.node(path).value for path in ("visit_kind", "issue")] == ["2", "水管"]
    assert desk.records.entry("visit").session.node("issue").value == "水管"
    desk.records.unpin("visit", "issue")
    assert desk.records.entry("visit").session.node("issue").value is None


def test_pins_outlive_the_program_and_leave_old_records_alone(desk: Desk) -> None:
    first = desk.records.entry("visit")
    fill(desk, first, issue="路灯")
    desk.records.pin("visit", "visit_kind", "2")
    assert desk.records.entry("visit", first.record).session.node("visit_kind").value == "1"
    desk.records._pinned = type(desk.records._pinned)(desk.records._file)
    assert desk.records.entry("visit").session.node("visit_kind").value == "2"


def test_what_belongs_to_one_person_and_what_is_worked_out_is_not_pinned(desk: Desk) -> None:
    refused = {"party_member": ["name", "id_no", "phone", "posts"], "community": ["pop_registered", "orgs"]}
    for register, keys in refused.items():
        form = desk.file.form(register)
        asked = questions_by_path(form)
        assert not [key for key in keys if can_be_pinned(form, asked[key])]
    visit = desk.file.form("visit")
    assert can_be_pinned(visit, questions_by_path(visit)["visit_kind"])


def test_a_figure_far_from_the_last_value_is_told_with_both(desk: Desk) -> None:
    entry = desk.records.entry("community")
    fill(desk, entry, hh_registered=520, pop_registered=1603)
    assert entry.leap("pop_registered") is None
    entry = desk.records.entry("community", entry.record)
    fill(desk, entry, pop_registered=20000)
    assert entry.leap("pop_registered") == Leap("pop_registered", 1603, 20000)
    fill(desk, entry, pop_registered=1620)
    assert entry.leap("pop_registered") is None and entry.leap("hh_registered") is None


def test_a_figure_far_from_the_last_period_is_told_with_its_period(desk: Desk) -> None:
    totals = {"2019": 1590, "2020H1": 90}
    held = [JsonRecord(1, {"period": period, "pop_total": n}) for period, n in totals.items()]
    assert len(desk.bulk.add("population_stat", held).ids) == 2
    entry = desk.records.entry("population_stat")
    fill(desk, entry, period="2020", pop_total=16030)
    assert entry.leap("pop_total") == Leap("pop_total", 1590, 16030, "2019")
    fill(desk, entry, pop_total=1610)
    assert entry.leap("pop_total") is None
