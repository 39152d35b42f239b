"""What those who fill a form cannot reach is told by `forms check`, and refused by the city."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_city import ask

HEAD = "| survey |\n| | type | name | label | required | bind::hs:class |\n"
VISIT = "| | select_one_from_file exchange.csv | met | 交流活动 | {required} | |\n"


@pytest.fixture
def city(tmp_path: Path) -> Path:
    assert ask(tmp_path / "city", "server", "init")[0] == 0
    return tmp_path / "city"


def sheet(folder: Path, required: str) -> str:
    """Write a village form that names what counties keep for themselves."""
    path = folder / "met.md"
    heads = "form_title | form_id | version | namespaces"
    settings = f'| settings |\n| | {heads} |\n| | 走访 | met | 1 | hs="urn:hsdesk:form" |\n'
    path.write_text(settings + HEAD + VISIT.format(required=required), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(("required", "severity", "code"), [("yes", "error", 1), ("", "warning", 0)])
def test_a_check_of_a_form_names_what_a_village_cannot_reach(
    tmp_path: Path, required: str, severity: str, code: int
) -> None:
    done, said = ask(tmp_path / "home", "forms", "check", sheet(tmp_path, required))
    (found,) = said["problems"]
    assert (done, found["severity"], found["sheet"], found["cell"]) == (code, severity, "survey", "met")
    assert "村（社区）收不到由区县填的“融杭接沪交流”" in found["message"]
    assert "hs:publish" in found["remedy"]


def test_the_city_refuses_what_must_be_answered_and_cannot_be_and_tells_the_rest(
    city: Path, tmp_path: Path
) -> None:
    code, said = ask(city, "server", "forms", "add", sheet(tmp_path, "yes"))
    assert code == 1
    assert "收不到由区县填的" in said["error"]
    assert all(one["form"] != "met" for one in ask(city, "server", "forms", "list")[1]["forms"])
    code, said = ask(city, "server", "forms", "add", sheet(tmp_path, ""))
    assert (code, said["form"]) == (0, "met")
    assert "收不到由区县填的" in json.dumps(said["leaning"], ensure_ascii=False)
