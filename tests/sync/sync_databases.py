"""A fresh database of either kind for a test."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
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
    import psycopg

    name = f"t_{secrets.token_hex(6)}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    try:
        yield urlunsplit(urlsplit(postgres_url)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
