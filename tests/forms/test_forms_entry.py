"""The rules of typing: days said in short, complete codes, figures far from the last, formulas in words."""

from __future__ import annotations

import datetime as dt

import pytest

from hsdesk.forms.codelists import shipped_list
from hsdesk.forms.formula_words import Explanation, Part, explain
from hsdesk.forms.plausible import Earlier, is_leap, last_before
from hsdesk.forms.schema import Extension, Form, Question, questions
from hsdesk.forms.shipped import every_form, shipped_form
from hsdesk.forms.types import type_of
from hsdesk.forms.types.shorthand import is_complete, spelt_out

TODAY = dt.date(2026, 2, 27)


def asked(data_type: str, **more: object) -> Question:
    word = {"string": "text", "int": "integer"}.get(data_type, data_type)
    return Question("q", "q", word, data_type, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("今天", "2026-02-27"),
        ("昨天", "2026-02-26"),
        ("后天", "2026-03-01"),
        ("+7", "2026-03-06"),
        ("＋７", "2026-03-06"),
        (" -3 ", "2026-02-24"),
        ("+99999", "2299-12-12"),
        ("20201231", "20201231"),
        ("今年", "今年"),
        ("7", "7"),
    ],
)
def test_a_day_may_be_said_from_today_on(text: str, meant: str) -> None:
    assert spelt_out(asked("date"), text, TODAY) == meant


def test_only_days_are_said_from_today_on_and_a_moment_wants_its_time() -> None:
    assert spelt_out(asked("int"), "-3", TODAY) == "-3"
    assert spelt_out(asked("string"), "今天", TODAY) == "今天"
    assert spelt_out(asked("dateTime"), "今天", TODAY) == "今天"
    assert spelt_out(asked("dateTime"), "+1 9:30", TODAY) == "2026-02-28 9:30"


@pytest.mark.parametrize(
    ("question", "whole", "parts"),
    [
        (asked("date"), ["20201231"], ["2020123", "20201331", "2020-1-1", "今天"]),
        (asked("string", hs=Extension(mask="id")), ["34102119650212001X"], ["34102119650212001"]),
        (asked("string", hs=Extension(mask="phone")), ["13812345678"], ["05592345678", "1381234567"]),
        (asked("string", constraint=r"regex(., '^\d{12}$') and . != '0'"), ["341021101204"], ["34102110120"]),
        (asked("string"), [], ["34102119650212001X", "12345678"]),
        (asked("int"), [], ["12345678", "1"]),
    ],
)
def test_a_code_is_complete_when_nothing_can_follow(
    question: Question, whole: list[str], parts: list[str]
) -> None:
    assert [text for text in (*whole, *parts) if is_complete(question, text)] == whole


def test_a_figure_is_told_when_it_is_far_from_the_last_one() -> None:
    people = asked("int")
    assert is_leap(people, 1603, 20000) and is_leap(people, 16030, 1603) and is_leap(people, 1603, 0)
    assert not any(is_leap(people, 1603, now) for now in (1603, 1590, 2000, 5000, None, "很多"))
    assert not is_leap(people, 8, 40) and not is_leap(people, None, 20000)
    assert is_leap(asked("decimal"), 12.5, 125.0) and not is_leap(asked("string"), 1, 900)


def test_a_period_is_set_beside_the_last_of_its_kind() -> None:
    held = [Earlier(period, {}) for period in ("2019", "2019H2", "2020Q1", "2019Q4", "2020M03", "2020Q3")]
    assert last_before("2020Q2", held) == Earlier("2020Q1", {})
    assert last_before("2020", held) == Earlier("2019", {})
    assert last_before("2019Q4", held) is None and last_before("", held) is None
    days = [Earlier("2019-12-31", {}), Earlier("2018-12-31", {})]
    assert last_before("2020-12-31", days) == days[0]


def explained(form: Form, key: str) -> Explanation:
    question = next(one for one in questions(form.children, into_repeats=True) if one.key == key)
    known = {one.form_id: one for one in every_form()}
    return explain(
        form,
        question,
        known.get,
        lambda name: {one.value: one.label.plain() for one in shipped_list(name) or ()},
    )


def test_a_formula_is_told_in_the_words_of_its_form() -> None:
    found = explained(shipped_form("project_eval"), "score")
    assert str(found.words).startswith("“总分”是这样算的：“方案与管理")
    assert str(found.words).count("”＋“") == 4
    assert [part.path for part in found.parts][:2] == ["score_plan", "score_output"]
    found = explained(shipped_form("party_org"), "full_members")
    assert "“党员类别”是“正式党员”，并且“在册状态”是“在册”" in str(found.words)
    assert Part("党员", register="party_member") in found.parts


def test_every_calculated_answer_of_the_shipped_forms_has_words() -> None:
    bare = []
    for form in every_form():
        for question in questions(form.children, into_repeats=True):
            if question.calculation and question.label.texts and type_of(question).is_shown:
                words = str(explained(form, question.key).words)
                if any(sign in words for sign in ("/data", "instance(", "selected(", "[", "div", " or ")):
                    bare.append((form.form_id, question.key, words))
    assert bare == []
