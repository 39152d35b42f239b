"""Tries changes on every core and says which were not caught."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from mutants.changes import Change
from mutants.tree import Copy, copies
from mutants.trial import Testimony, Trial, testimony, tried


class NotGreen(Exception):
    """Tests that should catch changes fail, or are not there, while nothing is changed."""


def trials(changes: Sequence[Change], root: Path, cores: int, say: Callable[[Trial], None]) -> list[Trial]:
    """Try changes on copies of the tree at `root`; tell each at once, and return all in the order given.

    Raises NotGreen: then no test that fails would prove anything.
    """
    with tempfile.TemporaryDirectory(prefix="hsdesk-mutants-") as folder:
        trees = copies(root, Path(folder), min(cores, max(len(changes), 1)))
        free: SimpleQueue[Copy] = SimpleQueue()
        for tree in trees:
            free.put(tree)

        def at_a_free_copy(change: Change) -> Trial:
            tree = free.get()
            try:
                found = tried(change, tree)
            finally:
                free.put(tree)
            say(found)
            return found

        with ThreadPoolExecutor(len(trees)) as pool:
            require_green(changes, trees, pool)
            return list(pool.map(at_a_free_copy, changes))


def require_green(changes: Sequence[Change], trees: Sequence[Copy], pool: ThreadPoolExecutor) -> None:
    """Run every test that is named on the unchanged copies, and raise NotGreen unless each passes."""
    named = list(dict.fromkeys(test for change in changes for test in change.tests))
    shares = [(tree, named[number :: len(trees)]) for number, tree in enumerate(trees)]
    seen = pool.map(lambda share: testimony(*share), [share for share in shares if share[1]])
    wrong = [fault for one in seen for fault in faults(one)]
    wrong += [f"{test}: no such file" for test in named if not (trees[0].root / test.split("::")[0]).exists()]
    if wrong:
        raise NotGreen("\n".join(wrong))


def faults(seen: Testimony) -> Iterator[str]:
    """Yield what speaks against the tests themselves."""
    yield from (*seen.failed, *seen.imports, *seen.errors)
    if not seen.passed:
        yield "no test ran"
