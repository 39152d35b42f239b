"""City, county, township and village at their own desks: documents, tasks and pilots, driven from outside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cli_city import ask, enrolled, served
from openpyxl import load_workbook

from hsdesk.desk import Desk

VILLAGE, TOWNSHIP, COUNTY, CITY = "341021101204", "341021101", "341021", "341000"
OTHER_COUNTY = "341022"
NEIGHBOUR = "341021101203"
PASSPHRASE = "kou-ling-2020"
TASK = {"clause": "二", "content": "培育社区社会组织", "lead_unit": "市民政局", "due_on": "2020-12-31"}
PILOT = {
    "pilot_kind": "3", "level": "3", "year": 2020, "target": "提升服务能力", "due_on": "2099-12-31",
    "stage": "1", "progress_pct": 10,
}  # fmt: skip


class Desks(NamedTuple):
    """A desk of each level, all enrolled at one city."""

    city: Path
    county: Path
    township: Path
    village: Path
    common: Path  # another village, granted neither party nor personal data
    second: Path  # another laptop of the village


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    folder = tmp_path_factory.mktemp("levels")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HSDESK_PASSPHRASE", PASSPHRASE)
        with served(folder) as url:
            yield Desks(
                enrolled(folder, url, CITY, "city"),
                enrolled(folder, url, COUNTY, "county"),
                enrolled(folder, url, TOWNSHIP, "township"),
                enrolled(folder, url, VILLAGE, "village"),
                enrolled(folder, url, NEIGHBOUR, "village", "--classes", "common", name="common"),
                enrolled(folder, url, VILLAGE, "village", name="second"),
            )


@pytest.fixture(autouse=True)
def passphrase(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Open the desks of the module in each test, which has an environment of its own."""
    monkeypatch.setenv("HSDESK_PASSPHRASE", PASSPHRASE)


def add(home: Path, register: str, answers: dict[str, Any]) -> Any:
    file = home / "record.json"
    file.write_text(json.dumps(answers), encoding="utf-8")
    return ask(home, "add", register, str(file))[1]


def added(home: Path, register: str, **answers: Any) -> str:
    """Add a record and send it; return its id."""
    said = add(home, register, answers)
    assert said["rejected"] == []
    sent = ask(home, "sync")[1]
    assert (sent["rejected"], sent["waiting"]) == (0, 0)
    (record,) = said["ids"]
    return str(record)


def listed(home: Path, register: str, record: str) -> dict[str, Any]:
    return next(one for one in ask(home, "list", register)[1]["records"] if one["_id"] == record)


def found(home: Path, register: str, record: str) -> dict[str, str]:
    """Return what `check` finds of a record, by path."""
    findings = ask(home, "check", "--register", register)[1]["findings"]
    return {one["path"]: one["message"] for one in findings if one["record"] == record}


def test_a_county_enters_a_policy_document_and_its_villages_read_it(desks: Desks) -> None:
    document = added(desks.county, "policy_doc", title="歙县社区治理三年行动计划", kind="2", status="1")
    for home in (desks.township, desks.village):
        assert ask(home, "sync")[0] == 0
        assert listed(home, "policy_doc", document)["_place"] == COUNTY
    assert add(desks.village, "policy_doc", {"title": "村里的"})["rejected"] != []


