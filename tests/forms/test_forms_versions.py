"""A new version of a form strands nothing."""

from __future__ import annotations

import pytest
from tables import form_of
from walking import Still

from hsdesk.errors import FormError
from hsdesk.forms.projection import project
from hsdesk.forms.schema import Form
from hsdesk.forms.session import Session
from hsdesk.forms.versions import carried_over, changes_between, shelf, succeed


def version(*rows: str, choices: str = "y n") -> Form:
    table = "| survey | | | | | |\n| | type | name | label | required | bind::hs:was |\n"
    table += "".join(f"| | {row} |\n" for row in rows)
    table += "| choices | | | |\n| | list_name | name | label |\n"
    table += "".join(f"| | yn | {code} | 选{code} |\n" for code in choices.split())
    return form_of(table)


OLD = version(
    "text | name | 名称 | |", "integer | age | 年龄 | |", "select_one yn | q | 是否 | |",
    "text | gone | 旧 | |",
    "begin_repeat | m | 成员 | |", "text | who | 谁 | |", "end_repeat | | | |",
)  # fmt: skip
NEW = version(
    "text | full_name | 名称 | yes | name", "decimal | age | 年龄 | |", "select_multiple yn | q | 是否 | |",
    "text | added | 新 | yes |", "begin_repeat | m | 成员 | |", "text | person | 谁 | | who",
    "end_repeat | | | |",
    choices="y",
)  # fmt: skip
ANSWERS = {"name": "甲", "age": 3, "q": "n", "gone": "旧话", "m/1/who": "张三", "m/1/_pos": "V"}


def test_a_version_change_is_named_piece_by_piece() -> None:
    change = changes_between(OLD, NEW)
    assert change.renamed == {"name": "full_name", "m/who": "m/person"}
    assert change.removed == ("gone",)
    assert change.added == ("added",)
    assert change.widened == ("age", "q")
    assert change.todo == ("full_name", "added")
    assert change.withdrawn == {"yn": ("n",)}
    assert change.problems == ()


def test_answers_of_the_version_before_open_under_their_new_names_and_wider_types() -> None:
    session = Session(succeed(OLD, NEW), Still(), ANSWERS)
    row = session.rows("m")[0]
    assert session.node("full_name").value == "甲"
    assert session.node("age").value == 3.0
    assert session.node("q").value == ("n",)
    assert session.node(f"{row}/person").value == "张三"


def test_a_register_row_has_the_new_names_and_types_too() -> None:
    row = project(NEW, ANSWERS, Still())
    assert (row.row["full_name"], row.row["age"], row.row["q"]) == ("甲", 3.0, ("n",))
    assert type(row.row["age"]) is float
    assert row.rosters["m"][0].row == {"person": "张三"}


def test_an_answer_under_its_new_name_wins_over_the_old_one() -> None:
    session = Session(NEW, Still(), {"name": "旧", "full_name": "新"})
    assert session.node("full_name").value == "新"


def test_a_removed_answer_stays_on_the_shelf() -> None:
    assert shelf(NEW, ANSWERS) == {"gone": "旧话"}
    assert shelf(NEW, {**ANSWERS, "_abc": "旧话", "_deleted": "重复"}) == {"gone": "旧话", "_abc": "旧话"}


def test_a_withdrawn_code_stays_valid_for_old_values_only() -> None:
    form = succeed(OLD, NEW)
    assert not [
        finding for finding in Session(form, Still(), ANSWERS).validate() if finding.rule == "reference"
    ]
    assert [choice.value for choice in Session(form, Still(), ANSWERS).node("q").choices] == ["y", "n"]
    assert [choice.value for choice in Session(form, Still(), {"full_name": "乙"}).node("q").choices] == ["y"]


def test_what_became_required_is_a_to_do_and_not_a_lost_record() -> None:
    findings = Session(NEW, Still(), ANSWERS).validate()
    assert [(finding.path, finding.rule) for finding in findings if finding.path == "added"] == [
        ("added", "required")
    ]


def test_a_draft_opens_in_both_directions_between_neighbours() -> None:
    forward, left = carried_over(OLD, NEW, ANSWERS)
    assert forward == {"full_name": "甲", "age": 3.0, "q": ("n",), "m/1/person": "张三", "m/1/_pos": "V"}
    assert left == {"gone": "旧话"}
    back, left = carried_over(NEW, OLD, {**forward, "added": "新话"})
    assert back == {"name": "甲", "age": 3, "q": "n", "m/1/who": "张三", "m/1/_pos": "V"}
    assert left == {"added": "新话"}


def test_a_value_that_does_not_fit_the_narrower_type_is_kept_aside() -> None:
    held, left = carried_over(NEW, OLD, {"age": 3.5, "q": ("n", "y")})
    assert held == {}
    assert left == {"age": 3.5, "q": ("n", "y")}


@pytest.mark.parametrize(
    ("before", "after"),
    [("text", "integer"), ("decimal", "integer"), ("select_multiple yn", "select_one yn"), ("text", "date")],
)
def test_a_type_that_old_answers_do_not_fit_is_refused(before: str, after: str) -> None:
    with pytest.raises(FormError, match="放不进去"):
        succeed(version(f"{before} | a | 甲 | |"), version(f"{after} | a | 甲 | |"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("integer", "decimal"),
        ("integer", "text"),
        ("decimal", "text"),
        ("select_one yn", "select_multiple yn"),
    ],
)
def test_a_type_may_widen(before: str, after: str) -> None:
    assert succeed(version(f"{before} | a | 甲 | |"), version(f"{after} | a | 甲 | |")).form_id == "test"


def test_codes_withdrawn_two_versions_ago_are_still_remembered() -> None:
    first, second, third = (
        version("select_one yn | q | 是否 | |", choices=codes) for codes in ("a b c", "a b", "a")
    )
    latest = succeed(succeed(first, second), third)
    assert {choice.value for choice in latest.withdrawn["yn"]} == {"b", "c"}
