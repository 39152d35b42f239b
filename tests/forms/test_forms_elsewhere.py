"""Answers that others gave, taken into an open record: the same as opening it with them."""

from __future__ import annotations

import pytest
from tables import form_of
from walking import Still

from hsdesk.forms.session import Session
from hsdesk.model.answer import Value

FORM = form_of(
    """
| survey | | | | | | | | | |
| | type | name | label | relevant | calculation | trigger | choice_filter | repeat_count | default |
| | integer | people | 人数 | | | | | | |
| | calculate | double | | | ${people} * 2 | | | | |
| | text | poor | 困难 | ${people} > 3 | | | | | |
| | select_one county | county | 县 | | | | | | |
| | select_one town | town | 镇 | | | | county = ${county} | | |
| | select_multiple lang | lang | 方言 | | | | | | |
| | text | note | 备注 | | | | | | 无 |
| | text | stamp | 盖戳 | | concat('见', ${people}) | ${people} | | | |
| | begin_repeat | rows | 流水 | | | | | | |
| | integer | amount | 金额 | | | | | | |
| | calculate | place | | | position(..) | | | | |
| | end_repeat | | | | | | | | |
| | calculate | total | | | sum(${amount}) | | | | |
| | begin_repeat | heads | 人头 | | | | | ${people} | |
| | text | name | 名字 | | | | | | |
| | end_repeat | | | | | | | | |
| choices | | | | |
| | list_name | name | label | county |
| | county | c1 | 歙县 | |
| | county | c2 | 黟县 | |
| | town | t1 | 深渡 | c1 |
| | town | t2 | 宏村 | c2 |
| | lang | a | 徽语 | |
| | lang | b | 官话 | |
"""
)
Answers = dict[str, Value]
STATES: tuple[Answers, ...] = (
    {},
    {"people": 2, "note": "甲", "lang": ("a",)},
    {"people": 5, "poor": "是", "county": "c1", "town": "t1", "lang": ("a", "b")},
    {"people": 1, "county": "c2", "town": "t1"},
    {"rows/1/_pos": "V", "rows/1/amount": 3, "rows/2/_pos": "W", "rows/2/amount": 4},
    {"rows/2/_pos": "G", "rows/2/amount": 4, "rows/1/_pos": "V", "rows/3/_pos": "Z", "rows/3/amount": 9},
    {"rows/1/_pos": "V", "rows/1/amount": 3, "rows/1/_deleted": "错", "rows/2/_pos": "W"},
    {"people": 2, "heads/a/_pos": "V", "heads/a/name": "张三", "heads/b/_pos": "W", "heads/b/name": "李四"},
)


def opened(answers: Answers) -> Session:
    return Session(FORM, Still(), answers, first_load=False)


def counted(session: Session, answers: Answers) -> Answers:
    """Return what a session shows, without the empty rows that a count alone has made."""
    known = {path.rpartition("/")[0] for path in answers}
    shown = session.effective()
    return {path: value for path, value in shown.items() if "heads/" not in path or path[:7] in known}


@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize("after", STATES)
def test_taking_answers_leaves_what_opening_with_them_does(before: Answers, after: Answers) -> None:
    session, fresh = opened(before), opened(after)
    changes = session.take(after)
    assert counted(session, after) == counted(fresh, after)
    assert session.rows("rows") == fresh.rows("rows")
    assert changes.answers == {}
    assert all(session.node(path).value == value for path, value in changes.values.items() if value != "")


def test_no_setvalue_fires_and_no_choice_is_cleared_by_what_others_gave() -> None:
    session = opened({"people": 2, "county": "c1", "town": "t1"})
    session.take({"people": 7, "county": "c2", "town": "t1", "stamp": "旧"})
    assert session.stored_value("stamp") == "旧"
    assert session.stored_value("town") == "t1"
    assert session.stored_value("note") is None


def test_a_row_that_went_stays_while_it_is_named_and_goes_with_the_next_taking() -> None:
    session = opened(STATES[4])
    gone = {**STATES[4], "rows/1/_deleted": "错"}
    session.take(gone, rows=("rows/1",))
    assert session.rows("rows") == ("rows/1", "rows/2")
    session.take(gone)
    assert session.rows("rows") == ("rows/2",)


def test_a_held_answer_and_the_row_around_it_stay_as_they_are() -> None:
    session = opened({"people": 2})
    row = session.add_row("rows").row
    session.answer(f"rows/{row}/amount", 8)
    session.answer("people", 4)
    changes = session.take(
        {"people": 9, "note": "乙", "stamp": "见4"}, held={"people", f"rows/{row}/_pos", f"rows/{row}/amount"}
    )
    assert changes.values == {"note": "乙"}
    assert session.stored_value("people") == 4
    assert session.stored_value(f"rows/{row}/amount") == 8


def test_rows_of_a_counted_roster_that_a_person_has_before_him_keep_their_place() -> None:
    session = opened({"people": 3})
    before = session.rows("heads")
    session.take({"people": 3, "note": "乙"})
    assert session.rows("heads") == before
    session.take({"people": 2, "heads/x/_pos": "A", "heads/x/name": "王五"})
    assert session.rows("heads") == ("heads/x", before[0])
