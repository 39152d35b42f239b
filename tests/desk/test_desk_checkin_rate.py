"""党员报到率 of each unit on its card and of each place among the indicators; hours of training."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from desk_world import VILLAGE, new_desk

from hsdesk.desk import Desk
from hsdesk.desk.json_records import JsonRecord
from hsdesk.desk.values import ListQuery
from hsdesk.reports.content import Table

UNIT = {"name": "深渡镇中心学校", "since": "2020-01-01", "due_n": 4}


@pytest.fixture
def desk(home: Path) -> Iterator[Desk]:
    with closing(new_desk(home)) as opened:
        for form_id in ("partner_unit", "worker_training"):
            opened.file.open_form(form_id, True)
        yield opened


def add(desk: Desk, register: str, *contents: dict[str, object]) -> tuple[str, ...]:
    stored = desk.bulk.add(register, [JsonRecord(at, one) for at, one in enumerate(contents, 1)], VILLAGE)
    assert stored.rejected == ()
    return stored.ids


def member(unit: str, **more: object) -> dict[str, object]:
    return {"checkin_kind": "1", "name": "汪党员", "unit": unit, "checkin_on": "2020-03-01", **more}


def told(desk: Desk) -> tuple[float | None, float | None, str]:
    found = next(one for one in desk.reports.indicators() if one.id == "I13b")
    return found.numerator, found.denominator, found.shown


def units(desk: Desk) -> dict[str, tuple[object, object]]:
    found = desk.lists.documents("partner_unit", ListQuery())[1]
    return {one["name"]: (one["reported_n"], one["reported_rate"]) for one in found}


def test_who_reported_counts_for_his_unit_by_reference_else_by_its_name(desk: Desk) -> None:
    school, left = add(desk, "partner_unit", UNIT, UNIT | {"name": "已结束的单位", "left_on": "2021-01-01"})
    add(
        desk,
        "member_checkin",
        member("深渡镇中心学校"),
        member("学校党支部", unit_record=school),
        member("不在台账里的单位"),
        member("已结束的单位", unit_record=left),
        member("深渡镇中心学校", checkin_kind="2"),
    )
    assert told(desk) == (2, 4, "50%")
    assert units(desk) == {"深渡镇中心学校": (2, 50), "已结束的单位": (1, 25)}
    entry = desk.records.entry("partner_unit", school)
    edit = entry.edit(entry.session.answer("name", "深渡学校"))
    assert edit is not None
    desk.records.save(edit)
    assert units(desk)["深渡学校"] == (1, 25)  # whom a name alone had joined is not joined any more
    assert told(desk) == (1, 4, "25%")


def test_without_the_register_of_units_there_is_no_rate(home: Path) -> None:
    with closing(new_desk(home)) as desk:
        add(desk, "member_checkin", member("深渡镇中心学校"))
        assert told(desk) == (None, None, "此处不知")


def test_hours_of_training_are_added_up_on_the_register_and_on_paper(desk: Desk) -> None:
    first, second = add(desk, "worker", {"name": "汪某"}, {"name": "程某"})
    people = [{"worker": first, "hours_done": 12}, {"worker": second}]
    course = {"title": "网格化培训", "start_on": "2026-03-01", "hours": 16}
    add(desk, "worker_training", course | {"people": people}, course | {"title": "没有人的班", "people": []})
    courses = desk.lists.documents("worker_training", ListQuery())[1]
    found = {one["title"]: one.get("hours_sum") for one in courses}
    assert found == {"网格化培训": 28, "没有人的班": 0}
    (summary,) = desk.reports.build("worker_training_list")
    (table,) = (block for block in summary.blocks if isinstance(block, Table))
    assert table.totals[-1] == "28"
