"""A desk file as an earlier program left it: looked at and copied before the first migration touches it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hsdesk.deskfile import cipher, migrations
from hsdesk.model.step import Step, unheard


class UnmigratedFile:
    """An existing desk file of any layout, open for reading only."""

    def __init__(self, connection: sqlite3.Connection, key: bytes) -> None:
        self._connection = connection
        self._key = key

    @property
    def layout(self) -> int:
        """The number of the file's layout."""
        return migrations.layout_of(self._connection)

    def must_migrate(self) -> bool:
        """Return whether this program has to change the file. Raises `NewerLayout`."""
        return migrations.must_migrate(self._connection)

    def get(self, key: str, default: str = "") -> str:
        """Return a small setting."""
        row = self._connection.execute("SELECT value FROM hs_meta WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else default

    def copy_to(self, target: Path, step: Step = unheard) -> None:
        """Write a copy of the file, encrypted with the same key, and open it to see that it is sound.

        Raises `DiskFull`, `Refused`, `Corrupt`.
        """
        cipher.copy_encrypted(self._connection, target, self._key, step)

    def problems(self) -> tuple[str, ...]:
        """Return what is wrong with the file's pages; empty when it is sound. Reads the whole file."""
        return cipher.page_errors(self._connection)


@contextmanager
def looked_at(path: Path, key: bytes) -> Iterator[UnmigratedFile]:
    """Open a file without changing a byte of it, not even by taking in its write-ahead log."""
    connection = cipher.connect(path, key, read_only=True)
    try:
        yield UnmigratedFile(connection, key)
    finally:
        connection.close()
