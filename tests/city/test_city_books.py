"""Workbooks of officials: what is exported comes back the same, and every wrong cell is named."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from openpyxl import load_workbook

from hsdesk.city.reference import list_workbook, place_workbook, setting_workbook
from hsdesk.city.reference.publishing import kept_codes, list_changes
from hsdesk.errors import FormError
from hsdesk.forms.codelists import SHIPPED_LISTS, CodeLists, code_lists
from hsdesk.forms.problem import Problem
from hsdesk.model.place import Directory, Place, load_directory

DIRECTORY = load_directory()
VILLAGE = "341021101204"


def cells(path: Path, sheet: str, change: dict[str, Any]) -> Path:
    """Put values into cells of a sheet, as a person does."""
    book = load_workbook(path)
    for place, value in change.items():
        book[sheet][place] = value
    book.save(path)
    return path


def row_of(path: Path, sheet: str, text: str) -> int:
    """The row of a sheet that holds a text."""
    for row in load_workbook(path)[sheet].iter_rows():
        for cell in row:
            if cell.value == text:
                return int(cell.row)
    raise AssertionError(text)


def problems(read: Any) -> list[Problem]:
    with pytest.raises(FormError) as caught:
        read()
    return list(caught.value.problems)  # type: ignore[arg-type]


def lists(tmp_path: Path, name: str = "all") -> Path:
    out = tmp_path / "代码表.xlsx"
    list_workbook.export_lists(SHIPPED_LISTS, (), name, out)
    return out


def test_every_list_comes_back_as_it_was(tmp_path: Path) -> None:
    found = list_workbook.read_lists(lists(tmp_path), SHIPPED_LISTS)
    assert found.keys() == code_lists()
    assert all(found[name] == SHIPPED_LISTS.choices(name) for name in found)
    assert list_changes(SHIPPED_LISTS, found) == ()


def test_codes_keep_their_zeros_in_cells_of_text(tmp_path: Path) -> None:
    sheet = load_workbook(lists(tmp_path, "ethnic"))["ethnic"]
    assert (sheet["A2"].value, sheet["A2"].number_format) == ("01", "@")


def test_the_answer_says_what_is_new_changed_and_withdrawn(tmp_path: Path) -> None:
    path = lists(tmp_path, "body_type")
    rows = len(SHIPPED_LISTS.choices("body_type") or ())
    cells(
        path,
        "body_type",
        {"A2": "91", "B2": "社区联合会", "B3": "居委会", f"D{rows + 1}": dt.date(2020, 1, 1)},
    )
    new = list_workbook.read_lists(path, SHIPPED_LISTS)
    (change,) = list_changes(SHIPPED_LISTS, new)
    assert change.new == ("91 社区联合会",)
    assert change.changed == ("2 居委会",)
    assert [words.split()[0] for words in change.withdrawn] == [new["body_type"][-1].value, "1"]
    assert "新增 1（91 社区联合会）" in list_workbook.told([change])[0]
    again = CodeLists({"body_type": kept_codes(SHIPPED_LISTS.choices("body_type") or (), new["body_type"])})
    assert [
        one.restored for one in list_changes(again, {"body_type": SHIPPED_LISTS.choices("body_type") or ()})
    ]


@pytest.mark.parametrize(
    ("change", "where", "message"),
    [
        ({"A3": None}, "第 3 行", "代码没有填"),
        ({"B3": None}, "第 3 行", "名称没有填"),
        ({"A3": "1"}, "A3", "重复"),
        ({"A3": "a b"}, "A3", "不能用"),
        ({"A3": "=A2"}, "A3", "公式"),
        ({"A3": 123456789012345678}, "A3", "末几位已经丢失"),
        ({"C3": "去年"}, "C3", "日期"),
        ({"C3": "2026-07-01", "D3": "2026-06-01"}, "D3", "不晚于启用日期"),
        ({"A1": "编码"}, "第 1 行", "缺少“代码”"),
        ({"F1": "新栏"}, "F1", "不认识“新栏”"),
        ({"B3": "长" * 600}, "B3", "太长"),
        ({"B3": "暗\u202e号"}, "B3", "看不见的字符"),
    ],
)
def test_a_wrong_cell_is_named_with_reason_and_remedy(
    tmp_path: Path, change: dict[str, Any], where: str, message: str
) -> None:
    path = cells(lists(tmp_path, "body_type"), "body_type", change)
    found = problems(lambda: list_workbook.read_lists(path, SHIPPED_LISTS))
    assert any(problem.cell == where and message in problem.message for problem in found), found
    assert all(
        problem.file == path.name and problem.sheet == "body_type" and problem.remedy for problem in found
    )


def test_a_zero_lost_from_a_code_is_noticed(tmp_path: Path) -> None:
    path = cells(lists(tmp_path, "ethnic"), "ethnic", {"A2": 1})
    (problem,) = problems(lambda: list_workbook.read_lists(path, SHIPPED_LISTS))
    assert (problem.cell, problem.message) == ("A2", "代码“1”前面的 0 丢了。")


def test_all_wrong_cells_are_told_at_once(tmp_path: Path) -> None:
    path = cells(lists(tmp_path), "body_type", {"A3": None, "B4": None})
    cells(path, "gender", {"A2": "=1+1"})
    found = problems(lambda: list_workbook.read_lists(path, SHIPPED_LISTS))
    assert {(problem.sheet, problem.cell) for problem in found} >= {
        ("body_type", "第 3 行"),
        ("gender", "A2"),
    }


def test_a_sheet_of_another_name_is_no_list(tmp_path: Path) -> None:
    path = lists(tmp_path, "gender")
    book = load_workbook(path)
    book["gender"].title = "性别"
    book.save(path)
    assert "没有这个代码表" in problems(lambda: list_workbook.read_lists(path, SHIPPED_LISTS))[0].message


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04" + b"\0" * 40, b"<html>"])
def test_what_is_no_workbook_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "坏.xlsx"
    path.write_bytes(content)
    for read in (
        lambda: list_workbook.read_lists(path, SHIPPED_LISTS),
        lambda: place_workbook.read_places(path, DIRECTORY),
        lambda: setting_workbook.read_settings(path),
    ):
        (problem,) = problems(read)
        assert "不是完好的" in problem.message


def test_a_workbook_that_unpacks_without_end_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as member,
    ):
        for _ in range(310):
            member.write(b"\0" * 1024 * 1024)
    (problem,) = problems(lambda: place_workbook.read_places(path, DIRECTORY))
    assert "太大" in problem.message


def places(tmp_path: Path) -> Path:
    out = tmp_path / "区划.xlsx"
    assert place_workbook.export_places(DIRECTORY, out) == len(DIRECTORY)
    return out


def township(tmp_path: Path) -> Path:
    """The rows of one township, its villages and all above it; rows that are left out stay as they are."""
    out, town = tmp_path / "区划.xlsx", DIRECTORY.by_id(DIRECTORY.by_code(VILLAGE).parent)
    above = (DIRECTORY.by_id(DIRECTORY.by_id(town.parent).parent), DIRECTORY.by_id(town.parent), town)
    place_workbook.export_places(Directory((*above, *DIRECTORY.children(town.id))), out)
    return out


def test_the_directory_comes_back_without_a_change(tmp_path: Path) -> None:
    assert place_workbook.read_places(places(tmp_path), DIRECTORY) == ()


def test_a_merger_a_new_name_and_a_new_village_are_read_from_rows(tmp_path: Path) -> None:
    path = places(tmp_path)
    mine, other = row_of(path, "区划", VILLAGE), row_of(path, "区划", "341021101205")
    last = len(DIRECTORY) + 2
    village = DIRECTORY.by_code(VILLAGE)
    cells(path, "区划", {f"H{other}": "2026-01-01", f"K{other}": "341021101299", f"H{mine}": "2026-01-01"})
    renamed = (village.id, VILLAGE, "大定潭村委会", "村（社区）", "村委会", "341021101", "2026-01-01")
    founded = (None, "341021101299", "新立村委会", "村（社区）", "村委会", "341021101", dt.date(2026, 1, 1))
    for row, values in ((last, renamed), (last + 1, founded)):
        cells(
            path, "区划", {f"{letter}{row}": value for letter, value in zip("ABCDEFG", values, strict=True)}
        )
    rows = place_workbook.read_places(path, DIRECTORY)
    after = DIRECTORY.with_rows(rows)
    assert len(rows) == 4
    assert after.seen_on("2025-12-31").by_id(village.id).name == village.name
    assert after.by_id(village.id).name == "大定潭村委会"
    new = after.by_code("341021101299")
    assert [place.code for place in after.predecessors(new.id)] == ["341021101205"]
    change = place_workbook.compare(rows, DIRECTORY)
    assert (change.new, change.closed) == (("341021101299 新立村委会",), ("341021101205 昌中村委会",))
    assert change.changed == (f"{VILLAGE} 大定潭村委会",)
    place_workbook.export_places(after, path)
    assert place_workbook.read_places(path, after) == ()


def test_rows_that_were_left_out_stay_as_they_are(tmp_path: Path) -> None:
    path = places(tmp_path)
    row = row_of(path, "区划", VILLAGE)
    book = load_workbook(path)
    sheet = book["区划"]
    sheet.delete_rows(row + 1, 2000)
    sheet.delete_rows(2, row - 2)
    sheet["C2"] = "改名村委会"
    book.save(path)
    (changed,) = place_workbook.read_places(path, DIRECTORY)
    assert changed == msgspec.structs.replace(DIRECTORY.by_code(VILLAGE), name="改名村委会")


def test_an_earlier_time_of_a_place_is_not_lost_with_its_row(tmp_path: Path) -> None:
    village = DIRECTORY.by_code(VILLAGE)
    before = msgspec.structs.replace(village, valid_to="2020-01-01")
    now = msgspec.structs.replace(village, name="大定潭村委会", valid_from="2020-01-01")
    twice = DIRECTORY.with_rows((before, now))
    path = tmp_path / "区划.xlsx"
    place_workbook.export_places(twice, path)
    book = load_workbook(path)
    sheet = book["区划"]
    rows = [row for row in range(2, sheet.max_row + 1) if sheet.cell(row, 1).value == village.id]
    sheet.cell(rows[1], 3).value = "更大定潭村委会"
    sheet.delete_rows(rows[0], 1)
    book.save(path)
    assert {row.name for row in place_workbook.read_places(path, twice)} == {village.name, "更大定潭村委会"}


@pytest.mark.parametrize(
    ("change", "where", "message"),
    [
        ({"A": "no-such-id"}, "A", "没有这个编号"),
        ({"A": None}, "B", "已经有单位在用"),
        ({"B": "12"}, "B", "12 位数字"),
        ({"C": None}, "", "没有写名称"),
        ({"D": "乡"}, "D", "级别不对"),
        ({"E": "村"}, "E", "类型不对"),
        ({"F": "999999"}, "F", "没有代码 999999"),
        ({"F": "341021101205"}, "F", "级别不比它高"),
        ({"H": "2026-13-01"}, "H", "日期"),
        ({"K": "341021101205"}, "", "没有写停用日期"),
        ({"H": "2026-01-01", "K": "341021109999"}, "K", "没有代码 341021109999"),
        ({"B": "341021101205"}, "", "同时属于"),
    ],
)
def test_a_wrong_place_is_named_by_its_cell(
    tmp_path: Path, change: dict[str, Any], where: str, message: str
) -> None:
    path = township(tmp_path)
    row = row_of(path, "区划", VILLAGE)
    cells(path, "区划", {f"{column}{row}": value for column, value in change.items()})
    found = problems(lambda: place_workbook.read_places(path, DIRECTORY))
    named = [problem for problem in found if message in problem.message]
    assert named, found
    assert not where or named[0].cell == f"{where}{row}"
    assert all(problem.remedy and problem.sheet == "区划" for problem in found)


def test_too_many_rows_are_refused_before_they_are_read(tmp_path: Path) -> None:
    path = township(tmp_path)
    book = load_workbook(path)
    for _ in range(5_001):
        book["区划"].append(["x"])
    book.save(path)
    assert any(
        "超过 5000 行" in problem.message
        for problem in problems(lambda: place_workbook.read_places(path, DIRECTORY))
    )


def test_settings_come_back_and_changes_are_told(tmp_path: Path) -> None:
    path = tmp_path / "口径.xlsx"
    setting_workbook.export_settings({"hub_scope": "all", "fused_target": "60"}, path)
    found = setting_workbook.read_settings(path)
    assert setting_workbook.compare(found, {"hub_scope": "all", "fused_target": "60"}) == {}
    row = row_of(path, "口径设置", "beautiful_scope")
    cells(path, "口径设置", {f"C{row}": "城乡社区", f"C{row + 1}": "党群服务中心"})
    told = setting_workbook.compare(
        setting_workbook.read_settings(path), {"hub_scope": "all", "fused_target": "60"}
    )
    assert told["beautiful_scope"] == "美丽社区全覆盖的范围：城市社区 → 城乡社区"
    assert told["centre_1"].endswith("中心一 → 党群服务中心")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("hub_scope", "月亮", "只能写"),
        ("fused_target", "很高", "0 至 100"),
        ("centre_1", None, "1 至 40 个字"),
    ],
)
def test_a_wrong_choice_is_named_by_its_cell(tmp_path: Path, name: str, value: object, message: str) -> None:
    path = tmp_path / "口径.xlsx"
    setting_workbook.export_settings({}, path)
    row = row_of(path, "口径设置", name)
    cells(path, "口径设置", {f"C{row}": value})
    (problem,) = problems(lambda: setting_workbook.read_settings(path))
    assert message in problem.message
    assert problem.cell in (f"C{row}", f"第 {row} 行")


def test_a_place_in_the_guide_says_how_a_merger_is_written(tmp_path: Path) -> None:
    book = load_workbook(township(tmp_path))
    assert book.sheetnames == ["区划", "说明"]
    assert any("合并" in str(row[0].value) for row in book["说明"].iter_rows())
    assert isinstance(DIRECTORY.by_code(VILLAGE), Place)
