"""Installing a form by hand: what it would replace is told, and refused where it was hardly meant."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from hsdesk.cli.run import run

VILLAGE = "341021101204"
ROWS = "| | text | who | 姓名 |\n| | integer | age | 年龄 |\n"


@pytest.fixture(autouse=True)
def started(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HSDESK_PASSPHRASE", "kou-ling-2020")
    assert ask("init", "--place", VILLAGE, "--person", "汪文书")[0] == 0


def ask(*words: str) -> tuple[int, Any]:
    out = io.StringIO()
    code = run([*words, "--json"], None, out, io.StringIO())
    return code, json.loads(out.getvalue())


def form(folder: Path, form_id: str, version: str, rows: str = ROWS, title: str = "走访") -> str:
    path = folder / f"{form_id}-{version}.md"
    settings = (
        f"| settings | | | |\n| | form_title | form_id | version |\n| | {title} | {form_id} | {version} |\n"
    )
    path.write_text(f"{settings}| survey | | | |\n| | type | name | label |\n{rows}", encoding="utf-8")
    return str(path)


def installed(form_id: str) -> dict[str, Any]:
    (found,) = (one for one in ask("forms", "list")[1]["forms"] if one["form_id"] == form_id)
    return found


def test_a_new_form_and_a_later_version_go_in_and_say_what_changed(tmp_path: Path) -> None:
    code, said = ask("forms", "install", form(tmp_path, "house_call", "9"))
    assert (code, said["change"]) == (0, "new")
    later = "| | text | who | 姓名 |\n| | text | place | 地点 |\n"
    code, said = ask("forms", "install", form(tmp_path, "house_call", "10", later))
    assert (code, said["change"], said["added"], said["removed"]) == (0, "later", ["place"], ["age"])
    assert installed("house_call")["version"] == "10"


def test_the_same_form_again_changes_nothing(tmp_path: Path) -> None:
    path = form(tmp_path, "house_call", "1")
    assert ask("forms", "install", path)[0] == 0
    code, said = ask("forms", "install", path)
    assert (code, said["change"]) == (0, "same")


def test_a_shipped_form_exported_and_installed_again_is_the_same(tmp_path: Path) -> None:
    book = tmp_path / "book.xlsx"
    assert ask("forms", "export", "social_org", "--out", str(book))[0] == 0
    code, said = ask("forms", "install", str(book))
    assert (code, said["change"]) == (0, "same")


def test_the_same_version_with_other_content_is_refused_until_it_is_meant(tmp_path: Path) -> None:
    assert ask("forms", "install", form(tmp_path, "house_call", "1"))[0] == 0
    other = form(tmp_path, "house_call", "1", ROWS + "| | text | note | 备注 |\n")
    code, said = ask("forms", "install", other)
    assert code == 4
    for words in ("内容和这个文件不同", "新增 1 栏：note", "数据没有改动", "--replace"):
        assert words in said["error"]
    assert ask("add", "house_call", written(tmp_path, {"note": "x"}))[1]["ids"] == []
    code, said = ask("forms", "install", other, "--replace")
    assert (code, said["change"], said["added"]) == (0, "rewritten", ["note"])


def written(folder: Path, record: dict[str, Any]) -> str:
    path = folder / "record.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    return str(path)


def test_an_earlier_version_is_refused_until_it_is_meant(tmp_path: Path) -> None:
    assert ask("forms", "install", form(tmp_path, "house_call", "2026.10"))[0] == 0
    earlier = form(tmp_path, "house_call", "2026.9")
    code, said = ask("forms", "install", earlier)
    assert code == 4
    assert "较新的版本 2026.10" in said["error"]
    assert installed("house_call")["version"] == "2026.10"
    assert ask("forms", "install", earlier, "--replace")[0] == 0
    assert installed("house_call")["version"] == "2026.9"


@pytest.mark.parametrize("options", [(), ("--replace",)])
def test_another_form_under_the_id_of_a_shipped_one_is_never_installed(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    before = installed("social_org")
    code, said = ask("forms", "install", form(tmp_path, "social_org", "2099"), *options)
    assert code == 4
    assert "另取 form_id" in said["error"]
    assert installed("social_org") == before


def test_another_form_under_ones_own_id_is_replaced_only_when_it_is_meant(tmp_path: Path) -> None:
    assert ask("forms", "install", form(tmp_path, "house_call", "1"))[0] == 0
    foreign = form(tmp_path, "house_call", "2", "| | text | colour | 颜色 |\n")
    assert ask("forms", "install", foreign)[0] == 4
    assert ask("forms", "install", foreign, "--replace")[0] == 0


def test_a_form_whose_table_would_be_that_of_another_is_refused_by_check_and_install(tmp_path: Path) -> None:
    code, said = ask("forms", "check", form(tmp_path, "SOCIAL_ORG", "1"))
    assert code == 1
    assert "social_org" in said["problems"][0]["message"]
    code, said = ask("forms", "check", form(tmp_path, "survey9", "1"), form(tmp_path, "SURVEY9", "1"))
    assert (code, len(said["problems"])) == (1, 2)
    assert ask("forms", "install", form(tmp_path, "survey9", "1"))[0] == 0
    code, said = ask("forms", "install", form(tmp_path, "Survey9", "1"))
    assert code == 1
    assert "survey9" in said["error"]


def test_the_city_server_publishes_no_form_whose_table_would_be_that_of_another(tmp_path: Path) -> None:
    server = ("--home", str(tmp_path / "city"))
    assert ask("server", "init", *server)[0] == 0
    assert ask("server", "forms", "add", form(tmp_path, "survey9", "1"), *server)[0] == 0
    code, said = ask("server", "forms", "add", form(tmp_path, "SURVEY9", "1"), *server)
    assert code == 1
    assert "survey9" in said["error"]
