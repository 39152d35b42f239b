"""Desk files of other programs: those that numbered no layout, and one of the year after next."""

from __future__ import annotations

import hashlib
from contextlib import closing
from pathlib import Path

from older import DATA, older_desk

from hsdesk.deskfile import cipher
from hsdesk.deskfile.keys import KeyFile

OLDER_KEY = bytes.fromhex((DATA / "alone.key").read_text().strip())


def without_number(folder: Path, *, steps: int = 5) -> Path:
    """Return the home of a desk as a program without numbers left it, after its first 3 or all 5 steps."""
    home = older_desk("alone", folder)
    if steps < 5:
        with closing(cipher.connect(home / "desk.db", OLDER_KEY)) as connection:
            connection.execute("DROP TABLE hs_departure")
            connection.execute("DROP TABLE hs_merged")
            connection.execute("DELETE FROM _sqlite_migrations WHERE id > ?", (steps,))
    return home


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
