"""到期提醒: when a day is near enough to be told, and which records say nothing."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from registers_world import Memory, organization
from shipped_world import DIRECTORY, shipped

from hsdesk.forms.schema import questions
from hsdesk.forms.types.columns import kinds_of
from hsdesk.language.rows import row_predicate
from hsdesk.model.answer import Value
from hsdesk.model.place import Directory
from hsdesk.reports.checks import findings
from hsdesk.reports.reminders import Due, due, left_words, predicate, reminders, standing

TODAY = date(2026, 11, 22)
RURAL = DIRECTORY.by_code("341021101204")
NEXT = DIRECTORY.by_code("341021101205")
TOWN = DIRECTORY.by_code("341021101")
COUNTY = DIRECTORY.by_code("341021")


def in_days(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


def record(number: int, place: str = RURAL.id, **answers: Value) -> dict[str, Value]:
    return {"_id": f"r{number}", "_place": place, "_title": f"第{number}条", **answers}


def told(
    register: str, *rows: dict[str, Value], today: date = TODAY, place: str = RURAL.id
) -> tuple[Due, ...]:
    return due(Memory({register: rows}).records, shipped, (place,), today)


def ids(register: str, *rows: dict[str, Value], today: date = TODAY, place: str = RURAL.id) -> list[str]:
    return [one.record for one in told(register, *rows, today=today, place=place)]


@pytest.mark.parametrize("reminder", reminders(), ids=lambda one: one.id)
def test_every_reminder_reads_answers_that_exist(reminder):
    form = shipped(reminder.register)
    known = {question.key: question for question in questions(form.children)}
    assert known[reminder.date].data_type == "date"
    assert {reminder.years, *reminder.newest} - {""} <= set(known)
    row_predicate(predicate(reminder, form, TODAY), kinds_of(form))
    assert reminder.days > 0
    assert reminder.what
    assert reminder.advice


def test_no_two_reminders_have_one_name():
    names = [one.id for one in reminders()]
    assert len(names) == len(set(names)) >= 12


@pytest.mark.parametrize(
    "register", ["social_org", "community", "worker", "facility", "tri_project", "pledge"]
)
@pytest.mark.parametrize(("before", "reminded"), [(1, False), (0, True), (-1, True)])
def test_one_is_reminded_from_the_first_day_on(register: str, before: int, reminded: bool):
    (reminder,) = (one for one in reminders() if one.register == register)
    fitting: dict[str, dict[str, Value]] = {
        "social_org": {"reg_status": "2"},
        "facility": {"status": "1"},
        "tri_project": {"status": "1"},
        "pledge": {"status": "2"},
    }
    day = in_days(reminder.days + before)
    assert bool(told(register, record(1, **fitting.get(register, {}), **{reminder.date: day}))) == reminded


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (61, None), (60, "还有60天到期"), (59, "还有59天到期"), (1, "还有1天到期"), (0, "今天到期"),
        (-1, "已过期1天"), (-400, "已过期400天"),
    ],
)  # fmt: skip
def test_a_filing_says_how_far_its_end_is(days: int, words: str | None):
    found = told("social_org", organization(RURAL.id, 1, expire_on=in_days(days)))
    assert [one.message for one in found] == (
        [f"备案有效期{words}({in_days(days)}),请及时续办"] if words else []
    )
    assert [one.left for one in found] == ([days] if words else [])


@pytest.mark.parametrize(
    ("expires", "today", "left"),
    [
        ("2028-02-29", date(2027, 12, 31), 60),  # over a leap day
        ("2028-02-29", date(2028, 2, 29), 0),
        ("2028-03-01", date(2028, 2, 28), 2),
        ("2027-03-01", date(2027, 2, 28), 1),
        ("2027-01-01", date(2026, 12, 31), 1),
    ],
)
def test_days_are_counted_over_leap_days_and_years(expires: str, today: date, left: int):
    (found,) = told("social_org", organization(RURAL.id, 1, expire_on=expires), today=today)
    assert found.left == left


@pytest.mark.parametrize(
    ("set_on", "years", "day"),
    [
        ("2021-11-20", 5, "2026-11-20"),
        ("2022-02-20", 5, "2027-02-20"),  # the last day of ninety
        ("2022-02-21", 5, None),
        ("2024-02-29", 3, "2027-02-28"),  # 民法典第二百零二条
        ("2020-02-29", 4, "2024-02-29"),
        ("2026-11-20", None, None),
        (None, 5, None),
        ("2026-02-30", 1, "2027-02-28"),  # what cannot be is read as the end of the month
        ("unbekannt", 1, None),
    ],
)
def test_a_term_ends_after_its_years(set_on: str | None, years: int | None, day: str | None):
    today = date(2027, 2, 20) if day == "2027-02-28" else TODAY
    body = record(1, body_type="1", name="村委会", set_on=set_on, term_years=years)
    assert [one.day for one in told("self_gov_body", body, today=today)] == ([day] if day else [])


def test_a_term_that_a_newer_election_follows_says_nothing():
    old = record(1, body_type="1", name="第十届村委会", set_on="2016-11-01", term_years=5)
    new = record(2, body_type="1", name="第十一届村委会", set_on="2021-11-20", term_years=5)
    other = record(3, body_type="6", name="一组理事会", set_on="2020-11-01", term_years=3)
    same = record(4, body_type="6", name="二组理事会", set_on="2026-11-01", term_years=3)
    assert ids("self_gov_body", old, new, other, same) == ["r3", "r2"]
    elsewhere = {**new, "_place": NEXT.id}
    found = due(Memory({"self_gov_body": (old, elsewhere)}).records, shipped, (RURAL.id, NEXT.id), TODAY)
    assert {one.record for one in found} == {"r1", "r2"}


GONE: dict[str, tuple[str, dict[str, Value]]] = {
    "cancelled": ("social_org", {"reg_status": "9", "expire_on": in_days(1)}),
    "being cancelled": ("social_org", {"reg_status": "8", "expire_on": in_days(1)}),
    "not filed": ("social_org", {"reg_status": "3", "expire_on": in_days(1)}),
    "left": ("worker", {"reg_valid_to": in_days(1), "left_on": in_days(-1)}),
    "leaving today": ("worker", {"reg_valid_to": in_days(1), "left_on": in_days(0)}),
    "pulled down": ("facility", {"status": "9", "contract_to": in_days(1)}),
    "done": ("tri_project", {"status": "2", "end_on": in_days(1)}),
    "called off": ("tri_project", {"status": "4", "end_on": in_days(1)}),
    "kept": ("pledge", {"status": "3", "due_on": in_days(1)}),
    "accepted": ("pilot", {"stage": "5", "due_on": in_days(1)}),
    "answered": ("deliberation", {"status": "8", "due_on": in_days(1)}),
    "long over": ("org_support", {"end_on": in_days(-31)}),
    "empty": ("community", {"uscc_valid_to": None}),
    "owners": ("self_gov_body", {"body_type": "12", "set_on": "2020-01-01", "term_years": 5}),
}


@pytest.mark.parametrize("case", GONE)
def test_what_is_closed_left_or_empty_says_nothing(case: str):
    register, answers = GONE[case]
    assert ids(register, record(1, **answers)) == []


def test_who_leaves_later_is_still_reminded():
    assert ids("worker", record(1, reg_valid_to=in_days(1), left_on=in_days(1))) == ["r1"]


def test_what_is_past_comes_first():
    rows = [organization(RURAL.id, at, expire_on=in_days(day)) for at, day in enumerate((30, -2, 0, -9, 5))]
    assert [one.left for one in told("social_org", *rows)] == [-9, -2, 0, 5, 30]


def test_registers_that_are_not_held_are_passed_over():
    assert due(Memory({}).records, shipped, (RURAL.id,), TODAY) == ()


def test_upper_levels_are_reminded_of_their_own():
    assert ids("org_support", record(1, TOWN.id, end_on=in_days(30)), place=TOWN.id) == ["r1"]
    assert ids("pilot", record(1, COUNTY.id, stage="3", due_on=in_days(60)), place=COUNTY.id) == ["r1"]


@pytest.mark.parametrize(("closes", "reminded"), [("2026-11-22", False), ("2026-11-23", True)])
def test_a_closed_village_is_not_reminded(closes: str, reminded: bool):
    closed = msgspec.structs.replace(RURAL, valid_to=closes)
    directory = Directory([closed if place.id == RURAL.id else place for place in DIRECTORY])
    assert standing(directory, (RURAL.id, NEXT.id, "unknown"), TODAY) == (
        (RURAL.id, NEXT.id) if reminded else (NEXT.id,)
    )
    rows = {"social_org": [organization(RURAL.id, 1, expire_on=in_days(1))]}
    assert bool(findings(Memory(rows, directory), [RURAL.id], TODAY)) == reminded


def test_check_lists_reminders_to_be_looked_at_not_as_faults():
    (found,) = findings(
        Memory({"social_org": [organization(RURAL.id, 1, expire_on=in_days(-3))]}), [RURAL.id], TODAY
    )
    assert (found.severity, found.rule, found.path) == ("warn", "expiry", "expire_on")
    assert "已过期3天" in found.message


def test_words_on_how_far_a_day_is():
    assert [left_words(left) for left in (2, 0, -2)] == ["还有2天到期", "今天到期", "已过期2天"]
