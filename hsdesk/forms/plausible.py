"""Figures that differ so much from what stood before that a slip of the hand is likely: one digit too many.

By the type of the question and a factor; a small difference is never told, whatever the factor.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from hsdesk.forms.schema import Form, Question, questions
from hsdesk.forms.types import type_of
from hsdesk.model.answer import Value


class Rule(msgspec.Struct, frozen=True):
    """The larger figure is at least `factor` times the smaller, and they lie at least `apart`."""

    factor: float
    apart: float


class Leap(msgspec.Struct, frozen=True):
    """A figure far from the one before: the last value, or that of an earlier period (`period` not "")."""

    path: str
    before: Value
    now: Value
    period: str = ""


class Earlier(msgspec.Struct, frozen=True):
    """The figures of a period that went before."""

    period: str
    figures: Mapping[str, Value]


RULES: Mapping[str, Rule] = {"int": Rule(5, 50), "decimal": Rule(5, 50)}


def is_leap(question: Question, before: Value, now: Value) -> bool:
    """Tell whether an answer is far from the one before. A first figure, or one after 0, is no leap.

    >>> n = Question("n", "n", "integer", "int")
    >>> is_leap(n, 1603, 20000), is_leap(n, 1603, 160), is_leap(n, 3, 30), is_leap(n, 0, 900)
    (True, True, False, False)
    """
    rule = RULES.get(question.data_type)
    numbers = [abs(one) for one in (before, now) if isinstance(one, int | float)]
    if rule is None or len(numbers) < 2 or not numbers[0]:
        return False
    small, large = sorted(numbers)
    return large - small >= rule.apart and large >= rule.factor * small


def is_compared(question: Question) -> bool:
    """Tell whether an answer is typed as a figure: not what the form works out, nor a slider."""
    return question.data_type in RULES and type_of(question).is_figure and not question.calculation


def carried(form: Form) -> tuple[Question, ...]:
    """Return the figures that are set beside those of the last period (`hs:carry`)."""
    if not form.event:
        return ()
    return tuple(one for one in questions(form.children) if one.hs.carry and is_compared(one))


def last_before(period: str, others: Iterable[Earlier]) -> Earlier | None:
    """Return the latest of other periods before one, of its kind: a quarter is not set beside a year.

    >>> last_before("2020Q2", [Earlier("2020Q1", {}), Earlier("2019Q4", {}), Earlier("2019", {})]).period
    '2020Q1'
    """
    before = [one for one in others if _kind(one.period) == _kind(period) and one.period < period]
    return max(before, key=lambda one: one.period, default=None)


def _kind(period: str) -> str:
    return "".join("0" if sign.isdecimal() else sign for sign in period[:5])
