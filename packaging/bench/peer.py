"""The getodk web-forms engine on the same forms and the same answers, where node and npm are.

The engine and a DOM for it are installed once, into the person's cache folder and never into the checkout.
What differs from our side: it has no compiled form, so it opens from the XForm each time; it needs a DOM
(jsdom here, a browser elsewhere); and it keeps labels, choice lists and constraints of all questions up to
date, where a session looks at those that are looked at. Both sides take the best of several warm runs.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bench.table import Row, number
from bench.walks import Pace, Walk, p95, path_of
from hsdesk.forms.schema import Form
from hsdesk.model.answer import Value

ENGINE = "@getodk/xforms-engine"
# The newest jsdom that runs on Node 20; the engine itself asks for Node 20.19.
PACKAGES = {ENGINE: ">=0.22.0 <0.23.0", "jsdom": ">=26.1.0 <27.0.0"}
SCRIPT = Path(__file__).with_name("peer.mjs")
INSTALL_SECONDS = 180
RUN_SECONDS = 180
RUNS = 3


class NotMeasured(Exception):
    """Why the peer was not measured, in words that fit after “not measured”."""


class Answer(msgspec.Struct, frozen=True):
    """What `peer.mjs` printed: times in milliseconds, `walks` one list of times per run."""

    engine: str
    jsdom: str
    node: str
    opened: float
    again: float
    walks: tuple[tuple[float, ...], ...]
    untaken: tuple[str, ...]
    final: dict[str, str]


@dataclass(frozen=True)
class Tools:
    """The programs and the folder that holds the installed packages."""

    node: str
    folder: Path


def beside(walks: Iterable[tuple[Walk, Pace]]) -> list[Row]:
    """Return our figures of every walk with the ratio ours ÷ theirs, or one row that says why not."""
    found: list[Row] = []
    try:
        tools = _tools()
        for walk, ours in walks:
            found += _compared(walk, ours, _measured(tools, walk))
    except NotMeasured as reason:
        found.append(Row(f"beside {ENGINE}", "", None, "ms", floor=str(reason)))
    return found


def _tools() -> Tools:
    node = shutil.which("node")
    if node is None:
        raise NotMeasured("node is not installed")
    folder = _cache() / "-".join(f"{name.rpartition('/')[2]}{_first(PACKAGES[name])}" for name in PACKAGES)
    if not folder.is_dir():
        _install(folder)
    return Tools(node, folder)


def _cache() -> Path:
    """Return the folder that keeps the packages between runs."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(given) if given else Path.home() / ".cache") / "hsdesk-bench"


def _first(accepted: str) -> str:
    """Return the oldest version of a range.

    >>> _first(">=0.22.0 <0.23.0")
    '0.22.0'
    """
    return accepted.split(maxsplit=1)[0].removeprefix(">=")


def _install(folder: Path) -> None:
    """Install the packages beside `folder` and move them there, so that half an install is none."""
    npm = shutil.which("npm")
    if npm is None:
        raise NotMeasured("npm is not installed")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as workshop:
            made = Path(workshop) / folder.name
            made.mkdir()
            wanted = {"private": True, "dependencies": PACKAGES}
            (made / "package.json").write_text(json.dumps(wanted), encoding="utf-8")
            quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1")
            _run((npm, "install", *quiet), made, "", INSTALL_SECONDS, "npm install")
            made.rename(folder)
    except OSError as error:
        raise NotMeasured(f"the cache folder cannot be written ({error.strerror})") from error


