"""Numbers for the persons whom ops of programs before named in full: the step that makes `hs_writer`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from hsdesk.deskfile import layout
from hsdesk.model.writer import LONGEST_NAME, number_of_name

if TYPE_CHECKING:
    import sqlite_utils

_TABLE = """CREATE TABLE hs_writer (n INTEGER PRIMARY KEY, number INTEGER NOT NULL UNIQUE, name TEXT NOT NULL,
    told INTEGER NOT NULL DEFAULT 0)"""


class _Named(msgspec.Struct):
    """What is read of an op of a program before."""

    person: str = ""


def from_names(db: sqlite_utils.Database, _tell: layout.Tell) -> None:
    """Make the table, and give each person a number whom the ops here name in full, as the city does."""
    db.execute(_TABLE)
    rows = db.execute("SELECT key, value FROM hs_meta WHERE key IN ('device', 'person')").fetchall()
    held = dict(rows)
    bodies = db.execute("SELECT body FROM hs_op ORDER BY n").fetchall()
    found = [msgspec.json.decode(body, type=_Named).person for (body,) in bodies] + [held.get("person", "")]
    taken: set[int] = set()
    for name in dict.fromkeys(filter(None, found)):
        number = number_of_name(held.get("device", ""), name, taken)
        taken.add(number)
        db.execute("INSERT INTO hs_writer (number, name) VALUES (?, ?)", (number, name[:LONGEST_NAME]))
