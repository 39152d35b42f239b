"""The days since and until which an answer holds are written by the edit that sets or unsets it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tables import form_of, problems_of

from hsdesk.desk.json_records import ReferenceReading, fill
from hsdesk.forms.host import BareHost
from hsdesk.forms.series import SessionSeries
from hsdesk.forms.session import Session

TABLE = (
    "| survey |\n"
    "| | type | name | label | calculation | trigger | default | bind::hs:since | bind::hs:until |\n"
    "| | integer | level | 证书 | | | | | |\n"
    "| | text | is_sw | 社工 | if(${level} > 0, '1', ${is_sw}) | ${level} | | | |\n"
    "| | date | sw_from | 起 | | | | is_sw=1 2 | |\n"
    "| | date | sw_to | 止 | | | | | is_sw=1 2 |\n"
    "| | text | code | 代码 | | | | | |\n"
    "| | begin_group | given | 赋码 |\n"
    "| | date | code_from | 起 | | | | code | |\n"
    "| | end_group |\n"
    "| | text | state | 状态 | | | 1 | | |\n"
    "| | date | closed | 停用 | | | | | state=1 |\n"
    "| | date | opened | 启用 | | | | state=1 | |\n"
    "| | begin_repeat | rows | 子表 |\n"
    "| | text | plaque | 挂牌 | | | | | |\n| | date | hung | 挂牌日 | | | | plaque | |\n"
    "| | end_repeat |\n"
)
FORM = form_of(TABLE)
DAY, LATER = "2026-10-20", "2027-01-05"
READING = ReferenceReading(lambda register, text: text, lambda question, text: text)


class At(BareHost):
    """A host on a day."""

    def __init__(self, day: str) -> None:
        self.day = day

    def now(self) -> dt.datetime:
        return dt.datetime.fromisoformat(f"{self.day}T10:00:00+08:00")


def stored(day: str = DAY, **answers: Any) -> Session:
    return Session(FORM, At(day), answers)


def days(session: Session) -> tuple[object, object]:
    answers = session.answers()
    return answers.get("sw_from"), answers.get("sw_to")


def test_the_edit_that_sets_an_answer_writes_the_day_it_begins_on():
    session = stored()
    assert session.answer("is_sw", "1").answers == {"is_sw": "1", "sw_from": DAY}


def test_the_edit_that_unsets_an_answer_writes_the_day_it_ends_on():
    session = stored(LATER, is_sw="1", sw_from=DAY)
    assert session.answer("is_sw", "0").answers == {"is_sw": "0", "sw_to": LATER}


def test_an_answer_that_follows_from_another_is_dated_by_the_same_edit():
    session = stored()
    assert session.answer("level", 2).answers == {"level": 2, "is_sw": "1", "sw_from": DAY}


def test_another_code_of_those_that_set_it_changes_no_day():
    session = stored(is_sw="1")
    assert session.answer("is_sw", "2").answers == {"is_sw": "2"}
    session = stored(code="91341021", code_from="2019-05-01")
    assert session.answer("code", "91341022").answers == {"code": "91341022"}


def test_the_person_corrects_a_day_as_any_answer():
    session = stored()
    session.answer("is_sw", "1")
    assert session.answer("sw_from", "2020-03-01").answers == {"sw_from": "2020-03-01"}
    assert days(session) == ("2020-03-01", None)


@pytest.mark.parametrize(
    "content",
    [
        {"is_sw": "1", "sw_from": "2020-03-01"},
        {"sw_from": "2020-03-01", "is_sw": "1"},
        {"sw_from": "2020-03-01", "sw_to": None, "level": 1},
    ],
)
@pytest.mark.parametrize("before", [{}, {"is_sw": "0", "sw_from": "2018-01-01", "sw_to": "2019-01-01"}])
def test_a_day_given_with_the_answer_stays_whatever_the_order(content, before):
    session = stored(**before)
    fill(session, content, READING)
    assert days(session) == ("2020-03-01", None)


def test_days_given_in_one_step_with_the_answer_stay():
    session = stored(is_sw="0", sw_from="2018-01-01", sw_to="2019-01-01")
    session.fill({"sw_from": "2020-03-01", "is_sw": "1"})
    assert days(session) == ("2020-03-01", None)


def test_an_answer_set_before_its_form_had_days_has_no_known_day():
    session = stored(is_sw="1")
    assert days(session) == (None, None)
    session.answer("code", "x")
    assert days(session) == (None, None)
    session.answer("is_sw", "0")
    assert days(session) == (None, DAY)


def test_what_is_set_again_begins_anew_and_a_slip_of_the_same_day_leaves_no_trace():
    session = stored(LATER, is_sw="0", sw_from="2018-01-01", sw_to="2019-01-01")
    session.answer("is_sw", "1")
    assert days(session) == (LATER, None)
    slip = stored(LATER, is_sw="1", sw_from=DAY)
    slip.answer("is_sw", "0")
    slip.answer("is_sw", "1")
    assert days(slip) == (DAY, None)
    other = stored(LATER)
    other.answer("is_sw", "1")
    other.answer("is_sw", "0")
    assert days(other) == (None, None)


def test_an_end_that_was_planned_for_later_comes_with_the_edit_that_ends_it():
    session = stored(DAY, is_sw="1", sw_from="2020-01-01", sw_to=LATER)
    session.answer("is_sw", "0")
    assert days(session) == ("2020-01-01", DAY)


def test_without_a_last_day_unsetting_takes_the_first_one_away():
    session = stored(code="x", code_from="2019-05-01")
    assert session.answer("code", None).answers == {"code": None, "code_from": None}


def test_a_default_of_a_new_record_begins_on_the_day_it_is_made():
    session = Session(FORM, At(DAY))
    assert session.first_answers()["opened"] == DAY
    assert "closed" not in session.answers()
    series = SessionSeries(FORM)
    for day in (DAY, DAY, LATER):
        assert series.new(At(day)).first_answers()["opened"] == day


def test_what_others_wrote_is_never_dated_here():
    session = stored(LATER, is_sw="1")
    changes = session.take({"is_sw": "0"})
    assert changes.answers == {}
    assert days(session) == (None, None)


def test_each_row_of_a_roster_has_its_own_day():
    session = stored(**{"rows/1/plaque": None, "rows/2/plaque": None})
    assert session.answer("rows/2/plaque", "县级").answers == {
        "rows/2/plaque": "县级",
        "rows/2/hung": DAY,
    }


@pytest.mark.parametrize(
    ("mark", "word"),
    [("nobody=1", "同一层里没有"), ("plaque", "同一层里没有"), ("is_sw=1", "写了两次")],
)
def test_a_mark_that_leads_nowhere_is_refused(mark: str, word: str):
    table = TABLE.replace("| | | | code | |", f"| | | | {mark} | |")
    found = [problem for problem in problems_of(table) if problem.severity == "error"]
    assert len(found) == 1
    assert word in found[0].message


def test_only_a_date_can_be_the_day_of_another_answer():
    table = TABLE.replace("| | date | sw_to |", "| | text | sw_to |")
    found = [problem.message for problem in problems_of(table) if problem.severity == "error"]
    assert found == ["“sw_to”不是填写的日期，不能用 hs:until。"]
