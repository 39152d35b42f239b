"""The administrator's verbs, on a real SQLite database."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from hsdesk.cli.run import run


def ask(*words: str) -> tuple[int, Any]:
    out = io.StringIO()
    code = run([*words, "--json"], None, out, io.StringIO())
    return code, json.loads(out.getvalue())


@pytest.fixture(autouse=True)
def prepared(home: Path) -> None:
    assert ask("server", "init", "--host", "shiju.example")[0] == 0


def test_a_code_names_its_expiry_and_a_wrong_place_is_refused() -> None:
    code, issued = ask("server", "code", "--scope", "341021101204", "--role", "village")
    assert code == 0
    assert issued["code"]
    assert issued["expires"]
    assert ask("server", "code", "--scope", "999999999999")[0] == 1


def test_accounts_are_added_listed_and_disabled(monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("server", "user", "add", "县民政", "--scope", "341021", "--role", "county")
    assert ask(*words)[0] == 2  # no password given
    monkeypatch.setenv("HSDESK_PASSPHRASE", "xian-min-zheng-2020")
    code, document = ask(*words)
    assert code == 0
    assert [user["name"] for user in document["users"]] == ["县民政"]
    assert ask("server", "user", "disable", "县民政")[0] == 0
    assert ask("server", "user", "disable", "没有这个人")[0] == 4


def test_an_account_and_a_code_may_be_given_chosen_verbs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HSDESK_PASSPHRASE", "xian-min-zheng-2020")
    narrow = ("--role", "county", "--scope", "341021", "--verbs", "read,enrol", "--classes", "common")
    assert ask("server", "user", "add", "县民政", *narrow)[0] == 0
    assert ask("server", "code", *narrow)[0] == 0
    code, document = ask("server", "code", "--scope", "341021", "--role", "county", "--verbs", "fly")
    assert (code, "没有“fly”这种权限" in document["error"]) == (4, True)
    assert ask("server", "user", "add", "无单位")[0] == 1


def test_a_server_is_backed_up_and_restored(tmp_path: Path) -> None:
    out = tmp_path / "city.backup"
    code, document = ask("server", "backup", "--out", str(out))
    assert code == 0
    assert document["bytes"] == out.stat().st_size > 0
    assert ask("server", "restore", str(out))[0] == 0


def test_the_audit_chain_is_whole_and_names_what_was_done() -> None:
    ask("server", "code", "--scope", "341021101204")
    code, document = ask("server", "audit")
    assert code == 0
    assert document["count"] == len(document["entries"]) >= 2


def test_devices_are_listed() -> None:
    assert ask("server", "device", "list") == (0, {"devices": []})
    assert ask("server", "device", "revoke", "nobody")[0] == 4
