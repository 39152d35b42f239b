"""One door to either SQL database. The statements are the same text; what differs stands here.

Statements are written with `?` for values. A write transaction of SQLite is exclusive; PostgreSQL locks what
`SELECT … FOR UPDATE` names (`lock` in a statement stands for that, and for nothing in SQLite).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from pathlib import Path
from typing import Any, Protocol

from hsdesk.errors import Locked, UsageError
from hsdesk.store.tables import Dialect

Parameter = str | int | float | bytes | None
Record = tuple[Parameter, ...]


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

    def many(self, sql: str, records: Iterable[Record]) -> None:
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


def open_database(url: str) -> Database:
    """Open `sqlite:///FILE` or `postgresql://…`.

    Raises UsageError on another address, NewerLayout for a database of a newer program: untouched.
    """
    from hsdesk.server import migrations

    scheme, _, rest = url.partition("://")
    if scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
        from hsdesk.server.sqlite_database import SqliteDatabase

        migrations.check_file(Path(sqlite_path(url)))
        return SqliteDatabase(sqlite_path(url))
    if scheme in ("postgresql", "postgres"):
        from hsdesk.server.postgres_database import PostgresDatabase

        with ExitStack() as undo:
            opened = undo.enter_context(closing(PostgresDatabase(url)))
            with opened.reading() as connection:
                migrations.check(connection)
            undo.pop_all()
        return opened
    raise UsageError(
        "数据库地址“{url}”不对，应写作 sqlite:///文件 或 postgresql://主机/库名。",
        url=url.rpartition("@")[2],  # a password in the address is not repeated
    )


def sqlite_path(url: str) -> str:
    """Return the file of a SQLite address, as SQLAlchemy reads it: three slashes relative, four absolute.

    >>> sqlite_path("sqlite:///a/b.db"), sqlite_path("sqlite:////a/b.db")
    ('a/b.db', '/a/b.db')
    """
    return url.removeprefix("sqlite:///")
