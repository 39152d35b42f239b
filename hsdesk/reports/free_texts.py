"""Personal data in free text (最小采集): numbers of persons that were typed where a description belongs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import msgspec

from hsdesk.errors import DataError, Missing
from hsdesk.forms.masking import mark_of
from hsdesk.forms.schema import Form, Item, Question, questions, repeats
from hsdesk.forms.shipped import index
from hsdesk.forms.types import type_of
from hsdesk.model.personal import Kind, numbers
from hsdesk.registers.contract import RegisterRecord, Registers

_MEANT_FOR_NUMBERS = ("code", "uscc", "_no")  # numbers, but none of persons
_OF_PERSONS = ("id", "phone", "text")  # marks of questions that ask for numbers of persons
_SENTENCES: dict[Kind, str] = {
    "id": "里像是写了身份证号，请删去或遮住，只写事情",
    "mobile": "里像是写了手机号，请删去或遮住，只写事情",
    "bank": "里像是写了银行卡号，请删去或遮住，只写事情",
}


class Hint(msgspec.Struct, frozen=True):
    """A free text that seems to hold personal data."""

    register: str
    record: RegisterRecord
    path: str
    label: str
    sentence: str


def hint(text: str, today: date) -> str:
    """Return what personal data a free text seems to hold, as a sentence; "" for none.

    >>> hint("走访3户,反映路灯不亮", date(2026, 11, 22))
    ''
    """
    found = numbers(text, today)
    return _SENTENCES[found[0].kind] if found else ""


def free_texts(form: Form) -> tuple[Question, ...]:
    """Return the answers of a form where descriptions are typed, not numbers."""
    return _free(form, form.children)


def _free(form: Form, items: tuple[Item, ...]) -> tuple[Question, ...]:
    return tuple(
        question
        for question in questions(items)
        if type_of(question).is_prose
        and not question.calculation
        and mark_of(form, question) not in _OF_PERSONS
        and not any(part in question.key for part in _MEANT_FOR_NUMBERS)
    )


def roster_texts(form: Form) -> dict[str, tuple[Question, ...]]:
    """Return the answers of each roster where descriptions are typed."""
    return {roster.key: _free(form, roster.children) for roster in repeats(form.children)}


def hints(registers: Registers, places: Sequence[str], today: date, register: str = "") -> Iterator[Hint]:
    """Yield each free text that seems to hold personal data."""
    for name in index():
        if register in ("", name):
            yield from _hints_of(registers, name, places, today)


def _hints_of(registers: Registers, name: str, places: Sequence[str], today: date) -> Iterator[Hint]:
    try:
        form = registers.form(name)
    except (DataError, Missing):  # this form is not installed here
        return
    asked, rosters = free_texts(form), roster_texts(form)
    for record in registers.records(name, places) or ():
        for question in asked:
            value = record.values.get(question.key)
            sentence = hint(value, today) if isinstance(value, str) else ""
            if sentence:
                yield Hint(name, record, question.key, question.label.plain(), sentence)
        yield from _in_rosters(name, record, rosters, today)


def _in_rosters(
    name: str, record: RegisterRecord, rosters: Mapping[str, tuple[Question, ...]], today: date
) -> Iterator[Hint]:
    for key, asked in rosters.items():
        for number, row in enumerate(record.rosters.get(key, ()), start=1):
            for question in asked:
                sentence = hint(row.get(question.key, ""), today)
                if sentence:
                    yield Hint(name, record, key, f"第{number}行{question.label.plain()}", sentence)
