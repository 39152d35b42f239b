"""Erasing and moving on the command line: a township desk, a village desk and a server process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cli_city import ask, enrolled, served

VILLAGE, NEIGHBOUR, TOWNSHIP = "341021101204", "341021101205", "341021101"


def add(home: Path, place: str, answers: dict[str, Any]) -> str:
    file = home / "record.json"
    file.write_text(json.dumps(answers), encoding="utf-8")
    code, document = ask(home, "add", "volunteer", str(file), "--place", place)
    assert (code, document["rejected"]) == (0, [])
    return str(document["ids"][0])


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("HSDESK_PASSPHRASE", "kou-ling-2020")
    with served(tmp_path) as url:
        village = enrolled(tmp_path, url, VILLAGE, "village")
        yield tmp_path, village, enrolled(tmp_path, url, TOWNSHIP, "township")


def sync(*homes: Path) -> None:
    for home in homes:
        assert ask(home, "sync")[0] == 0


def official(folder: Path, *words: str) -> tuple[int, Any]:
    return ask(folder / "server", "server", "erase", *words)


def names(home: Path) -> list[tuple[str, str]]:
    return [(one["name"], one["_place"]) for one in ask(home, "list", "volunteer")[1]["records"]]


def test_a_township_moves_a_record_to_the_right_village(city: Any) -> None:
    _, village, township = city
    record = add(village, VILLAGE, {"name": "样例甲"})
    sync(village, township)
    assert ask(village, "move", "volunteer", record, "--to", NEIGHBOUR)[0] == 4  # not a place of this desk
    assert ask(township, "move", "volunteer", record, "--to", NEIGHBOUR)[0] == 0
    sync(township, village)
    assert (names(township), names(village)) == ([("样例甲", NEIGHBOUR)], [])
    history = ask(township, "show", "volunteer", record, "--history")[1]["history"]
    assert {entry["by"] for entry in history} >= {"village", "township"}


def test_what_a_village_asks_to_erase_is_gone_everywhere_once_an_official_agrees(city: Any) -> None:
    folder, village, township = city
    record = add(village, VILLAGE, {"name": "样例乙", "phone": "13900001234"})
    sync(village, township)
    asking = ("erase", "volunteer", record, "--fields", "phone", "--reason")
    assert ask(village, *asking, "写错了人") == (0, {"asked": record})
    assert ask(village, "erase", "volunteer", record, "--fields", "nothing", "--reason", "x")[0] == 1
    sync(village, township)
    assert "13900001234" in json.dumps(ask(township, "show", "volunteer", record)[1])
    (request,) = official(folder, "--list")[1]["requests"]
    assert (request["id"], request["place"], request["fields"]) == (record, VILLAGE, ["phone"])
    assert (request["register"], request["reason"], request["by"]) == ("volunteer", "写错了人", "village")
    assert official(folder, "--refuse", record, "--reason", "还要联系")[0] == 0
    assert official(folder, "--list")[1] == {"requests": []}
    assert official(folder, "--confirm", record)[0] == 4  # it was answered
    answers = ask(village, "sync")[1]["erasures"]
    assert [(one["outcome"], one["reason"]) for one in answers] == [("refused", "还要联系")]
    assert ask(village, "sync")[1]["erasures"] == []
    assert ask(village, *asking, "真的写错了人")[0] == 0
    sync(village)
    assert official(folder, "--confirm", record)[0] == 0
    assert [one["outcome"] for one in ask(village, "sync")[1]["erasures"]] == ["erased"]
    sync(township)
    assert "13900001234" not in json.dumps(ask(township, "show", "volunteer", record, "--history")[1])
    assert ask(folder / "server", "server", "erase", record, "--reason", "本人要求清除")[0] == 0
    sync(township, village)
    assert names(township) == names(village) == []
    assert "样例乙" not in json.dumps(
        ask(village, "show", "volunteer", record, "--history")[1], ensure_ascii=False
    )
    audit = ask(folder / "server", "server", "audit")[1]["entries"]
    assert {"erase"} <= {entry["action"] for entry in audit}
    assert ask(folder / "server", "server", "audit", "verify")[1]["standing"] == []


def test_a_merger_in_a_workbook_takes_the_records_along(city: Any) -> None:
    from openpyxl import load_workbook

    folder, village, township = city
    add(village, VILLAGE, {"name": "样例丙"})
    sync(village, township)
    book = folder / "places.xlsx"
    assert ask(folder / "server", "server", "places", "export", "--out", str(book))[0] == 0
    sheet = (loaded := load_workbook(book))["区划"]
    heading = {cell.value: cell.column for cell in sheet[1]}
    for row in sheet.iter_rows(min_row=2):
        if row[heading["代码"] - 1].value == VILLAGE:
            sheet.cell(row[0].row, heading["停用日期"], "2026-01-01")
            sheet.cell(row[0].row, heading["并入单位代码"], NEIGHBOUR)
    loaded.save(book)
    code, document = ask(folder / "server", "server", "places", "add", str(book))
    assert (code, document["moved"]) == (0, {VILLAGE: 1})
    sync(village, township)
    assert names(township) == names(village) == [("样例丙", NEIGHBOUR)]
    late = add(village, NEIGHBOUR, {"name": "样例丁"})
    sync(village, township)
    assert ("样例丁", NEIGHBOUR) in names(township)
    assert late
    assert ask(folder / "server", "server", "move")[1] == {"moved": {}, "refused": []}
