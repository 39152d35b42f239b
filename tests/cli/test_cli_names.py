"""A name in a command that does not exist makes it a wrong command: 2, one sentence, nothing done."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cli.test_cli_contract import ask, say, started

OTHER = "341021101203"  # a village of the same town, not on this desk
ORG = {"org_name": "甲会"}


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A desk with one organization; its home and the record's id."""
    home = tmp_path_factory.mktemp("names")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HSDESK_PASSPHRASE", "kou-ling-2020")
        patch.setenv("HSDESK_HOME", str(home / "desk"))
        started(home / "desk")
        file = home / "org.json"
        file.write_text(json.dumps(ORG, ensure_ascii=False), encoding="utf-8")
        return home, ask("add", "social_org", str(file))[1]["ids"][0]


@pytest.fixture(autouse=True)
def inside(at: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HSDESK_PASSPHRASE", "kou-ling-2020")
    monkeypatch.setenv("HSDESK_HOME", str(at[0] / "desk"))


def refused_with(at: tuple[Path, str], words: str) -> int:
    """Give a command, this desk's names put in; return its exit code. It says why and writes nothing."""
    home, record = at
    new = home / "new.xlsx"
    given = {"FILE": str(home / "org.json"), "RECORD": record, "NEW": str(new)}
    code, document = ask(*(given.get(word, word) for word in words.split()))
    assert document["error"]
    assert not new.exists()
    return code


@pytest.mark.parametrize(
    "words",
    [
        "add nothing FILE",
        "add social_org FILE --place 999",
        "list nothing",
        "list social_org --place 999",
        "list social_org --where nothing=1",
        "list social_org --where name=",
        "show nothing RECORD",
        "edit nothing RECORD org_name=乙会",
        "edit social_org RECORD nothing=1",
        "delete nothing RECORD --reason 重复",
        "restore nothing RECORD --at 1",
        "check --register nothing",
        "report nothing --out NEW",
        "report social_org_roster --place 999 --out NEW",
        "export nothing --out NEW",
        "forms export nothing --out NEW",
    ],
)
def test_a_name_that_does_not_exist_is_wrong_usage(at: tuple[Path, str], words: str) -> None:
    assert refused_with(at, words) == 2
    assert ask("show", "social_org", at[1])[1]["record"]["org_name"] == ORG["org_name"]


@pytest.mark.parametrize(
    "words",
    [
        f"list social_org --place {OTHER}",
        f"add social_org FILE --place {OTHER}",
        f"report social_org_roster --place {OTHER} --out NEW",
        "show social_org nobody",
        "edit social_org nobody org_name=乙会",
        "delete social_org nobody --reason 重复",
        "conflicts resolve nothing --keep a",
    ],
)
def test_a_place_or_record_that_is_not_held_here_is_refused(at: tuple[Path, str], words: str) -> None:
    assert refused_with(at, words) == 4


def test_an_unknown_place_makes_no_desk(tmp_path: Path) -> None:
    code, document = ask("--home", str(tmp_path / "desk"), "init", "--place", "999", "--person", "汪文书")
    assert code == 2
    assert "999" in document["error"]
    assert not (tmp_path / "desk").exists()


@pytest.mark.parametrize("verb", ["report social_org_roster", "export social_org", "forms export social_org"])
def test_a_missing_folder_is_said_and_nothing_is_written(tmp_path: Path, verb: str) -> None:
    out = tmp_path / "没有的文件夹" / "a.xlsx"
    code, _, told = say(*verb.split(), "--out", str(out))
    assert code == 4
    assert "没有" in told
    assert "Traceback" not in told
    assert not out.parent.exists()


@pytest.mark.parametrize("verb", ["report social_org_roster", "export social_org", "forms export social_org"])
def test_a_folder_in_the_place_of_the_file_is_said(tmp_path: Path, verb: str) -> None:
    out = tmp_path / "a.xlsx"
    out.mkdir()
    code, _, told = say(*verb.split(), "--out", str(out))
    assert code == 4
    assert told
    assert "Traceback" not in told
    assert os.listdir(tmp_path) == ["a.xlsx"]  # noqa: PTH208


def test_the_print_outs_are_listed_with_register_and_use() -> None:
    code, document = ask("report", "--list")
    assert code == 0
    assert {"name", "title", "register", "use"} <= document["reports"][0].keys()
    (notice,) = [one for one in document["reports"] if one["name"] == "pledge_notice"]
    assert (notice["register"], notice["use"]) == ("pledge", "notice")
    assert ask("report")[0] == 2
    assert ask("report", "social_org_roster")[0] == 2
