"""The number of a desk file: read before anything is touched, one more with each migration, never half."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from quick_start import FORKED

sys.path.insert(0, str(Path(__file__).parent))
from deskfile_forms import KEY, desk, save
from older import shown_before
from older_file import OLDER_KEY, bytes_of, newer, without_number

from hsdesk.deskfile import backup, cipher, migrations, rolling
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.deskfile.layout import latest
from hsdesk.errors import NewerLayout

CUT_SHORT = """
import json, os, shutil, signal, sys
from pathlib import Path
from hsdesk.deskfile import cipher, migrations
from hsdesk.deskfile.migrations import MIGRATIONS, Step

KEY = bytes.fromhex(sys.argv[1])

def fill(db, tell):
    for n in range(3):
        db.execute("INSERT INTO extra VALUES (?)", (n,))
        tell(n + 1, 3)

number = MIGRATIONS[-1].number
LATER = (*MIGRATIONS, Step(number + 1, "extra", ("CREATE TABLE extra (n)",)), Step(number + 2, "fill", fill))
original, copy = Path(sys.argv[2]), Path(sys.argv[3])

def migrate(stop):
    left = [stop]
    connection = cipher.connect(copy, KEY)
    def count(statement):
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
    connection.set_trace_callback(count)
    migrations.apply(cipher.database(connection), migrations=LATER)
    os._exit(0)

def state():
    connection = cipher.connect(copy, KEY)
    number = migrations.layout_of(connection)
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    filled = connection.execute("SELECT count(*) FROM extra").fetchone()[0] if "extra" in tables else -1
    ops = connection.execute("SELECT count(*) FROM hs_op").fetchone()[0]
    migrations.apply(cipher.database(connection), migrations=LATER)
    done = migrations.layout_of(connection), connection.execute("SELECT count(*) FROM extra").fetchone()[0]
    connection.close()
    return [number, "hs_merged" in tables, filled, ops, *done]

stop = 0
while True:
    stop += 1
    shutil.copyfile(original, copy)
    child = os.fork()
    if not child:
        migrate(stop)
    killed = os.waitpid(child, 0)[1]
    print(json.dumps(state()), flush=True)
    copy.with_name(copy.name + "-wal").unlink(missing_ok=True)
    copy.with_name(copy.name + "-shm").unlink(missing_ok=True)
    if not killed:
        break
"""


def number_of(home: Path, key: bytes = KEY) -> int:
    with closing(cipher.connect(home / "desk.db", key, read_only=True)) as connection:
        return migrations.layout_of(connection)


def test_a_new_file_has_the_number_of_the_latest_layout(home: Path) -> None:
    desk(home).close()
    assert number_of(home) == latest(migrations.MIGRATIONS)


@pytest.mark.parametrize("steps", [3, 5])
def test_a_file_without_a_number_reads_as_the_number_of_its_last_known_step(
    tmp_path: Path, steps: int
) -> None:
    home = without_number(tmp_path, steps=steps)
    assert number_of(home, OLDER_KEY) == steps
    with DeskFile.open(home, OLDER_KEY) as file:
        assert file.pending_count() == len(shown_before("alone")["tables"]["ops"])
    assert number_of(home, OLDER_KEY) == latest(migrations.MIGRATIONS)


def test_a_file_of_a_newer_program_is_refused_in_plain_words_and_stays_as_it_is(home: Path) -> None:
    with desk(home) as file:
        save(file, "r1", name="老年协会")
    newer(home / "desk.db", KEY)
    before = bytes_of(home)
    with pytest.raises(NewerLayout) as refused:
        DeskFile.open(home, KEY)
    for words in ("更新版本的程序", "没有打开，也没有改动，资料都在", "请安装新版"):
        assert words in str(refused.value)
    assert refused.value.exit_code == 4
    assert bytes_of(home) == before


def test_a_number_that_a_killed_newer_program_left_in_the_log_is_seen_and_the_log_stays(home: Path) -> None:
    desk(home).close()
    script = (
        "import os, sys; from pathlib import Path; from hsdesk.deskfile import cipher;"
        "c = cipher.connect(Path(sys.argv[1]), bytes.fromhex(sys.argv[2]));"
        "c.execute('PRAGMA user_version = 9000'); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", script, str(home / "desk.db"), KEY.hex()], check=True)
    before = bytes_of(home)
    assert "desk.db-wal" in before
    with pytest.raises(NewerLayout):
        DeskFile.open(home, KEY)
    assert bytes_of(home) == before


def test_a_backup_of_a_newer_program_does_not_take_the_place_of_the_desk(home: Path, tmp_path: Path) -> None:
    keys = backup.KeyFile(home / "desk.keys")
    home.mkdir()
    key = keys.create("words", "张三").file_key
    with DeskFile.create(home, key) as file:
        backup.write_backup(file, keys, tmp_path / "before")
        file._connection.run("PRAGMA user_version = 9000")
        backup.write_backup(file, keys, tmp_path / "newer")
    backup.restore(home, tmp_path / "before", key)
    before = bytes_of(home)
    with pytest.raises(NewerLayout):
        backup.restore(home, tmp_path / "newer", key)
    assert bytes_of(home) == before


def test_migrations_cut_at_any_statement_leave_the_old_layout_or_the_new_one(tmp_path: Path) -> None:
    home = without_number(tmp_path, steps=3)
    words = (OLDER_KEY.hex(), str(home / "desk.db"), str(home / "copy.db"))
    command = [sys.executable, "-c", FORKED + CUT_SHORT, *words]
    told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    states = [json.loads(line) for line in told.stdout.splitlines()]
    number = latest(migrations.MIGRATIONS)
    held = len(shown_before("alone")["tables"]["ops"])
    for found, merged, filled, ops, done, rows in states:
        assert merged == (found >= 5)
        assert filled == (-1 if found <= number else 0 if found == number + 1 else 3)
        assert (ops, done, rows) == (held, number + 2, 3)
    assert {state[0] for state in states} == set(range(3, number + 3))
    assert len(states) > 20


def test_copies_from_before_a_migration_outlive_the_daily_ones() -> None:
    daily = [f"desk-202611{day:02}-170000-sync.hsbackup" for day in range(1, 29)]
    left = [
        "desk-20260101-080000-upgrade5.hsbackup",  # the first of its layout: an old program opens it
        "desk-20260101-080500-upgrade5.hsbackup",
        "desk-20260101-081000-upgrade5.hsbackup",
        "desk-20260301-080000-upgrade6.hsbackup",
    ]
    gone = {path.name for path in rolling.spare([Path(name) for name in daily + left])}
    assert set(left) - gone == {left[0], left[2], left[3]}
