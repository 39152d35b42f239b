"""Who typed on which computer, by nothing but the command line: desks, a server process, officials."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cli_city import ask, enrolled, served

VILLAGE, TOWNSHIP = "341021101204", "341021101"


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("HSDESK_PASSPHRASE", "kou-ling-2020")
    with served(tmp_path) as url:
        yield tmp_path, url


def add(home: Path, name: str) -> str:
    file = home / "record.json"
    file.write_text(json.dumps({"name": name}), encoding="utf-8")
    code, document = ask(home, "add", "volunteer", str(file))
    assert (code, document["rejected"]) == (0, [])
    return str(document["ids"][0])


def names(persons: list[dict[str, Any]]) -> list[str]:
    return [one["name"] for one in persons]


def authors(home: Path, record: str) -> set[str]:
    return {one["by"] for one in ask(home, "show", "volunteer", record, "--history")[1]["history"]}


def test_two_people_share_a_desk_before_its_first_sync_and_an_official_alone_renames_one(city: Any) -> None:
    folder, url = city
    home = folder / "village"
    assert ask(home, "init", "--place", VILLAGE, "--person", "王小明")[0] == 0
    own = ask(home, "status")[1]["device"]
    first = add(home, "样例甲")
    assert names(ask(home, "person", "add", "李四")[1]["persons"]) == ["王小明", "李四"]
    assert ask(home, "person", "add", "李四")[0] == 1
    assert ask(home, "person", "use", "赵六")[0] == 2
    assert [one["current"] for one in ask(home, "person", "use", "李四")[1]["persons"]] == [False, True]
    second = add(home, "样例乙")
    code = ask(folder / "server", "server", "code", "--scope", VILLAGE, "--role", "village")[1]["code"]
    code_, registered = ask(home, "enroll", f" {url.replace(':', '：')}", code)
    assert (code_, registered["device"] == own) == (0, False), "the number is the server's"
    assert ask(home, "sync")[1]["rejected"] == 0
    township = enrolled(folder, url, TOWNSHIP, "township")
    assert ask(township, "sync")[0] == 0
    assert (authors(township, first), authors(township, second)) == ({"王小明"}, {"李四"})

    listed = ask(folder / "server", "server", "person", "list", registered["device"])[1]["persons"]
    assert sorted(names(listed)) == ["李四", "王小明"]
    number = next(str(one["number"]) for one in listed if one["name"] == "李四")
    device = registered["device"]
    renamed = ask(folder / "server", "server", "person", "rename", device, number, "李思")[1]["persons"]
    assert sorted(names(renamed)) == ["李思", "王小明"]
    assert (
        ask(home, "person", "add", "新来的")[0] == 0
    )  # whoever is new is told at the next sync, and the answer
    assert ask(home, "sync")[0] == 0  # says what the city calls everybody
    assert names(ask(home, "person", "list")[1]["persons"]) == ["王小明", "李思", "新来的"]
    assert ask(home, "status")[1]["person"] == "李思"
    assert authors(home, second) == {"李思"}
    third = add(home, "样例丙")
    assert ask(home, "sync")[0] == ask(township, "sync")[0] == 0
    assert authors(township, third) == {"李思"}
    assert len(ask(folder / "server", "server", "person", "list")[1]["persons"]) == 4


def test_a_desk_registers_again_with_a_new_code_and_stays_the_same_computer(city: Any) -> None:
    folder, url = city
    home = enrolled(folder, url, VILLAGE, "village")
    device = ask(home, "status")[1]["device"]
    add(home, "样例甲")
    assert ask(home, "sync")[1]["pushed"] > 0
    waiting = add(home, "样例乙")
    code = ask(folder / "server", "server", "code", "--scope", VILLAGE, "--role", "village")[1]["code"]
    assert ask(home, "enroll", url, code)[1]["device"] == device
    assert len(ask(folder / "server", "server", "device", "list")[1]["devices"]) == 1
    report = ask(home, "sync")[1]
    assert (report["rejected"], report["waiting"], report["conflicts"]) == (0, 0, 0)
    released = ask(folder / "server", "server", "device", "release", device)[1]
    assert released["device"] == device
    assert ask(home, "enroll", url, released["code"])[1]["device"] == device
    assert authors(home, waiting) == {"village"}
