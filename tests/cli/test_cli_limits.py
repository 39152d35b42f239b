"""What is too long or nested too deep for the databases and readers behind works, or is told in words."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from hsdesk.cli.run import run

VILLAGE = "341021101204"


@pytest.fixture(autouse=True)
def started(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HSDESK_PASSPHRASE", "kou-ling-2020")
    assert ask("init", "--place", VILLAGE, "--person", "汪文书")[0] == 0


def ask(*words: str) -> tuple[int, Any]:
    out = io.StringIO()
    code = run([*words, "--json"], None, out, io.StringIO())
    return code, json.loads(out.getvalue())


@pytest.mark.parametrize(
    "where",
    [
        " or ".join(["member_n = 12"] * 5000),
        " and ".join(["member_n"] * 5000),
        " or ".join(["(category = '1' and member_n > 3)"] * 2500),
        "+".join(["member_n"] * 5000) + " > 3",
        " = ".join(["member_n"] * 1501),
        f"starts-with(concat({','.join(['org_name'] * 5000)}), '定潭')",
    ],
    ids=["or", "and", "pairs", "sum", "equal", "concat"],
)
def test_a_long_condition_finds_what_a_short_one_finds(tmp_path: Path, where: str) -> None:
    file = tmp_path / "one.jsonl"
    file.write_text('{"org_name": "定潭村老年协会", "member_n": 12, "category": "1"}\n', encoding="utf-8")
    assert ask("add", "social_org", str(file))[0] == 0
    code, found = ask("list", "social_org", "--where", where)
    assert (code, found.get("count")) == (0, 1)


@pytest.mark.parametrize(
    ("where", "limit"),
    [(" or ".join(["category = '1'"] * 20_000), "100000"), ("(" * 100 + "member_n" + ")" * 100, "80")],
)
def test_a_condition_beyond_the_limit_is_refused_with_the_limit(where: str, limit: str) -> None:
    code, said = ask("list", "social_org", "--where", where)
    assert code == 2
    assert limit in said["error"]


def test_a_search_for_more_words_than_the_limit_is_refused_with_the_limit() -> None:
    assert ask("list", "social_org", "--search", "张三 " * 200)[0] == 0
    code, said = ask("list", "social_org", "--search", "张三 " * 201)
    assert code == 1
    assert "200" in said["error"]


def test_a_line_of_json_nested_without_end_is_refused_and_the_others_go_in(tmp_path: Path) -> None:
    file = tmp_path / "deep.jsonl"
    deep = "[" * 100_000 + "]" * 100_000
    file.write_text(f'{{"org_name": {deep}}}\n{{"org_name": "老年协会"}}\n', encoding="utf-8")
    code, stored = ask("add", "social_org", str(file))
    assert code == 1
    assert len(stored["ids"]) == 1
    assert [one["line"] for one in stored["rejected"]] == [1]


@pytest.mark.parametrize("kind", ["group", "repeat"])
def test_groups_nested_a_thousand_deep_are_refused_with_cell_and_limit(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "deep.md"
    begin = "".join(f"| | begin_{kind} | g{number} | 组 |\n" for number in range(1000))
    end = f"| | end_{kind} | | |\n" * 1000
    table = f"| survey | | | |\n| | type | name | label |\n{begin}| | text | a | 甲 |\n{end}"
    file.write_text(table, encoding="utf-8")
    code, document = ask("forms", "check", str(file))
    assert code == 1
    assert [problem["cell"] for problem in document["problems"] if problem["severity"] == "error"] == ["A52"]
    assert "50" in document["problems"][0]["message"]
