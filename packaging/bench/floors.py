"""What this machine can do at best, measured in the same run as the figures that are held against it."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass
from functools import cache, partial
from pathlib import Path
from statistics import median

_CHUNK = 500  # edits a transaction of the bare loop

EMPTY_WINDOW = """
import json, sys, time
from pathlib import Path
started = time.perf_counter()
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, app.quit)
window = Window()
window.resize(1366, 768)
window.show()
app.exec()
seconds, work = time.perf_counter() - started, time.process_time()
status = Path("/proc/self/status")
kib = 0
if status.exists():
    kib = next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmRSS"))
print(json.dumps({"seconds": seconds, "work": work, "mb": kib / 1024}))
"""


@dataclass(frozen=True)
class EmptyWindow:
    """An empty Qt main window: seconds from first import to first paint, seconds of processor time of its
    whole process until then, and its resident memory in MB.
    """

    seconds: float
    work: float
    mb: float


@cache
def empty_window() -> EmptyWindow:
    """Return the best figures of three empty windows, each in a process; offscreen without a display."""
    environment = dict(os.environ)
    if not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    shown = [_show(environment) for _ in range(3)]
    return EmptyWindow(*(min(figures) for figures in zip(*map(astuple, shown), strict=True)))


def _show(environment: dict[str, str]) -> EmptyWindow:
    done = subprocess.run(
        [sys.executable, "-c", EMPTY_WINDOW], env=environment, check=True, capture_output=True, text=True
    )
    printed = json.loads(done.stdout)
    return EmptyWindow(seconds=printed["seconds"], work=printed["work"], mb=printed["mb"])


def processor(work: Callable[[], object], times: int = 1) -> float:
    """Return the best of several times in processor seconds: neighbours slow a run, nothing speeds it."""
    return min(_taken(work, time.process_time) for _ in range(times))


def elapsed(work: Callable[[], object], times: int = 1) -> float:
    """Return the best of several times in seconds by the clock."""
    return min(_taken(work, time.perf_counter) for _ in range(times))


def _taken(work: Callable[[], object], clock: Callable[[], float]) -> float:
    started = clock()
    work()
    return clock() - started


def plain_insert_seconds(records: Iterable[Mapping[str, object]], times: int = 3) -> float:
    """Return the processor time of plain SQLite for the answers of the same records in one transaction."""
    values = [tuple(map(str, record.values())) for record in records]
    return min(_inserted(values) for _ in range(times))


def _inserted(values: Sequence[tuple[str, ...]]) -> float:
    with tempfile.TemporaryDirectory() as folder, _table(Path(folder), values) as (_, seconds):
        return seconds


@contextmanager
def plain_table(values: Sequence[tuple[str, ...]]) -> Iterator[Path]:
    """Yield the file of a plain SQLite table `t` with columns c0, c1, … that holds the values."""
    with tempfile.TemporaryDirectory() as folder:
        with _table(Path(folder), values):
            pass
        yield Path(folder) / "floor.db"


@contextmanager
def _table(folder: Path, values: Sequence[tuple[str, ...]]) -> Iterator[tuple[sqlite3.Connection, float]]:
    """Yield a plain SQLite table filled in one transaction, and the processor time of that."""
    columns = len(values[0])
    with closing(sqlite3.connect(folder / "floor.db")) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute(f"CREATE TABLE t ({', '.join(f'c{column}' for column in range(columns))})")
        started = time.process_time()
        with database:
            database.executemany(f"INSERT INTO t VALUES ({', '.join('?' * columns)})", values)
        yield database, time.process_time() - started


@cache
def durable_commit_seconds(commits: int = 200) -> float:
    """Return the median seconds of a plain SQLite commit of one row in WAL with `synchronous = FULL`."""
    return median(_durable_commits(commits, elapsed))


@cache
def durable_commit_processor_seconds(commits: int = 1000) -> float:
    """Return the processor seconds of such a commit, on the mean: the clock of a process is coarse."""
    return sum(_durable_commits(commits, processor)) / commits


def _durable_commits(commits: int, measured: Callable[[Callable[[], object]], float]) -> list[float]:
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(sqlite3.connect(Path(folder) / "floor.db")) as database,
    ):
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("CREATE TABLE t (a, b)")
        return [measured(partial(_committed, database, number)) for number in range(commits)]


def _committed(database: sqlite3.Connection, number: int) -> None:
    with database:
        database.execute("INSERT INTO t VALUES (?, ?)", (number, "x" * 60))


def bare_edits_per_second(records: Sequence[Mapping[str, object]], times: int = 3) -> float:
    """Return what a loop reaches that only keeps a log and one JSON text per record, in plain SQLite.

    `records` have an `id`; as many edits of one answer are made, 500 a transaction, per processor second.
    """
    return max(_bare_edits(records) for _ in range(times))


def _bare_edits(records: Sequence[Mapping[str, object]]) -> float:
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(sqlite3.connect(Path(folder) / "floor.db", isolation_level=None)) as database,
    ):
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("CREATE TABLE log (n INTEGER PRIMARY KEY, record, field, value)")
        database.execute("CREATE TABLE state (record PRIMARY KEY, body)")
        states = [(str(record["id"]), json.dumps(record, ensure_ascii=False)) for record in records]
        database.executemany("INSERT INTO state VALUES (?, ?)", states)
        chance = random.Random(3)  # noqa: S311
        edits = [(chance.choice(states)[0], "note", f"改{n}") for n in range(len(states))]
        return len(edits) / processor(lambda: _apply_bare(database, edits))


def _apply_bare(database: sqlite3.Connection, edits: Sequence[tuple[str, str, str]]) -> None:
    for start in range(0, len(edits), _CHUNK):
        database.execute("BEGIN")
        for record, field, value in edits[start : start + _CHUNK]:
            (body,) = database.execute("SELECT body FROM state WHERE record = ?", (record,)).fetchone()
            answers = json.loads(body)
            answers[field] = value
            text = json.dumps(answers, ensure_ascii=False)
            database.execute("UPDATE state SET body = ? WHERE record = ?", (text, record))
            database.execute(
                "INSERT INTO log (record, field, value) VALUES (?, ?, ?)", (record, field, value)
            )
        database.execute("COMMIT")


def zlib_seconds(data: bytes, level: int = 6) -> float:
    """Return the best of three processor times, in seconds, that zlib needs to pack `data`."""
    return processor(lambda: zlib.compress(data, level), 3)
