"""The changes that are planted: `changes.toml`, where a rename of files has one place to look."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

LIST = Path(__file__).with_name("changes.toml")


class DoesNotApply(Exception):
    """The text to be changed is not there exactly once, or the file is gone."""


@dataclass(frozen=True)
class Change:
    """A mistake somebody could make: one text in one file becomes another.

    `promise` is what it would break: one word for the promise, then what it says. `tests` are files or single
    tests, as pytest takes them, at least one of which has to fail.
    """

    name: str
    promise: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


def read_changes(path: Path = LIST) -> tuple[Change, ...]:
    """Return the changes of a list. Raises ValueError when two have the same name."""
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["change"]
    changes = tuple(Change(**{**row, "tests": tuple(row["tests"])}) for row in rows)
    if len({change.name for change in changes}) != len(changes):
        raise ValueError(f"{path.name}: two changes have the same name")
    return changes


def changed_text(change: Change, root: Path) -> str:
    """Return the changed file of the tree at `root`. Raises DoesNotApply."""
    path = root / change.file
    if not path.is_file():
        raise DoesNotApply(f"there is no {change.file}")
    text = path.read_text(encoding="utf-8")
    found = text.count(change.old)
    if found != 1 or change.old == change.new:
        raise DoesNotApply(f"the text to be changed stands {found} times in {change.file}")
    return text.replace(change.old, change.new)


def section(change: Change) -> str:
    """Return the promise that a change would break, in its one word.

    >>> section(Change("a", "file durable", "f", "x", "y", ()))
    'file'
    """
    return change.promise.partition(" ")[0]


def chosen(changes: Sequence[Change], words: Iterable[str]) -> tuple[Change, ...]:
    """Return the changes that hold one of the words in name, promise or file; all without words."""
    wanted = tuple(words)
    return tuple(
        change
        for change in changes
        if not wanted or any(word in f"{change.name} {change.promise} {change.file}" for word in wanted)
    )


def sample(changes: Sequence[Change], size: int, seed: str) -> tuple[Change, ...]:
    """Return so many changes, of each section in turn; another seed gives others: all have their turn."""
    chance = random.Random(seed)  # noqa: S311 — a choice of tests, no secret
    mixed = chance.sample(changes, len(changes))
    turns: dict[str, int] = {}
    ranked = []
    for change in mixed:
        turns[section(change)] = turns.get(section(change), 0) + 1
        ranked.append((turns[section(change)], change))
    return tuple(change for _turn, change in sorted(ranked, key=lambda one: one[0])[:size])
