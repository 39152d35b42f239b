"""Laptops that were not upgraded yet, run by the program of 37eeae4 itself, at a city that was."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from older import DATA, PASSPHRASE, old_program, older_city, older_desk, pointed_at, shown_by
from sync_process import serving

from hsdesk.desk.desk import Desk
from hsdesk.deskfile import cipher


def at(home: Path, url: str) -> None:
    """Let a desk find its city at another address, in the file as the older program left it."""
    key = bytes.fromhex((DATA / f"{home.name}.key").read_text().strip())
    with closing(cipher.connect(home / "desk.db", key)) as connection:
        (enrolment,) = connection.execute("SELECT value FROM hs_meta WHERE key = 'enrolment'").fetchone()
        moved = json.dumps({**json.loads(enrolment), "url": url})
        connection.execute("UPDATE hs_meta SET value = ? WHERE key = 'enrolment'", (moved,))


def run(program: Path, home: Path, *words: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "hsdesk", "--home", str(home), *words, "--json"],
        cwd=program, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(program), "HSDESK_PASSPHRASE": PASSPHRASE},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return json.loads(done.stdout)


def test_an_older_program_and_an_upgraded_one_merge_at_an_upgraded_city(tmp_path: Path) -> None:
    program = old_program(tmp_path / "program")
    city = older_city("sqlite", tmp_path)
    old, new = older_desk("village", tmp_path), older_desk("second", tmp_path)
    with serving(city) as running:
        at(old, running.url)
        said = run(program, old, "sync")
        assert said["waiting"] == 0
        upgraded = Desk.open(new, PASSPHRASE)
        try:
            pointed_at(upgraded, running.url)
            report, _changes = upgraded.exchange.sync()
            assert (report.complete, report.waiting, report.differing) == (True, 0, 0)
            (row,) = [
                r for r in run(program, old, "list", "social_org")["records"] if "老年协会" in r["_title"]
            ][:1]
            run(program, old, "edit", "social_org", row["_id"], "leader=旧程序里填的", "member_n=21")
            upgraded_edit(upgraded, row["_id"], {"leader": "新程序里填的", "place": "新活动室"})
            assert run(program, old, "sync")["waiting"] == 0
            assert upgraded.exchange.sync()[0].waiting == 0
            assert run(program, old, "sync")["waiting"] == 0
            asked = [c for c in upgraded.exchange.conflicts() if (c.record, c.path) == (row["_id"], "leader")]
            assert [{c.a.value, c.b.value} for c in asked] == [{"旧程序里填的", "新程序里填的"}]
            here = upgraded.lists.document("social_org", row["_id"])
            there = run(program, old, "show", "social_org", row["_id"])["record"]
            for one in (here, there):
                assert (one["member_n"], one["place"]) == (21, "新活动室")
            assert here["leader"] == there["leader"]
        finally:
            upgraded.close()
    reopened = Desk.open(new, PASSPHRASE)
    try:
        assert shown_by(reopened, ())["waiting"] == 0
    finally:
        reopened.close()


def upgraded_edit(desk: Desk, record: str, answers: dict[str, Any]) -> None:
    entry = desk.records.entry("social_org", record)
    for path, value in answers.items():
        edit = entry.edit(entry.session.answer(path, value))
        assert edit is not None
        entry.saved(desk.records.save(edit))
