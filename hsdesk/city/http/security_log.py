"""The security log: one JSON line for what somebody did, with its outcome, refusals and failures too.

    {"at": "2026-11-28T08:00:00.000Z", "who": "device 0190…", "where": "10.0.0.7", "what": "POST /sync/push",
     "outcome": 200, "times": 12}

Nobody is named: a device by its id, an account by its number (`server user list`), a record not at all. What
the same one does again within a minute is counted in one line that follows. A file for each day, kept as many
days as is set: at least six months (网络安全法 第二十一条).
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from logging.handlers import TimedRotatingFileHandler
from pathlib import Path

import msgspec

from hsdesk.errors import UsageError

LEAST_DAYS = 183
FILE = "security.jsonl"
_TOGETHER = 60.0  # seconds within which what is the same is counted
_MOST = 10_000  # different things that are counted at once

Said = tuple[str, str, str, int]  # who, where, what, outcome


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line. `times`: how often it was in the minute before, beside the line that told the first."""

    at: str
    who: str
    where: str
    what: str
    outcome: int
    times: int = 1


class _Days(TimedRotatingFileHandler):
    """A file a day that only its owner reads."""

    _complained = False

    def _open(self):  # type: ignore[no-untyped-def]
        opened = super()._open()
        Path(self.baseFilename).chmod(0o600)
        return opened

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name is that of `logging`
        """A full disk stops nobody's work; whoever runs the server is told, once."""
        if not self._complained:
            self._complained = True
            sys.stderr.write("安全日志写不进去，请检查磁盘。\n")


class SecurityLog:
    """Writes lines; to be used from one thread or many."""

    def __init__(self, folder: Path, days: int = LEAST_DAYS, now: Callable[[], float] = time.time) -> None:
        """`folder` is made if it is not there. Raises UsageError for fewer days than the law asks."""
        if days < LEAST_DAYS:
            raise UsageError("安全日志至少要留 {least} 天（六个月）。", least=LEAST_DAYS)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._handler = _Days(
            os.fspath(folder / FILE),
            when="midnight",
            utc=True,
            backupCount=days,
            encoding="utf-8",
            delay=True,
        )
        self._handler.setFormatter(logging.Formatter("%(message)s"))
        self._now = now
        self._lock = threading.Lock()
        self._again: dict[Said, tuple[float, int]] = {}  # when it was told, and how often since

    def note(self, said: Said) -> None:
        """Tell what somebody did, or count it."""
        with self._lock:
            now = self._now()
            self._tell_due(now)
            if said in self._again:
                at, times = self._again[said]
                self._again[said] = (at, times + 1)
            else:
                self._again[said] = (now, 0)
                self._write(now, said, 1)

    def close(self) -> None:
        """Tell what was counted, and close the file."""
        with self._lock:
            self._tell_due(float("inf"))
            self._handler.close()

    def _tell_due(self, now: float) -> None:
        while self._again:
            said, (at, times) = next(iter(self._again.items()))
            if at + _TOGETHER > now and len(self._again) < _MOST:
                return
            del self._again[said]
            if times:
                self._write(min(at + _TOGETHER, self._now()), said, times)

    def _write(self, at: float, said: Said, times: int) -> None:
        who, where, what, outcome = said
        shown = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        text = msgspec.json.encode(Line(shown, who, where, what, outcome, times)).decode()
        self._handler.handle(logging.LogRecord("security", logging.INFO, "", 0, text, None, None))
