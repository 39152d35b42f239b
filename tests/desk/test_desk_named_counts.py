"""Named counts in computed answers of the profile and in lists: the number of the indicators, or 此处不知."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_world import PASSPHRASE, VILLAGE, new_desk
from shipped_world import demo_lines
from test_desk_leaning import without

from hsdesk.cli.run import run
from hsdesk.desk import Desk
from hsdesk.desk.json_records import JsonRecord
from hsdesk.desk.values import ListQuery
from hsdesk.forms.compiler import compile_file
from hsdesk.forms.shipped import shipped_form
from hsdesk.model.asked_day import today_is
from hsdesk.reports.broken import broken, unknown_counts
from hsdesk.reports.indicator_values import evaluate_all
from hsdesk.wire.messages import Grant

NEXT = "341021101205"  # the village beside it, in the same township
OVER = {"valid_from": "2019-01-01", "valid_to": "2020-01-01"}
OURS = """
| settings | | | |
| | form_title | form_id | version |
| | 试 | ours | 1 |
| survey | | | | |
| | type | name | label | calculation |
| | text | a | 甲 | |
| | integer | b | 乙 | instance('count.org_standing')/root/item/value |
"""


@pytest.fixture
def desk(home: Path) -> Iterator[Desk]:
    opened = new_desk(home, VILLAGE, NEXT)
    yield opened
    opened.close()


def add(desk: Desk, register: str, *contents: dict[str, object], place: str = VILLAGE) -> tuple[str, ...]:
    stored = desk.bulk.add(register, [JsonRecord(at, one) for at, one in enumerate(contents, 1)], place)
    assert stored.rejected == ()
    return stored.ids


def village(desk: Desk, code: str) -> str:
    return desk.records.place(code).id


def card(desk: Desk, place: str) -> dict[str, object]:
    (found,) = desk.lists.documents("community", ListQuery(places=(place,)))[1]
    return {key: found.get(key) for key in ("orgs", "grids", "sw_count", "party_members")}


def fill(desk: Desk) -> tuple[str, ...]:
    """Add organizations of which one is at home next door and one has no day, and what else counts."""
    own = {"org_name": "老年协会", "reg_status": "2", "filed_on": "2020-01-01"}
    organizations = add(
        desk,
        "social_org",
        own,
        own | {"org_name": "护河队", "home_community": village(desk, NEXT)},
        {"org_name": "没有日期的", "reg_status": "2"},
    )
    add(desk, "grid", {"grid_name": "一网格", "valid_from": "2020-01-01"}, {"grid_name": "二网格", **OVER})
    add(desk, "worker", {"name": "汪某", "hired_on": "2020-01-01", "is_sw": "1"})
    add(desk, "community", {}, place=VILLAGE)
    add(desk, "community", {}, place=NEXT)
    return organizations


def test_card_indicator_and_list_tell_one_number(desk: Desk) -> None:
    first, second, _undated = fill(desk)
    here, beside = village(desk, VILLAGE), village(desk, NEXT)
    for place, listed in ((here, {first}), (beside, {second})):
        unit, today = desk.records.place(place), today_is(dt.datetime.now().astimezone().date())
        values = {one.id: one for one in evaluate_all(desk.reports._registers, unit, today)}
        assert card(desk, place)["orgs"] == values["I02"].numerator == 1
        assert desk.lists.counted("social_org", "org_standing", place).records == listed
    assert desk.lists.counted("social_org", "org_standing").records == {first, second}
    assert card(desk, here) == {"orgs": 1, "grids": 1, "sw_count": 1, "party_members": 0}
    desk.records.delete("social_org", first, "重复登记")
    assert card(desk, here)["orgs"] == 0  # what was counted before is not kept over a change


def test_the_card_of_the_sample_village_tells_what_its_registers_hold(desk: Desk) -> None:
    for register in ("party_org", "grid", "party_member", "worker", "social_org", "community"):
        add(desk, register, *demo_lines(VILLAGE, register))
    told = {"orgs": 4, "grids": 4, "sw_count": 0}
    assert card(desk, village(desk, VILLAGE)) == told | {"party_members": 22}  # of 24 one moved, one left


def test_what_a_desk_cannot_know_is_unknown_on_the_card_and_said_in_the_list(home: Path) -> None:
    desk = new_desk(home)
    place = village(desk, VILLAGE)
    add(desk, "social_org", {"org_name": "老年协会", "reg_status": "2", "filed_on": "2020-01-01"})
    add(desk, "community", {})
    assert card(desk, place)["orgs"] == 1
    desk._file.take_grants((Grant(place, "common", True),))  # its township is somebody else's now
    told = card(desk, place)
    assert (told["orgs"], told["grids"], told["party_members"]) == (None, 0, None)
    counted = desk.lists.counted("social_org", "org_standing")
    assert (len(counted.records), counted.unknown) == (1, "此处不知（由深渡镇计算）")
    desk.close()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("social_org", "--count", "org_standing"), 0),
        (("social_org", "--count", "org_standing", "--where", "org_name = '护河队'"), 0),
        (("grid", "--count", "org_standing"), 2),
        (("social_org", "--count", "no_such_count"), 2),
    ],
)
def test_the_command_line_lists_what_a_count_counts(
    home: Path, words: tuple[str, ...], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = new_desk(home, VILLAGE, NEXT)
    fill(desk)
    desk.close()
    monkeypatch.setenv("HSDESK_PASSPHRASE", PASSPHRASE)
    out = io.StringIO()
    assert run(["list", *words, "--home", str(home), "--json"], None, out, io.StringIO()) == code
    if code == 0:
        told = json.loads(out.getvalue())
        assert told["count"] == len(told["records"]) == (1 if "--where" in words else 2)


def test_a_form_that_names_no_count_is_refused_and_one_that_leans_on_what_is_gone_is_told(
    tmp_path: Path,
) -> None:
    sheet = tmp_path / "ours.md"
    sheet.write_text(OURS, encoding="utf-8")
    form = compile_file(sheet)
    assert unknown_counts(form) == ()
    without_day = without(shipped_form("social_org"), "filed_on")
    named = [one.name for one in broken((form, without_day), {})]
    assert any("“乙”" in one for one in named)
    wrong = sheet.read_text(encoding="utf-8").replace("org_standing", "org_sitting")
    sheet.write_text(wrong, encoding="utf-8")
    (problem,) = unknown_counts(compile_file(sheet))
    assert (problem.cell, problem.severity) == ("b", "error")
    assert "org_sitting" in problem.message
    assert run(["forms", "check", str(sheet)], None, io.StringIO(), io.StringIO()) == 1
