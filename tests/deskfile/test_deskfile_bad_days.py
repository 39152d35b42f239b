"""Bad days: the power fails, the disk is full, the file is damaged. Real processes, real files."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from quick_start import FORKED

sys.path.insert(0, str(Path(__file__).parent))
from deskfile_forms import KEY, ORG, PLACE, desk, save

from hsdesk.deskfile import files
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.errors import Corrupt, DiskFull, Missing, Refused
from hsdesk.records.edits import Draft, Edit
from hsdesk.registers.query import Query

WRITER = """
import sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from desk_forms import KEY, PLACE
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.records.edits import Draft, Edit
file = DeskFile.open(Path(sys.argv[1]), KEY)
n = file.pending_count()
while True:
    n += 1
    file.put_draft(Draft(PLACE, "social_org", "draft", "name", str(n)))
    print("draft", n, flush=True)
    answers = {"name": f"第{n}队", "members": n, "phone": str(n), "staff/a/staff_name": str(n)}
    last = file.commit(Edit(PLACE, "social_org", f"r{n % 7}", answers, "张三")).last_seq
    print("saved", last, n, flush=True)
"""


def kill_while_writing(home: Path, patience: int) -> tuple[int, int, int]:
    """Let a process write until it has told of `patience` lines, kill it, return what it had told of."""
    command = [sys.executable, "-c", FORKED + WRITER, str(home), str(Path(__file__).parent)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        told = [writer.stdout.readline() for _ in range(patience)]
        os.kill(writer.pid, signal.SIGKILL)
        told += writer.stdout.readlines()
    whole = [line.split() for line in told if line.endswith("\n")]
    saved = [line for line in whole if line[0] == "saved"]
    drafts = [int(line[1]) for line in whole if line[0] == "draft"]
    return (int(saved[-1][1]) if saved else 0, int(saved[-1][2]) if saved else 0, drafts[-1] if drafts else 0)


def survive(home: Path, rounds: int) -> None:
    desk(home).close()
    chance = random.Random(7)
    for _ in range(rounds):
        seq, n, draft = kill_while_writing(home, chance.randint(1, 60))
        with DeskFile.open(home, KEY) as file:
            assert file.problems() == ()
            seqs = [op.seq for op in file.pending_ops(10**6)]
            assert seqs == list(range(1, len(seqs) + 1))
            assert len(seqs) >= seq
            kept = [int(cell.text) for cell in file.all_drafts()]
            assert not draft or max(kept) >= draft
            if n:
                assert max(row.values["members"] for row in file.query("social_org")) >= n
            for row in file.query("social_org"):
                state = file.state(PLACE, row.record)
                assert state is not None
                assert {path: row.values[path] for path in ("name", "members", "phone")} == {
                    path: state.answers[path] for path in ("name", "members", "phone")
                }
                assert [hit.record for hit in file.search(str(row.values["name"]))] == [row.record]


def test_a_record_typed_before_a_power_cut_is_there_after_it(home: Path) -> None:
    survive(home, 6)


@pytest.mark.long
def test_seventy_two_power_cuts_lose_nothing_that_was_saved(home: Path) -> None:
    survive(home, 72)


def test_a_full_disk_loses_only_what_did_not_fit_and_says_so(home: Path) -> None:
    with desk(home) as file:
        save(file, "r1", name="老年协会")
        core = file._connection
        pages = core.one("PRAGMA page_count")[0]
        core.run(f"PRAGMA max_page_count = {pages + 2}")
        with pytest.raises(DiskFull, match="以前保存的内容都在"):
            file.commit_many(
                Edit(PLACE, "social_org", f"x{n}", {"name": "很长" * 200}, "张三") for n in range(500)
            )
        with pytest.raises(DiskFull):
            for n in range(500):
                file.put_draft(Draft(PLACE, "social_org", f"d{n}", "name", "字" * 500))
        assert file.state(PLACE, "x1") is None
        assert file.pending_count() == 1
        core.run("PRAGMA max_page_count = 1000000")
        assert save(file, "r2", name="又有地方了").last_seq == 2
        assert file.problems() == ()


@pytest.mark.parametrize("where", ["first page", "middle", "cut", "empty"])
def test_a_damaged_file_is_told_in_plain_words_with_the_way_out(home: Path, where: str) -> None:
    with desk(home) as file:
        for n in range(300):
            save(file, f"r{n}", name=f"第{n}队" * 10)
    path = home / "desk.db"
    data = bytearray(path.read_bytes())
    match where:
        case "first page":
            data[100] ^= 1
        case "middle":
            for place in range(9000, len(data), 8192):
                data[place] ^= 1
        case "cut":
            del data[len(data) // 2 :]
        case "empty":
            data = bytearray(b"\0" * len(data))
    path.write_bytes(data)
    with pytest.raises(Corrupt, match="恢复备份"), DeskFile.open(home, KEY) as file:
        list(file.query("social_org"))
        raise AssertionError(file.problems())


def test_a_read_only_folder_is_told_in_plain_words(home: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "a file, not a folder"
    blocked.write_text("x")
    with pytest.raises(Refused, match="不能读写"):
        DeskFile.create(blocked / "desk", KEY)
    with pytest.raises(Missing):
        files.read_bytes(tmp_path / "nothing")


def test_a_failed_write_leaves_the_old_file_and_no_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x"
    files.write_bytes(path, b"old")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refuse)
        with pytest.raises(Refused):
            files.write_bytes(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["x"]
    assert path.stat().st_mode & 0o777 == 0o600


def refuse(*_arguments: object) -> None:
    raise PermissionError("in use")


def test_an_error_in_the_middle_leaves_nothing_half_done(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with desk(home) as file:
        save(file, "r1", name="甲")
        digest = file.digest(PLACE, "common")
        file._connection.run(
            "CREATE TRIGGER stop BEFORE INSERT ON hs_op BEGIN SELECT RAISE(ABORT, 'stop'); END"
        )
        with pytest.raises(Exception, match="stop"):
            save(file, "r1", name="乙", phone="1")
        with pytest.raises(Exception, match="stop"):
            save(file, "r2", name="丙")
        file._connection.run("DROP TRIGGER stop")
        assert file.state(PLACE, "r1").answers == {"name": "甲"}
        assert file.query("social_org")[0].title == "甲"
        assert (file.count("social_org", Query()), file.digest(PLACE, "common")) == (1, digest)
        assert save(file, "r2", name="丙").last_seq == 2
        assert ORG.form_id == "social_org"
