"""Questions named like columns of the database are stored, listed and changed like any other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_world import new_desk

from hsdesk.desk import Desk
from hsdesk.desk.json_records import JsonRecord
from hsdesk.desk.values import ListQuery
from hsdesk.forms.compiler import compile_file
from hsdesk.forms.schema import Form

NAMES = ("_abc", "_n", "_rowid_", "rowid", "oid", "_scope", "_version", "_row", "_parent")


def form(folder: Path, version: str, names: tuple[str, ...]) -> Form:
    sheet = folder / "kobo.md"
    rows = "".join(f"| | text | {name} | 题 {name} |\n" for name in names)
    sheet.write_text(
        "| settings | | | |\n| | form_title | form_id | version |\n" + f"| | 问卷 | kobo | {version} |\n"
        "| survey | | | |\n| | type | name | label |\n"
        + rows
        + "| | begin_repeat | _group_x | 子表 |\n"
        + rows
        + "| | begin_repeat | inner | 内表 |\n"
        + rows
        + "| | end_repeat | | |\n| | end_repeat | | |\n",
        encoding="utf-8",
    )
    return compile_file(sheet)


@pytest.fixture
def desk(home: Path, tmp_path: Path) -> Iterator[Desk]:
    opened = new_desk(home)
    opened.file.install(form(tmp_path, "1", NAMES))
    yield opened
    opened.close()


def values(mark: str) -> dict[str, str]:
    return {name: f"{mark} {name}" for name in NAMES}


def test_a_question_named_with_an_underline_is_stored_in_records_and_rosters(desk: Desk) -> None:
    content = {**values("甲"), "_group_x": [{**values("乙"), "inner": [values("丙")]}]}
    stored = desk.bulk.add("kobo", [JsonRecord(1, content)])
    assert (len(stored.ids), stored.rejected) == (1, ())
    (record,) = stored.ids
    found = desk.lists.document("kobo", record)
    row = found["_group_x"][0]
    assert {name: found[name] for name in NAMES} == values("甲")
    assert {name: row[name] for name in NAMES} == values("乙")
    assert {name: row["inner"][0][name] for name in NAMES} == values("丙")
    assert desk.bulk.edit("kobo", [JsonRecord(1, {**found, "_abc": "改过"})]).rejected == ()
    assert desk.lists.document("kobo", record)["_abc"] == "改过"
    assert (
        len(desk.lists.keys("kobo", ListQuery(where="_abc = '改过' and _n = '甲 _n' and rowid = '甲 rowid'")))
        == 1
    )


def test_a_field_that_no_question_has_is_refused_though_it_begins_with_an_underline(desk: Desk) -> None:
    stored = desk.bulk.add("kobo", [JsonRecord(1, {"_abd": "x"})])
    assert stored.ids == ()
    assert [(one.line, one.field) for one in stored.rejected] == [(1, "_abd")]
