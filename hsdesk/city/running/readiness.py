"""Whether a server can do its work now: take what is written, with room left on its disk. Cheap to ask."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

from hsdesk.city.sql.database import Database
from hsdesk.errors import DiskFull, Locked

LEAST_BYTES = 64 << 20  # free on the server's disk: below, a long evening of pushes may fill it
_HOLDS_SECONDS = 1.0


class Readiness:
    """Looks at most once a second, however many ask: nobody stops the writers by asking."""

    def __init__(
        self, database: Database, folder: Path | None, now: Callable[[], float] = time.monotonic
    ) -> None:
        """`folder`: where a SQLite file lies; None for a database that looks after its own disk."""
        self._database = database
        self._folder = folder
        self._now = now
        self._lock = threading.Lock()
        self._until = float("-inf")

    def check(self) -> None:
        """Raise Locked, Offline or DiskFull while the server cannot take what is written."""
        with self._lock:
            if self._now() < self._until:
                return
            self._check()
            self._until = self._now() + _HOLDS_SECONDS

    def _check(self) -> None:
        with self._database.writing() as connection:  # a write transaction that writes nothing costs no sync
            if connection.dialect == "postgresql":
                state = connection.all("SELECT current_setting('transaction_read_only')")
                if state == [("on",)]:
                    raise Locked("市级数据库现在只能读不能写，请检查数据库服务。")
        if self._folder is not None and shutil.disk_usage(self._folder).free < LEAST_BYTES:
            raise DiskFull("市级服务器的磁盘快满了，请尽快清理。")
