"""The benchmark table: its rows, its floors, its examples."""

from __future__ import annotations

import doctest
import json
import os
import shutil
import zlib
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
        Row("save", "≤ 16", 0.51, "ms", 2.04, "plain commit 0.25 ms"),
        Row("window | usable", "≤ 1,000", None, "ms", floor="no display"),
    ]
    assert table.markdown(rows).splitlines() == [
        "| figure | target | measured | unit | ratio | floor |",
        "| --- | --- | --- | --- | --- | --- |",
        "| save | ≤ 16 | 0.510 | ms | 2.04 × | plain commit 0.25 ms |",
        "| window \\| usable | ≤ 1,000 | not measured | ms |  | no display |",
    ]


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
    assert 0 < floors.raw_insert_seconds(200, 5) < floors.raw_insert_seconds(40_000, 5)
    assert 0 < floors.durable_commit_seconds(20) < 1
    data = json.dumps(list(range(20_000))).encode()
    assert 0 < floors.zlib_seconds(data) < 10
    assert len(zlib.compress(data)) < len(data)
    empty = floors.empty_window()
    assert 0 < empty.seconds < 60
    assert 20 < empty.mb < 500


def test_the_invented_records_are_the_same_in_every_run_and_say_so() -> None:
    assert list(window.visits(300)) == list(window.visits(300))
    organizations = list(window.organizations())
    assert organizations == list(window.organizations())
    assert len({record["org_name"] for record in organizations}) == window.ORGANIZATIONS
    assert all("虚构" in str(record["org_name"]) for record in organizations)
    assert all("虚构" in str(record["issue"]) for record in window.visits(300))
