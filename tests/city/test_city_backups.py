"""Backups of the server: sealed for a recovery key, opened by it alone."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hsdesk.city.running import administration, backups, recovery_key
from hsdesk.city.sql.opening import open_database
from hsdesk.cli.run import run
from hsdesk.errors import Corrupt, DataError, Missing, Refused

SECRET = "王主任的账号名"


@pytest.fixture
def city(home: Path) -> str:
    database = f"sqlite:///{home}/server/city.db"
    administration.init(database, home / "server")
    administration.add_user(database, SECRET, "一个很长的密码不会忘", "county", ("341021",))
    return database


def command(*words: str) -> tuple[int, Any]:
    out = io.StringIO()
    code = run([*words, "--json"], None, out, io.StringIO())
    return code, json.loads(out.getvalue())


def test_a_backup_says_nothing_without_its_key(city: str, home: Path, tmp_path: Path) -> None:
    out, key = tmp_path / "b", tmp_path / "paper"
    code, said = command("server", "backup", "--out", str(out))
    assert (code, "恢复钥匙还在服务器上" in said["note"]) == (0, True)
    sealed = out.read_bytes()
    assert sealed[0] == 1  # the suite number first
    assert SECRET.encode() not in sealed
    assert b"SQLite format" not in sealed
    assert sorted(path.name for path in (home / "server").iterdir() if "copy" in path.name) == []
    (home / "server" / "recovery.key").rename(key)
    code, said = command("server", "restore", str(out))
    assert (code, "--key" in said["error"]) == (4, True)
    administration.disable_user(city, SECRET)
    assert command("server", "restore", str(out), "--key", str(key))[0] == 0
    assert administration.users(city)[0]["name"] == SECRET
    assert "note" not in command("server", "backup", "--out", str(out))[1]


def test_a_key_typed_from_paper_opens_a_backup(city: str, home: Path, tmp_path: Path) -> None:
    backups.backup(city, tmp_path / "b")
    digits = (home / "server" / "recovery.key").read_text().splitlines()[1]
    for typed in (digits.upper(), digits.replace(" ", "\r\n"), f"\ufeff我抄的：\n{digits}\n"):
        (tmp_path / "typed").write_text(typed, encoding="utf-8")
        backups.restore(city, tmp_path / "b", tmp_path / "typed")
    (tmp_path / "typed").write_text(digits[:-1], encoding="utf-8")
    with pytest.raises(DataError, match="不是恢复钥匙"):
        backups.restore(city, tmp_path / "b", tmp_path / "typed")
    with pytest.raises(Missing):
        backups.restore(city, tmp_path / "b", tmp_path / "nothing")


@pytest.mark.parametrize("damage", ["another key", "flip", "cut"])
def test_what_does_not_open_replaces_nothing(city: str, home: Path, tmp_path: Path, damage: str) -> None:
    out, key = tmp_path / "b", home / "server" / "recovery.key"
    backups.backup(city, out)
    sealed = bytearray(out.read_bytes())
    if damage == "another key":
        recovery_key.make(tmp_path / "other")
        key = tmp_path / "other" / "recovery.key"
    elif damage == "flip":
        sealed[len(sealed) // 2] ^= 1
        out.write_bytes(sealed)
    else:
        out.write_bytes(sealed[: 1 << 19])
    before = (home / "server" / "city.db").read_bytes()
    with pytest.raises(Corrupt, match="没有使用"):
        backups.restore(city, out, key)
    assert (home / "server" / "city.db").read_bytes() == before
    assert not (home / "server" / "city.db.part").exists()


def test_a_plain_backup_of_an_earlier_program_is_put_back(city: str, home: Path, tmp_path: Path) -> None:
    with (
        closing(sqlite3.connect(home / "server" / "city.db")) as running,
        closing(sqlite3.connect(tmp_path / "plain.db")) as copy,
    ):
        running.backup(copy)
    administration.disable_user(city, SECRET)
    backups.restore(city, tmp_path / "plain.db")
    assert administration.users(city)[0]["name"] == SECRET


def test_a_server_of_an_earlier_program_gets_its_key_with_its_first_backup(
    city: str, home: Path, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(home / "server" / "city.db")) as database:
        database.execute("DELETE FROM hs_setting WHERE name = 'recovery_key'")
        database.commit()
    with pytest.raises(Refused, match="已经有一把"):  # whose backups nobody knows: it is not overwritten
        backups.backup(city, tmp_path / "b")
    (home / "server" / "recovery.key").unlink()
    backups.backup(city, tmp_path / "b")
    backups.restore(city, tmp_path / "b", home / "server" / "recovery.key")


def test_a_database_of_postgresql_is_sealed_and_put_back_whole(
    home: Path, tmp_path: Path, postgres_url: str
) -> None:
    if not postgres_url or not shutil.which("pg_dump"):
        pytest.skip("no PostgreSQL server, or none of its tools")
    administration.init(postgres_url, home / "server")
    administration.add_user(postgres_url, SECRET, "一个很长的密码不会忘", "county", ("341021",))
    out, key = tmp_path / "b", home / "server" / "recovery.key"
    to = ("--database", postgres_url)
    assert command("server", "backup", "--out", str(out), *to)[0] == 0
    assert backups.recovery_key.is_sealed(out)
    assert SECRET.encode() not in out.read_bytes()
    administration.disable_user(postgres_url, SECRET)
    with closing(open_database(postgres_url)) as opened, opened.writing() as connection:
        connection.run("CREATE TABLE later (x TEXT)")  # as of a form that was published since
    assert command("server", "restore", str(out), *to)[0] == 4  # not without its key
    damaged = tmp_path / "damaged"
    damaged.write_bytes(out.read_bytes()[:-9])
    assert command("server", "restore", str(damaged), "--key", str(key), *to)[0] == 4
    assert [one["disabled"] for one in administration.users(postgres_url)] == [True]
    assert command("server", "restore", str(out), "--key", str(key), *to)[0] == 0
    assert [one["disabled"] for one in administration.users(postgres_url)] == [False]
    with closing(open_database(postgres_url)) as opened, opened.writing() as connection:
        assert connection.all("SELECT to_regclass('later')::text") == [(None,)]
        for (name,) in connection.all("SELECT nspname::text FROM pg_namespace WHERE nspname LIKE 'before%'"):
            assert connection.all(f"SELECT COUNT(*) FROM {name}.later") == [(0,)]
            connection.run(f"DROP SCHEMA {name} CASCADE")