def _run(command: Sequence[str], folder: Path, given: str, seconds: int, name: str) -> str:
    """Return what a program printed. Raises `NotMeasured` when it fails or takes longer than `seconds`."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            input=given,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise NotMeasured(f"{name} did not end within {seconds} s") from error
    except OSError as error:
        raise NotMeasured(f"{name} did not start ({error.strerror})") from error
    if done.returncode != 0:
        raise NotMeasured(f"{name} failed: {_cause(done.stderr)}")
    return done.stdout


def _cause(printed: str) -> str:
    """Return the line that says what went wrong, at most 120 characters of it.

    >>> _cause("node:internal\\nError: no such form\\n    at open (x.js:1)\\n")
    'Error: no such form'
    """
    lines = [line.strip() for line in printed.splitlines() if line.strip()]
    told = [line for line in lines if "error" in line.lower()] or lines
    return told[0][:120] if told else "it said nothing"


def _measured(tools: Tools, walk: Walk) -> Answer:
    steps = [{"ref": step.ref, "text": step.text} for step in walk.steps]
    plan = {"form": walk.xform, "record": walk.record, "runs": RUNS, "steps": steps}
    command = (tools.node, str(SCRIPT), str(tools.folder))
    printed = _run(command, tools.folder, json.dumps(plan), RUN_SECONDS, f"{ENGINE} on {walk.name}")
    try:
        return msgspec.json.decode(printed, type=Answer)
    except msgspec.DecodeError as error:
        raise NotMeasured(f"{ENGINE} on {walk.name} printed no figures ({error})") from error


def _compared(walk: Walk, ours: Pace, theirs: Answer) -> list[Row]:
    body = msgspec.json.encode(walk.form())

    def opened() -> object:
        return walk.opened(msgspec.json.decode(body, type=Form))

    form = walk.form()
    mean = min(statistics.fmean(walked) for walked in theirs.walks)
    late = min(p95(list(walked)) for walked in theirs.walks)
    versions = f"{ENGINE} {theirs.engine}, jsdom {theirs.jsdom}, node {theirs.node}"
    return [
        _row(
            f"{walk.name} opens from its XForm",
            _best(lambda: walk.opened(walk.form())),
            theirs.opened,
            versions,
        ),
        _row(f"{walk.name} opens, compiled form : XForm", _best(opened), theirs.opened),
        _row(
            f"{walk.name} opens a second time",
            _best(lambda: walk.opened(form)),
            theirs.again,
        ),
        _row(f"{walk.name} mean per answer", ours.mean, mean, _agreement(walk, ours, theirs)),
        _row(f"{walk.name} p95 per answer", ours.late, late),
    ]


def _row(figure: str, ours: float, theirs: float, note: str = "") -> Row:
    floor = f"{number(theirs)} ms, 1 : {number(theirs / ours)}"
    return Row(
        f"{figure}, ours : theirs", "", ours, "ms", ours / theirs, f"{floor} ({note})" if note else floor
    )


def _best(task: Callable[[], object]) -> float:
    """Return the best of a few runs in milliseconds."""
    taken: list[float] = []
    for _ in range(RUNS):
        started = time.perf_counter()
        task()
        taken.append((time.perf_counter() - started) * 1000)
    return min(taken)


def _agreement(walk: Walk, ours: Pace, theirs: Answer) -> str:
    """Say whether both sides took every answer and ended with the same record: else they did other work."""
    volatile = walk.volatile()
    mine = _lasting(ours.session.effective(), volatile)
    other = _lasting({path_of(ref): text for ref, text in theirs.final.items()}, volatile)
    apart = sorted(path for path in mine.keys() | other.keys() if not _same(mine.get(path), other.get(path)))
    if theirs.untaken:
        return f"answers the peer did not take: {len(theirs.untaken)}, first {theirs.untaken[0]}"
    if apart:
        return f"{len(apart)} of {len(mine)} values differ at the end, first {apart[0]}"
    return f"{len(walk.steps)} answers, the same {len(mine)} values at the end"


def _lasting(values: Mapping[str, Value], volatile: frozenset[str]) -> dict[str, str]:
    """Return the values that are not empty as text, without those that no two openings share."""
    return {
        path: " ".join(value) if isinstance(value, tuple) else str(value)
        for path, value in values.items()
        if value not in (None, "", ()) and path not in volatile
    }


def _same(one: str | None, other: str | None) -> bool:
    """Return whether two values are equal: sets in any order, numbers up to the last digits of a sum.

    >>> _same("5541.86", "5541.860000000001"), _same("dk no", "no dk"), _same("yes", None)
    (True, True, False)
    """
    if one is None or other is None:
        return False
    if sorted(one.split()) == sorted(other.split()):
        return True
    try:
        return math.isclose(float(one), float(other), rel_tol=1e-9)
    except ValueError:
        return False
