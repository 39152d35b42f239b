"""An official edits a workbook and publishes it; a desk syncs, and works by it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from hsdesk.cli.run import run

VILLAGE = "341021101204"


def ask(home: Path, *words: str) -> tuple[int, Any]:
    out = io.StringIO()
    code = run([*words, "--json", "--home", str(home)], None, out, io.StringIO())
    return code, json.loads(out.getvalue())


def say(home: Path, *words: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    return run([*words, "--home", str(home)], None, out, err), out.getvalue(), err.getvalue()


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HSDESK_PASSPHRASE", "kou-ling-2020")
    home = tmp_path / "server"
    assert ask(home, "server", "init")[0] == 0
    return home


@pytest.fixture
def desk(tmp_path: Path, server: Path) -> Iterator[Path]:
    """A desk that is enrolled at a running server and has synced once."""
    home = tmp_path / "desk"
    command = [sys.executable, "-m", "hsdesk", "serve", "--port", "0", "--home", str(server)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        assert ask(home, "init", "--place", VILLAGE, "--person", "汪文书")[0] == 0
        code = ask(server, "server", "code", "--scope", VILLAGE)[1]["code"]
        assert ask(home, "enroll", url, code)[0] == 0
        assert ask(home, "sync")[0] == 0
        yield home
        process.terminate()


def edited(path: Path, sheet: str, change: dict[str, str | None]) -> str:
    book = load_workbook(path)
    for place, value in change.items():
        book[sheet][place] = value
    book.save(path)
    return str(path)


def offered(home: Path, field: str) -> dict[str, str]:
    """What a new record of the profile is offered under a field."""
    from hsdesk.desk import Desk

    desk = Desk.open(home, "kou-ling-2020")
    try:
        choices = desk.records.entry("facility").session.node(field).choices
        return {choice.value: choice.label.plain() for choice in choices}
    finally:
        desk.close()


def test_a_list_edited_in_a_workbook_is_offered_after_the_next_sync(server: Path, desk: Path, tmp_path: Path):
    book = tmp_path / "代码表.xlsx"
    record = json.dumps({"kind": "1", "name": "便民服务站", "status": "1"}, ensure_ascii=False)
    (tmp_path / "facility.jsonl").write_text(record, encoding="utf-8")
    assert ask(desk, "add", "facility", str(tmp_path / "facility.jsonl"))[1]["rejected"] == []
    assert ask(server, "server", "codelists", "export", "facility_kind", "--out", str(book))[0] == 0
    last = load_workbook(book)["facility_kind"].max_row + 1
    path = edited(
        book,
        "facility_kind",
        {f"A{last}": "91", f"B{last}": "邻里中心", "D2": "2020-01-01", "B3": "改了名的站"},
    )
    code, first = ask(server, "server", "codelists", "add", path, "--dry-run")
    assert (code, first["published"]) == (0, False)
    assert "91" not in offered(desk, "kind")
    code, done = ask(server, "server", "codelists", "add", path)
    assert (code, done["published"], done["changes"]) == (0, True, first["changes"])
    assert done["changes"][0]["new"] == ["91 邻里中心"]
    assert ask(desk, "sync")[0] == 0
    found = offered(desk, "kind")
    assert (found["91"], "1" in found, found["2"]) == ("邻里中心", False, "改了名的站")
    code, kept = ask(desk, "list", "facility")
    assert kept["records"][0]["kind"] == "1"
    out = tmp_path / "设施.xlsx"
    assert ask(desk, "export", "facility", "--out", str(out))[0] == 0
    shown = {str(cell.value) for row in load_workbook(out).worksheets[0].iter_rows() for cell in row}
    withdrawn = load_workbook(book)["facility_kind"]["B2"].value
    assert withdrawn in shown  # the withdrawn code is told by its name
    assert ask(desk, "sync")[1]["requests"] <= 2


def test_a_wrong_workbook_publishes_nothing_and_names_every_cell(server: Path, tmp_path: Path):
    book = tmp_path / "代码表.xlsx"
    ask(server, "server", "codelists", "export", "all", "--out", str(book))
    path = edited(book, "gender", {"A2": None, "B3": "=A1"})
    code, document = ask(server, "server", "codelists", "add", path)
    assert code == 1
    assert {problem["cell"] for problem in document["problems"]} == {"第 2 行", "B3"}
    code, _words, told = say(server, "server", "codelists", "add", path)
    assert "gender!B3" in told
    assert "没有发布" in told
    again = tmp_path / "again.xlsx"
    ask(server, "server", "codelists", "export", "all", "--out", str(again))
    assert load_workbook(again)["gender"]["A2"].value == "0"


def test_a_village_merged_in_a_workbook_is_closed_on_the_desk(server: Path, desk: Path, tmp_path: Path):
    book = tmp_path / "区划.xlsx"
    assert ask(server, "server", "places", "export", "--out", str(book))[1]["rows"] == 881
    sheet = load_workbook(book)["区划"]
    row = next(cell.row for cell in sheet["B"] if cell.value == VILLAGE)
    path = edited(book, "区划", {f"H{row}": "2020-01-01", f"K{row}": "341021101205"})
    assert ask(server, "server", "places", "add", path)[1]["changes"]["closed"] == [f"{VILLAGE} 定潭村委会"]
    assert ask(desk, "sync")[0] == 0
    record = tmp_path / "grid.jsonl"
    record.write_text("{}", encoding="utf-8")
    _code, document = ask(desk, "add", "grid", str(record), "--place", VILLAGE)
    assert "已经撤销或合并" in json.dumps(document, ensure_ascii=False)
    assert ask(desk, "add", "grid", str(record))[1]["rejected"] == []
    (grid,) = ask(desk, "list", "grid")[1]["records"]
    assert grid["_place"] == "341021101205"  # the village it went into is granted with it
    assert ask(desk, "status")[1]["places"][0]["code"] == VILLAGE
    assert ask(server, "server", "places", "add", path)[1]["published"] is False
    code, refused = ask(server, "server", "code", "--scope", VILLAGE)
    assert (code, "不再发登记码" in refused["error"]) == (4, True)


def test_an_open_desk_works_by_what_it_received_without_a_restart(server: Path, desk: Path, tmp_path: Path):
    from hsdesk.desk import Desk

    book = tmp_path / "代码表.xlsx"
    ask(server, "server", "codelists", "export", "facility_kind", "--out", str(book))
    path = edited(book, "facility_kind", {"B3": "改了名的站"})
    settings = tmp_path / "口径.xlsx"
    ask(server, "server", "settings", "export", "--out", str(settings))
    row = next(cell.row for cell in load_workbook(settings)["口径设置"]["A"] if cell.value == "fused_target")
    chosen = edited(settings, "口径设置", {f"C{row}": "60"})
    places = tmp_path / "区划.xlsx"
    ask(server, "server", "places", "export", "--out", str(places))
    sheet = load_workbook(places)["区划"]
    row = next(cell.row for cell in sheet["B"] if cell.value == VILLAGE)
    moved = edited(places, "区划", {f"C{row}": "新定潭村委会", f"J{row}": "定潭村委会"})
    opened = Desk.open(desk, "kou-ling-2020")
    try:
        for verb, file in (("codelists", path), ("settings", chosen), ("places", moved)):
            assert ask(server, "server", verb, "add", file)[1]["published"] is True
        opened.exchange.sync()
        offered = {
            one.value: one.label.plain()
            for one in opened.records.entry("facility").session.node("kind").choices
        }
        assert offered["2"] == "改了名的站"
        assert next(one for one in opened.reports.indicators() if one.id == "I11").target == 0.6
        assert next(one for one in opened.reports.settings() if one.name == "fused_target").value == "60%"
        assert opened.status().places[0].name == "新定潭村委会"
    finally:
        opened.close()


def test_the_days_that_count_as_overdue_are_chosen_in_the_workbook(server: Path, desk: Path, tmp_path: Path):
    line = {"org_name": "示例协会", "reg_status": "2", "filed_on": "2020-01-01", "expire_on": "2026-03-01"}
    record = tmp_path / "org.jsonl"
    record.write_text(json.dumps(line, ensure_ascii=False), encoding="utf-8")
    assert ask(desk, "add", "social_org", str(record))[1]["rejected"] == []
    beside = figure(desk, "I32")["beside"]
    assert (beside["name"], beside["numerator"], beside["denominator"]) == ("逾期率", 1, 1)
    assert (beside["shown"], [one["gap"] for one in beside["short"]]) == ("100%", [1])
    book = tmp_path / "口径.xlsx"
    ask(server, "server", "settings", "export", "--out", str(book))
    row = next(cell.row for cell in load_workbook(book)["口径设置"]["A"] if cell.value == "overdue_scope")
    path = edited(book, "口径设置", {f"C{row}": "项目、试点、承诺和协商"})
    assert ask(server, "server", "settings", "add", path)[1]["published"] is True
    assert ask(desk, "sync")[0] == 0
    found = figure(desk, "I32")
    assert (found["beside"]["denominator"], found["beside"]["value"]) == (0, None)
    assert found["note"].startswith("现行口径:逾期率算哪些期限为“项目、试点、承诺和协商”,口径以市局为准")


def test_a_choice_of_the_city_changes_the_figures_of_the_desk(server: Path, desk: Path, tmp_path: Path):
    line = {"name": "汪某", "is_sw": "1", "sw_cert": "0", "hired_on": "2019-01-01", "is_staff": "1"}
    line["is_sw_from"] = "2019-01-01"
    record = tmp_path / "worker.jsonl"
    record.write_text(json.dumps(line, ensure_ascii=False), encoding="utf-8")
    assert ask(desk, "add", "worker", str(record))[1]["rejected"] == []
    book = tmp_path / "口径.xlsx"
    ask(server, "server", "settings", "export", "--out", str(book))
    row = next(cell.row for cell in load_workbook(book)["口径设置"]["A"] if cell.value == "worker_certified")
    path = edited(book, "口径设置", {f"C{row}": "须持职业水平证书"})
    assert figure(desk, "I04")["value"] == 1
    assert ask(server, "server", "settings", "add", path)[1]["published"] is True
    assert ask(desk, "sync")[0] == 0
    changed = figure(desk, "I04")
    assert changed["value"] == 0
    assert "须持职业水平证书" in changed["note"]


def figure(home: Path, name: str) -> dict[str, Any]:
    found = ask(home, "indicators", "--as-of", "2026-11-24")[1]["indicators"]
    return next(value for value in found if value["id"] == name)


def test_a_round_opened_at_the_server_is_listed_on_the_desk(server: Path, desk: Path, tmp_path: Path):
    words = (
        "--title",
        "2026年四季度",
        "--period",
        "2026Q4",
        "--deadline",
        "2027-01-05",
        "--forms",
        "social_org",
    )
    assert ask(server, "server", "round", "open", "q4_2026", *words, "--places", "341021")[0] == 0
    other = {"id": "elsewhere", "title": "别处", "period": "2026", "deadline": "2027-01-05"}
    file = tmp_path / "round.json"
    file.write_text(json.dumps(other | {"forms": ["grid"], "places": ["341002"]}), encoding="utf-8")
    assert len(ask(server, "server", "round", "open", str(file))[1]["rounds"]) == 2
    assert ask(desk, "sync")[0] == 0
    (found,) = ask(desk, "rounds")[1]["rounds"]
    assert (found["id"], found["place"], found["state"]) == ("q4_2026", VILLAGE, "未填报")
    assert "未填报" in say(desk, "rounds")[1]
    assert ask(server, "server", "round", "close", "q4_2026")[0] == 0
    assert ask(desk, "sync")[0] == 0
    assert ask(desk, "rounds")[1] == {"rounds": []}
    assert ask(server, "server", "round", "close", "no-such")[0] == 4
    file.write_text("{", encoding="utf-8")
    assert ask(server, "server", "round", "open", str(file))[0] == 1


def named_by_the_city(server: Path, folder: Path, **names: str) -> None:
    """Give the four centres names, as an official does in the workbook of settings."""
    book = folder / "口径.xlsx"
    ask(server, "server", "settings", "export", "--out", str(book))
    rows = {cell.value: cell.row for cell in load_workbook(book)["口径设置"]["A"]}
    path = edited(book, "口径设置", {f"C{rows[name]}": text for name, text in names.items()})
    assert ask(server, "server", "settings", "add", path)[1]["published"] is True


def headings(home: Path, out: Path) -> set[str]:
    """What stands in the first rows of the exported register of pilots."""
    assert ask(home, "export", "pilot", "--out", str(out))[0] == 0
    return {str(cell.value) for row in load_workbook(out).worksheets[0].iter_rows() for cell in row}


@pytest.fixture
def county(desk: Path, server: Path, tmp_path: Path) -> Path:
    """A desk of the county, which fills the register of pilots, at the same server."""
    home = tmp_path / "county"
    assert ask(home, "init", "--place", "341021", "--person", "程专干")[0] == 0
    code = ask(server, "server", "code", "--scope", "341021", "--role", "county")[1]["code"]
    assert ask(home, "enroll", ask(desk, "status")[1]["server"], code)[0] == 0
    assert ask(home, "sync")[0] == 0
    return home


def test_the_names_the_city_gave_the_four_centres_stand_wherever_the_form_named_them(
    server: Path, county: Path, tmp_path: Path
):
    from hsdesk.desk import Desk

    line = {"pilot_kind": "1", "level": "1", "year": 2026, "c4_1": "1", "c4_2": "0"}
    record = tmp_path / "pilot.jsonl"
    record.write_text(json.dumps(line, ensure_ascii=False), encoding="utf-8")
    ids = ask(county, "add", "pilot", str(record))[1]["ids"]
    before = headings(county, tmp_path / "before.xlsx")
    assert {f"中心{n}(名称由市局设定)" for n in "一二三四"} <= before
    stored = ask(county, "list", "pilot")[1]
    named_by_the_city(server, tmp_path, centre_1="党群服务中心", centre_2="养老服务中心")
    opened = Desk.open(county, "kou-ling-2020")
    try:
        opened.exchange.sync()  # no restart between
        (entry,) = (opened.records.entry("pilot", one) for one in ids)
        labels = {name: entry.session.label(name) for name in ("c4_1", "c4_2", "c4_3", "portal")}
        (first,) = opened.lists.history("pilot", ids[0])
        told = {one.path: one.label for one in first.answers}
    finally:
        opened.close()
    assert labels == {
        "c4_1": "党群服务中心",
        "c4_2": "养老服务中心",
        "c4_3": "中心三（名称由市局设定）",
        "portal": "一个门户",
    }
    assert (told["c4_1"], told["c4_2"]) == ("党群服务中心", "养老服务中心")
    after = headings(county, tmp_path / "after.xlsx")
    assert {"党群服务中心", "养老服务中心", "中心三(名称由市局设定)"} <= after
    assert "中心一(名称由市局设定)" not in after
    assert ask(county, "list", "pilot")[1] == stored
    named_by_the_city(server, tmp_path, centre_1="中心一", centre_2="养老服务中心")
    assert ask(county, "sync")[0] == 0
    assert "中心一(名称由市局设定)" in headings(county, tmp_path / "again.xlsx")  # the form's words again
