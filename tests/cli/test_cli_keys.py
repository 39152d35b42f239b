"""rekey, and what the program backs up by itself, through the command line."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from hsdesk.cli.run import run
from hsdesk.deskfile.keys import KeyFile
from hsdesk.errors import WrongPassphrase

PASSPHRASE = "kou-ling-2020"


@pytest.fixture(autouse=True)
def desk(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setenv("HSDESK_PASSPHRASE", PASSPHRASE)
    command("init", "--place", "341021101204", "--person", "汪文书")


def command(*words: str, code: int = 0) -> dict[str, Any]:
    out, err = io.StringIO(), io.StringIO()
    assert run([*words, "--json"], None, out, err) == code, err.getvalue()
    answer: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    return answer


def test_rekey_changes_what_opens_the_desk(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = KeyFile(home / "desk.keys")
    first = keys.unlock(PASSPHRASE)
    code = command("rekey")["recovery_code"]
    second = keys.unlock(PASSPHRASE)
    assert second == keys.unlock_with_recovery(code) != first
    monkeypatch.setenv("HSDESK_NEW_PASSPHRASE", "1234567890")
    assert "口令" in command("rekey", code=1)["error"]
    monkeypatch.setenv("HSDESK_NEW_PASSPHRASE", "xin-kou-ling-2021")
    assert command("rekey")["passphrase_changed"]
    command("status", code=4)
    monkeypatch.setenv("HSDESK_PASSPHRASE", "xin-kou-ling-2021")
    assert [line["kind"] for line in command("audit")["entries"]] == ["rekey", "rekey"]
    with pytest.raises(WrongPassphrase):
        keys.unlock_with_recovery(code)


def test_a_batch_is_preceded_by_a_backup_that_brings_the_time_before_it_back(
    home: Path, tmp_path: Path
) -> None:
    one, many = tmp_path / "one.jsonl", tmp_path / "many.jsonl"
    one.write_text(json.dumps({"org_name": "定潭老年协会"}), encoding="utf-8")
    many.write_text("\n".join(json.dumps({"org_name": f"第{n}协会"}) for n in range(3)), encoding="utf-8")
    command("add", "social_org", str(one))
    assert not (home / "backups").exists()
    command("add", "social_org", str(many))
    (made,) = (home / "backups").iterdir()
    assert made.name.endswith("-import.hsbackup")
    assert command("list", "social_org")["count"] == 4
    command("restore", str(made))
    assert command("list", "social_org")["count"] == 1
    kept = sorted(path.name.rsplit("-", 1)[1] for path in (home / "backups").iterdir())
    assert kept == ["import.hsbackup", "restore.hsbackup"]
