"""What a command line is given goes through the one reader: no number or half character stops the rest."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from hsdesk.cli.run import run

VILLAGE = "341021101204"
LINES = (
    '{"org_name": "甲"}',
    '{"org_name": "乙", "member_n": 20000000000000000000}',
    f'{{"org_name": "丙", "member_n": {"1" * 5000}}}',
    '{"org_name": "丁", "member_n": 1e400}',
    '{"org_name": "戊", "member_n": NaN}',
    '{"org_name": "己", "member_n": "3,5"}',
    '{"org_name": "庚\\ud83d"}',
    '{"org_name": "辛", "category": "zz"}',
    '{"org_name": "壬", "\\ud83d": 1}',
    '{"org_name": "癸", "member_n": 12.0}',
    "{broken",
)


@pytest.fixture
def desk(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HSDESK_PASSPHRASE", "kou-ling-2020")
    assert ask("init", "--place", VILLAGE, "--person", "汪文书\udc80")[0] == 0


def ask(*words: str) -> tuple[int, dict[str, object]]:
    """Run a command whose output is a UTF-8 stream, as a terminal's is."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    code = run([*words, "--json"], None, out, io.StringIO())
    return code, json.loads(out.buffer.getvalue())  # type: ignore[attr-defined]


def test_the_lines_that_can_be_read_go_in_and_the_others_are_named(desk: None, tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    file.write_text("\n".join(LINES), encoding="utf-8")
    code, stored = ask("add", "social_org", str(file))
    assert code == 1
    rejected = {one["line"]: one["reason"] for one in stored["rejected"]}  # type: ignore[attr-defined]
    assert sorted(rejected) == [2, 3, 4, 5, 6, 7, 8, 9, 11]
    assert len(stored["ids"]) == 2  # type: ignore[arg-type]
    said = {2: "最多15位", 3: "最多15位", 4: "最多15位", 6: "小数点", 7: "半个字符", 8: "“zz”"}
    for line, words in said.items():
        assert words in rejected[line]
    assert all(len(reason) < 200 for reason in rejected.values())


def test_a_word_of_the_command_that_holds_half_a_character_is_refused_in_words(
    desk: None, tmp_path: Path
) -> None:
    file = tmp_path / "one.json"
    file.write_text(LINES[0], encoding="utf-8")
    (record,) = ask("add", "social_org", str(file))[1]["ids"]  # type: ignore[misc]
    code, stored = ask("edit", "social_org", record, "leader=汪\udce6")
    assert code == 1
    assert "半个字符" in stored["rejected"][0]["reason"]  # type: ignore[index]
    assert ask("list", "social_org", "--search", "甲\udce6")[0] == 0
    assert ask("delete", "social_org", record, "--reason", "重复\udce6")[0] == 0
