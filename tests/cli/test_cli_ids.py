"""Ids of what is installed and published: another by --as, fixed class and level, and taking a form back."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cli_city import ask, enrolled, served

from hsdesk.cli.run import run
from hsdesk.desk import Desk
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.forms.compiler import compile_file
from hsdesk.wire.messages import ReferenceHead

VILLAGE = "341021101204"
HEAD = "| survey | | | | |\n| | type | name | label | bind::hs:class |\n"
NAMESPACE = 'hs="urn:hsdesk:form"'


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HSDESK_PASSPHRASE", "kou-ling-2020")


def sheet(
    folder: Path, form_id: str, version: str = "1", rows: str = "| | text | Who | 姓名 | |\n", **hs: str
) -> str:
    """Write a form; `hs`: further settings, e.g. level="city"."""
    path = folder / f"sheet{version}.md"
    extra = "".join(f" attribute::hs:{name} |" for name in hs)
    values = "".join(f" {value} |" for value in hs.values())
    settings = (
        f"| settings | | | | |{' |' * len(hs)}\n| | form_title | form_id | version | namespaces |{extra}\n"
        f"| | 调查 | {form_id} | {version} | {NAMESPACE} |{values}\n"
    )
    path.write_text(settings + HEAD + rows, encoding="utf-8")
    return str(path)


def server(home: Path, *words: str) -> tuple[int, Any]:
    out = io.StringIO()
    code = run(["server", *words, "--home", str(home), "--json"], None, out, io.StringIO())
    return code, json.loads(out.getvalue())


@pytest.fixture
def city(tmp_path: Path) -> Path:
    home = tmp_path / "city"
    assert server(home, "init")[0] == 0
    return home


def test_a_foreign_workbook_is_checked_with_a_hint_and_goes_in_under_an_id_of_ones_own(
    home: Path, tmp_path: Path
) -> None:
    assert ask(home, "init", "--place", VILLAGE, "--person", "汪文书")[0] == 0
    file = sheet(tmp_path, "WHO VA 2016")
    code, checked = ask(home, "forms", "check", file)
    assert code == 0
    assert ["--as" in problem["remedy"] for problem in checked["problems"]] == [True]
    code, said = ask(home, "forms", "install", file)
    assert code == 1
    assert "--as" in said["error"]
    code, said = ask(home, "forms", "install", file, "--as", "who_va")
    assert (code, said["form"]) == (0, "who_va")
    out = tmp_path / "out.xlsx"
    assert ask(home, "forms", "export", "who_va", "--out", str(out))[0] == 0
    assert compile_file(out).form_id == "who_va"
    for bad in ("WHO", "a" * 49, "hs_x", "../x", ""):
        assert ask(home, "forms", "install", file, "--as", bad)[0] in (1, 2)
    assert ask(home, "forms", "install", file, "--as", "GRID")[0] == 2


@pytest.mark.parametrize(
    "form_id", ["2026/Q1调查", ".", "../x", "SURVEY9", "pg_class", "grid_pkey", "a" * 49]
)
def test_the_city_publishes_no_id_that_could_stop_a_desk(city: Path, tmp_path: Path, form_id: str) -> None:
    assert server(city, "forms", "add", sheet(tmp_path, form_id))[0] == 1
    assert not any(one["form"] == form_id for one in server(city, "forms", "list")[1]["forms"])


def test_a_foreign_workbook_is_published_under_an_id_of_ones_own(city: Path, tmp_path: Path) -> None:
    code, said = server(city, "forms", "add", sheet(tmp_path, "Q1调查"), "--as", "survey_q1")
    assert (code, said["form"], said["version"]) == (0, "survey_q1", "1")


@pytest.mark.parametrize("change", [{"class": "party"}, {"level": "city"}, {"publish": "down"}])
def test_class_and_level_stay_what_they_were(city: Path, tmp_path: Path, change: dict[str, str]) -> None:
    assert server(city, "forms", "add", sheet(tmp_path, "survey9"))[0] == 0
    code, said = server(city, "forms", "add", sheet(tmp_path, "survey9", "2", **change))
    assert code == 1
    assert "级别" in said["error"]
    standing = {one["form"]: one["version"] for one in server(city, "forms", "list")[1]["forms"]}
    assert standing["survey9"] == "1"


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    with served(tmp_path) as address:
        yield address


def test_a_form_that_only_the_city_brought_is_taken_back_and_what_was_typed_stays(
    url: str, tmp_path: Path
) -> None:
    host = tmp_path / "server"
    assert ask(host, "server", "forms", "add", sheet(tmp_path, "survey9"))[0] == 0
    writer = enrolled(tmp_path, url, VILLAGE, "village")
    idle = enrolled(tmp_path, url, "341002", "county")
    assert ask(writer, "sync")[0] == ask(idle, "sync")[0] == 0
    record = tmp_path / "one.json"
    record.write_text('{"Who": "汪小明"}', encoding="utf-8")
    assert ask(writer, "add", "survey9", str(record))[1]["rejected"] == []
    code, said = ask(host, "server", "forms", "withdraw", "survey9")
    assert (code, said["form"]) == (0, "survey9")
    assert ask(writer, "sync")[1]["pushed"] == 1
    assert ask(idle, "sync")[0] == 0
    assert ask(writer, "list", "survey9")[1]["count"] == 1
    assert ask(writer, "add", "survey9", str(record))[0] == 1
    assert "survey9" in {one["form_id"] for one in ask(writer, "forms", "list")[1]["forms"]}
    assert "survey9" not in {one["form_id"] for one in ask(idle, "forms", "list")[1]["forms"]}
    assert ask(host, "server", "forms", "add", sheet(tmp_path, "survey9", "2"))[0] == 0
    assert ask(writer, "sync")[0] == 0
    assert ask(writer, "add", "survey9", str(record))[0] == 0


def test_a_definition_whose_name_cannot_stand_in_an_address_is_set_aside(home: Path, tmp_path: Path) -> None:
    desk, _ = Desk.create(home, (VILLAGE,), "汪文书", "kou-ling-2020")
    with closing(desk):
        heads = [ReferenceHead("form", name, "1", "d", "city") for name in ("../x", ".", "2026/Q1", "fine")]
        file: DeskFile = desk._file
        assert [head.id for head in file.missing_reference(heads)] == ["fine"]
        assert {one.id for one in file.unfit()} == {"../x", ".", "2026/Q1"}
    with closing(Desk.open(home, "kou-ling-2020")) as again:
        assert len(again.status().definitions) == 3
