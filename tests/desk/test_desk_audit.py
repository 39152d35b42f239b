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

from hsdesk.cli.run import run
from hsdesk.desk import Desk
from hsdesk.desk.json_records import JsonRecord
from hsdesk.desk.values import ListQuery

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
