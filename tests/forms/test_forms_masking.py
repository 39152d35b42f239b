"""What is shown of an answer: the mark of its question and the use decide, never the look of the text."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import get_args

import pytest
from shipped_world import shipped
from tables import problems_of

from hsdesk.errors import DataError
from hsdesk.forms.masking import TABLE, Showing, Use, mark_of, shown, shows_above
from hsdesk.forms.schema import (
    Extension,
    Form,
    Question,
    Repeat,
    questions,
    questions_by_path,
    repeats,
)
from hsdesk.forms.types import Lookup, read
from hsdesk.model.masking import HIDDEN, SHAPES, Mark, is_masked, masked

DICTIONARY = (
    Path(__file__).parents[1] / "data" / "personal_fields.csv"
)  # what the data dictionary marks P or S
with DICTIONARY.open(encoding="utf-8", newline="") as lines:
    PERSONAL = tuple((row["form"], row["field"]) for row in csv.DictReader(lines))
FORM = Form("f", "1", "f")
MARKS: dict[Mark, tuple[str, str]] = {  # a text, and its masked shape
    "id": ("341021199002120019", "341021********0019"),
    "phone": ("13812345678", "138****5678"),
    "day": ("1975-08-21", HIDDEN),
    "pay": ("3200", HIDDEN),
    "text": ("汪美玲13812345678", HIDDEN),
}


def asked(mark: Mark | None) -> Question:
    return Question("q", "q", "text", hs=Extension(mask=mark or ""))


def seen(mark: Mark | None, text: str, use: Use, *, listed: bool = False) -> str:
    return shown(FORM, asked(mark), text, Showing(use, frozenset(["q"] if listed else [])))


@pytest.mark.parametrize(("form_id", "field"), PERSONAL)
def test_every_answer_that_the_dictionary_marks_personal_says_how_it_is_masked(form_id: str, field: str):
    form = shipped(form_id)
    rosters = {roster.key: roster for roster in repeats(form.children)}
    if field in rosters:
        asked_in = tuple(questions(rosters[field].children))
    else:
        asked_in = (questions_by_path(form)[field],)
    assert asked_in and not [one.key for one in asked_in if not one.hs.mask]


def test_the_table_speaks_of_every_use_and_every_mark():
    assert set(TABLE) == set(get_args(Use))
    assert all(set(row) == set(get_args(Mark)) - {"open"} for row in TABLE.values())


ROWS: dict[Use, tuple[str, ...]] = {
    "focus": ("341021199002120019", "13812345678", "1975-08-21", "3200", "汪明", "群众"),
    "screen": ("341021********0019", "138****5678", "1975-08-21", "3200", "汪明", "群众"),
    "notice": ("***", "***", "***", "***", "汪明", "***"),
    "roster": ("341021********0019", "138****5678", "1975-**", "***", "汪明", "群众"),
    "filing": ("341021********0019", "138****5678", "1975-**", "***", "汪明", "群众"),
    "full": ("341021199002120019", "13812345678", "1975-08-21", "3200", "汪明", "群众"),
}


@pytest.mark.parametrize("use", ROWS)
def test_each_use_shows_what_the_table_says(use: Use):
    marks: tuple[Mark, ...] = ("id", "phone", "day", "pay", "name", "detail")
    texts = zip(marks, ROWS["full"], strict=True)
    assert tuple(seen(mark, text, use) for mark, text in texts) == ROWS[use]


def test_a_filing_opens_what_it_lists_and_a_notice_opens_only_its_purpose():
    assert seen("id", "341021199002120019", "filing", listed=True) == "341021199002120019"
    assert seen("detail", "已完成", "notice", listed=True) == "已完成"
    for mark, (text, _) in MARKS.items():
        assert seen(mark, text, "notice", listed=True) == HIDDEN


@pytest.mark.parametrize(
    "text",
    [
        "341021199002120019 ",
        "　341021199002120019",
        "３４１０２１１９９００２１２００１９",
        "341021 19900212 0019",
        "341021-19900212-0019",
        "341021199002120019\t",
        "\u200b341021199002120019",
        "身份证341021199002120019",
        "34102119900212001",
        "3410211990021200190",
        "没有带",
    ],
)
@pytest.mark.parametrize("use", ["screen", "roster", "notice"])
def test_a_number_is_hidden_however_it_is_spelt(text: str, use: Use):
    found = seen("id", text, use)
    assert "19900212" not in found and "１９９００２１２" not in found
    assert is_masked("id", found)


@pytest.mark.parametrize(
    "text",
    [
        "138 1234 5678",
        "+86 138-1234-5678",
        "8613812345678",
        "138-1234-5678 ",
        "１３８１２３４５６７８",
        "0559-2512345",
        "(0559)2512345",
        "05592512345",
        "2512345转8",
        "13812345678/13912345678",
        "1381234567",
        "问小汪要",
    ],
)
def test_a_telephone_is_hidden_however_it_is_spelt(text: str):
    for use in ("screen", "roster"):
        found = seen("phone", text, use)
        assert is_masked("phone", found)
        assert sum(character.isdigit() for character in found) <= 8


def test_what_looks_like_a_number_is_not_hidden_where_the_question_asks_for_something_else():
    assert seen(None, "341021199002120019", "notice") == "341021199002120019"
    assert seen("detail", "第1支部委员会", "screen") == "第1支部委员会"
    assert seen("open", "0559-2512345", "notice") == "0559-2512345"


@pytest.mark.parametrize("mark", ["id", "phone", "text"])
def test_no_masked_shape_is_taken_for_a_value(mark: Mark):
    text, shape = MARKS[mark]
    assert masked(mark, text) == shape and SHAPES[mark].fullmatch(shape)
    with pytest.raises(DataError, match="遮住"):
        read(asked(mark), shape, Lookup(lambda _: ()))


def test_a_form_without_marks_hides_what_its_questions_ask_for():
    def made(**parts: str) -> Question:
        cls, person = parts.pop("cls", ""), parts.pop("person", "")
        kind = parts.pop("type", "text")
        return Question("q", "q", kind, hs=Extension(cls=cls, person=person), **parts)  # type: ignore[arg-type]

    marks = {
        "id": [made(person="leader.id_no"), made(constraint="hs:id-valid(.)")],
        "phone": [made(person="phone"), made(constraint="regex(., '^1[3-9]\\d{9}$')")],
        "day": [made(person="birth_ym"), made(cls="personal", type="date", data_type="date")],
        "name": [made(person="leader.name", cls="personal")],
        "detail": [made(cls="personal", type="select_one", list_name="political")],
        "pay": [made(cls="personal", type="decimal", data_type="decimal")],
        "text": [made(cls="personal")],
        "": [made(), made(type="date", data_type="date")],
    }
    assert {mark: {mark_of(FORM, one) for one in asked} for mark, asked in marks.items()} == {
        mark: {mark} for mark in marks
    }


def test_a_personal_answer_without_a_mark_is_named_when_its_form_is_checked():
    found = problems_of(
        "| survey |\n| | type | name | label | bind::hs:class | bind::hs:mask |\n"
        "| | text | political | 面貌 | personal |\n| | text | id_no | 证号 | personal | id |\n"
    )
    assert [(one.severity, "political" in one.message) for one in found] == [("warning", True)]


def test_a_word_that_is_no_mark_is_refused_with_those_that_are():
    (found,) = problems_of(
        "| survey |\n| | type | name | label | bind::hs:mask |\n| | text | a | 甲 | idcard |\n"
    )
    assert "hs:mask" in found.message and "phone" in found.remedy


def test_answers_above_the_class_of_their_form_are_told_apart():
    own, secret = Question("a", "a", "text"), Question("b", "b", "text", hs=Extension(cls="personal"))
    form = Form("f", "1", "f", children=(own, secret, Repeat("r", "r", children=(secret,))))
    assert shows_above(form, ("a", "b", "r/b")) == ("b", "r/b")
