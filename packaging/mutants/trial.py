"""One change, planted in a copy of the tree, and what the tests that should catch it say."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mutants.changes import Change, DoesNotApply
from mutants.tree import Copy
from mutants.witness import FILE

Verdict = Literal["caught", "survived", "does not apply", "does not import", "only an error", "no end"]
TEST_SECONDS = 120  # for one test: a change may make it wait for ever, and that is a failure as well
CHANGE_SECONDS = 600  # for all tests of one change, on a machine that does other things too

_PROBE = "import importlib, sys; print(importlib.import_module(sys.argv[1]).__file__)"


@dataclass(frozen=True)
class Trial:
    """What became of a change; only `caught` is good."""

    change: Change
    verdict: Verdict
    told: str  # the test that failed, or what went wrong
    seconds: float


@dataclass(frozen=True)
class Testimony:
    """What a run of tests saw, by the names of the tests."""

    passed: tuple[str, ...]
    failed: tuple[str, ...]
    imports: tuple[str, ...]  # failed by nothing but an import
    errors: tuple[str, ...]  # fixtures and files that could not be read


def tried(change: Change, copy: Copy) -> Trial:
    """Plant a change, run its tests, and take it back."""
    started = time.monotonic()
    verdict, told = _judged(change, copy)
    return Trial(change, verdict, told, time.monotonic() - started)


def _judged(change: Change, copy: Copy) -> tuple[Verdict, str]:
    try:
        with copy.planted(change):
            fault = _import_fault(change, copy)
            if fault:
                return "does not import", fault
            return verdict_of(testimony(copy, change.tests, ("-x",)))
    except DoesNotApply as error:
        return "does not apply", str(error)
    except subprocess.TimeoutExpired:
        return "no end", f"more than {CHANGE_SECONDS} s"


def verdict_of(seen: Testimony) -> tuple[Verdict, str]:
    """Return what a run says about a change: only a test that ran and failed has caught it."""
    if seen.failed:
        return "caught", seen.failed[0]
    if broken := (*seen.imports, *seen.errors):
        return "only an error", broken[0]
    return "survived", f"{len(seen.passed)} tests passed"


def _import_fault(change: Change, copy: Copy) -> str:
    """Return why the changed module cannot be imported from the copy, "" if it can."""
    if not change.file.endswith(".py"):
        return ""
    module = change.file.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
    done = subprocess.run(
        [sys.executable, "-c", _PROBE, module],
        cwd=copy.root, env=copy.surroundings(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        return (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
    found = Path(done.stdout.strip())
    return "" if found.is_relative_to(copy.root) else f"{found} was imported, not the copy"


def testimony(copy: Copy, tests: Iterable[str], options: Sequence[str] = ()) -> Testimony:
    """Run tests on a copy and return what they say. Raises TimeoutExpired."""
    witness = copy.root / "witness.json"
    witness.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "mutants.witness", f"--timeout={TEST_SECONDS}"]
    done = subprocess.run(
        [*command, *options, *tests],
        cwd=copy.root, env={**copy.surroundings(), FILE: str(witness)},
        capture_output=True, text=True, check=False, timeout=CHANGE_SECONDS,
    )  # fmt: skip
    if not witness.exists():
        return Testimony((), (), (), ((done.stdout + done.stderr).strip()[-300:],))
    return Testimony(**{kind: tuple(names) for kind, names in json.loads(witness.read_text()).items()})
