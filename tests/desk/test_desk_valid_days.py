"""The day an answer begins on is written by whatever sets it: a page, `add`, `edit`; undo takes both back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from desk_world import VILLAGE, new_desk
from open_page import OpenPage

from hsdesk.desk import Desk
from hsdesk.desk.json_records import JsonRecord
from hsdesk.desk.values import Edit

TODAY = dt.datetime.now().astimezone().date().isoformat()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    opened = new_desk(tmp_path_factory.mktemp("days") / "home")
    yield opened
    opened.close()


def added(desk: Desk, form: str, **content: object) -> str:
    (record,) = desk.bulk.add(form, [JsonRecord(1, content)], VILLAGE).ids
    return record


def edited(desk: Desk, form: str, record: str, **content: object) -> None:
    assert not desk.bulk.edit(form, [JsonRecord(1, {"_id": record, **content})]).rejected


def days(desk: Desk, form: str, record: str, *paths: str) -> list[object]:
    document = desk.lists.document(form, record)
    return [document.get(path) for path in paths]


def test_a_certificate_makes_a_social_worker_from_the_day_it_is_typed(desk: Desk) -> None:
    worker = added(desk, "worker", name="张三", hired_on="2020-01-01")
    edited(desk, "worker", worker, sw_cert="1", cert_on="2026-10-20")
    assert days(desk, "worker", worker, "is_sw", "is_sw_from") == ["1", TODAY]


def test_a_page_shows_the_day_at_once_and_its_author_may_correct_it(desk: Desk) -> None:
    venue = added(desk, "open_venue", unit="定潭小学", venue="操场")
    page = OpenPage(desk, venue, "open_venue")
    page.choose("plaque", "1")
    assert page.shows("plaque_from") == TODAY
    page.choose("plaque_from", "2019-03-01")
    page.choose("plaque", "0")
    assert days(desk, "open_venue", venue, "plaque_from", "plaque_to") == ["2019-03-01", TODAY]


def test_undo_takes_the_day_back_with_the_answer(desk: Desk) -> None:
    venue = added(desk, "open_venue", unit="定潭茶厂", venue="会议室")
    page = OpenPage(desk, venue, "open_venue")
    page.choose("plaque", "1")
    assert len(desk.lists.history("open_venue", venue)) == 2
    desk.journal.undo()
    assert days(desk, "open_venue", venue, "plaque", "plaque_from") == ["0", None]


def test_a_day_given_in_a_file_stays(desk: Desk) -> None:
    venue = added(desk, "open_venue", plaque_from="2018-05-01", plaque="1", unit="老祠堂")
    assert days(desk, "open_venue", venue, "plaque_from") == ["2018-05-01"]
    edited(desk, "open_venue", venue, plaque_to="2024-12-31", plaque="0")
    assert days(desk, "open_venue", venue, "plaque_from", "plaque_to") == ["2018-05-01", "2024-12-31"]


def test_what_was_set_before_keeps_no_day(desk: Desk) -> None:
    place = desk.records.place(VILLAGE).id
    desk.records.save(Edit("open_venue", "old-venue", place, {"unit": "旧粮站", "plaque": "1"}))
    edited(desk, "open_venue", "old-venue", uses_year=12)
    assert days(desk, "open_venue", "old-venue", "plaque_from") == [None]
