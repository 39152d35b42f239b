"""A fresh database of either kind for a test.

A new database of PostgreSQL takes it a tenth of a second and some three hundred files. Therefore one is used
again: it is empty for each test, and what a test asks to be prepared in it (sync_prepared.py) lies ready in a
schema of another name.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import pytest

if TYPE_CHECKING:
    import psycopg

KINDS = ("sqlite", "postgresql")
_COLUMNS = """
    SELECT table_name, column_name, data_type, is_nullable, column_default
    FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2"""
_INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2"
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
_OTHERS = """
    SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""


def fresh(kind: str, folder: Path, postgres_url: str) -> Iterator[str]:
    """Yield the address of an empty database; skip where there is no PostgreSQL."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/server/city.db"
        return
    if not postgres_url:
        pytest.skip("no PostgreSQL server (HSDESK_TEST_POSTGRES)")
    database = _free.pop() if _free else _one_more(postgres_url)
    yield database.url
    database.clear()
    _free.append(database)


@contextmanager
def own_database(server: str) -> Iterator[str]:
    """Make an empty database on a PostgreSQL server, yield its address, and drop it at the end."""
    import psycopg

    name = f"t_{secrets.token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@dataclass
class Kept:
    """What was prepared once: its tables, and their rows in a schema beside them."""

    number: int
    shape: object = None

    @property
    def tables(self) -> str:
        return f"kept_{self.number}"

    @property
    def rows(self) -> str:
        return f"rows_{self.number}"


@dataclass
class Reused:
    """A database that one test after the other is given, as if it were new."""

    url: str
    kept: dict[object, Kept] = field(default_factory=dict)
    taken: object = None

    @contextmanager
    def _at_work(self) -> Iterator[psycopg.Connection[Any]]:
        import psycopg

        with psycopg.connect(self.url, options="-c default_transaction_read_only=off") as connection:
            yield connection

    def take(self, key: object) -> bool:
        """Put what was kept under this name where the test looks, if it was."""
        if key not in self.kept:
            return False
        with self._at_work() as connection:
            _run(connection, "DROP SCHEMA public CASCADE")
            _run(connection, f"ALTER SCHEMA {self.kept[key].tables} RENAME TO public")
        self.taken = key
        return True

    def keep(self, key: object) -> None:
        """Let what is there now be found by later tests under this name."""
        made = Kept(next(_numbers))
        with self._at_work() as connection:
            made.shape = _shape(connection)
            _run(connection, f"CREATE SCHEMA {made.rows}")
            for table in _tables(connection):
                _run(connection, f'CREATE TABLE {made.rows}."{table}" AS TABLE public."{table}"')
        self.kept[key], self.taken = made, key

    def clear(self) -> None:
        """Make it empty again. What was prepared is put back as it was, or forgotten if its shape changed."""
        made, self.taken = self.kept.get(self.taken), None
        with self._at_work() as connection:
            connection.execute(_OTHERS)
            _run(connection, f"ALTER DATABASE {urlsplit(self.url).path[1:]} RESET ALL")
            if made is not None and _put_back(connection, made):
                _run(connection, f"ALTER SCHEMA public RENAME TO {made.tables}; CREATE SCHEMA public")
                return
            _run(connection, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            if made is not None:
                _run(connection, f"DROP SCHEMA {made.rows} CASCADE")
        if made is not None:
            self.kept = {key: one for key, one in self.kept.items() if one is not made}


_numbers = count()
_free: list[Reused] = []
_all: dict[str, Reused] = {}
_until_the_end = ExitStack()


def reused(url: str) -> Reused | None:
    """Return the database at this address, if it is one that tests share."""
    return _all.get(url)


def forget_all() -> None:
    """Drop every database that tests shared."""
    _free.clear()
    _all.clear()
    _until_the_end.close()


def _one_more(server: str) -> Reused:
    database = Reused(_until_the_end.enter_context(own_database(server)))
    _all[database.url] = database
    return database


def _run(connection: psycopg.Connection[Any], sql: str) -> None:
    connection.execute(sql.encode())


def _tables(connection: psycopg.Connection[Any]) -> list[str]:
    return [name for (name,) in connection.execute(_TABLES).fetchall()]


def _shape(connection: psycopg.Connection[Any]) -> object:
    return connection.execute(_COLUMNS).fetchall(), connection.execute(_INDEXES).fetchall()


def _put_back(connection: psycopg.Connection[Any], made: Kept) -> bool:
    """Drop the tables that came later and give the others their rows again; False if a shape changed."""
    known = {table for table, *_ in made.shape[0]}  # type: ignore[index]
    late = [f'public."{table}"' for table in _tables(connection) if table not in known]
    if late:
        _run(connection, f"DROP TABLE {', '.join(late)} CASCADE")
    if _shape(connection) != made.shape:
        return False
    connection.execute("SET LOCAL session_replication_role = replica")  # no order among tables
    for table in sorted(known):
        _run(connection, f'DELETE FROM public."{table}"')
        _run(connection, f'INSERT INTO public."{table}" SELECT * FROM {made.rows}."{table}"')
    return True
