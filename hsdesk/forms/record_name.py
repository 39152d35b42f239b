"""A form's own name for a record (`instanceName`), with what one's own screen hides hidden in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from hsdesk.forms.live.record import LiveRecord
from hsdesk.forms.masking import SCREEN, shown, treatment
from hsdesk.forms.schema import Form, Question
from hsdesk.model.answer import Value
from hsdesk.model.masking import HIDDEN

_WORD = re.compile(r"[\w.-]+")


def hidden_in_name(form: Form, asked: Iterable[Question]) -> tuple[Question, ...]:
    """Return the questions of which a form's name speaks and which the screen does not show in full."""
    named = set(_WORD.findall(form.instance_name))
    return tuple(
        question
        for question in asked
        if question.name in named and treatment(form, question, SCREEN) != "open"
    )


def own_name(record: LiveRecord) -> str:
    """Return what a form calls a record, "" for nothing."""
    meta = record.root.children.get("meta")
    named = meta[0].children.get("instanceName") if meta else None
    return str(named[0].value) if named else ""


def covered(
    form: Form,
    name: str,
    hidden: Iterable[Question],
    row: Mapping[str, Value],
    words: Callable[[Question], str],
) -> str:
    """Return a name as the screen shows it; an answer of `row` stands in it as it is stored or in `words`.

    Where an answer was worked into the name in another way, all of the name is hidden.
    """
    for question in hidden:
        value = row.get(question.key)
        said = [text for text in (words(question), str(value)) if text] if value is not None else []
        found = next((text for text in said if text in name), None)
        if found is not None:
            name = name.replace(found, shown(form, question, found, SCREEN))
        elif said:
            return HIDDEN
    return name
