"""Registers that an upper level publishes come down read-only; what else it keeps does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cli_city import ask, enrolled, served

VILLAGE, COUNTY, CITY = "341021101204", "341021", "341000"
TASK = {"task_no": "2020-1.2-03", "clause": "二", "content": "社区社会组织", "lead_unit": "市民政局"}
EXCHANGE = {"partner": "杭州市", "mode": "1", "date": "2020-05-06"}


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("HSDESK_PASSPHRASE", "kou-ling-2020")
    with served(tmp_path) as address:
        yield address


def add(home: Path, register: str, answers: dict[str, str]) -> tuple[int, Any]:
    file = home / "record.json"
    file.write_text(json.dumps(answers), encoding="utf-8")
    return ask(home, "add", register, str(file))


def test_a_published_register_comes_down_read_only_and_nothing_else_does(tmp_path: Path, url: str) -> None:
    city = enrolled(tmp_path, url, CITY, "city")
    county = enrolled(tmp_path, url, COUNTY, "county")
    village = enrolled(tmp_path, url, VILLAGE, "village", "--classes", "party")
    assert add(city, "task", TASK)[1]["rejected"] == []
    assert add(county, "exchange", EXCHANGE)[1]["rejected"] == []
    assert ask(city, "sync")[0] == ask(county, "sync")[0] == 0
    assert ask(village, "sync")[1]["pulled"] == 1
    (task,) = ask(village, "list", "task")[1]["records"]
    assert (task["content"], task["_place"]) == ("社区社会组织", CITY)
    assert ask(village, "list", "exchange")[1]["count"] == 0
    code, document = ask(village, "edit", "task", task["_id"], "content=别的")
    assert (code, document["rejected"][0]["reason"]) == (1, "“工作要点任务台账”在这里只能看，不能改。")
    assert [place["code"] for place in ask(village, "status")[1]["places"]] == [VILLAGE]


def test_what_was_published_and_changed_comes_down_again(tmp_path: Path, url: str) -> None:
    city, village = enrolled(tmp_path, url, CITY, "city"), enrolled(tmp_path, url, VILLAGE, "village")
    (record,) = add(city, "task", TASK)[1]["ids"]
    assert ask(city, "sync")[0] == ask(village, "sync")[0] == 0
    assert ask(city, "edit", "task", record, "lead_unit=市委组织部")[0] == 0
    assert ask(city, "sync")[0] == ask(village, "sync")[0] == 0
    assert ask(village, "list", "task")[1]["records"][0]["lead_unit"] == "市委组织部"
    quiet = ask(village, "sync")[1]
    assert (quiet["pulled"], quiet["requests"]) == (0, 1)


def test_a_village_prints_what_the_city_published(tmp_path: Path, url: str) -> None:
    from openpyxl import load_workbook

    city, village = enrolled(tmp_path, url, CITY, "city"), enrolled(tmp_path, url, VILLAGE, "village")
    assert add(city, "policy_doc", {"title": "城乡社区治理三年行动计划"})[1]["rejected"] == []
    assert ask(city, "sync")[0] == ask(village, "sync")[0] == 0
    out = tmp_path / "policies.xlsx"
    assert ask(village, "report", "policy_list", "--out", str(out))[0] == 0
    cells = [str(cell.value) for row in load_workbook(out).active.iter_rows() for cell in row]
    assert any("三年行动计划" in cell for cell in cells)
