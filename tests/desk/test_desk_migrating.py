"""A desk of another program version, through the doors that people use: opened, backed up, or refused."""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from desk_world import PASSPHRASE, new_desk

sys.path.insert(0, str(Path(__file__).parents[1] / "deskfile"))
from older import old_program, shown_before
from older_file import OLDER_KEY, bytes_of, key_of, newer, without_number

from hsdesk.cli.run import run
from hsdesk.desk import Desk
from hsdesk.deskfile import backup, cipher, files, migrations
from hsdesk.deskfile.layout import MigrationProgress
from hsdesk.errors import NewerLayout


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HSDESK_PASSPHRASE", PASSPHRASE)


def test_a_copy_that_the_program_before_opens_is_kept_before_the_first_migration(
    tmp_path: Path,
) -> None:
    home = without_number(tmp_path)
    before = shown_before("alone")["shown"]["counts"]
    heard: list[MigrationProgress] = []
    with closing(Desk.open(home, PASSPHRASE, heard.append)) as desk:
        assert {form.form_id: form.count for form in desk.file.registers() if form.count} == before
    assert heard[-1].percent == 100  # making the rows by today's rules takes longest, and tells too
    assert heard[-1].done >= sum(before.values())
    (kept,) = (home / "backups").iterdir()
    assert "-upgrade5" in kept.name
    backup.restore(tmp_path / "put back", kept, OLDER_KEY)
    with closing(cipher.connect(tmp_path / "put back" / "desk.db", OLDER_KEY)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (0,)
        noted = connection.execute("SELECT DISTINCT migration_set FROM _sqlite_migrations").fetchall()
        assert noted == [("desk",)]
    with closing(Desk.open(home, PASSPHRASE)):
        assert [path.name for path in (home / "backups").iterdir()] == [kept.name]


def test_the_program_before_opens_the_kept_copy_and_leaves_the_migrated_file_as_it_is(tmp_path: Path) -> None:
    program = old_program(tmp_path / "program")
    home = without_number(tmp_path)
    Desk.open(home, PASSPHRASE).close()
    (kept,) = (home / "backups").iterdir()
    backup.restore(tmp_path / "put back", kept, OLDER_KEY)
    before = bytes_of(home)
    old = {**os.environ, "PYTHONPATH": str(program)}
    for folder, outcome in ((tmp_path / "put back", 0), (home, 4)):
        command = [sys.executable, "-m", "hsdesk", "status", "--home", str(folder), "--json"]
        told = subprocess.run(command, env=old, cwd=tmp_path, capture_output=True, check=False)
        assert told.returncode == outcome, told.stderr.decode()
    assert bytes_of(home) == before


def test_a_full_disk_stops_the_upgrade_before_it_begins_and_the_desk_opens_to_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = without_number(tmp_path)
    before = bytes_of(home)

    def full(_file: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(files, "flush", full)
        with closing(Desk.open(home, PASSPHRASE)) as desk:  # a copy of it, to read and to print
            assert desk.is_read_only
    assert bytes_of(home) == before
    Desk.open(home, PASSPHRASE).close()
    with closing(cipher.connect(home / "desk.db", OLDER_KEY, read_only=True)) as connection:
        assert migrations.layout_of(connection) == migrations.MIGRATIONS[-1].number


def test_the_command_line_says_how_far_an_upgrade_is_and_then_answers(tmp_path: Path) -> None:
    home = without_number(tmp_path, steps=3)
    out, err = io.StringIO(), io.StringIO()
    assert run(["status", "--json", "--home", str(home)], None, out, err) == 0
    assert json.loads(out.getvalue())["device"] == shown_before("alone")["shown"]["device"]
    first = err.getvalue().splitlines()[0]
    assert "正在换成新版本的格式：第 1 步" in first
    assert "资料不会丢失，请不要关机" in first


def test_a_desk_of_a_newer_program_is_refused_with_4_and_stays_as_it_is(home: Path) -> None:
    new_desk(home).close()
    newer(home / "desk.db", key_of(home, PASSPHRASE))
    before = bytes_of(home)
    out, err = io.StringIO(), io.StringIO()
    assert run(["status", "--json"], None, out, err) == 4
    assert json.loads(out.getvalue())["kind"] == "NewerLayout"
    assert "更新版本的程序" in err.getvalue()
    with pytest.raises(NewerLayout):
        Desk.open(home, PASSPHRASE)
    assert bytes_of(home) == before
