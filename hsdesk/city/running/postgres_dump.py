"""PostgreSQL's own tools, pg_dump and pg_restore, for backups: a dump never lies on the disk as plain text.

The password goes to them in their surroundings, never on a command line, which everybody can read.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from urllib.parse import parse_qsl, unquote, urlsplit

from hsdesk.city.sql.database import Connection, Database
from hsdesk.errors import Corrupt, Missing, Offline

_SCHEMA = "public"
_BEFORE = "before_restore_"  # and the time: the schema that holds what a restore replaced


@contextmanager
def dumped(url: str) -> Iterator[IO[bytes]]:
    """Yield the dump of a running database, as it is being written. Raises Missing, Offline."""
    command = [_program("pg_dump"), "--format=custom", f"--schema={_SCHEMA}", "--no-owner", "--no-privileges"]
    around, to = _surroundings(url), subprocess.PIPE
    with tempfile.TemporaryFile() as told:
        with subprocess.Popen(command, stdout=to, stderr=told, env=around) as running:  # noqa: S603
            assert running.stdout is not None
            yield running.stdout
        told.seek(0)
        said = told.read().decode(errors="replace")
    if running.returncode:
        raise Offline("没有备份：pg_dump 读不了数据库。请看服务器上 PostgreSQL 是否在运行。", detail=said)


def check(dump: Path) -> None:
    """Raise Corrupt unless a file is a whole dump of a city server's database."""
    command = [_program("pg_restore"), "--list", str(dump)]
    listed = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    if listed.returncode or b" hs_setting " not in listed.stdout:
        raise Corrupt("备份文件已损坏，或不是市级服务器 PostgreSQL 数据库的备份，没有使用。")


def load(database: Database, url: str, dump: Path) -> None:
    """Put a dump in the place of what the database holds, which is kept in a schema of its own.

    Raises Missing, and Offline where the dump could not be put there: all is then as it was.
    """
    around = _surroundings(url)
    command = [
        _program("pg_restore"), f"--schema={_SCHEMA}", "--no-owner", "--no-privileges",
        "--single-transaction", "--exit-on-error", "--dbname", around["PGDATABASE"], str(dump),
    ]  # fmt: skip
    kept = f"{_BEFORE}{datetime.now(UTC):%Y%m%d%H%M%S%f}"
    with database.writing() as connection:
        connection.run(f"ALTER SCHEMA {_SCHEMA} RENAME TO {kept}")
        connection.run(f"CREATE SCHEMA {_SCHEMA}")
    done = subprocess.run(command, capture_output=True, env=around, check=False)  # noqa: S603
    with database.writing() as connection:
        if done.returncode:
            connection.run(f"DROP SCHEMA {_SCHEMA} CASCADE")
            connection.run(f"ALTER SCHEMA {kept} RENAME TO {_SCHEMA}")
        else:
            _drop_older(connection, kept)
    if done.returncode:
        said = done.stderr.decode(errors="replace")
        raise Offline("没有恢复，数据库还是原来的样子：pg_restore 没有做完。", detail=said)


def _drop_older(connection: Connection, kept: str) -> None:
    """Drop what earlier restores replaced."""
    rows = connection.all("SELECT nspname::text FROM pg_namespace WHERE nspname LIKE ?", f"{_BEFORE}%")
    for (name,) in rows:
        if name != kept:
            connection.run(f"DROP SCHEMA {name} CASCADE")


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Missing("找不到 {name}。请先在这台服务器上安装 PostgreSQL 的客户端程序。", name=name)
    return found


def _surroundings(url: str) -> dict[str, str]:
    """Return the surroundings in which the tools reach the database of an address."""
    parts = urlsplit(url)
    named = {
        "PGHOST": parts.hostname or "",
        "PGPORT": str(parts.port or ""),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": unquote(parts.path.removeprefix("/")),
        **{f"PG{name.upper()}": value for name, value in parse_qsl(parts.query)},
    }
    return {**os.environ, **{name: value for name, value in named.items() if value}}
