"""A fresh database of either kind for a test."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

KINDS = ("sqlite", "postgresql")


def fresh(kind: str, folder: Path, postgres_url: str) -> Iterator[str]:
    """Yield the address of an empty database; skip where there is no PostgreSQL."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/server/city.db"
        return
    if not postgres_url:
        pytest.skip("no PostgreSQL server (HSDESK_TEST_POSTGRES)")
    with own_database(postgres_url) as url:
        yield url


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
