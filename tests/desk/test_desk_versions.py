"""A form changes while a desk is in use: nothing typed before is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_world import new_desk

from hsdesk.desk import Desk
from hsdesk.desk.json_records import JsonRecord
from hsdesk.desk.values import ListQuery
from hsdesk.errors import FormError
from hsdesk.forms.compiler import compile_file
from hsdesk.forms.schema import Form

FIRST = """
| survey |
| | type | name | label |
| | text | head | 户主 |
| | integer | people | 人口 |
| | select_one kind | kind | 类别 |
| choices |
| | list_name | name | label |
| | kind | 1 | 甲 |
| | kind | 2 | 乙 |
| settings |
| | form_title | form_id | version | namespaces |
| | 住户 | family | 1 | hs="urn:hsdesk:form" |
"""
SECOND = """
| survey |
| | type | name | label | bind::hs:was |
| | text | householder | 户主姓名 | head |
| | decimal | people | 人口 | |
| | select_one kind | kind | 类别 | |
| | text | phone | 电话 | |
| choices |
| | list_name | name | label |
| | kind | 1 | 甲 |
| settings |
| | form_title | form_id | version | namespaces |
| | 住户 | family | 2 | hs="urn:hsdesk:form" |
"""


def form(folder: Path, sheet: str) -> Form:
    path = folder / "family.md"
    path.write_text(sheet, encoding="utf-8")
    return compile_file(path)


@pytest.fixture
def desk(home: Path, tmp_path: Path) -> Iterator[Desk]:
    opened = new_desk(home)
    opened.file.install(form(tmp_path, FIRST))
    yield opened
    opened.close()


def test_renamed_and_widened_answers_are_there_under_the_new_version(desk: Desk, tmp_path: Path) -> None:
    stored = desk.bulk.add("family", [JsonRecord(1, {"head": "张三", "people": 4, "kind": "2"})])
    desk.file.install(form(tmp_path, SECOND))
    record = desk.lists.document("family", stored.ids[0])
    assert (record["householder"], record["people"], record["kind"]) == ("张三", 4, "2")
    desk.bulk.edit("family", [JsonRecord(1, {"_id": stored.ids[0], "people": 4.5, "phone": "0559-2512345"})])
    assert desk.lists.document("family", stored.ids[0])["people"] == 4.5


def test_a_withdrawn_code_stays_valid_for_old_answers(desk: Desk, tmp_path: Path) -> None:
    stored = desk.bulk.add("family", [JsonRecord(1, {"head": "张三", "kind": "2"})])
    desk.file.install(form(tmp_path, SECOND))
    (row,) = desk.lists.rows("family", desk.lists.keys("family", ListQuery()))
    assert row.shown["kind"] == "乙"
    assert not [found for found in desk.reports.findings("family") if found.record == stored.ids[0]]


def test_a_narrower_type_is_refused_and_the_old_form_goes_on(desk: Desk, tmp_path: Path) -> None:
    desk.bulk.add("family", [JsonRecord(1, {"head": "张三"})])
    narrowed = FIRST.replace("| | text | head | 户主 |", "| | integer | head | 户主 |").replace(
        "| family | 1 |", "| family | 3 |"
    )
    with pytest.raises(FormError, match="不能安装"):
        desk.file.install(form(tmp_path, narrowed))
    assert desk.file.form("family").version == "1"
