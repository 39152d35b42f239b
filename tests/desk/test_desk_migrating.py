"""A desk of another program version, through the doors that people use: opened, backed up, or refused."""

from __future__ import annotations

import errno
import io
import json
import sys
from contextlib import closing
from pathlib import Path

import pytest
from desk_world import PASSPHRASE, new_desk, new_organization

sys.path.insert(0, str(Path(__file__).parents[1] / "store"))
from older_file import bytes_of, key_of, newer, without_number

from hsdesk.cli.run import run
from hsdesk.desk import Desk
from hsdesk.errors import DiskFull, NewerLayout
from hsdesk.store import backup, cipher, files, migrations


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HSDESK_PASSPHRASE", PASSPHRASE)


def older_desk(home: Path, steps: int = 5) -> bytes:
    """Make a desk as a program without numbers left it; return its key."""
    desk = new_desk(home)
    new_organization(desk, "定潭老年协会", "张三")
    desk.close()
    key = key_of(home, PASSPHRASE)
    without_number(home / "desk.db", key, steps=steps)
    return key


def test_a_copy_that_the_program_before_opens_is_kept_before_the_first_migration(
    home: Path, tmp_path: Path
) -> None:
    key = older_desk(home)
    with closing(Desk.open(home, PASSPHRASE)) as desk:
        assert [form.count for form in desk.registers() if form.form_id == "social_org"] == [1]
    (kept,) = (home / "backups").iterdir()
    assert "-upgrade5" in kept.name
    backup.restore(tmp_path / "put back", kept, key)
    with closing(cipher.connect(tmp_path / "put back" / "desk.db", key)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (0,)
        noted = connection.execute("SELECT DISTINCT migration_set FROM _sqlite_migrations").fetchall()
        assert noted == [("desk",)]
    with closing(Desk.open(home, PASSPHRASE)):
        assert [path.name for path in (home / "backups").iterdir()] == [kept.name]


def test_a_program_without_numbers_does_not_take_a_migrated_file_for_its_own(home: Path) -> None:
    key = older_desk(home)
    Desk.open(home, PASSPHRASE).close()
    with closing(cipher.connect(home / "desk.db", key)) as connection:
        notes = "SELECT count(*) FROM _sqlite_migrations WHERE migration_set = 'desk'"
        assert connection.execute(notes).fetchone() == (0,)  # it would make hs_meta again, and stop there


def test_a_full_disk_stops_the_upgrade_before_it_begins(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = older_desk(home)
    before = bytes_of(home)

    def full(_file: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(files, "flush", full)
        with pytest.raises(DiskFull):
            Desk.open(home, PASSPHRASE)
    assert bytes_of(home) == before
    Desk.open(home, PASSPHRASE).close()
    with closing(cipher.connect(home / "desk.db", key, read_only=True)) as connection:
        assert migrations.layout_of(connection) == migrations.MIGRATIONS[-1].number


def test_the_command_line_says_how_far_an_upgrade_is_and_then_answers(home: Path) -> None:
    older_desk(home, steps=3)
    out, err = io.StringIO(), io.StringIO()
    assert run(["status", "--json"], None, out, err) == 0
    assert json.loads(out.getvalue())["person"] == "汪文书"
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
