"""A disk that is full, or takes no writing: the desk opens to read and to print, and says so.

A small disk of its own is mounted in a process of its own, which needs user namespaces (Linux).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from desk_world import PASSPHRASE, VILLAGE

ON_A_SMALL_DISK = f"""
import errno, io, json, os, subprocess, sys
from pathlib import Path
from hsdesk.deskfile import wraps
wraps.COST = wraps.Argon2(memory=16, passes=1)
from hsdesk.cli.run import run
from hsdesk.desk import Desk
from hsdesk.desk.json_records import JsonRecord
from hsdesk.desk.values import ListQuery
from hsdesk.errors import DeskError
from hsdesk.records.edits import Draft

disk, how = Path(sys.argv[1]), sys.argv[2]
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "none", disk], check=True)
home = disk / "home"
desk, _ = Desk.create(home, [{VILLAGE!r}], "汪文书", {PASSPHRASE!r})
record = [JsonRecord(1, {{"org_name": "定潭老年协会", "leader_phone": "13800001234"}})]
record = desk.bulk.add("social_org", record, {VILLAGE!r}).ids[0]
scope = desk.status().places[0].id
draft = Draft(scope, "social_org", record, "leader", "打了一半", 4)
desk.records.save_draft(draft)
desk._file.close()
if how == "full":
    with open(disk / "filler", "wb", buffering=0) as filler:
        try:
            while filler.write(bytes(65536)):
                pass
        except OSError as error:
            assert error.errno == errno.ENOSPC
    while (left := os.statvfs(disk).f_bavail):
        (disk / f"rest{{left}}").write_bytes(b"x")
else:
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
def held():
    return [(home / name).read_bytes() for name in ("desk.db", "desk.keys", "desk.keys.prev")]
before = held()

desk = Desk.open(home, {PASSPHRASE!r})
found = [hit.title for hit in desk.lists.find("定潭老年协会")]
told = {{"read_only": desk.status().read_only, "found": found}}
listed = next(desk.lists.documents("social_org", ListQuery())[1])
told["listed"] = [listed["org_name"], listed["leader_phone"]]
told["drafts"] = [one.text for one in desk.records.drafts()]
told["refused"] = []
def tried(what):
    try:
        what()
    except DeskError as error:
        told["refused"].append(str(error))
tried(lambda: desk.records.save_draft(draft))
tried(lambda: desk.bulk.add("social_org", [JsonRecord(1, {{"org_name": "另一个"}})], {VILLAGE!r}))
desk.close()
os.environ["HSDESK_PASSPHRASE"] = {PASSPHRASE!r}
out, err = io.StringIO(), io.StringIO()
paper = Path(sys.argv[3]) / "out.xlsx"
told["code"] = run(
    ["report", "social_org_roster", "--out", str(paper), "--home", str(home)], None, out, err
)
told["printed"] = paper.stat().st_size
told["said"] = err.getvalue()
told["same"] = held() == before
if how == "full":
    for path in [disk / "filler", *disk.glob("rest*")]:
        path.unlink()
    desk = Desk.open(home, {PASSPHRASE!r})
    desk.records.save_draft(draft)
    told["then"] = desk.status().read_only
    desk.close()
print(json.dumps(told))
"""


def on_a_small_disk(tmp_path: Path, how: str) -> dict[str, Any]:
    disk, elsewhere = tmp_path / "disk", tmp_path / "elsewhere"
    disk.mkdir()
    elsewhere.mkdir()
    probe = ["unshare", "-rm", "mount", "-t", "tmpfs", "none", str(disk)]
    if sys.platform != "linux" or subprocess.run(probe, capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    done = subprocess.run(
        ["unshare", "-rm", sys.executable, "-c", ON_A_SMALL_DISK, str(disk), how, str(elsewhere)],
        env={**os.environ, "TMPDIR": str(elsewhere)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    left = [path.name for path in elsewhere.iterdir() if path.name.startswith("hsdesk-reading-")]
    assert left == []
    told: dict[str, Any] = json.loads(done.stdout.decode().splitlines()[-1])
    return told


@pytest.mark.parametrize("how", ["full", "read-only"])
def test_a_desk_that_cannot_be_written_opens_to_read_and_says_so(tmp_path: Path, how: str) -> None:
    told = on_a_small_disk(tmp_path, how)
    assert told["found"] == ["定潭老年协会"]
    assert told["listed"] == ["定潭老年协会", "138****1234"]  # no line can be written of what is seen in full
    assert told["drafts"] == ["打了一半"]
    assert len(told["refused"]) == 2
    assert (told["same"], told["read_only"], told["code"]) == (True, True, 0)
    assert told["printed"] > 1000
    assert "只读方式打开" in told["said"]
    if how == "full":
        assert not told["then"]  # with room again it is written to as before
