"""A record as a row of its register."""

from __future__ import annotations

from tables import form_of
from test_forms_session import HOUSE, ROSTER
from walking import Still

from hsdesk.forms.projection import crosses_registers, project
from hsdesk.forms.schema import questions
from hsdesk.model.masking import HIDDEN

PLAIN = form_of(
    "| survey | | | | |\n| | type | name | label | bind::hs:title | bind::hs:search |\n"
    "| | text | name | 名称 | yes | |\n| | select_one kind | kind | 类 | yes | |\n"
    "| | text | boss | 负责人 | | yes |\n"
    "| | begin_repeat | m | 成员 | | |\n| | text | who | 谁 | | |\n| | end_repeat | | | | |\n"
    "| choices | | | |\n| | list_name | name | label |\n| | kind | k1 | 志愿队 |\n"
)


def test_a_plain_form_needs_no_session_and_gives_every_column() -> None:
    row = project(
        PLAIN,
        {
            "name": "映山红",
            "kind": "k1",
            "boss": "王五",
            "m/b/who": "乙",
            "m/a/who": "甲",
            "m/b/_pos": "B",
            "m/a/_pos": "A",
        },
        Still(),
    )
    assert row.row == {"name": "映山红", "kind": "k1", "boss": "王五"}
    assert row.title == "映山红 志愿队"
    assert row.search == ("王五",)
    assert [(line.row_id, line.row) for line in row.rosters["m"]] == [
        ("a", {"who": "甲"}),
        ("b", {"who": "乙"}),
    ]


def test_what_is_not_relevant_is_null_in_the_row() -> None:
    answers = {"head": "张三", "people": 2, "income": 300.0}
    assert project(HOUSE, answers, Still()).row["income"] is None
    assert project(HOUSE, {**answers, "people": 6}, Still()).row["income"] == 300.0


def test_calculations_over_the_record_are_in_the_row() -> None:
    answers = {"rows/a/amount": 3, "rows/b/amount": 4, "rows/a/_pos": "A", "rows/b/_pos": "B"}
    row = project(ROSTER, answers, Still())
    assert (row.row["total"], row.row["n"]) == ("7", "2")
    assert [line.row["place"] for line in row.rosters["rows"]] == ["1", "2"]


def test_the_fast_way_and_the_way_through_a_session_agree() -> None:
    answers = {"name": "映山红", "kind": "k1", "m/a/who": "甲", "m/a/_pos": "A"}
    with_calculation = form_of(
        "| survey | | | | | |\n| | type | name | label | bind::hs:title | calculation |\n"
        "| | text | name | 名称 | yes | |\n"
        "| | select_one kind | kind | 类 | yes | |\n| | text | boss | 负责人 | | |\n"
        "| | begin_repeat | m | 成员 | | |\n| | text | who | 谁 | | |\n"
        "| | end_repeat | | | | |\n| | calculate | c | | | 1 |\n"
        "| choices | | | |\n| | list_name | name | label |\n| | kind | k1 | 志愿队 |\n"
    )
    slow, fast = project(with_calculation, answers, Still()), project(PLAIN, answers, Still())
    assert {key: slow.row[key] for key in fast.row} == fast.row
    assert (slow.rosters, slow.title) == (fast.rosters, fast.title)


def test_a_count_over_another_register_is_never_stored() -> None:
    form = form_of(
        "| survey | | | |\n| | type | name | calculation |\n| | hidden | a | |\n"
        "| | calculate | grids | count(instance('grid')/root/item) |\n| | calculate | own | 1 + 1 |\n"
    )
    crossing = {question.key: crosses_registers(form, question) for question in questions(form.children)}
    assert crossing == {"a": False, "grids": True, "own": False}
    assert project(form, {}, Still()).row["grids"] is None


def test_required_answers_are_counted_where_they_are_relevant():
    form = form_of(
        """
| survey |
| | type | name | label | required | relevant |
| | text | name | 名称 | yes | |
| | text | phone | 电话 | yes | ${name} = '甲' |
| | text | note | 备注 | | |
| | begin_repeat | rows | 子表 | | |
| | text | who | 姓名 | yes | |
| | end_repeat | | | | |
"""
    )
    rows = {"rows/r1/who": "张三", "rows/r1/_pos": "a", "rows/r2/_pos": "b"}
    found = project(form, {"name": "甲", **rows}, Still())
    assert (found.complete.required, found.complete.filled) == (4, 2)
    found = project(form, {"name": "乙", **rows}, Still())
    assert (found.complete.required, found.complete.filled) == (3, 2)


def test_required_answers_are_counted_without_a_session_too():
    form = form_of(
        """
| survey |
| | type | name | label | required |
| | text | name | 名称 | yes |
| | text | note | 备注 | no |
| | begin_repeat | rows | 子表 | |
| | text | who | 姓名 | yes |
| | end_repeat | | | |
"""
    )
    found = project(form, {"rows/r1/who": "张三", "rows/r1/_pos": "a", "rows/r2/_pos": "b"}, Still())
    assert (found.complete.required, found.complete.filled) == (3, 1)


def test_what_other_registers_decide_is_not_counted():
    form = form_of(
        """
| survey |
| | type | name | label | required | relevant |
| | select_one_from_file grid.csv | grid | 网格 | | |
| | text | why | 原因 | yes | count(instance('grid')/root/item) > 3 |
| | text | name | 名称 | yes | |
"""
    )
    found = project(form, {"name": "甲"}, Still())
    assert (found.complete.required, found.complete.filled) == (1, 1)


def test_a_title_hides_what_a_list_hides_and_a_search_still_finds_it() -> None:
    form = form_of(
        "| survey |\n| | type | name | label | bind::hs:title | bind::hs:search | bind::hs:mask |\n"
        "| | text | id_no | 证号 | yes | yes | id |\n| | text | name | 姓名 | yes | | name |\n"
    )
    row = project(form, {"id_no": "341021199002120019 ", "name": "江红霞"}, Still())
    assert row.title == "341021********0019 江红霞"
    assert "341021199002120019" in "".join(row.search)
    untitled = form_of(
        "| survey |\n| | type | name | label | bind::hs:mask |\n| | text | phone | 电话 | phone |\n"
    )
    assert project(untitled, {"phone": "13812345678"}, Still()).title == "138****5678"


NAMED = (
    "| survey | | | | |\n| | type | name | label | bind::hs:mask |\n"
    "| | text | name | 姓名 | name |\n| | text | phone | 电话 | phone |\n| | text | shop | 店名 | |\n"
)
CALLED = """
| settings | | | |
| | form_title | form_id | namespaces | instance_name |
| | 表 | f | hs="urn:hsdesk:form" | {} |
"""


def test_what_the_screen_hides_is_hidden_in_a_name_that_the_form_gives() -> None:
    answers = {"name": "汪美玲", "phone": "13812345678", "shop": "老街"}
    called = form_of(NAMED, CALLED.format("concat(${shop}, ' ', ${phone})"))
    assert project(called, answers, Still()).title == "老街 138****5678"
    worked_in = form_of(NAMED, CALLED.format("concat(${shop}, substr(${phone}, 0, 9))"))
    assert project(worked_in, answers, Still()).title == HIDDEN
    assert project(worked_in, {"shop": "老街"}, Still()).title == "老街"
