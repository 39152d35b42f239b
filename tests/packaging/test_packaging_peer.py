"""The peer beside the form engine: what is said where it cannot be measured, and fairness."""

from __future__ import annotations

import doctest
from pathlib import Path
from types import ModuleType

import msgspec
import pytest
from bench import peer, walks
from bench.__main__ import module_names
from bench.peer import Answer
from bench.table import Row, markdown
from bench.walks import Pace, Walk, ledger, pace, path_of, who_va


@pytest.fixture(name="short")
def short_walk() -> tuple[Walk, Pace]:
    walk = ledger(3)
    return walk, pace(walk, 1)


@pytest.fixture(name="programs")
def only_these_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that is the whole search path, with an empty cache folder beside it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


def put(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    (folder / name).chmod(0o755)


def cached(tmp_path: Path) -> list[Path]:
    return [path for path in tmp_path.glob("cache/hsdesk-bench/*") if path.is_dir()]


def said(rows: list[Row]) -> str:
    """Return what the only row says, and hold that it gives no number."""
    assert [(row.measured, row.ratio) for row in rows] == [(None, None)]
    assert "not measured" in markdown(rows)
    return rows[0].floor


@pytest.mark.parametrize("module", [peer, walks])
def test_the_examples_in_the_docstrings_hold(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


def test_without_node_the_row_says_so_and_nothing_is_installed(
    short: tuple[Walk, Pace], programs: Path
) -> None:
    assert said(peer.beside([short])) == "node is not installed"
    assert not (programs.parent / "cache").exists()


def test_without_npm_the_row_says_so(short: tuple[Walk, Pace], programs: Path) -> None:
    put(programs, "node", "exit 0")
    assert said(peer.beside([short])) == "npm is not installed"


def test_a_refused_install_is_told_in_the_words_of_npm_and_leaves_nothing_behind(
    short: tuple[Walk, Pace], programs: Path, tmp_path: Path
) -> None:
    put(programs, "node", "exit 0")
    put(programs, "npm", "echo 'npm warn old' >&2; echo 'npm error code E403' >&2; exit 1")
    assert said(peer.beside([short])) == "npm install failed: npm error code E403"
    assert cached(tmp_path) == []


def test_the_packages_are_installed_once_and_never_run_a_script(
    short: tuple[Walk, Pace], programs: Path, tmp_path: Path
) -> None:
    put(programs, "node", "echo 'Error: no form' >&2; exit 1")
    put(programs, "npm", f'echo "$@" >> {tmp_path}/called')
    for _ in range(2):
        assert said(peer.beside([short])).endswith("on 3-row ledger failed: Error: no form")
    calls = (tmp_path / "called").read_text(encoding="utf-8").splitlines()
    assert len(calls) == 1
    assert "--ignore-scripts" in calls[0]
    (folder,) = cached(tmp_path)
    assert msgspec.json.decode((folder / "package.json").read_bytes())["dependencies"] == peer.PACKAGES


def test_a_peer_that_prints_no_figures_gives_none(
    short: tuple[Walk, Pace], programs: Path, tmp_path: Path
) -> None:
    put(programs, "node", "echo '{}'")
    put(programs, "npm", "exit 0")
    assert "printed no figures" in said(peer.beside([short]))


def test_a_peer_that_does_not_end_is_ended(
    short: tuple[Walk, Pace], programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(programs, "node", "while :; do :; done")
    put(programs, "npm", "exit 0")
    monkeypatch.setattr(peer, "RUN_SECONDS", 1)
    assert said(peer.beside([short])).endswith("did not end within 1 s")


def test_a_cache_folder_that_cannot_be_made_is_told(
    short: tuple[Walk, Pace], programs: Path, tmp_path: Path
) -> None:
    put(programs, "node", "exit 0")
    put(programs, "npm", "exit 0")
    (tmp_path / "cache").write_text("a file where the folder should be", encoding="utf-8")
    assert said(peer.beside([short])).startswith("the cache folder cannot be written")


def test_every_figure_is_ours_beside_theirs_and_says_whether_both_did_the_same_work(
    short: tuple[Walk, Pace], programs: Path, tmp_path: Path
) -> None:
    walk, ours = short
    values = ours.session.effective()
    told = {step.ref: str(values.get(step.path, "")) for step in walk.steps}
    rows = [f"/data/rows[{number}]" for number in (1, 2, 3)]
    told |= {
        f"{row}/{key}": str(values[path_of(f"{row}/{key}")]) for row in rows for key in ("double", "place")
    }
    told |= {f"/data/{key}": str(values[key]) for key in ("total", "adults", "members")}
    told = {ref: text for ref, text in told.items() if text}
    same = Answer("0.22.0", "26.1.0", "20.19.3", 400.0, 300.0, ((2.0, 4.0), (1.0, 3.0)), (), told)
    answers = {
        f"200 answers, the same {len(values)} values at the end": same,
        f"1 of {len(values)} values differ at the end, first total": msgspec.structs.replace(
            same, final={**told, "/data/total": "1"}
        ),
        "answers the peer did not take: 1, first /data/gone": msgspec.structs.replace(
            same, untaken=("/data/gone",)
        ),
    }
    put(programs, "npm", "exit 0")
    for words, answer in answers.items():
        put(programs, "node", f"echo '{msgspec.json.encode(answer).decode()}'")
        measured = peer.beside([short])
        assert len(measured) == 5
        mean = measured[3]
        assert (mean.measured, mean.ratio) == (ours.mean, ours.mean / 2.0)
        assert words in mean.floor
        assert "0.22.0" in measured[0].floor


def test_both_sides_are_asked_the_same() -> None:
    for walk in (ledger(5), who_va()):
        assert len(walk.steps) > 100
        assert [path_of(step.ref) for step in walk.steps] == [step.path for step in walk.steps]
    small = ledger(5)
    for path, value in small.answers.items():
        key = path.rpartition("/")[2]
        assert key == "_pos" or f"<{key}>{value}</{key}>" in small.record


def test_the_peer_is_no_module_of_figures_of_its_own() -> None:
    assert {"peer", "walks"}.isdisjoint(module_names())
    assert "forms" in module_names()
