from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook
from shipped_world import Village, VillageHost, shipped

from hsdesk.errors import DataError
from hsdesk.reports.sheets import ImportPlan, match_columns, plan_import

VILLAGE = Village("341021101204")
CHOICES = VillageHost(VILLAGE, "").choices


def saved(
    tmp_path: Path, rows: list[list[object]], merged: tuple[str, ...] = (), title: str = "Sheet"
) -> Path:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for area in merged:
        sheet.merge_cells(area)
    path = tmp_path / "社会组织(最终版3).xlsx"
    book.save(path)
    return path


def plan(path: Path, register: str = "social_org", **more) -> ImportPlan:
    return plan_import(path, shipped(register), CHOICES, **more)


HEADINGS = "序号 组织名称 类别 登记/备案 负责人 - 成员数 成立日期 枢纽型 资金来源 备注"
FIRST = "1 定潭村_老年协会 娱乐类 已备案 汪小明 - ５２人 2019.3.5 否 自筹、财政拨款"
SECOND = "2 护河队 公益 2 程某 139_0000_0002 - - × / 好"
THIRD = "3 徽剧班 娱乐类(文体) 未备案 吴晹 无 约30 2020年13月1日 有 自筹"


def cells(line: str, **more: object) -> list[object]:
    """Return the cells of a line; a lone `-` is an empty one, `more` puts typed values by column number."""
    row: list[object] = [None if word == "-" else word.replace("_", " ") for word in line.split()]
    for column, value in more.items():
        row[int(column.removeprefix("c"))] = value
    return row


MESSY: list[list[object]] = [
    ["定潭村社区社会组织花名册"],
    ["填报单位:定潭村", None, None, None, "2020年3月"],
    cells(HEADINGS),
    [None, None, None, None, "姓名", "电话", None, None, None, None, None],
    cells(FIRST, c0=1, c5=13900000001),
    cells(SECOND, c6=12.0, c7=date(2020, 1, 2)),
    [None] * 11,
    cells(THIRD),
    ["合计", None, None, None, None, None, 94, None, None, None, None],
    ["填表人:汪丽", None, None, None, "审核人:"],
]
MERGED = ("A1:K1", "A3:A4", "B3:B4", "E3:F3", "G3:G4")


def test_a_messy_roster_becomes_records(tmp_path: Path):
    made = plan(saved(tmp_path, MESSY, MERGED))
    assert made.heading_line == 4
    assert made.rows[0].content == {
        "org_name": "定潭村 老年协会",
        "category": "4",
        "reg_status": "2",
        "leader": "汪小明",
        "leader_phone": "13900000001",
        "member_n": 52,
        "founded_on": "2019-03-05",
        "is_hub": "0",
        "fund_source": ("1", "2"),
    }
    assert made.rows[1].content["founded_on"] == "2020-01-02"
    assert made.rows[1].content["member_n"] == 12
    assert "fund_source" not in made.rows[1].content


def test_what_cannot_be_read_is_named_by_line_and_field_and_the_rest_is_kept(tmp_path: Path):
    third = plan(saved(tmp_path, MESSY, MERGED)).rows[2]
    assert third.line == 8
    assert {(problem.line, problem.field) for problem in third.problems} == {
        (8, "member_n"),
        (8, "founded_on"),
    }
    assert third.content["leader"] == "吴晹"
    assert third.content["reg_status"] == "3"


def test_totals_and_signature_lines_are_no_records(tmp_path: Path):
    made = plan(saved(tmp_path, MESSY, MERGED))
    assert [row.line for row in made.rows] == [5, 6, 8]
    assert made.skipped == (9, 10)


def test_columns_of_ours_are_left_out(tmp_path: Path):
    made = plan(saved(tmp_path, MESSY, MERGED))
    assert {column.heading for column in made.columns if not column.field} == {"序号", "备注"}


def test_a_saved_mapping_comes_before_likeness(tmp_path: Path):
    made = plan(saved(tmp_path, MESSY, MERGED), mapping={"备注": "biz_scope", "资金来源": ""})
    assert made.rows[1].content["biz_scope"] == "好"
    assert "fund_source" not in made.rows[0].content


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (341021196502120011, "不准"),
        ("3.41021E+17", "科学计数"),
        ("341021196502120000", "损坏"),
    ],
)
def test_a_number_that_a_spreadsheet_destroyed_is_refused(tmp_path: Path, cell: object, reason: str):
    rows = [["姓名", "公民身份号码", "手机号"], ["汪某", cell, "13900000001"]]
    (row,) = plan(saved(tmp_path, rows), "grid_staff").rows
    assert reason in row.problems[0].reason
    assert row.content == {"name": "汪某", "phone": "13900000001"}


@pytest.mark.parametrize("written", ["1975.08", "1975-8", "1975年8月", "197508", "19750812", "1975/08/12"])
def test_a_year_and_month_is_read_in_every_writing(tmp_path: Path, written: str):
    rows = [["姓名", "出生年月"], ["汪某", written]]
    assert plan(saved(tmp_path, rows), "grid_staff").rows[0].content["birth_ym"] == "1975-08"


def test_the_sheet_that_fits_is_found_among_others(tmp_path: Path):
    path = saved(tmp_path, [["说明"], ["本表一式两份"]], title="说明")
    from openpyxl import load_workbook

    book = load_workbook(path)
    sheet = book.create_sheet("名册")
    for row in (["姓名", "手机号", "网格职务"], ["汪某", "13900000001", "网格长、网格指导员"]):
        sheet.append(row)
    book.save(path)
    made = plan(path, "grid_staff")
    assert made.sheet == "名册"
    assert made.rows[0].content["role"] == ("1", "5")


def test_what_is_exported_can_be_read_again(tmp_path: Path):
    from registers_world import Memory

    from hsdesk.model.asked_day import today_is
    from hsdesk.reports.excel import write_workbook
    from hsdesk.reports.signing import Occasion
    from hsdesk.reports.whole_register import plain_roster

    village = Village("341021101204")
    village.add_demo()
    occasion = Occasion((village.place.id,), village.place.id, today_is(date(2026, 11, 22)))
    summary = plain_roster("worker", Memory(village.values), occasion)
    path = tmp_path / "out.xlsx"
    write_workbook((summary,), path)
    made = plan(path, "worker")
    assert len(made.rows) == 7
    by_name = {values["name"]: values for values in village.values["worker"]}
    for row in made.rows:
        values = by_name.pop(row.content["name"])
        assert tuple(row.content["duties"]) == values["duties"]  # type: ignore[arg-type]
        assert row.content["hired_on"] == values["hired_on"]


def test_an_old_or_broken_file_says_what_to_do(tmp_path: Path):
    (tmp_path / "old.xls").write_bytes(b"")
    with pytest.raises(DataError, match="另存为"):
        plan(tmp_path / "old.xls")
    (tmp_path / "broken.xlsx").write_bytes(b"PK not really")
    with pytest.raises(DataError, match="打不开"):
        plan(tmp_path / "broken.xlsx")


def test_a_sheet_of_something_else_is_not_taken(tmp_path: Path):
    with pytest.raises(DataError, match="表头"):
        plan(saved(tmp_path, [["车牌", "车主"], ["皖J00000", "某人"]]))


def test_each_answer_takes_one_column_the_likest():
    from hsdesk.forms.schema import questions

    fields = {question.key: question for question in questions(shipped("grid_staff").children)}
    found = match_columns(("手机", "手机号", "姓 名"), fields, {})
    assert [column.field for column in found] == ["", "phone", "name"]
