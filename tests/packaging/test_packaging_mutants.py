"""Planted changes: only a test that runs and fails has caught one, and the list fits the tree."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest
from mutants.changes import Change, DoesNotApply, changed_text, chosen, read_changes, sample, section
from mutants.run import NotGreen, trials
from mutants.tree import Copy
from mutants.trial import Trial

ROOT = Path(__file__).parents[2]
SUMS = """LIMIT = 10


def total(numbers):
    return sum(numbers)


def within(numbers):
    return total(numbers) < LIMIT
"""
TESTS = """import pytest


@pytest.fixture
def numbers():
    from hsdesk.sums import within
    assert within([1, 2])
    return [1, 2]


def test_total():
    from hsdesk.sums import total
    assert total([1, 2]) == 3


def test_in_a_fixture(numbers):
    assert numbers


def test_nothing():
    assert True
"""


def change(name: str, old: str, new: str, test: str = "test_total", file: str = "hsdesk/sums.py") -> Change:
    return Change(name, "arithmetic sums", file, old, new, (f"tests/test_sums.py::{test}",))


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a small program with tests of its own; pytest loads no more than it needs there."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", "pytest_timeout")
    root = tmp_path / "tree"
    for file, text in {"hsdesk/__init__.py": "", "hsdesk/sums.py": SUMS, "tests/test_sums.py": TESTS}.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text)
    shutil.copytree(ROOT / "packaging" / "mutants", root / "packaging" / "mutants")
    return root


def held(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_only_a_test_that_ran_and_failed_has_caught_a_change(tree: Path) -> None:
    planted = (
        change("another sum", "sum(numbers)", "max(numbers)"),
        change("unseen", "sum(numbers)", "max(numbers)", "test_nothing"),
        change("gone", "product(numbers)", "sum(numbers)"),
        change("twice", "numbers", "figures"),
        change("no file", "x", "y", file="hsdesk/gone.py"),
        change("no import", "LIMIT = 10", "import nothing_of_this_name"),
        change("no name left", "def total", "def totals"),
        change("in a fixture", "< LIMIT", "> LIMIT", "test_in_a_fixture"),
    )
    before, told = held(tree), list[Trial]()
    tried = trials(planted, tree, 2, told.append)
    assert {one.change.name: one.verdict for one in tried} == {
        "another sum": "caught",
        "unseen": "survived",
        "gone": "does not apply",
        "twice": "does not apply",
        "no file": "does not apply",
        "no import": "does not import",
        "no name left": "only an error",
        "in a fixture": "only an error",
    }
    assert [one.change for one in tried] == list(planted)
    assert sorted(told, key=lambda one: planted.index(one.change)) == tried
    assert tried[0].told == "tests/test_sums.py::test_total"
    assert held(tree) == before


def test_tests_that_fail_while_nothing_is_changed_prove_nothing(tree: Path) -> None:
    (tree / "hsdesk" / "sums.py").write_text(SUMS.replace("sum(", "max("))
    with pytest.raises(NotGreen, match="test_total"):
        trials([change("limit", "LIMIT = 10", "LIMIT = 9")], tree, 1, print)


def test_a_change_that_was_taken_back_leaves_the_copy_as_it_was(tree: Path) -> None:
    before, path = held(tree), tree / "hsdesk" / "sums.py"
    written = path.stat().st_mtime_ns
    with Copy(tree).planted(change("another sum", "sum(numbers)", "max(numbers)")):
        assert "max(numbers)" in path.read_text()
        assert path.stat().st_mtime_ns // 10**9 != written // 10**9  # else old bytecode would be run
    assert (held(tree), path.stat().st_mtime_ns) == (before, written)


def test_the_list_holds_at_least_two_changes_for_each_promise() -> None:
    changes = read_changes()
    assert len(changes) >= 26
    assert {section(one) for one in changes} >= {"answers", "file", "city", "privacy"}
    promises = Counter(one.promise for one in changes)
    assert [promise for promise, count in promises.items() if count < 2] == []


@pytest.mark.parametrize("planted", read_changes(), ids=lambda one: one.name.replace(" ", "-"))
def test_every_change_of_the_list_applies_and_names_tests_that_are_there(planted: Change) -> None:
    try:
        text = changed_text(planted, ROOT)
    except DoesNotApply as error:
        pytest.fail(f"{planted.name}: {error}")
    if planted.file.endswith(".py"):
        compile(text, planted.file, "exec")
    for test in planted.tests:
        file, _, name = test.partition("::")
        assert f"def {name}" in (ROOT / file).read_text(encoding="utf-8"), test


def test_a_sample_takes_each_section_in_turn_and_another_commit_takes_others() -> None:
    changes = read_changes()
    sections = {section(one) for one in changes}
    some = sample(changes, len(sections), "a commit")
    assert {section(one) for one in some} == sections
    assert sample(changes, len(sections), "a commit") == some != sample(changes, len(sections), "another")
    assert set(sample(changes, 1000, "")) == set(changes)


def test_changes_are_chosen_by_a_word_of_name_promise_or_file() -> None:
    changes = read_changes()
    assert {section(one) for one in chosen(changes, ["privacy"])} == {"privacy"}
    assert len(chosen(changes, ["redirect"])) == 1
    assert chosen(changes, []) == changes
