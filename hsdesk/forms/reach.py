"""What a change of some answers can change in the effective row of a record."""

from __future__ import annotations

import msgspec

from hsdesk.forms.projection import fields, is_plain, rosters
from hsdesk.forms.schema import Form, Item
from hsdesk.forms.versions import renames_of

_ALWAYS = "true()"


class Reach(msgspec.Struct, frozen=True):
    """The answers that the changed columns and title are made of; whether title and counts may change.

    From which day on an answer is asked depends on when any answer was typed: where some must be there, every
    edit may change the counts.
    """

    keys: frozenset[str]
    title: bool
    counts: bool


def reach(form: Form, paths: frozenset[str]) -> Reach | None:
    """Return what follows from a change of answers that no roster holds; None: perhaps the whole row.

    In a form without relevance and calculation a column depends on nothing but its own answer.
    """
    asked = tuple(fields(form.children))
    if not paths <= {question.key for question in asked} or not is_plain(form) or renames_of(form):
        return None
    titled = {question.key for question in asked if question.hs.title}
    titled = titled or {question.key for question in asked if question.type == "text"}
    required = {question.key for question in asked if question.required == _ALWAYS}
    if any(_must_fill(roster.children) for roster in rosters(form.children)):
        return None
    title = bool(paths & titled)
    return Reach(paths | (titled if title else set()), title, counts=bool(required))


def _must_fill(items: tuple[Item, ...]) -> bool:
    own = any(question.required == _ALWAYS for question in fields(items))
    return own or any(_must_fill(roster.children) for roster in rosters(items))
