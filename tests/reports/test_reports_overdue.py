"""逾期率: what has a day to keep, from when until when, and which day is past."""

from __future__ import annotations

from datetime import date

import pytest
from registers_world import Memory
from shipped_world import DIRECTORY

from hsdesk.model.answer import Value
from hsdesk.model.asked_day import today_is
from hsdesk.model.place import Place
from hsdesk.reports.counts import FigureDay
from hsdesk.reports.definitions import definition_named
from hsdesk.reports.indicator_values import evaluate_all
from hsdesk.reports.indicators import BesideValue, IndicatorValue, indicators
from hsdesk.reports.overdue import due_query
from hsdesk.reports.reminders import reminders
from hsdesk.reports.signing import Occasion
from hsdesk.reports.tables import indicator_table

RURAL = DIRECTORY.by_code("341021101204")
TOWN = DIRECTORY.by_code("341021101")
COUNTY = DIRECTORY.by_code("341021")
REGISTERS = {reminder.register for reminder in reminders()} | {"community"}


def memory(rows: dict[str, list[dict[str, Value]]], place: Place = RURAL, **settings: str) -> Memory:
    """Registers that hold these records of a place, and none in the others."""
    system = {"_place": place.id, "_title": ""}
    filled = {
        name: [{"_id": f"{name}{at}", **system, **row} for at, row in enumerate(given)]
        for name, given in rows.items()
    }
    return Memory({**{name: [] for name in REGISTERS}, **filled}, settings=settings)


def quality(registers: Memory, day: str, place: Place = RURAL) -> IndicatorValue:
    found = evaluate_all(registers, place, today_is(date.fromisoformat(day)))
    return next(value for value in found if value.id == "I32")


def share(registers: Memory, day: str, place: Place = RURAL) -> BesideValue:
    beside = quality(registers, day, place).beside
    assert beside is not None
    return beside


@pytest.mark.parametrize(
    ("register", "answers", "expected"),
    [
        # a filing: from when it was filed until its last day, or until it was cancelled
        ("social_org", {"reg_status": "2", "filed_on": "2020-03-01", "expire_on": "2025-03-01"},
         {"2020-02-29": "", "2020-03-01": "kept", "2025-03-01": "kept", "2025-03-02": "past"}),
        ("social_org", {"reg_status": "9", "expire_on": "2025-03-01", "cancelled_on": "2026-01-01"},
         {"2024-01-01": "kept", "2025-12-31": "past", "2026-01-01": ""}),
        ("social_org", {"reg_status": "2", "filed_on": "2020-03-01"}, {"2026-01-01": ""}),
        # a social worker's registration, while on duty
        ("worker", {"hired_on": "2021-01-01", "left_on": "2025-01-01", "reg_valid_to": "2024-06-30"},
         {"2020-12-31": "", "2024-06-30": "kept", "2024-07-01": "past", "2025-01-01": ""}),
        # a term of three years from a leap day ends on 28 February (民法典第二百零二条)
        ("self_gov_body", {"body_type": "1", "set_on": "2024-02-29", "term_years": 3},
         {"2024-02-28": "", "2024-02-29": "kept", "2027-02-28": "kept", "2027-03-01": "past"}),
        ("self_gov_body", {"body_type": "12", "set_on": "2020-01-01", "term_years": 3}, {"2026-01-01": ""}),
        ("self_gov_body", {"body_type": "1", "set_on": "2020-01-01"}, {"2026-01-01": ""}),
        # an agreement that ended a month ago is over
        ("org_support", {"start_on": "2024-01-01", "end_on": "2024-12-31"},
         {"2023-12-31": "", "2024-12-31": "kept", "2025-01-30": "past", "2025-01-31": ""}),
        # done in time, done late, never done, done without a day
        ("pledge", {"year": 2024, "due_on": "2024-06-30", "status": "3", "done_on": "2024-06-01"},
         {"2023-12-31": "", "2024-05-31": "kept", "2024-06-01": "", "2024-07-01": ""}),
        ("pledge", {"year": 2024, "due_on": "2024-06-30", "status": "3", "done_on": "2024-09-01"},
         {"2024-07-01": "past", "2024-08-31": "past", "2024-09-01": ""}),
        ("pledge", {"year": 2024, "due_on": "2024-06-30", "status": "1"}, {"2026-01-01": "past"}),
        ("deliberation", {"held_on": "2024-01-01", "due_on": "2024-06-30", "status": "8"},
         {"2023-12-31": "", "2024-06-30": "kept", "2024-07-01": ""}),
        ("pilot", {"year": 2024, "due_on": "2024-06-30", "stage": "5", "accepted_on": "2024-08-01"},
         {"2023-12-31": "", "2024-06-30": "kept", "2024-07-31": "past", "2024-08-01": ""}),
        ("facility", {"status": "1", "contract_to": "2024-06-30"},
         {"2024-06-30": "kept", "2024-07-01": "past"}),
        ("facility", {"status": "9", "contract_to": "2024-06-30"}, {"2024-06-30": "kept", "2024-07-01": ""}),
        ("community", {"uscc_valid_to": "2024-06-30"}, {"2020-01-01": "kept", "2024-07-01": "past"}),
        ("party_org", {"last_election": "2021-07-01", "next_election": "2024-07-01"},
         {"2021-06-30": "", "2024-07-01": "kept", "2024-07-02": "past"}),
    ],
)  # fmt: skip
def test_a_record_counts_from_its_beginning_until_it_is_done(
    register: str, answers: dict[str, Value], expected: dict[str, str]
) -> None:
    registers = memory({register: [answers]})
    said = {"": (0, 0), "kept": (0, 1), "past": (1, 1)}
    for day, word in expected.items():
        found = share(registers, day)
        assert (found.numerator, found.denominator) == said[word], day


