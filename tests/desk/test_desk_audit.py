"""The log of a desk says who saw personal data in full, when and why, and no value of it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import closing
from io import StringIO
from pathlib import Path

import msgspec
import pytest
from desk_world import PASSPHRASE, new_desk
from openpyxl import load_workbook

from hsdesk.cli.run import run
from hsdesk.desk import Desk
from hsdesk.desk.audit import FullAccess
from hsdesk.desk.json_records import JsonRecord
from hsdesk.desk.values import ListQuery
from hsdesk.errors import UsageError, WrongPassphrase

ID_NUMBER = "341021199002120019"
PERSON = {"name": "江红霞", "id_no": ID_NUMBER, "phone": "13812345678", "birth_ym": "1990-02"}


@pytest.fixture
def desk(home: Path) -> Iterator[Desk]:
    with closing(new_desk(home)) as opened:
        assert opened.bulk.add("grid_staff", [JsonRecord(1, PERSON)]).ids
        yield opened


def kinds(desk: Desk) -> list[str]:
    return [entry.kind for entry in desk.audit.entries()]


def test_every_call_of_the_machine_s_door_is_one_line_without_a_value(desk: Desk):
    assert kinds(desk) == []
    _, records = desk.lists.documents("F04", ListQuery())
    (record,) = records
    assert record["id_no"] == ID_NUMBER
    desk.lists.document("grid_staff", record["_id"])
    listed, shown = desk.audit.entries()
    assert (listed.kind, listed.name, listed.records, listed.person) == ("list", "grid_staff", 1, "汪文书")
    assert (shown.kind, shown.name, shown.record) == ("show", "grid_staff", record["_id"])
    rows = desk._opened.file._connection.all("SELECT person FROM hs_audit")
    assert all(person.isdigit() for (person,) in rows)  # who it was stands there by his number
    told = msgspec.json.encode((listed, shown)).decode()
    assert not [value for value in PERSON.values() if value in told]


def test_no_line_of_the_log_can_be_changed_or_taken_out(desk: Desk):
    desk.audit.note("rekey", "desk.keys")
    sqlite = desk._opened.file._connection.sqlite  # as who has the key could do
    for statement in ("DELETE FROM hs_audit", "UPDATE hs_audit SET reason = 'x'"):
        with pytest.raises(Exception, match="append-only"):
            sqlite.execute(statement)
    assert kinds(desk) == ["rekey"]


def test_the_log_is_read_from_a_day_on(desk: Desk):
    desk.audit.note("rekey", "desk.keys")
    today = dt.datetime.now().astimezone().date()
    assert len(desk.audit.entries(today)) == 1
    assert desk.audit.entries(today + dt.timedelta(days=1)) == ()


def said(home: Path, *words: str) -> tuple[int, str]:
    out, err = StringIO(), StringIO()
    return run(["--home", str(home), *words], None, out, err), out.getvalue() + err.getvalue()


def test_the_command_line_shows_what_list_and_show_left_in_the_log(
    desk: Desk, home: Path, monkeypatch: pytest.MonkeyPatch
):
    desk.close()
    monkeypatch.setenv("HSDESK_PASSPHRASE", PASSPHRASE)
    assert said(home, "list", "grid_staff", "--json")[0] == 0
    code, text = said(home, "audit", "--json")
    assert code == 0
    assert [(one["kind"], one["name"], one["records"]) for one in json.loads(text)["entries"]] == [
        ("list", "grid_staff", 1)
    ]
    assert "命令行列表：grid_staff" in said(home, "audit")[1]
    assert json.loads(said(home, "audit", "--since", "2999-01-01", "--json")[1]) == {"entries": []}
    assert said(home, "audit", "--since", "上周")[0] == 2


def cells(workbook: Path) -> str:
    sheets = load_workbook(workbook)
    return "\n".join(
        str(cell) for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row
    )


@pytest.mark.parametrize("name", ["grid_staff", "grid_staff_roster"])
def test_a_full_export_needs_passphrase_and_reason_and_leaves_one_line(desk: Desk, tmp_path: Path, name: str):
    out = tmp_path / "out.xlsx"
    with pytest.raises(WrongPassphrase):
        desk.reports.export_xlsx(name, out, full=FullAccess("kou-ling-2021", "上级核查"))
    with pytest.raises(UsageError):
        desk.reports.export_xlsx(name, out, full=FullAccess(PASSPHRASE, " "))
    assert not out.exists() and kinds(desk) == []
    printed = cells(desk.reports.export_xlsx(name, out, full=FullAccess(PASSPHRASE, "上级核查")))
    birth = PERSON["birth_ym"]
    assert PERSON["phone"] in printed and (birth in printed or birth.replace("-", ".") in printed)
    (line,) = desk.audit.entries()
    assert (line.kind, line.name, line.records, line.reason) == ("full", name, 1, "上级核查")


def test_a_filing_leaves_a_line_and_a_roster_none(desk: Desk):
    organization = {"org_name": "定潭棋社", "leader": "汪卫东", "leader_phone": "13956789012"}
    assert desk.bulk.add("social_org", [JsonRecord(1, organization)]).ids
    for name in ("social_org_roster", "grid_staff_roster"):
        desk.reports.build(name)
    assert kinds(desk) == []
    made = desk.reports.build("social_org_filing")
    assert "13956789012" in msgspec.json.encode(made).decode()
    (line,) = desk.audit.entries()
    assert (line.kind, line.name, line.records) == ("filing", "social_org_filing", 1)


def test_the_command_line_exports_in_full_only_with_a_reason(
    desk: Desk, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    desk.close()
    monkeypatch.setenv("HSDESK_PASSPHRASE", PASSPHRASE)
    out = tmp_path / "out.xlsx"
    asked = ("export", "F04", "--out", str(out))
    assert said(home, *asked, "--full")[0] == 2
    assert said(home, *asked, "--reason", "核查")[0] == 2
    assert not out.exists()
    assert said(home, *asked)[0] == 0 and ID_NUMBER not in cells(out)
    assert said(home, *asked, "--full", "--reason", "核查")[0] == 0 and ID_NUMBER in cells(out)
    code, text = said(home, "report", "pledge_notice", "--out", str(out), "--full", "--reason", "核查")
    assert code == 4 and "公示件" in text
    lines = json.loads(said(home, "audit", "--json")[1])["entries"]
    assert [(one["kind"], one["name"], one["reason"]) for one in lines] == [
        ("print", "grid_staff", ""),
        ("full", "grid_staff", "核查"),
        ("reprint", "grid_staff", "核查"),
    ]
