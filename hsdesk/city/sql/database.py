"""One door to either SQL database. The statements are the same text; what differs stands here.

Statements are written with `?` for values. A write transaction of SQLite is exclusive; PostgreSQL locks what
`SELECT … FOR UPDATE` names (`lock` in a statement stands for that, and for nothing in SQLite).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from hsdesk.errors import Locked
from hsdesk.registers.tables import Dialect

Parameter = str | int | float | bytes | None
Parameters = tuple[Parameter, ...]


class Contended(Locked):
    """Two transactions were in each other's way; this one was undone and may be tried again."""


class Connection(Protocol):
    """Statements inside one transaction."""

    @property
    def dialect(self) -> Dialect:
        """Return which SQL is spoken."""

    def all(self, sql: str, *values: Parameter) -> list[tuple[Any, ...]]:
        """Return every row."""

    def run(self, sql: str, *values: Parameter) -> int:
        """Run a statement and return how many rows it touched."""

    def many(self, sql: str, records: Iterable[Parameters]) -> None:
        """Run `INSERT … VALUES (?, …) …` once for each record."""

    def all_among(self, sql: str, *values: Parameter, among: Sequence[str]) -> list[tuple[Any, ...]]:
        """Return every row of a statement whose last condition is `… IN ??`: the texts of `among`."""

    def run_among(self, sql: str, *values: Parameter, among: Sequence[str]) -> None:
        """Run a statement whose last condition is `… IN ??`: the texts of `among`."""


class Database(Protocol):
    """A city server's database."""

    def writing(self) -> AbstractContextManager[Connection]:
        """Return a transaction that commits at the end, and rolls back if an error passes through."""

    def reading(self) -> AbstractContextManager[Connection]:
        """Return a transaction that sees one moment of the database."""

    def close(self) -> None: ...
