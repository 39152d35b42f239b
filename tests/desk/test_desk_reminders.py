"""到期提醒 on a real desk: read by SQL from the register tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_world import VILLAGE, new_desk

from hsdesk.desk import Desk
from hsdesk.desk.json_records import JsonRecord

TODAY = dt.datetime.now().astimezone().date()


def in_days(days: int) -> str:
    return (TODAY + dt.timedelta(days=days)).isoformat()


@pytest.fixture
def desk(home: Path) -> Iterator[Desk]:
    opened = new_desk(home)
    yield opened
    opened.close()


def add(desk: Desk, register: str, *contents: dict[str, object]) -> tuple[str, ...]:
    stored = desk.bulk.add(
        register, [JsonRecord(at, each) for at, each in enumerate(contents, start=1)], VILLAGE
    )
    assert stored.rejected == ()
    return stored.ids


def organization(name: str, expires: str) -> dict[str, object]:
    return {"org_name": name, "reg_status": "2", "filed_on": "2020-01-01", "expire_on": expires}


def test_records_of_many_registers_are_told_with_their_titles(desk: Desk) -> None:
    add(desk, "social_org", organization("护河队", in_days(60)), organization("老年协会", in_days(61)))
    add(desk, "worker", {"name": "汪某", "sw_cert": "1", "reg_valid_to": in_days(-3)})
    add(desk, "facility", {"name": "服务中心", "op_mode": "2", "contract_to": in_days(5), "status": "1"})
    begun = TODAY.replace(year=TODAY.year - 3, day=min(TODAY.day, 28)).isoformat()
    add(desk, "party_org", {"org_name": "中共定潭村支部", "last_election": begun, "term_years": 3})
    found = [(one.register, one.title) for one in desk.reports.reminders()]
    assert found[0] == ("worker", "汪某")
    assert ("party_org", "中共定潭村支部") in found
    assert found[-2:] == [("facility", "服务中心"), ("social_org", "护河队")]
    assert len(found) == 4


def test_deleted_records_and_answers_that_do_not_apply_say_nothing(desk: Desk) -> None:
    (record,) = add(desk, "social_org", organization("护河队", in_days(1)))
    add(desk, "facility", {"name": "自管中心", "op_mode": "1", "contract_to": in_days(5), "status": "1"})
    assert [one.record for one in desk.reports.reminders()] == [record]
    desk.records.delete("social_org", record, "重复登记")
    assert desk.reports.reminders() == ()
    desk.records.restore("social_org", record)
    assert [one.record for one in desk.reports.reminders()] == [record]


def test_another_day_may_be_asked_for(desk: Desk) -> None:
    add(desk, "social_org", organization("护河队", "2028-02-29"))
    assert [one.left for one in desk.reports.reminders(dt.date(2027, 12, 31))] == [60]
    assert desk.reports.reminders(dt.date(2027, 12, 30)) == ()


def test_check_lists_the_same_records_to_be_looked_at(desk: Desk) -> None:
    add(desk, "social_org", organization("护河队", in_days(-1)))
    add(desk, "social_org", organization("老年协会", in_days(30)))
    expiring = [one for one in desk.reports.findings() if one.rule == "expiry"]
    assert {(one.record, one.severity) for one in expiring} == {
        (one.record, "warn") for one in desk.reports.reminders()
    }
