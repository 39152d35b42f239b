"""How stored answers are shown: labels for codes, sets joined, personal data as `forms.masking` says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from hsdesk.forms.masking import SCREEN, Showing, shown
from hsdesk.forms.schema import Form, Question
from hsdesk.forms.types import holding_of
from hsdesk.model.answer import Value

SET_MARK = "、"


class Wording(Protocol):
    """The words that stand for stored values on this desk."""

    def title_of(self, register: str, record: str) -> str:
        """Return the title of a referenced record or place, "" when it is not held here."""
        ...

    def labels_of(self, list_name: str) -> Mapping[str, str]:
        """Return the label of each code of a code list, withdrawn ones too."""
        ...


def display_value(
    form: Form, question: Question, value: Value, wording: Wording, showing: Showing = SCREEN
) -> str:
    """Return an answer as a person reads it, as much of it as this use shows (`forms.masking`).

    Codes become labels, references titles, attachments file names; sets are joined by 、.
    """
    return shown(form, question, worded(form, question, value, wording), showing)


def worded(form: Form, question: Question, value: Value, wording: Wording) -> str:
    """Return a whole answer in words, nothing hidden: whoever shows it passes it through `forms.masking`."""
    if value is None or value == "":
        return ""
    return SET_MARK.join(_one(form, question, item, wording) for item in _members(value))


def _members(value: Value) -> Iterable[str | int | float]:
    if isinstance(value, tuple):
        return value
    return () if value is None else (value,)


def _one(form: Form, question: Question, item: str | int | float, wording: Wording) -> str:
    if question.reference:
        return wording.title_of(question.reference, str(item)) or str(item)
    if question.list_name:
        return choice_label(form, question.list_name, str(item), wording)
    return holding_of(question).show(item)


def choice_label(form: Form, list_name: str, code: str, wording: Wording) -> str:
    """Return the label of a code, withdrawn ones too, from the form or a code list; else the code."""
    for choice in (*form.lists.get(list_name, ()), *form.withdrawn.get(list_name, ())):
        if choice.value == code:
            return choice.label.plain() or code
    return wording.labels_of(list_name).get(code, code)
