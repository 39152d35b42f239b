"""Answers that must hold on a day (起止日期): predicates over the days that a form names for its answers.

A form of an earlier version names no days: its answers are then taken as they are now.
"""

from __future__ import annotations

import msgspec

from hsdesk.forms.schema import Form, Question, questions
from hsdesk.forms.types import holding_of


class Held(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer that must hold, written as forms write it in `hs:since`: `is_sw=1`, or `uscc` for any.

    `known` and `since` name another day on which it began at the latest: a predicate that there is one, and
    one that it has come. A certificate makes a social worker from its own day on.
    """

    answer: str
    known: str = ""
    since: str = ""

    @property
    def name(self) -> str:
        return self.answer.partition("=")[0].strip()

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(self.answer.partition("=")[2].split())


def holds(held: Held, form: Form) -> str:
    """Return the predicate that an answer holds on the day that `today()` means.

    Where its first day is not known it counts as it is now.
    """
    first, last = _days(held, form)
    begun = [f"{first} != '' and {first} <= today()"] if first else []
    begun += [f"({held.known}) and {held.since}"] if held.known else []
    begun += [_undated(held, first)]
    rule = " or ".join(f"({one})" for one in begun) if len(begun) > 1 else ""
    return " and ".join(filter(None, (_there(held, form, last), rule and f"({rule})")))


def unknown(held: Held, form: Form) -> str:
    """Return the predicate that an answer counts on the day only because it is so now (按今天的内容)."""
    first, last = _days(held, form)
    undated = _undated(held, first)
    return " and ".join(filter(None, (_there(held, form, last), undated and f"({undated})")))


def _there(held: Held, form: Form, last: str) -> str:
    """Return the predicate that an answer is set now, or was until after the day."""
    now = " or ".join(_set(held, form))
    return f"({now} or ({last} != '' and {last} > today()))" if last else f"({now})"


def _set(held: Held, form: Form) -> tuple[str, ...]:
    question = _asked(form).get(held.name)
    is_set = question is not None and holding_of(question).is_set
    if not held.codes:
        return (f"count-selected({held.name}) > 0" if is_set else f"{held.name} != ''",)
    return tuple(
        f"selected({held.name}, '{code}')" if is_set else f"{held.name} = '{code}'" for code in held.codes
    )


def _undated(held: Held, first: str) -> str:
    """Return the predicate that no first day is known."""
    rules = [f"{first} = ''"] if first else []
    rules += [f"not({held.known})"] if held.known else []
    return " and ".join(rules)


def _days(held: Held, form: Form) -> tuple[str, str]:
    """Return the keys of the first day of an answer and of the day it ended; "" where the form has none."""
    wanted = (held.name, frozenset(held.codes))
    first = last = ""
    for key, question in _asked(form).items():
        if question.hs.since and _read(question.hs.since) == wanted:
            first = key
        if question.hs.until and _read(question.hs.until) == wanted:
            last = key
    return first, last


def _asked(form: Form) -> dict[str, Question]:
    return {question.key: question for question in questions(form.children)}


def _read(mark: str) -> tuple[str, frozenset[str]]:
    held = Held(mark)
    return held.name, frozenset(held.codes)
