"""The benchmark table: its rows, its floors, its examples."""

from __future__ import annotations

import doctest
import json
import os
import re
import shutil
import sqlite3
import zlib
from contextlib import closing
from pathlib import Path
from types import ModuleType

import licences
import pytest
from bench import __main__ as bench_main
from bench import floors, table, window
from bench.table import Row
from devtools import system, verbs


@pytest.mark.parametrize("module", [table, licences, system, verbs])
def test_the_examples_in_the_docstrings_hold(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


def test_the_table_is_markdown_with_every_figure_beside_its_floor() -> None:
    rows = [
        Row("save", "≤ 2.7 ×", 0.51, "ms", 2.04, "plain commit 0.25 ms", "≤ 2 ×"),
        Row("pull", "≤ 20 ×", 5.2, "s", 26.0, "plain insert 0.20 s"),
        Row("window | usable", "≤ 4 ×", None, "ms", floor="no display"),
    ]
    assert table.markdown(rows).splitlines() == [
        "| figure | ratio | target |  | goal | measured | unit | floor |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        "| save | 2.04 × | ≤ 2.7 × | held | ≤ 2 × | 0.510 | ms | plain commit 0.25 ms |",
        "| pull | 26.0 × | ≤ 20 × | missed |  | 5.20 | s | plain insert 0.20 s |",
        "| window \\| usable |  | ≤ 4 × |  |  | not measured | ms | no display |",
    ]


@pytest.mark.parametrize(
    ("target", "ratio", "floor"),
    [("≤ 16", 2.0, "plain commit 0.25 ms"), ("≤ 2 ×", None, ""), ("≤ 2 ×", 2.0, "")],
)
def test_a_target_is_a_ratio_to_a_floor_of_the_same_run(target: str, ratio: float | None, floor: str) -> None:
    with pytest.raises(ValueError, match="save"):
        Row("save", target, 0.5, "ms", ratio, floor)


def test_every_target_written_down_is_a_ratio() -> None:
    sources = "".join(path.read_text() for path in Path(table.__file__).parent.glob("*.py"))
    written = re.findall(r'"([≤≥] [^"]*)"', sources)
    assert len(written) > 40
    assert [text for text in written if not re.fullmatch(r"[≤≥] [\d.,]+ ×", text)] == []


def test_the_storm_is_measured_only_when_it_is_asked_for() -> None:
    module = ModuleType("figures")
    vars(module)["rows"] = lambda: [Row("calm", "", 1, "s")]
    vars(module)["storm_rows"] = lambda: [Row("storm", "", 2, "s")]
    assert [row.figure for row in table.run_table([module])] == ["calm"]
    assert [row.figure for row in table.run_table([module], storm=True)] == ["calm", "storm"]


def test_a_module_is_measured_in_a_process_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "bench"
    shutil.copytree(Path(table.__file__).parent, package)
    code = "import os\nfrom bench.table import Row\ndef rows(): return [Row('own', '', os.getpid(), '')]\n"
    (package / "mine.py").write_text(code)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (row,) = bench_main.measured_apart("mine", storm=False)
    assert row.figure == "own"
    assert row.measured != os.getpid()


def test_every_floor_is_measured_and_not_assumed() -> None:
    few, many = ([{"a": number, "b": "甲"} for number in range(count)] for count in (200, 40_000))
    assert 0 < floors.plain_insert_seconds(few) < floors.plain_insert_seconds(many)
    assert floors.bare_edits_per_second([{"id": number} for number in range(600)]) > 100
    with floors.plain_table([("甲", "乙")]) as plain, closing(sqlite3.connect(plain)) as database:
        assert database.execute("SELECT c0, c1 FROM t").fetchall() == [("甲", "乙")]
    assert 0 < floors.durable_commit_seconds(20) < 1
    data = json.dumps(list(range(20_000))).encode()
    assert 0 < floors.zlib_seconds(data) < 10
    assert len(zlib.compress(data)) < len(data)
    empty = floors.empty_window()
    assert 0 < empty.seconds < 60
    assert 0 < empty.work < 60
    assert 20 < empty.mb < 500


def test_the_invented_records_are_the_same_in_every_run_and_say_so() -> None:
    assert list(window.visits(300)) == list(window.visits(300))
    organizations = list(window.organizations())
    assert organizations == list(window.organizations())
    assert len({record["org_name"] for record in organizations}) == window.ORGANIZATIONS
    assert all("虚构" in str(record["org_name"]) for record in organizations)
    assert all("虚构" in str(record["issue"]) for record in window.visits(300))
