"""The number of a server's database: a newer one is refused untouched, an older one moves on step by step."""

from __future__ import annotations

import hashlib
import io
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from quick_start import FORKED
from sync_databases import fresh

from hsdesk.city.running import administration
from hsdesk.city.running.backups import backup, restore
from hsdesk.city.sql import migrations
from hsdesk.city.sql.database import Connection, Database
from hsdesk.city.sql.migrations import MIGRATIONS, Step
from hsdesk.city.sql.opening import open_database
from hsdesk.city.sql.schema import put_setting, setting
from hsdesk.cli.run import run
from hsdesk.deskfile.layout import MigrationProgress, Tell, latest
from hsdesk.errors import NewerLayout


@pytest.fixture(params=["sqlite", "postgresql"])
def city(request: pytest.FixtureRequest, tmp_path: Path, postgres_url: str) -> Iterator[str]:
    """The address of an initialised server's database."""
    for url in fresh(request.param, tmp_path, postgres_url):
        administration.init(url, tmp_path / "keys")
        yield url


def with_number(url: str, number: int) -> None:
    with closing(open_database(url)) as database, database.writing() as connection:
        put_setting(connection, "schema", str(number))


def contents(url: str) -> object:
    """Return what must not change: the bytes of a file, the settings and tables of PostgreSQL."""
    if url.startswith("sqlite:"):
        path = Path(url.removeprefix("sqlite:///"))
        files = [path, path.with_name(path.name + "-wal")]
        kept = [file.read_bytes() for file in files if file.exists() and file.stat().st_size]
        return [hashlib.sha256(held).hexdigest() for held in kept]
    import psycopg

    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT relname, relfilenode FROM pg_class WHERE relname LIKE 'hs_%' ORDER BY 1"
        )
        return tables.fetchall(), connection.execute(
            "SELECT name, value FROM hs_setting ORDER BY 1"
        ).fetchall()


def asked(home: Path, *words: str) -> tuple[int, str]:
    out = io.StringIO()
    code = run([*words, "--home", str(home), "--json"], None, out, io.StringIO())
    return code, json.loads(out.getvalue())["error"]


def test_serve_and_server_verbs_refuse_a_newer_database_with_4_and_leave_it_as_it_is(
    city: str, tmp_path: Path
) -> None:
    with_number(city, 9000)
    before = contents(city)
    verbs = (
        ("serve", "--port", "0"),
        ("server", "init"),
        ("server", "code", "--scope", "341021101204", "--role", "village"),
        ("server", "device", "list"),
        ("server", "audit"),
        ("server", "codelists", "export", "gender", "--out", str(tmp_path / "lists.xlsx")),
    )
    for words in verbs:
        code, error = asked(tmp_path / "home", *words, "--database", city)
        assert (code, "更新版本的程序" in error, "没有改动" in error) == (4, True, True), words
    assert contents(city) == before


def test_a_newer_backup_is_neither_made_nor_put_back_by_an_older_program(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'city.db'}"
    administration.init(url, tmp_path / "keys")
    with (
        closing(sqlite3.connect(tmp_path / "city.db")) as running,
        closing(sqlite3.connect(tmp_path / "newer.db")) as copy,
    ):
        running.backup(copy)
    with closing(sqlite3.connect(tmp_path / "newer.db")) as connection, connection:
        connection.execute("UPDATE hs_setting SET value = '9000' WHERE name = 'schema'")
    before = contents(url)
    with pytest.raises(NewerLayout):
        restore(url, tmp_path / "newer.db")
    with pytest.raises(NewerLayout):
        backup(f"sqlite:///{tmp_path / 'newer.db'}", tmp_path / "out.db")
    assert contents(url) == before


def test_an_older_database_moves_on_step_by_step_and_says_how_far_it_is(city: str) -> None:
    number = latest(MIGRATIONS)

    def fill(connection: Connection, tell: Tell) -> None:
        for n in range(2):
            connection.run("INSERT INTO extra (n) VALUES (?)", n)
            tell(n + 1, 2)

    later = (
        *MIGRATIONS,
        Step(number + 1, "extra", ("CREATE TABLE extra (n INTEGER)",)),
        Step(number + 2, "fill", fill),
    )
    heard: list[MigrationProgress] = []
    with closing(open_database(city)) as database:
        migrations.apply(database, heard.append, later)
        with database.reading() as connection:
            assert migrations.layout_of(connection) == number + 2
            assert connection.all("SELECT n FROM extra ORDER BY n") == [(0,), (1,)]
        migrations.apply(database, heard.append, later)
    assert [one.percent for one in heard] == [0, 50, 75, 100]


def test_a_migration_that_fails_half_way_leaves_the_layout_before(city: str) -> None:
    number = latest(MIGRATIONS)

    class PowerCut(Exception):
        pass

    def cut(connection: Connection, _tell: Tell) -> None:
        connection.run("CREATE TABLE half (n INTEGER)")
        connection.run("UPDATE hs_setting SET value = 'x' WHERE name = 'server_epoch'")
        raise PowerCut

    later = (*MIGRATIONS, Step(number + 1, "half", cut))
    with closing(open_database(city)) as database:
        epoch = epoch_of(database)
        with pytest.raises(PowerCut):
            migrations.apply(database, migrations=later)
        with database.reading() as connection:
            assert migrations.layout_of(connection) == number
        assert epoch_of(database) == epoch
        migrations.apply(
            database, migrations=(*MIGRATIONS, Step(number + 1, "half", ("CREATE TABLE half (n INTEGER)",)))
        )


def epoch_of(database: Database) -> str:
    with database.reading() as connection:
        return setting(connection, "server_epoch")


KILLED = """
import os, signal, sys
from hsdesk.city.sql import migrations
from hsdesk.city.sql.opening import open_database
from hsdesk.city.sql.migrations import MIGRATIONS, Step

def cut(connection, tell):
    connection.run("CREATE TABLE half (n INTEGER)")
    os.kill(os.getpid(), signal.SIGKILL)

number = MIGRATIONS[-1].number
whole = Step(number + 1, "whole", ("CREATE TABLE whole (n INTEGER)",))
steps = (*MIGRATIONS, whole, Step(number + 2, "half", cut))
migrations.apply(open_database(sys.argv[1]), migrations=steps)
"""


def test_a_server_killed_within_a_migration_finds_the_layout_of_the_last_whole_one(city: str) -> None:
    killed = subprocess.run([sys.executable, "-c", FORKED + KILLED, city], env=dict(os.environ), check=False)
    assert killed.returncode == -9
    number = latest(MIGRATIONS)
    whole = (
        *MIGRATIONS,
        Step(number + 1, "whole", ()),
        Step(number + 2, "half", ("CREATE TABLE half (n INTEGER)",)),
    )
    with closing(open_database_of_any(city)) as database:
        with database.reading() as connection:
            assert migrations.layout_of(connection) == number + 1
            assert connection.all("SELECT count(*) FROM whole") == [(0,)]
        migrations.apply(database, migrations=whole)


def open_database_of_any(url: str) -> Database:
    """Open a database that holds steps of a test, which this program does not know."""
    from hsdesk.city.sql.postgres_database import PostgresDatabase
    from hsdesk.city.sql.sqlite_database import SqliteDatabase

    return (
        SqliteDatabase(url.removeprefix("sqlite:///")) if url.startswith("sqlite:") else PostgresDatabase(url)
    )