def test_a_term_is_followed_from_the_day_the_next_one_begins() -> None:
    old: dict[str, Value] = {"body_type": "2", "set_on": "2018-01-01", "term_years": 5}
    registers = memory({"self_gov_body": [old, {**old, "set_on": "2024-03-01"}]})
    said = {day: share(registers, day) for day in ("2023-06-01", "2024-02-29", "2024-03-01", "2029-03-02")}
    assert [(one.numerator, one.denominator) for one in said.values()] == [(1, 1), (1, 1), (0, 1), (1, 1)]


def test_the_share_says_which_places_have_how_many_the_town_itself_too() -> None:
    agreements: list[dict[str, Value]] = [{"end_on": "2026-03-01"}, {"end_on": "2026-04-01"}]
    found = share(memory({"org_support": agreements}, TOWN), "2026-03-10", COUNTY)
    assert (found.numerator, found.denominator, found.value, found.shown) == (1, 2, 0.5, "50%")
    assert [(one.place, one.gap, one.name) for one in found.short] == [(TOWN.code, 1, "歙县-深渡镇")]
    assert share(memory({"org_support": agreements}, TOWN), "2026-03-10").denominator == 0


def test_the_city_may_choose_which_days_count_and_the_note_tells() -> None:
    rows: dict[str, list[dict[str, Value]]] = {
        "community": [{"uscc_valid_to": "2024-06-30"}],
        "pledge": [{"year": 2026, "due_on": "2026-12-31", "status": "1"}],
    }
    counts = {}
    for choice in ("all", "renewal", "task"):
        found = quality(memory(rows, overdue_scope=choice), "2026-06-01")
        assert found.beside is not None
        counts[choice] = (found.beside.numerator, found.beside.denominator)
        assert ("逾期率算哪些期限" in found.note) == (choice != "all")
        assert found.note.endswith("口径以市局为准")
    assert counts == {"all": (1, 2), "renewal": (1, 1), "task": (0, 1)}


def test_a_register_that_is_not_held_leaves_the_share_unknown() -> None:
    found = share(Memory({"community": []}), "2026-06-01")
    assert (found.numerator, found.value, found.shown, found.short) == (None, None, "此处不知", ())
    assert found.reason
    nothing = share(memory({}), "2026-06-01")
    assert (nothing.denominator, nothing.value, nothing.shown) == (0, None, "不适用")
    assert nothing.reason == "没有适用的记录"


def test_only_the_quality_of_data_has_a_second_share() -> None:
    assert [indicator.id for indicator in indicators() if indicator.beside] == ["I32"]
    town = evaluate_all(memory({}), TOWN, today_is(date(2026, 6, 1)))
    assert [value.id for value in town if value.beside] == ["I32"]


def test_the_print_out_names_the_share_and_who_has_something_past() -> None:
    registers = memory({"community": [{"uscc_valid_to": "2024-06-30"}]})
    registers.counted = {RURAL.id: (100, 97)}
    occasion = Occasion(places=(RURAL.id,), unit=RURAL.id, asked=today_is(date(2026, 6, 1)))
    table = indicator_table(definition_named("考核指标达标情况表"), registers, occasion).blocks[0]
    row = next(row for row in table.rows if row[0] == "I32")  # type: ignore[union-attr]
    assert row[2:] == ("97", "100", "97%", "98%", "否", "3", "定潭村委会;逾期率 100%(1/1):定潭村委会1条")


@pytest.mark.parametrize("reminder", reminders(), ids=lambda one: one.id)
def test_every_reminder_is_counted_by_grouped_sql(reminder) -> None:
    from shipped_world import shipped

    from hsdesk.language.aggregate_sql import aggregate_sql
    from hsdesk.registers.aggregates import sql_table

    day = FigureDay(date(2026, 6, 1), date(2026, 6, 1))
    for is_past in (False, True):
        query = due_query(reminder, day, is_past=is_past)
        tables = {reminder.register: sql_table(shipped(reminder.register))}
        assert aggregate_sql(query, tables, "postgresql").text.startswith("SELECT t.")
