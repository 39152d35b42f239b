"""What was erased (清除), kept outside the backups, so that a restored server erases it again.

`erasures.jsonl` lies beside a SQLite database: places, classes, ids and paths, no values and no names. It is
written whenever the server's officials erase something and with each backup, and goes wherever backups go. A
desk that erased something itself tells a restored server so by its own op.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path

import msgspec

from hsdesk.city.running.erasure_and_transfer import office
from hsdesk.city.sql.migrations import layout_of
from hsdesk.city.sql.opening import open_database, sqlite_path
from hsdesk.deskfile import files
from hsdesk.errors import DataError
from hsdesk.model.answer import Class

FILE = "erasures.jsonl"
_REASON = "恢复备份以后再次清除"


class ErasedAnswer(msgspec.Struct, frozen=True, order=True):
    """A record part of which something was erased; `path` is "" for all of it."""

    scope: str
    cls: Class
    record: str
    path: str


_LINES = msgspec.json.Decoder(ErasedAnswer)


def keep(database: str) -> None:
    """Write down what a server has erased; of PostgreSQL nothing: beside it there is no folder."""
    if database.startswith("sqlite:"):
        path = Path(sqlite_path(database))
        known = read(path.parent / FILE)
        if (found := known | of_file(path)) != known:
            lines = (msgspec.json.encode(one) for one in sorted(found))
            files.write_bytes(path.parent / FILE, b"\n".join(lines) + b"\n")


def of_database(database: str) -> frozenset[ErasedAnswer]:
    """Return what a database at an address says was erased; nothing for one that is empty."""
    if database.startswith("sqlite:"):
        return of_file(Path(sqlite_path(database)))
    with closing(open_database(database)) as opened, opened.reading() as connection:
        if not layout_of(connection):
            return frozenset()
        rows = connection.all("SELECT scope, cls, record, path FROM hs_erased")
        return frozenset(ErasedAnswer(*row) for row in rows)


def of_file(path: Path) -> frozenset[ErasedAnswer]:
    """Return what a SQLite file says was erased; nothing for one that is damaged or not there."""
    if not path.exists():
        return frozenset()
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT scope, cls, record, path FROM hs_erased").fetchall()
        return frozenset(ErasedAnswer(*row) for row in rows)
    return frozenset()


def read(path: Path) -> frozenset[ErasedAnswer]:
    """Return what a file says was erased, as far as its lines are whole; nothing if there is none."""
    found = set()
    for line in path.read_bytes().splitlines() if path.exists() else ():
        with suppress(msgspec.DecodeError):
            found.add(_LINES.decode(line))
    return frozenset(found)


def erase_again(database: str, erased: Iterable[ErasedAnswer]) -> int:
    """Erase in a restored database what it does not know to be erased; return how many records that were."""
    wanted = set(erased) - of_database(database)
    by_record: dict[str, set[str]] = {}
    for one in wanted:
        by_record.setdefault(one.record, set()).add(one.path)
    done = 0
    with closing(open_database(database)) as opened:
        removal = office(opened)
        for record, paths in sorted(by_record.items()):
            with suppress(DataError):  # the backup is older than the record
                removal.erase(record, () if "" in paths else sorted(paths), _REASON)
                done += 1
    return done
