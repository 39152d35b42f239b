"""The desk's own log: who saw personal data in full, or took it out of the program. Append-only, no values.

A row says when, who, what was done (`AuditKind`), to which register or print-out, to which record and answer
where it was one, to how many records else, and the reason that was given. Names and numbers of the persons
whose data it was are never in it; who did it stands there by his number (`hs_writer`), in full only where a
program before wrote it. The table refuses changes and deletions (migration `audit`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Literal

import msgspec

from hsdesk.deskfile import writers
from hsdesk.deskfile.connection import DeskConnection

AuditKind = Literal[
    "full",  # printed or exported in full, after the passphrase and with a reason
    "filing",  # a filing or return with the answers that its definition lists
    "reveal",  # one answer shown on the screen 按住显示
    "list",  # `list` of the command line: records with stored values
    "show",  # `show` of the command line: one record with stored values
    "print",  # a print-out or an export printed, or written to a file
    "reprint",  # the same once more
    "rekey",  # the key of the file, or who can open it, was changed
]
_COLUMNS = "n, at, kind, person, name, place, record, path, records, reason"


class AuditEntry(msgspec.Struct, frozen=True):
    """One line of the log."""

    number: int
    at: int  # milliseconds since 1970
    kind: AuditKind
    person: str  # who did it
    name: str = ""  # register or print-out
    place: str = ""  # id of the place; "" for several or all
    record: str = ""  # id
    path: str = ""  # of the answer
    records: int = 0  # how many records were shown
    reason: str = ""


class AuditLog:
    """The log of one desk file."""

    def __init__(self, connection: DeskConnection, now: Callable[[], float] = time.time) -> None:
        self._connection = connection
        self._now = now  # seconds since 1970

    def add(self, entry: AuditEntry) -> None:
        """Write a line; number and time are given here. One transaction, durable on return."""
        columns, marks = _COLUMNS.removeprefix("n, "), ", ".join("?" * 9)
        with self._connection.transaction():
            person = writers.number_of(self._connection, entry.person)
            _, _, *rest = msgspec.structs.astuple(msgspec.structs.replace(entry, person=person))
            self._connection.run(
                f"INSERT INTO hs_audit ({columns}) VALUES ({marks})", (int(self._now() * 1000), *rest)
            )

    def was_taken_out(self, entry: AuditEntry) -> bool:
        """Tell whether a line of kind `print` stands there already for the same place, record and path."""
        found = self._connection.one(
            "SELECT 1 FROM hs_audit WHERE kind = 'print' AND (name, place, record, path) = (?, ?, ?, ?)",
            (entry.name, entry.place, entry.record, entry.path),
        )
        return found is not None

    def since(self, at: int = 0) -> tuple[AuditEntry, ...]:
        """Return the lines from a moment on (milliseconds since 1970), first one first."""
        rows: list[tuple[Any, ...]] = self._connection.all(
            f"SELECT {_COLUMNS} FROM hs_audit WHERE at >= ? ORDER BY n", (at,)
        )
        called = writers.names(self._connection)
        found = (AuditEntry(*row) for row in rows)
        return tuple(msgspec.structs.replace(one, person=called.get(one.person, one.person)) for one in found)