def test_a_task_is_broken_down_level_by_level_and_its_completion_climbs(desks: Desks) -> None:
    assert ask(desks.city, "sync")[0] == 0  # until then it does not know what the places below hold
    _, before = shares(desks.city)
    task = added(desks.city, "task", **TASK, task_no="2020-1.2-03", units=[COUNTY])
    assert ask(desks.county, "sync")[0] == 0
    part = added(desks.county, "task", **TASK, parent="2020-1.2-03", units=[TOWNSHIP])
    assert listed(desks.county, "task", part)["task_no"] == "2020-1.2-03-2101"
    assert ask(desks.township, "sync")[0] == 0
    least = added(desks.township, "task", **TASK, parent="2020-1.2-03-2101", units=[VILLAGE])
    assert listed(desks.township, "task", least)["task_no"] == "2020-1.2-03-2101-10101"
    assert ask(desks.village, "sync")[0] == 0
    assert listed(desks.village, "task", least)["parent"] == part
    progress = {"period": "2020Q3", "progress": "已备案 6 家"}
    report = added(desks.village, "task_progress", **progress, task="2020-1.2-03-2101-10101", status="1")
    assert ask(desks.city, "sync")[0] == 0
    done, asked = shares(desks.city)
    assert asked == before + 1  # parts do not count
    assert ask(desks.village, "edit", "task_progress", report, "status=2")[0] == 0
    assert ask(desks.village, "sync")[0] == ask(desks.city, "sync")[0] == ask(desks.county, "sync")[0] == 0
    assert shares(desks.city) == (done + 1, asked)  # the whole is done because its only part is
    assert listed(desks.county, "task", task)["subtasks"] == 1
    assert found(desks.county, "task", part) == found(desks.city, "task", task) == {}
    out = desks.county / "tasks.xlsx"
    assert ask(desks.county, "report", "task_breakdown", "--out", str(out))[0] == 0
    printed = [[cell.value for cell in line] for line in load_workbook(out).active.iter_rows()]
    told = [(str(line[0]).strip(), line[5]) for line in printed if "2020-1.2-03" in str(line[0])]
    assert told == [(f"2020-1.2-03{tail}", "已完成") for tail in ("", "-2101", "-2101-10101")]


def shares(home: Path) -> tuple[float, float]:
    (found,) = (one for one in ask(home, "indicators")[1]["indicators"] if one["id"] == "I31")
    return found["numerator"], found["denominator"]


def test_a_task_of_a_county_and_a_pilot_of_a_township_call_them_by_name(desks: Desks) -> None:
    task = added(desks.city, "task", **TASK, task_no="2020-1.2-04", units=[COUNTY])
    pilot = added(desks.county, "pilot", **PILOT, units=[TOWNSHIP])
    assert found(desks.city, "task", task) == {}
    assert found(desks.county, "pilot", pilot) == {}


def test_a_place_of_a_level_that_is_not_asked_for_is_not_taken(desks: Desks) -> None:
    (refused,) = add(desks.county, "pilot", {**PILOT, "units": [CITY]})["rejected"]
    assert refused["field"] == "units"
    assert "“黄山市”是市一级" in refused["reason"]


def test_a_county_gives_tasks_to_its_own_places_only(desks: Desks) -> None:
    task = added(desks.county, "task", **TASK, task_no="2020-歙-01", units=[OTHER_COUNTY])
    assert "不在可选范围" in found(desks.county, "task", task)["units"]


def test_a_township_reports_on_a_task_of_the_county_and_a_village_cannot_give_one(desks: Desks) -> None:
    task = added(desks.county, "task", **TASK, task_no="2020-歙-02", units=[TOWNSHIP])
    assert ask(desks.township, "sync")[0] == 0
    progress = {"period": "2020Q3", "progress": "已启动", "status": "1"}
    report = added(desks.township, "task_progress", **progress, task=task)
    assert listed(desks.township, "task_progress", report)["_place"] == TOWNSHIP
    assert add(desks.village, "task", {**TASK, "task_no": "1"})["rejected"] != []


def test_every_level_that_fills_a_form_is_told(desks: Desks) -> None:
    forms = {one["form_id"]: one for one in ask(desks.county, "forms", "list")[1]["forms"]}
    assert (forms["task"]["level"], forms["task"]["levels"]) == ("city", ["city", "county", "township"])
    assert (forms["grid"]["level"], forms["grid"]["levels"]) == ("village", ["village"])


def findings(home: Path, register: str, record: str) -> set[tuple[str, str]]:
    """Return path and rule of what `check` finds of a record."""
    all_of_them = ask(home, "check", "--register", register)[1]["findings"]
    return {(one["path"], one["rule"]) for one in all_of_them if one["record"] == record}


def test_nobody_is_asked_for_what_his_desk_is_not_granted(desks: Desks) -> None:
    worker = {
        "name": "张三", "gender": "1", "birth_ym": "1980-01", "education": "31", "phone": "13812345678",
        "duties": ["21"], "identity": "1", "hired_on": "2020-01-01", "sw_cert": "0", "is_sw": "0",
    }  # fmt: skip
    grid = {
        "grid_name": "一网格", "scope_text": "一组", "households": 10, "population": 20, "party_form": "1",
        "party_leader": "张三",
    }  # fmt: skip
    assert ask(desks.common, "sync")[0] == 0  # it brings what the desk is granted
    there = added(desks.common, "worker", **worker), added(desks.common, "grid", **grid)
    assert findings(desks.common, "worker", there[0]) == set()  # what the form assumes is not sent either
    assert findings(desks.common, "grid", there[1]) == {("grid_leader", "row")}
    here = added(desks.village, "worker", **worker), added(desks.village, "grid", **grid)
    assert findings(desks.village, "worker", here[0]) == {("political", "required")}
    assert findings(desks.village, "grid", here[1]) == {("party_org", "required"), ("grid_leader", "row")}


