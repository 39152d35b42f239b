"""A planted secret is looked for in all that a killed program leaves: home, temporary files, backups."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from desk_world import PASSPHRASE, VILLAGE

from hsdesk.desk import Desk
from hsdesk.deskfile.files import FileLock
from hsdesk.errors import WrongPassphrase

SECRETS = ("程秘密", "13900007531", "341021197503124457")
KILLED = f"""
import os, signal, sys
from pathlib import Path
from hsdesk.deskfile import rekey, wraps
wraps.COST = wraps.Argon2(memory=16, passes=1)
from hsdesk.desk import Desk
from hsdesk.desk.json_records import JsonRecord
from hsdesk.records.edits import Draft
home, paper = map(Path, sys.argv[1:])
name, phone, number = {SECRETS!r}
desk, _ = Desk.create(home, [{VILLAGE!r}], name, {PASSPHRASE!r})
told = {{"leader": name, "leader_phone": phone}}
lines = [JsonRecord(n, {{"org_name": f"{{name}}协会{{n}}", **told}}) for n in range(3)]
ids = desk.bulk.add("social_org", lines, {VILLAGE!r}, "批.jsonl").ids
desk.bulk.add("social_org", lines, {VILLAGE!r}, "批.jsonl")
desk._file.put_draft(Draft(desk.status().places[0].id, "social_org", ids[0], "leader", number, 3))
answer = desk.attachments.take("social_org", "charter_file", paper)
print(desk.attachments.open_copy(answer), flush=True)
desk.file.backup(home.parent / "stick.hsbackup")
desk.file.change_passphrase({PASSPHRASE!r}, "xin-kou-ling-2021")
rekey.cipher.change_key = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
desk.file.rekey()
"""


def found_in(*folders: Path) -> list[str]:
    """Return the files that hold a secret, in whatever encoding."""
    wanted = [secret.encode(code) for secret in SECRETS for code in ("utf-8", "utf-16-le", "gb18030")]
    wanted += [ascii(secret)[1:-1].encode() for secret in SECRETS]
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return [path.name for path in files if any(secret in path.read_bytes() for secret in wanted)]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_program_leaves_no_secret_but_the_opened_copy_and_that_goes_at_the_next_start(
    tmp_path: Path,
) -> None:
    home, temporary, paper = tmp_path / "h" / "home", tmp_path / "temporary", tmp_path / "章程.pdf"
    temporary.mkdir()
    paper.write_text(" ".join(SECRETS), encoding="utf-8")
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(home), str(paper)],
        env={**os.environ, "TMPDIR": str(temporary)},
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -9, killed.stderr.decode()
    copy = Path(killed.stdout.decode().strip())
    assert copy.parent.parent == home / "opened"
    assert (home / "desk.db-wal").stat().st_size > 0
    assert list((home / "backups").iterdir())
    assert found_in(tmp_path / "h", temporary) == [copy.name]
    held = FileLock.take(home / "desk.lock")  # another window shows it: it stays
    Desk.clear_opened(home)
    assert copy.exists()
    held.release()
    with pytest.raises(WrongPassphrase):
        Desk.open(home, "not-the-passphrase")
    assert found_in(tmp_path / "h", temporary) == []
    desk = Desk.open(home, "xin-kou-ling-2021")
    assert desk.lists.find("程秘密协会")
    desk.close()
    assert found_in(tmp_path / "h", temporary) == []
