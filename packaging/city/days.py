"""The days since and until which answers hold, as the forms mark them; some are known, as in a real city."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import msgspec

from city.dice import Dice
from city.site import Answers
from hsdesk.forms.schema import questions
from hsdesk.forms.shipped import shipped_form
from hsdesk.model.answer import members

KNOWN, ENDED = 0.6, 0.4  # share of days that somebody has filled in, and of what is not so but was once


class Dated(msgspec.Struct, frozen=True):
    """An answer with its days: the codes that set it, () any; the keys of first and last day, "" for none."""

    name: str
    codes: tuple[str, ...]
    since: str = ""
    until: str = ""


@cache
def dated(form: str) -> tuple[Dated, ...]:
    """Return the answers of a form that have days."""
    found: dict[str, Dated] = {}
    for question in questions(shipped_form(form).children):
        for side, mark in (("since", question.hs.since), ("until", question.hs.until)):
            if mark:
                name, _, codes = mark.partition("=")
                one = found.setdefault(mark, Dated(name, tuple(codes.split())))
                found[mark] = msgspec.structs.replace(one, **{side: question.key})
    return tuple(found.values())


def give_days(form: str, answers: Answers, dice: Dice) -> None:
    """Add days to the answers of a record."""
    for one in dated(form):
        answers |= dict(_days(one, answers, dice))


def _days(one: Dated, answers: Answers, dice: Dice) -> Iterator[tuple[str, str]]:
    given = members(answers.get(one.name))
    first = str(answers.get("passed_on") or dice.day("2015-01-01", "2024-12-31"))
    last, chance = dice.later(first, 1500), dice.roll()
    is_set = bool(given) if not one.codes else not set(map(str, given)).isdisjoint(one.codes)
    is_asked = bool(given) or not one.codes
    ended = bool(one.until) and not is_set and is_asked and chance < ENDED
    if one.since and (ended or (is_set and chance < KNOWN)):
        yield one.since, first
    if ended:
        yield one.until, last
