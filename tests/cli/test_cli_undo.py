"""undo, redo and import on the command line: documents, words, exit codes."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from hsdesk.cli.run import run

VILLAGE, OTHER = "341021101204", "341021101205"


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HSDESK_PASSPHRASE", "kou-ling-2020")


def ask(*words: str) -> tuple[int, Any]:
    """Run a command with --json and return its exit code and document."""
    out, err = io.StringIO(), io.StringIO()
    code = run([*words, "--json"], None, out, err)
    return code, json.loads(out.getvalue())


def say(*words: str) -> tuple[int, str]:
    """Run a command in words; return its exit code and all it said."""
    out, err = io.StringIO(), io.StringIO()
    return run(words, None, out, err), out.getvalue() + err.getvalue()


def made(tmp_path: Path, *places: str) -> tuple[Path, list[str]]:
    """Make a desk; add two organizations from a file."""
    asked = [word for place in places for word in ("--place", place)]
    assert ask("init", "--person", "汪文书", *asked)[0] == 0
    file = tmp_path / "orgs.jsonl"
    lines = ({"org_name": name, "member_n": 10, "_place": places[0]} for name in ("甲会", "乙会"))
    file.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    code, stored = ask("add", "social_org", str(file))
    assert code == 0
    return file, stored["ids"]


def members(record: str) -> Any:
    return ask("show", "social_org", record)[1]["record"]["member_n"]


def test_undo_takes_back_the_last_act_or_the_last_n_and_redo_does_them_again(
    home: Path, tmp_path: Path
) -> None:
    _, (first, second) = made(tmp_path, VILLAGE)
    for n in (11, 12):
        assert ask("edit", "social_org", first, f"member_n={n}")[0] == 0
    code, done = ask("undo")
    assert (code, done["ids"], done["left"]) == (0, [first], [])
    assert [act["words"] for act in done["acts"]] == ["修改 1 条（社区社会组织）"]
    assert members(first) == 11
    assert ask("redo")[0] == 0
    assert members(first) == 12
    code, said = say("undo", "2")
    assert code == 0
    assert said.splitlines() == ["已撤销：修改 1 条（社区社会组织）"] * 2
    assert members(first) == members(second) == 10
    assert ask("redo", "2")[0] == 0
    assert members(first) == 12
    assert ask("undo", "3")[0] == 0
    assert ask("list", "social_org")[1]["count"] == 0
    code, refused = ask("undo")
    assert (code, refused["kind"]) == (4, "Refused")
    assert "没有可以撤销的了" in refused["error"]


def test_undo_lists_what_was_done_and_undoes_one_by_its_number(home: Path, tmp_path: Path) -> None:
    _, (first, second) = made(tmp_path, VILLAGE)
    ask("edit", "social_org", first, "member_n=11")
    ask("edit", "social_org", second, "member_n=12")
    code, listed = ask("undo", "--list")
    assert code == 0
    assert [act["words"] for act in listed["acts"]] == [
        "修改 1 条（社区社会组织）",
        "修改 1 条（社区社会组织）",
        "从“orgs.jsonl”新增 2 条（社区社会组织）",
    ]
    assert {"id", "at", "by", "undone", "batch"} <= set(listed["acts"][0])
    assert ask("undo", "--act", str(listed["acts"][1]["id"]))[0] == 0
    assert (members(first), members(second)) == (10, 12)
    assert [act["undone"] for act in ask("undo", "--list")[1]["acts"]] == [False, True, False]
    assert "（已撤销）" in say("undo", "--list")[1]
    assert ask("undo", "--act", "9999")[0] == 4


def test_a_batch_is_listed_and_undone_by_its_name_and_what_was_left_is_told(
    home: Path, tmp_path: Path
) -> None:
    file, (first, _) = made(tmp_path, VILLAGE)
    change = tmp_path / "changes.jsonl"
    change.write_text(json.dumps({"_id": first, "member_n": 15}), encoding="utf-8")
    edited = ask("edit", "social_org", str(change))[1]["batch"]
    code, listed = ask("import", "--list")
    assert code == 0
    assert [(one["file"], one["new"], one["changed"]) for one in listed["batches"]] == [
        ("changes.jsonl", 0, 1),
        (file.name, 2, 0),
    ]
    batch = listed["batches"][1]
    assert set(batch) == {"batch", "register", "file", "at", "by", "new", "changed", "undone"}
    assert (batch["register"], batch["by"], batch["undone"]) == ("social_org", "汪文书", False)
    code, done = ask("import", "--undo", batch["batch"])
    assert code == 1
    (left,) = done["left"]
    assert (left["record"], left["path"], left["value"]) == (first, "member_n", "15")
    assert "没有动" in left["words"]
    assert [one["_id"] for one in ask("list", "social_org")[1]["records"]] == [first]
    assert ask("import", "--undo", batch["batch"])[0] == 4
    assert ask("import", "--undo", edited)[0] == 0
    assert members(first) == 10
    assert [one["undone"] for one in ask("import", "--list")[1]["batches"]] == [True, True]
    assert "已撤销" in say("import", "--list")[1]


@pytest.mark.parametrize(
    "words",
    [
        ("import", "--undo", "20200101-1"),
        ("import",),
        ("import", "--list", "--undo", "20200101-1"),
        ("undo", "0"),
        ("redo", "-1"),
        ("undo", "zwei"),
    ],
)
def test_a_batch_or_a_number_that_does_not_exist_is_wrong_usage(
    home: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    made(tmp_path, VILLAGE)
    assert say(*words)[0] == 2


def test_on_a_desk_of_several_places_the_place_is_not_guessed(home: Path, tmp_path: Path) -> None:
    made(tmp_path, VILLAGE, OTHER)
    code, refused = ask("undo")
    assert code == 1
    assert "--place" in refused["error"]
    assert len(ask("undo", "--list")[1]["acts"]) == 1
    assert ask("undo", "--list", "--place", OTHER)[1]["acts"] == []
    assert ask("undo", "--place", OTHER)[0] == 4
    assert ask("undo", "--place", VILLAGE)[0] == 0


def test_what_cannot_be_undone_is_refused_with_what_to_do_instead(home: Path, tmp_path: Path) -> None:
    _, (first, second) = made(tmp_path, VILLAGE)
    assert ask("erase", "social_org", first, "--reason", "本人要求")[0] == 0
    code, said = say("undo")
    assert code == 4
    assert "清除不能撤销" in said
    assert ask("list", "social_org")[1]["count"] == 1
    assert members(second) == 10
