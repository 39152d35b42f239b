"""完整率 of past days: since when an answer is asked, and since when it is filled."""

from __future__ import annotations

import pytest
from tables import form_of
from walking import Still

from hsdesk.forms.completeness import Completeness
from hsdesk.forms.projection import project
from hsdesk.model.days import DaysTyped

PLAIN = form_of(
    "| survey | | | | | |\n| | type | name | label | required | bind::hs:was |\n"
    "| | text | name | 名称 | yes | title |\n| | text | boss | 负责人 | yes | |\n"
    "| | text | note | 备注 | | |\n"
    "| | begin_repeat | m | 成员 | | |\n| | text | who | 谁 | yes | |\n| | text | duty | 职务 | yes | |\n"
    "| | end_repeat | | | | |\n"
)
ASKING = form_of(
    "| survey | | | | | | |\n| | type | name | label | required | relevant | calculation |\n"
    "| | text | state | 状态 | yes | | |\n| | text | kind | 类 | | | |\n"
    "| | calculate | late | 晚 | | | if(${kind} = '急' and ${state} != '停', '1', '0') |\n"
    "| | text | why | 原因 | yes | ${late} = '1' | |\n| | text | who | 谁 | ${kind} = '急' | | |\n"
    "| | begin_group | g | 组 | | ${state} = '办' | |\n| | text | inside | 组内 | yes | | |\n"
    "| | end_group | | | | | |\n"
    "| | begin_repeat | m | 成员 | | | |\n| | text | paid | 付酬 | | | |\n"
    "| | text | sum | 多少 | yes | ${paid} = '是' | |\n| | end_repeat | | | | | |\n"
)


def counts(form, answers: dict[str, tuple[object, int]]) -> Completeness:
    """Count a record given its answers, each with the day on which it was typed."""
    days = {path: day for path, (_, day) in answers.items()}
    made = min(days.values())
    typed = DaysTyped(made, days if set(days.values()) != {made} else {})
    return project(form, {path: value for path, (value, _) in answers.items()}, Still(), typed).complete


def test_a_record_typed_in_one_day_has_nothing_later() -> None:
    found = counts(PLAIN, {"name": ("甲", 5), "m/x/who": ("乙", 5)})
    assert found == Completeness(4, 2)


def test_an_answer_counts_as_filled_from_the_day_of_its_present_value() -> None:
    found = counts(PLAIN, {"name": ("甲", 5), "boss": ("乙", 9), "note": ("丙", 12)})
    assert found == Completeness(2, 2, ((9, 0, 1),))


def test_a_roster_row_is_asked_about_from_the_day_it_was_added() -> None:
    found = counts(
        PLAIN, {"name": ("甲", 5), "m/x/_pos": ("a", 7), "m/x/who": ("乙", 8), "m/y/who": ("丙", 5)}
    )
    assert found == Completeness(6, 3, ((8, 0, 1), (7, 2, 0)))


def test_an_answer_typed_under_an_earlier_name_keeps_its_day() -> None:
    found = counts(PLAIN, {"note": ("丙", 5), "title": ("甲", 9)})
    assert found == Completeness(2, 1, ((9, 0, 1),))


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        # asked when the state was typed; typed before that, it counts from then
        ({"kind": ("普通", 1), "state": ("办", 6), "inside": ("好", 4)}, Completeness(2, 2, ((6, 1, 2),))),
        # behind a calculation over two answers; and required by a condition of its own
        (
            {"state": ("行", 1), "kind": ("急", 6), "why": ("病", 7)},
            Completeness(3, 2, ((7, 0, 1), (6, 2, 0))),
        ),
        # not asked at all
        ({"state": ("停", 1), "kind": ("普通", 6)}, Completeness(1, 1)),
        # each row by its own condition
        (
            {
                "state": ("停", 1), "m/x/paid": ("是", 2), "m/y/paid": ("是", 3), "m/y/_pos": ("a", 1),
                "m/x/sum": ("9", 4),
            },
            Completeness(3, 2, ((4, 0, 1), (3, 1, 0), (2, 1, 0))),
        ),
    ],
)  # fmt: skip
def test_a_conditional_answer_is_asked_from_the_day_its_condition_was_typed(
    answers: dict[str, tuple[object, int]], expected: Completeness
) -> None:
    assert counts(ASKING, answers) == expected
