"""证明用章登记: a forbidden proof is asked about, counted and printed, and never in the way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_world import VILLAGE, new_desk

from hsdesk.desk import Desk
from hsdesk.desk.json_records import JsonRecord
from hsdesk.reports.content import Letter, Table

TODAY = dt.datetime.now().astimezone().date().isoformat()
PROOF = {"date": TODAY, "applicant": "汪某", "to_unit": "某单位", "copies": 1, "approved_by": "程某"}


@pytest.fixture
def desk(home: Path) -> Iterator[Desk]:
    opened = new_desk(home)
    stored = opened.bulk.add(
        "seal_use",
        [
            JsonRecord(1, PROOF | {"item_text": "亲戚证明", "handled": "1", "reason": "法院来函要求"}),
            JsonRecord(2, PROOF | {"item_text": "婚姻状况证明", "handled": "2", "reason": "请到婚姻登记处"}),
            JsonRecord(3, PROOF | {"item_text": "无犯罪记录证明", "handled": "1"}),
            JsonRecord(4, PROOF | {"item_text": "居住情况说明", "handled": "1"}),
        ],
        VILLAGE,
    )
    assert stored.rejected == ()
    yield opened
    opened.close()


def test_those_given_all_the_same_are_counted(desk: Desk) -> None:
    (figure,) = (one for one in desk.reports.indicators() if one.id == "I21")
    assert figure.value == 2
    assert figure.met is False


def test_check_asks_about_each_and_must_have_the_reason_that_is_missing(desk: Desk) -> None:
    found = desk.reports.findings("seal_use")
    assert len([one for one in found if one.path == "item_text" and one.severity == "warn"]) == 3
    assert len([one for one in found if one.path == "handled"]) == 2
    assert [one.path for one in found if one.severity == "error"] == ["reason"]


def test_the_register_marks_them_and_a_refusal_is_handed_out_on_paper(desk: Desk) -> None:
    (register,) = desk.reports.build("证明用章登记簿")
    table = register.blocks[0]
    assert isinstance(table, Table)
    at = [column.heading for column in table.columns].index(("禁开",))
    assert sorted(row[at] for row in table.rows) == ["否", "是", "是", "是"]
    (notice,) = desk.reports.build("不予出具告知单")
    letter = notice.blocks[0]
    assert isinstance(letter, Letter)
    told = "".join(letter.paragraphs)
    assert "“婚姻状况证明”" in told and "请到婚姻登记处" in told
    assert "请咨询主管部门" in told
