"""What a definition may cost: files, questions, steps and texts are counted, and have named limits."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from openpyxl import Workbook
from tables import form_of

from hsdesk.forms.compiler import check_file
from hsdesk.forms.host import BareHost
from hsdesk.forms.session import Session
from hsdesk.language.compiler import compile as compile_expression
from hsdesk.language.context import MOST_STEPS, Context
from hsdesk.language.problem import ExpressionError
from hsdesk.language.tree import Node

SHEET = "xl/worksheets/sheet1.xml"
_OPEN = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
_CLOSE = b"</sheetData></worksheet>"


@contextmanager
def at_once() -> Iterator[None]:
    """Hold what is done to a few seconds of processor time; unbounded it is minutes and gigabytes."""
    begin = time.process_time()
    yield
    assert time.process_time() - begin < 10


def workbook(folder: Path, sheet: bytes) -> Path:
    """Write an .xlsx file whose first sheet is this XML."""
    whole, made = folder / "whole.xlsx", folder / "form.xlsx"
    Workbook().save(whole)
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            new.writestr(member, sheet if member == SHEET else old.read(member))
    return made


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        (lambda: _OPEN + b"<row/>" * 1_000_000 + _CLOSE, "20000 行"),
        (lambda: _OPEN + b"<x:row r='1'/>" * 30_000 + _CLOSE, "20000 行"),
        (lambda: _OPEN + b"<row>" + b"<c/>" * 4_000_000 + b"</row>" + _CLOSE, "3000000"),
        (lambda: b"<a>" * 4_000_000, "3000000"),
        (lambda: bytes(150 << 20), "100 MB"),
        (lambda: b'<!DOCTYPE a [<!ENTITY b "b">]>' + _OPEN + _CLOSE, "DOCTYPE"),
    ],
    ids=["rows", "prefixed rows", "cells", "nesting", "zip bomb", "entities"],
)
def test_a_workbook_beyond_the_limits_is_refused_before_it_is_read(
    tmp_path: Path, sheet: Callable[[], bytes], said: str
) -> None:
    file = workbook(tmp_path, sheet())
    with at_once():
        (problem,) = check_file(file)
    assert problem.severity == "error"
    assert said in problem.message


def test_a_form_of_twenty_thousand_questions_is_refused_with_number_and_limit(tmp_path: Path) -> None:
    sheet = tmp_path / "form.md"
    rows = "".join(f"| | text | q{number} | 题 |\n" for number in range(19_000))
    sheet.write_text(f"| survey |\n| | type | name | label |\n{rows}", encoding="utf-8")
    xform = tmp_path / "form.xml"
    nodes = "".join(f"<q{number}/>" for number in range(20_000))
    xform.write_text(
        '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head>'
        f'<h:title>t</h:title><model><instance><data id="t">{nodes}</data></instance></model></h:head>'
        "<h:body/></h:html>",
        encoding="utf-8",
    )
    for file, number in ((sheet, "19000"), (xform, "20000")):
        with at_once():
            (problem,) = check_file(file)
        assert number in problem.message
        assert "5000" in problem.message


@pytest.mark.parametrize("body", ["<a/>" * 300_000, "<a>" * 300, '<!DOCTYPE a [<!ENTITY b "b">]>'])
def test_xml_that_would_fill_memory_is_refused(tmp_path: Path, body: str) -> None:
    file = tmp_path / "form.xml"
    file.write_text(f"{body}" if body.startswith("<!") else f"<a>{body}</a>", encoding="utf-8")
    with at_once():
        (problem,) = check_file(file)
    assert problem.severity == "error"


def rows(number: int) -> Node:
    root = Node("data")
    for value in range(number):
        row = Node("r")
        row.parent = root
        cell = Node("x", float(value))
        cell.parent = row
        row.children["x"] = [cell]
        root.children.setdefault("r", []).append(row)
    return root


def test_an_expression_stops_after_a_number_of_steps_that_is_the_same_everywhere() -> None:
    within = "x >= 0"
    for _ in range(3):
        within = f"count(/data/r[{within}]) > 0"
    code = compile_expression(f"count(/data/r[{within}])")
    few, many = rows(20), rows(150)
    context = Context(few, few)
    assert code.number(context) == 20
    assert context.steps == 20 + 20**2 + 20**3 + 20**4
    with at_once(), pytest.raises(ExpressionError, match=str(MOST_STEPS)):
        code.number(Context(many, many))


def test_texts_that_double_stop_growing_and_the_record_opens() -> None:
    chain = "".join(
        f"| | calculate | c{n} | | concat(${{c{n - 1}}}, ${{c{n - 1}}}) |\n" for n in range(1, 60)
    )
    table = (
        "| survey |\n| | type | name | label | calculation |\n| | text | a | 甲 | |\n"
        f"| | calculate | c0 | | concat(${{a}}, '十个字的一段文字啊') |\n{chain}"
    )
    form = form_of(table)
    with at_once():
        session = Session(form, BareHost())
        session.answer("a", "乙")
    values = session.effective()
    assert values["c0"] == "乙十个字的一段文字啊"
    assert max(len(str(value or "")) for value in values.values()) <= 1_000_000
