from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hsdesk.cli import main
from hsdesk.cli.run import run

VILLAGE = "341021101204"


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HSDESK_PASSPHRASE", "kou-ling-2020")


def ask(*words: str) -> tuple[int, Any]:
    """Run a command with --json and return its exit code and document."""
    out, err = io.StringIO(), io.StringIO()
    code = run([*words, "--json"], None, out, err)
    return code, json.loads(out.getvalue())


def say(*words: str) -> tuple[int, str, str]:
    """Run a command in words and return exit code, output and errors."""
    out, err = io.StringIO(), io.StringIO()
    return run(words, None, out, err), out.getvalue(), err.getvalue()


def started(home: Path) -> None:
    code, document = ask("init", "--place", VILLAGE, "--person", "汪文书")
    assert code == 0
    assert document["places"] == [VILLAGE]
    assert document["recovery_code"]


def test_no_verb_prints_usage_and_exits_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.parametrize("words", [("frobnicate",), ("list",), ("server", "frobnicate"), ("add", "grid")])
def test_wrong_usage_exits_2_without_a_traceback(words: tuple[str, ...]) -> None:
    code, _, err = say(*words)
    assert code == 2
    assert "命令写得不对" in err


def test_a_wrong_passphrase_is_refused_with_4(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started(home)
    monkeypatch.setenv("HSDESK_PASSPHRASE", "something-else")
    code, document = ask("status")
    assert code == 4
    assert document["kind"] == "WrongPassphrase"


def test_global_options_stand_before_or_after_the_verb(home: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    assert say("--home", str(other), "init", "--place", VILLAGE, "--person", "汪文书")[0] == 0
    assert say("status", "--home", str(other))[0] == 0
    assert say("status")[0] == 4
    assert not home.exists()


def test_forms_list_needs_no_desk(home: Path) -> None:
    code, document = ask("forms", "list")
    assert code == 0
    assert len([one for one in document["forms"] if one["number"] < "F30"]) == 40  # packs go on from there
    first = document["forms"][0]
    assert {"form_id", "number", "title", "version", "open", "class", "level"} <= set(first)
    assert not home.exists()


def test_add_list_show_edit_delete_restore(home: Path, tmp_path: Path) -> None:
    started(home)
    file = tmp_path / "orgs.jsonl"
    lines = [{"org_name": "甲会", "leader": "张三", "member_n": 10}, {"org_name": "乙会", "member_n": "约30"}]
    file.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    code, added = ask("add", "F10", str(file))
    assert code == 1
    assert len(added["ids"]) == 1
    assert added["rejected"][0]["line"] == 2
    assert added["rejected"][0]["field"] == "member_n"
    (record,) = added["ids"]

    assert ask("edit", "social_org", record, "member_n=12", "leader=李四")[0] == 0
    code, listed = ask("list", "social_org", "--search", "lisi")
    assert listed["count"] == 1
    assert listed["records"][0]["_id"] == record
    assert listed["records"][0]["_place"] == VILLAGE
    assert listed["records"][0]["member_n"] == 12

    code, shown = ask("show", "social_org", record, "--history")
    assert shown["record"]["leader"] == "李四"
    assert shown["history"][-1]["answers"]["member_n"] == {"old": 10, "new": 12}
    assert shown["history"][-1]["by"] == "汪文书"

    assert ask("delete", "social_org", record, "--reason", "登记重复")[0] == 0
    assert ask("list", "social_org")[1]["count"] == 0
    assert ask("restore", "social_org", record)[0] == 0
    assert ask("restore", "social_org", record, "--at", "1")[0] == 0
    assert ask("show", "social_org", record)[1]["record"]["member_n"] == 10


def test_edit_takes_lines_with_ids_rosters_and_deletions(home: Path, tmp_path: Path) -> None:
    started(home)
    file = tmp_path / "one.json"
    file.write_text(
        json.dumps({"org_name": "甲会", "members": [{"name": "甲"}, {"name": "乙"}]}), encoding="utf-8"
    )
    (record,) = ask("add", "social_org", str(file))[1]["ids"]
    rows = ask("show", "social_org", record)[1]["record"]["members"]
    change = {
        "_id": record,
        "members": [
            {"_id": rows[0]["_id"], "name": "甲甲"},
            {"_id": rows[1]["_id"], "_deleted": "退会"},
            {"name": "丙"},
        ],
    }
    file.write_text(json.dumps(change), encoding="utf-8")
    assert ask("edit", "social_org", str(file))[0] == 0
    assert [row["name"] for row in ask("show", "social_org", record)[1]["record"]["members"]] == [
        "甲甲",
        "丙",
    ]
    file.write_text(json.dumps({"_id": record, "_deleted": "合并"}), encoding="utf-8")
    assert ask("edit", "social_org", str(file))[0] == 0
    assert ask("list", "social_org")[1]["count"] == 0


def test_a_file_that_is_not_there_is_named(home: Path) -> None:
    started(home)
    code, _, err = say("add", "social_org", "nothing-here.json")
    assert code == 4
    assert "nothing-here.json" in err


def test_check_exits_1_when_something_must_be_changed(home: Path, tmp_path: Path) -> None:
    started(home)
    file = tmp_path / "staff.json"
    file.write_text(json.dumps({"name": "江红霞", "id_no": "341021199002120018"}), encoding="utf-8")
    ask("add", "grid_staff", str(file))
    code, document = ask("check", "--register", "grid_staff")
    assert code == 1
    assert "id_no" in {finding["path"] for finding in document["findings"]}
    assert {"severity", "register", "record", "path", "rule", "message"} <= set(document["findings"][0])


def test_a_pdf_without_qt_is_refused_with_4(home: Path, tmp_path: Path) -> None:
    started(home)
    code, _, err = say("report", "community_card", "--out", str(tmp_path / "card.pdf"))
    assert code == 4
    assert "Qt" in err


def test_sync_before_enrolling_says_what_to_do(home: Path) -> None:
    started(home)
    code, _, err = say("sync")
    assert code == 4
    assert "设备登记" in err


def test_a_server_that_is_gone_is_offline_with_3(home: Path) -> None:
    started(home)
    with socket.create_server(("127.0.0.1", 0)) as gone:
        address = f"http://127.0.0.1:{gone.getsockname()[1]}"
    code, _, err = say("enroll", address, "ABCD-EFGH-JKMN-0123-4567-89AB-CDE0")
    assert (code, "联系不上市级服务器" in err, "Traceback" in err) == (3, True, False)


def test_a_registration_code_that_cannot_be_one_is_told_with_1(home: Path) -> None:
    started(home)
    code, _, err = say("enroll", "http://127.0.0.1:9", "AAAA-BBBB")
    assert (code, "28 位" in err) == (1, True)


def test_the_command_line_runs_without_qt(home: Path) -> None:
    blocked = (
        "import sys; sys.modules['PySide6'] = None; from hsdesk.cli import main; "
        "sys.exit(main(['forms', 'list']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", blocked], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "F01" in done.stdout


@pytest.mark.parametrize("words", [("--help",), ("forms", "list"), ("forms", "list", "--json")])
def test_a_reader_that_stops_early_is_no_error(words: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)  # before anything is written
    done = subprocess.run(
        [sys.executable, "-m", "ui.app", *words], stdout=writing, stderr=subprocess.PIPE, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr.decode()) == (0, "")


def test_a_closed_entry_is_reversed_not_edited_or_deleted(home: Path, tmp_path: Path) -> None:
    started(home)

    def added(register: str, **content: object) -> str:
        file = tmp_path / "one.json"
        file.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        return str(ask("add", register, str(file))[1]["ids"][0])

    household = added("household", head_name="程某", group="1组")
    rule = added("point_rule", code="A1", kind="1", item="整洁", points=5, valid_from="2026-01-01")
    entry = added("point_ledger", household=household, rule=rule, happened_on="2026-11-01")

    code, edited = ask("edit", "F18c", entry, "points=8")
    assert code == 1
    assert "冲正" in edited["rejected"][0]["reason"]
    code, _, err = say("delete", "F18c", entry, "--reason", "记错了")
    assert code == 4
    assert "只增不改" in err
    assert "hsdesk reverse" in err
    code, made = ask("reverse", "F18c", entry, "--reason", "记错了户")
    assert (code, made["reversed"]) == (0, entry)
    assert ask("show", "F18c", made["ids"][0])[1]["record"]["points"] == -5
    assert ask("show", "household", household)[1]["record"]["balance"] == 0
    assert ask("reverse", "F18c", entry, "--reason", "再来一次")[0] == 4


def test_status_tells_what_ends_soon(home: Path, tmp_path: Path) -> None:
    started(home)
    assert ask("status")[1]["due"] == []
    file = tmp_path / "one.json"
    content = {"org_name": "护河队", "reg_status": "2", "filed_on": "2020-01-01", "expire_on": "2021-01-01"}
    file.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    (record,) = ask("add", "F10", str(file))[1]["ids"]
    (due,) = ask("status")[1]["due"]
    assert (due["register"], due["record"], due["path"]) == ("social_org", record, "expire_on")
    assert due["day"] == "2021-01-01"
    assert due["left"] < 0
    assert "护河队：备案有效期已过期" in say("status")[1]
