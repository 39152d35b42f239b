"""The traps of authoring: each is named with its cell, its reason and what to write instead."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from tables import problems_of

from hsdesk.forms.compiler import check_file

# ruff: noqa: RUF001 (full-width signs are the traps)

HEAD = "| survey | | | | | | |\n| | type | name | label | relevant | calculation | constraint |\n"
YES_NO = "| choices | | | |\n| | list_name | name | label |\n| | yn | y | 是 |\n| | yn | n | 否 |\n"


def only(table: str) -> tuple[str, str, str, str]:
    (problem,) = [problem for problem in problems_of(table) if problem.severity == "error"]
    return problem.sheet, problem.cell, problem.message, problem.remedy


@pytest.mark.parametrize(
    ("row", "cell", "said", "offered"),
    [
        ("| | text | b | 乙 | ${a}＞18 | | |", "D3", "全角", "${a}>18"),
        ("| | text | b | 乙 | selected(${a}， 'y') | | |", "D3", "全角", "selected(${a}, 'y')"),
        ("| | text | b | 乙 | ${a} = “是” | | |", "D3", "中文引号", '${a} = "是"'),
        ("| | text | b | 乙 | （${a} > 1） | | |", "D3", "全角", "(${a} > 1)"),
        ("| | calculate | b | | | summ(${a}) | |", "E3", "没有名为 summ()", "sum()"),
        ("| | calculate | b | | | round(${a} | |", "E3", "括号", ""),
        ("| | calculate | b | | | ${aa} + 1 | |", "E3", "“${aa}”", "“a”"),
        ("| | calculate | b | | | 1 + $｛a｝ | |", "E3", "全角", "${a}"),
        ("| | text | b | 乙 ${无} | | | |", "C3", "“${无}”", ""),
        ("| | text | b | 乙 | | | regex(., '[0-9') |", "F3", "正则", ""),
        ("| | text | b | 乙 | | | . != 341002199001011234 |", "F3", "超过 15 位", "'341002199001011234'"),
        ("| | text | b | 乙 | ${a} = '成年' | | |", "D3", "是数字", "18"),
        ("| | text | b | 乙 | a > 18 | | |", "D3", "“a”不是一题", "${a}"),
        ("| | geopoint | b | 乙 | | | |", "A3", "位置（geopoint）", "删去"),
        ("| | rank yn | b | 乙 | | | |", "A3", "排序（rank）", "删去"),
        ("| | audit | b | 乙 | | | |", "A3", "操作记录（audit）", "删去"),
        ("| | texxt | b | 乙 | | | |", "A3", "不认识题型", ""),
        ("| | select_one 无 | b | 乙 | | | |", "A3", "选项表“无”", ""),
        ("| | text | b c | 乙 | | | |", "B3", "名称“b c”不合规", ""),
        ("| | text | _deleted | 乙 | | | |", "B3", "软件自用", ""),
        ("| | text | a | 乙 | | | |", "B3", "和 B2 重复", ""),
        ("| | calculate | b | | | ${b} + 1 | |", "E3", "b → b", ""),
    ],
)  # fmt: skip
def test_a_trap_is_named_with_its_cell(row: str, cell: str, said: str, offered: str) -> None:
    sheet, place, message, remedy = only(HEAD + "| | integer | a | 甲 | | | |\n" + row + "\n")
    assert (sheet, place) == ("survey", cell)
    assert said in message
    assert offered in remedy


def test_a_circle_of_calculations_is_named_along_its_path() -> None:
    rows = (
        "| | calculate | a | | | ${b} | |\n"
        "| | calculate | b | | | ${c} | |\n| | calculate | c | | | ${a} | |\n"
    )
    _sheet, _cell, message, _remedy = only(HEAD + rows)
    assert "a → b → c → a" in message


def test_a_circle_through_relevance_is_found_too() -> None:
    rows = "| | text | a | 甲 | ${c} = 1 | | |\n| | calculate | c | | | string-length(${a}) | |\n"
    _sheet, _cell, message, _remedy = only(HEAD + rows)
    assert "圈" in message


def test_one_report_names_everything_at_once() -> None:
    rows = (
        "| | integer | a | 甲 ${zz} | ${a}＞1 | | |\n"
        "| | integer | a | 乙 | | | |\n| | geotrace | g | 线 | | | |\n"
        "| | calculate | x | | | ${y} | |\n"
        "| | calculate | y | | | ${x} | |\n| | begin_group | k | 组 | | | |\n"
    )
    cells = {problem.cell for problem in problems_of(HEAD + rows) if problem.severity == "error"}
    assert {"C2", "D2", "B3", "A4", "A7"} <= cells
    assert any("x → y → x" in problem.message for problem in problems_of(HEAD + rows))


def test_a_default_of_another_type_is_refused() -> None:
    table = "| survey | | | | |\n| | type | name | label | default |\n| | integer | a | 甲 | 十 |\n"
    assert only(table)[1:3] == ("D2", "默认值“十”不是整数。")


def test_a_code_that_no_list_has_is_a_reminder() -> None:
    rows = "| | select_one yn | a | 甲 | | | |\n| | text | b | 乙 | ${a} = 'yes' | | |\n"
    (problem,) = problems_of(HEAD + rows + YES_NO)
    assert (problem.severity, problem.cell) == ("warning", "D3")
    assert "y" in problem.remedy


def test_choices_with_blanks_and_twins_are_refused() -> None:
    choices = (
        "| choices | | | |\n| | list_name | name | label |\n"
        "| | l | a b | 甲 |\n| | l | c | 乙 |\n| | l | c | 丙 |\n"
    )
    found = problems_of(HEAD + "| | select_multiple l | a | 甲 | | | |\n" + choices)
    assert [(problem.sheet, problem.cell) for problem in found] == [("choices", "B2"), ("choices", "B4")]


def test_chinese_names_are_a_reminder_that_other_programs_may_stumble() -> None:
    (problem,) = problems_of(HEAD + "| | text | 姓名 | 姓名 | | | |\n")
    assert (problem.severity, problem.cell) == ("warning", "B2")


def test_our_own_columns_take_only_our_own_words() -> None:
    table = "| survey | | | | |\n| | type | name | label | bind::hs:class |\n| | text | a | 甲 | secret |\n"
    _sheet, cell, message, remedy = only(table)
    assert cell == "D2"
    assert "secret" in message
    assert "personal" in remedy


def test_a_number_of_eighteen_digits_typed_into_excel_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "survey"
    sheet.append(["type", "name", "label", "default"])
    sheet.append(["text", "a", "甲", 341002199001011234])
    book.save(tmp_path / "long.xlsx")
    (problem,) = check_file(tmp_path / "long.xlsx")
    assert (problem.file, problem.sheet, problem.cell) == ("long.xlsx", "survey", "D2")
    assert "15 位" in problem.message
    assert "文本" in problem.remedy


def test_encryption_is_refused_at_its_setting() -> None:
    settings = "| settings | | |\n| | form_id | public_key |\n| | t | MIIB |\n"
    found = problems_of(HEAD + "| | text | a | 甲 | | | |\n", settings)
    (refusal,) = [problem for problem in found if "加密" in problem.message]
    assert (refusal.sheet, refusal.cell, refusal.severity) == ("settings", "B2", "error")
