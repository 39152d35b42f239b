"""Names and numbers that a database does not take are told when a form is checked, with their cell."""

from __future__ import annotations

from pathlib import Path

import pytest
from tables import form_of, problems_of

from hsdesk.forms.compiler import check_file
from hsdesk.forms.naming import MOST_QUESTIONS, name_met
from hsdesk.forms.problem import Problem

HEAD = "| survey | | | |\n| | type | name | label |\n"


def settings(form_id: str) -> str:
    return f"| settings | | | |\n| | form_title | form_id | version |\n| | 表 | {form_id} | 1 |\n"


def errors(table: str, form_id: str = "test") -> list[Problem]:
    found = problems_of(HEAD + table, settings(form_id))
    return [problem for problem in found if problem.severity == "error"]


def texts(number: int) -> str:
    return "".join(f"| | text | q{n} | 题{n} |\n" for n in range(number))


@pytest.mark.parametrize(
    "name", ["_id", "_place", "_title", "_deleted", "_moved_to", "_record", "xmin", "ctid"]
)
def test_a_name_that_says_something_else_is_refused_with_its_cell(name: str) -> None:
    (problem,) = errors(f"| | text | a | 甲 |\n| | text | {name} | 乙 |\n")
    assert (problem.sheet, problem.cell) == ("survey", "B3")
    assert f"“{name}”" in problem.message


def test_a_plain_xform_is_held_to_the_same_names(tmp_path: Path) -> None:
    path = tmp_path / "form.xml"
    path.write_text(
        """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">
<h:head><h:title>t</h:title><model><instance><data id="t"><_deleted/></data></instance>
<bind nodeset="/data/_deleted" type="string"/></model></h:head>
<h:body><input ref="/data/_deleted"><label>甲</label></input></h:body></h:html>""",
        encoding="utf-8",
    )
    assert [problem.message for problem in check_file(path)] == ["名称“_deleted”是软件自用的。"]


@pytest.mark.parametrize("name", ["_abc", "_n", "_rowid_", "rowid", "_scope", "_version", "order", "select"])
def test_other_names_with_an_underline_and_words_of_sql_are_fine(name: str) -> None:
    assert not errors(f"| | text | {name} | 甲 |\n")


@pytest.mark.parametrize("form_id", ["hs_form", "SQLite_master", "_mine"])
def test_a_form_named_like_a_table_of_the_database_is_refused_when_it_is_checked(form_id: str) -> None:
    (problem,) = errors("| | text | a | 甲 |\n", form_id)
    assert (problem.sheet, problem.cell) == ("settings", "B2")
    assert form_id in problem.message


def roster(name: str, inner: str = "") -> str:
    return f"| | begin_repeat | {name} | 子表 |\n| | text | t_{name} | 字 |\n{inner}| | end_repeat | | |\n"


@pytest.mark.parametrize("pair", [roster("rows") + roster("Rows"), roster("a__b") + roster("a", roster("b"))])
def test_two_rosters_whose_tables_would_be_one_are_refused(pair: str) -> None:
    (problem,) = errors(pair)
    assert "同一个名称" in problem.message
    assert problem.sheet == "survey"


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ("survey9", "SURVEY9", True),
        ("survey9", "survey9", False),
        ("survey9", "survey8", False),
        ("survey9", "survey9__rows", True),
        ("Survey9__ROWS", "survey9", True),
    ],
)
def test_forms_that_would_share_a_table_are_told_apart_from_versions_of_one_form(
    one: str, other: str, meet: bool
) -> None:
    table = HEAD + roster("rows")
    said = name_met(form_of(table, settings(one)), [form_of(table, settings(other))])
    assert bool(said) == meet
    assert other in said or not meet


def test_too_many_questions_are_refused_with_their_number_and_the_limit() -> None:
    (problem,) = errors(texts(2100))
    assert "2100" in problem.message
    assert str(MOST_QUESTIONS) in problem.message


def test_a_roster_with_too_many_questions_is_named() -> None:
    many = texts(MOST_QUESTIONS + 1)
    table = "| | text | a | 甲 |\n| | begin_repeat | rows | 子表 |\n" + many + "| | end_repeat | | |\n"
    (problem,) = errors(table)
    assert (problem.sheet, problem.cell) == ("survey", "A3")
    assert "“rows”" in problem.message