def test_a_visit_by_party_members_or_a_team_of_the_township_is_complete_in_its_village(desks: Desks) -> None:
    grid = {"grid_name": "二网格", "scope_text": "二组", "households": 9, "population": 9, "party_form": "0"}
    visit = {
        "households_n": 3,
        "solved": "0",
        "date": "2020-05-06",
        "grid": added(desks.common, "grid", **grid),
    }
    by_members = added(desks.common, "visit", **visit, visit_kind="1", visit_by=["2"])
    others = {"visit_by": ["3"], "visitor_others": "镇干部王五"}
    by_others = added(desks.common, "visit", **visit, **others, visit_kind="1")
    by_team = {**visit, **others, "visit_kind": "2"}
    unnamed = added(desks.common, "visit", **by_team)
    named = added(desks.common, "visit", **by_team, team_name="便民服务团")
    found = [findings(desks.common, "visit", one) for one in (by_members, by_others, named, unnamed)]
    assert found == [set(), set(), set(), {("team_name", "required")}]
    team = added(desks.township, "team", team_name="便民服务团", leader="王五", grids=[])
    assert ask(desks.township, "sync")[0] == 0
    assert listed(desks.township, "team", team)["team_name"] == "便民服务团"


def shown(home: Path, indicator: str) -> tuple[float, float]:
    told = ask(home, "indicators", "--place", VILLAGE)[1]["indicators"]
    return next((one["numerator"], one["denominator"]) for one in told if one["id"] == indicator)


def test_two_cards_of_one_village_are_told_counted_once_and_merged(desks: Desks) -> None:
    card = {"pop_resident": 900, "pop_registered": 950, "hh_registered": 300}
    first, second = (add(home, "community", card)["ids"][0] for home in (desks.village, desks.second))
    assert add(desks.village, "community", card)["rejected"][0]["reason"].endswith("请打开原来那张修改。")
    homes = (desks.village, desks.second, desks.village, desks.township)
    assert [ask(home, "sync")[1]["rejected"] for home in homes] == [0, 0, 0, 0]
    assert ("", "single") not in findings(desks.village, "community", first)
    assert ("", "single") in findings(desks.village, "community", second)
    assert [shown(home, "I22")[1] for home in homes[2:]] == [900, 900]
    with closing(Desk.open(desks.village, PASSPHRASE)) as desk:
        desk.records.merge("community", second, first)
    assert [ask(home, "sync")[0] for home in homes] == [0, 0, 0, 0]
    assert findings(desks.township, "community", second) == set()
    assert [shown(home, "I22")[1] for home in homes[2:]] == [900, 900]


def test_each_level_says_who_knows_a_figure_that_it_does_not(desks: Desks) -> None:
    def figures(home: Path) -> dict[str, Any]:
        return {one["id"]: one for one in ask(home, "indicators")[1]["indicators"]}

    project = added(
        desks.township, "tri_project", title="邻里项目", level="3", communities=[VILLAGE], agency="示例机构",
        start_on="2020-01-01", end_on="2020-06-30", status="2",
    )  # fmt: skip
    for home in (desks.village, desks.county):
        assert ask(home, "sync")[0] == 0
    village, township = figures(desks.village), figures(desks.township)
    assert (village["I02"]["numerator"], village["I02"]["reason"]) == (None, "此处不知（由深渡镇计算）")
    assert township["I02"]["value"] is not None
    assert (township["I28"]["value"], township["I28"]["reason"]) == (None, "此处不知（由歙县计算）")
    assert figures(desks.county)["I28"]["value"] == 0
    added(desks.county, "project_eval", project=project, eval_on="2020-07-01", evaluator="评估机构")
    found = figures(desks.county)["I28"]
    assert (found["numerator"], found["denominator"], found["met"]) == (1, 1, True)
