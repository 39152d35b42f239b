"""Each place seals its own sheet; records are picked, lists printed as they stand; the log says what left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from desk_world import VILLAGE, new_desk

from hsdesk.desk import Desk
from hsdesk.desk.grid_values import ColumnFilter, GridView
from hsdesk.desk.json_records import JsonRecord
from hsdesk.desk.values import ListQuery
from hsdesk.errors import DataError, Missing, UsageError
from hsdesk.model.asked_day import asked_day
from hsdesk.reports.content import Summary, Table
from hsdesk.reports.picking import Picked

OTHER = "341021101203"  # 歙县深渡镇, the village beside it
WORKERS = ((VILLAGE, "汪示例"), (VILLAGE, "程示例"), (OTHER, "方示例"))


def worker(name: str) -> JsonRecord:
    return JsonRecord(1, {"name": name, "hired_on": "2020-01-01"})


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, list[str]]]:
    """A desk of two villages of one township with three workers, and their ids."""
    with closing(new_desk(tmp_path_factory.mktemp("printing"), VILLAGE, OTHER)) as desk:
        ids = [one for place, name in WORKERS for one in desk.bulk.add("worker", [worker(name)], place).ids]
        org = {"org_name": "示例棋社", "reg_status": "2", "filed_on": "2020-01-01", "member_n": 12}
        for place in (VILLAGE, OTHER):
            assert desk.bulk.add("social_org", [JsonRecord(1, org)], place).ids
        yield desk, ids


@pytest.fixture
def desk(world: tuple[Desk, list[str]]) -> Desk:
    return world[0]


@pytest.fixture
def ids(world: tuple[Desk, list[str]]) -> list[str]:
    return world[1]


def table(summary: Summary) -> Table:
    (block,) = summary.blocks
    assert isinstance(block, Table)
    return block


def names(summary: Summary) -> list[str]:
    (at,) = (n for n, column in enumerate(table(summary).columns) if column.heading == ("姓名",))
    return [row[at] for row in table(summary).rows]


def test_each_village_has_a_sheet_of_its_own_under_its_own_seal(desk: Desk):
    first, second = desk.reports.build("worker_roster")
    assert {*names(first)} == {"汪示例", "程示例"} and names(second) == ["方示例"]
    assert [column.heading for column in table(first).columns if column.is_name] == [("姓名",)]
    for sheet, village in ((first, VILLAGE), (second, OTHER)):
        place = desk.records.place(village)
        assert sheet.subtitle.endswith(place.name)
        assert sheet.signature and sheet.signature.unit == place.legal_name
    (alone,) = desk.reports.build("worker_roster", OTHER)
    assert alone == second


def test_what_has_one_row_a_place_is_one_sheet_of_the_township(desk: Desk):
    (quarter,) = desk.reports.build("social_org_quarter")
    assert [row[1:3] for row in table(quarter).rows] == [("1", "1"), ("1", "1")]
    assert table(quarter).totals[:4] == ("合计", "2", "2", "1")
    assert quarter.signature and quarter.signature.unit == quarter.unit == "深渡镇"
    assert "只汇总2个村(社区)" in quarter.remark


def test_records_are_printed_in_the_order_they_were_picked_in(desk: Desk, ids: list[str]):
    for order in (ids[:2], ids[1::-1]):
        (sheet,) = desk.reports.build("worker_roster", picked=Picked(tuple(order)))
        assert names(sheet) == [WORKERS[ids.index(one)][1] for one in order]


def test_a_predicate_leaves_the_sheets_without_a_row_away(desk: Desk):
    (sheet,) = desk.reports.build("worker_roster", picked=Picked(where="name = '方示例'"))
    assert names(sheet) == ["方示例"]
    with pytest.raises(DataError, match="没有符合条件"):
        desk.reports.build("worker_roster", picked=Picked(where="name = '无'"))
    with pytest.raises(UsageError):
        desk.reports.build("worker_roster", picked=Picked(where="nothing = 1"))


def test_a_table_that_is_computed_takes_no_choice_of_records(desk: Desk, ids: list[str]):
    with pytest.raises(UsageError, match="不能只打印其中几条"):
        desk.reports.build("worker_structure", picked=Picked((ids[0],)))


def test_a_list_is_printed_with_its_filter_its_order_and_its_columns(desk: Desk):
    keys = desk.lists.keys("worker", ListQuery(where="name != '程示例'", order="name", descending=True))
    picked = Picked(tuple(key.record for key in keys), columns=("name", "gender"))
    (sheet,) = desk.reports.build("list/worker", picked=picked)
    assert [column.heading[0] for column in table(sheet).columns] == ["序号", "村(社区)", "姓名", "性别"]
    assert names(sheet) == [desk.lists.document("worker", key.record)["name"] for key in keys]
    with pytest.raises(UsageError, match="没有“nothing”这一栏"):
        desk.reports.build("list/worker", picked=Picked(columns=("nothing",)))


def test_a_record_that_is_not_here_or_is_deleted_is_named(desk: Desk):
    (gone,) = desk.bulk.add("worker", [worker("胡示例")], OTHER).ids
    desk.records.delete("worker", gone, "重复")
    for record, words in (("0190-nobody", "没有这一条"), (gone, "已作废")):
        with pytest.raises(Missing, match=words):
            desk.reports.build("worker_roster", picked=Picked((record,)))


def test_the_log_says_who_printed_what_how_many_and_why_and_names_a_reprint(desk: Desk, ids: list[str]):
    before = len(desk.audit.entries())
    made = desk.reports.build("worker_roster")
    quarter = asked_day(dt.date(2026, 11, 28), period="2020Q1")
    for _ in range(2):
        desk.reports.took_out(made)
    desk.reports.took_out(made, asked=quarter)
    one = Picked((ids[0],))
    alone = desk.reports.build("worker_roster", picked=one)
    assert desk.reports.took_out(alone, picked=one, reason="核查") == 0
    lines = desk.audit.entries()[before:]
    assert [(line.kind, line.records, line.reason) for line in lines] == [
        ("print", 3, ""),
        ("reprint", 3, ""),
        ("print", 3, ""),
        ("print", 1, "核查"),
    ]
    assert {(line.person, line.name) for line in lines} == {("汪文书", "worker_roster")}
    assert "示例" not in "".join(line.path for line in lines)


def test_an_export_of_a_register_has_the_rows_of_its_rosters(desk: Desk):
    body = {"body_type": "1", "members": [{"name": "汪示例"}, {"name": "程示例"}]}
    added = desk.bulk.add("self_gov_body", [JsonRecord(1, body)], VILLAGE)
    assert added.ids, added
    whole, members = desk.reports.exported("self_gov_body")
    assert whole.records == 1
    assert names(members) == ["汪示例", "程示例"]
    assert desk.reports.build("list/self_gov_body") == (whole,)


def test_nothing_half_written_and_no_traceback_without_a_folder(desk: Desk, tmp_path: Path):
    out = tmp_path / "none" / "x.xlsx"
    with pytest.raises(Missing, match="没有"):
        desk.reports.export_xlsx("worker", out)
    assert not out.parent.exists()


def test_forms_to_be_filled_in_by_hand_come_for_each_village(desk: Desk, ids: list[str]):
    empty = desk.reports.build("blank/worker")
    assert [one.records for one in empty] == [0, 0] and len({one.subtitle for one in empty}) == 2
    known = desk.reports.build("known/worker")
    assert [one.records for one in known] == [2, 1]
    (one,) = desk.reports.build("blank/worker", picked=Picked((ids[2],)))
    assert (one.record, one.unit) == (ids[2], known[1].unit)


def test_the_notice_of_points_ranks_households_by_all_their_points_beside_those_of_the_period(desk: Desk):
    def household(name: str) -> str:
        given = {"hh_code": VILLAGE + "0001", "head_name": name, "group": "一组"}
        (made,) = desk.bulk.add("household", [JsonRecord(1, given)], VILLAGE).ids
        return made

    def points(of: str, many: int, day: str) -> None:
        entry = {"household": of, "points": many, "happened_on": day}
        assert desk.bulk.add("point_ledger", [JsonRecord(1, entry)], VILLAGE).ids

    first, second, third, _none = map(household, ("汪示例", "程示例", "方示例", "胡示例"))
    points(first, 5, "2026-01-10")
    points(second, 20, "2025-12-01")
    points(second, 3, "2026-02-01")
    points(third, 5, "2025-01-01")
    quarter = asked_day(dt.date(2026, 11, 28), period="2026Q1")
    (sheet,) = desk.reports.build("point_notice", VILLAGE, asked=quarter)
    rows = {row[1]: (row[0], *row[3:]) for row in table(sheet).rows}
    assert rows == {"程示例": ("1", "3", "23"), "汪示例": ("2", "5", "5"), "方示例": ("2", "0", "5")}
    assert "公示期" in sheet.remark and sheet.remark.startswith("2026年第一季度")
    (sheet,) = desk.reports.build("point_notice", VILLAGE, asked=asked_day(dt.date(2026, 11, 28)))
    assert sheet.remark.startswith("本期为2026年第四季度；公示期")


def test_of_picked_records_no_print_out_is_offered_that_is_made_of_all(desk: Desk) -> None:
    offered = [one.name for one in desk.reports.offered("social_org", listed=True)]
    assert offered[0] == "list/social_org" and offered[-1] == "blank/social_org"
    assert "social_org_roster" in offered and "social_org_quarter" not in offered
    assert "list/social_org" not in [one.name for one in desk.reports.offered("social_org")]
    for name in offered:  # and each of them can be made
        assert desk.reports.build(name, picked=Picked((desk.grid.records("social_org", GridView())[0],)))


def test_what_a_grid_lists_is_printed_in_its_order(desk: Desk) -> None:
    view = GridView(filters=(ColumnFilter("", "示例"),), descending=True)
    found = desk.grid.records("worker", view)
    (sheet,) = desk.reports.build("list/worker", picked=Picked(found, columns=("name", "hired_on")))
    titles = [row.title for row in desk.grid.rows("worker", desk.grid.listed("worker", view).numbers, ())]
    assert names(sheet) == titles and len(titles) == 3
