"""What this machine can do at best, measured in the same run as the figures that are held against it."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

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
seconds = time.perf_counter() - started
status = Path("/proc/self/status")
kib = 0
if status.exists():
    kib = next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmRSS"))
print(json.dumps({"seconds": seconds, "mb": kib / 1024}))
"""


@dataclass(frozen=True)
class EmptyWindow:
    """An empty Qt main window: seconds from first import to first paint, and its resident memory in MB."""

    seconds: float
    mb: float


@cache
def empty_window() -> EmptyWindow:
    """Return the best of three empty windows, each in its own process; offscreen without a display."""
    environment = dict(os.environ)
    if not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    shown = [_show(environment) for _ in range(3)]
    return min(shown, key=lambda window: window.seconds)


def _show(environment: dict[str, str]) -> EmptyWindow:
    done = subprocess.run(
        [sys.executable, "-c", EMPTY_WINDOW], env=environment, check=True, capture_output=True, text=True
    )
    printed = json.loads(done.stdout)
    return EmptyWindow(seconds=printed["seconds"], mb=printed["mb"])


@cache
def raw_insert_seconds(rows: int, columns: int) -> float:
    """Return the seconds that plain SQLite needs for `rows` × `columns` short texts in one transaction."""
    values = [tuple(f"{row}-{column}" for column in range(columns)) for row in range(rows)]
    names = ", ".join(f"c{column}" for column in range(columns))
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(Path(folder) / "floor.db")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute(f"CREATE TABLE t ({names})")
        started = time.perf_counter()
        with database:
            database.executemany(f"INSERT INTO t VALUES ({', '.join('?' * columns)})", values)
        seconds = time.perf_counter() - started
        database.close()
    return seconds


@cache
def durable_commit_seconds(commits: int = 200) -> float:
    """Return the mean seconds of one plain SQLite commit of one row in WAL with `synchronous = FULL`."""
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(Path(folder) / "floor.db")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("CREATE TABLE t (a, b)")
        started = time.perf_counter()
        for number in range(commits):
            with database:
                database.execute("INSERT INTO t VALUES (?, ?)", (number, "x" * 60))
        seconds = (time.perf_counter() - started) / commits
        database.close()
    return seconds


def zlib_seconds(data: bytes, level: int = 6) -> float:
    """Return the best of three times, in seconds, that zlib needs to pack `data`."""
    return min(_packed(data, level) for _ in range(3))


def _packed(data: bytes, level: int) -> float:
    started = time.perf_counter()
    zlib.compress(data, level)
    return time.perf_counter() - started
