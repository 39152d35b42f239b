"""Desk files as programs left them that numbered no layout, and as newer programs will."""

from __future__ import annotations

import hashlib
from contextlib import closing
from pathlib import Path

from hsdesk.store import cipher
from hsdesk.store.keys import KeyFile


def without_number(database: Path, key: bytes, *, steps: int) -> None:
    """Make a file of today one that a program left after its first 3 or 5 steps, without a number."""
    with closing(cipher.connect(database, key)) as connection:
        if steps < 5:
            connection.execute("DROP TABLE hs_departure")
            connection.execute("DROP TABLE hs_merged")
        connection.execute("DELETE FROM _sqlite_migrations WHERE id > ?", (steps,))
        connection.execute("UPDATE _sqlite_migrations SET migration_set = 'desk'")
        connection.execute("PRAGMA user_version = 0")


def newer(database: Path, key: bytes) -> None:
    """Make a file one that a program of the year after next left."""
    with closing(cipher.connect(database, key)) as connection:
        connection.execute("PRAGMA user_version = 9000")


def key_of(home: Path, passphrase: str) -> bytes:
    """Return the file key of a desk."""
    return KeyFile(home / "desk.keys").unlock(passphrase)


def bytes_of(home: Path) -> dict[str, str]:
    """Return a hash of each file that holds data of a desk."""
    files = (home / "desk.db", home / "desk.db-wal", home / "desk.keys")
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if path.exists() and path.stat().st_size
    }
