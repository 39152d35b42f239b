"""Personal data in free text (最小采集): numbers of persons that were typed where a description belongs."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache

from hsdesk.errors import DataError, Missing
from hsdesk.forms.schema import Form, Question, questions
from hsdesk.model.identity import IdNumber, half_width, is_mobile, read_id_number
from hsdesk.model.resource import resource_dir
from hsdesk.reports.registers import Record, Registers

_LONG_NUMBER = re.compile(r"(?<!\d)(\d{17}[\dXx])(?!\d)")
_MOBILE_LIKE = re.compile(r"(?<!\d)(1\d{10})(?!\d)")
_MEANT_FOR_NUMBERS = ("id_no", "phone", "contact", "guardian", "code", "uscc", "_no")


def hint(text: str, today: date) -> str:
    """Return what personal data a free text seems to hold, as a sentence; "" for none.

    >>> hint("走访3户,反映路灯不亮", date(2026, 11, 22))
    ''
    """
    plain = half_width(text)
    if any(isinstance(read_id_number(found, today), IdNumber) for found in _LONG_NUMBER.findall(plain)):
        return "里像是写了身份证号，请删去，只写事情"
    if any(is_mobile(found) for found in _MOBILE_LIKE.findall(plain)):
        return "里像是写了手机号，请删去，只写事情"
    return ""


def free_texts(form: Form) -> tuple[Question, ...]:
    """Return the answers of a form where descriptions are typed, not numbers."""
    return tuple(
        question
        for question in questions(form.children)
        if question.type == "text"
        and not question.calculation
        and not any(part in question.key for part in _MEANT_FOR_NUMBERS)
    )


@cache
def shipped_registers() -> tuple[str, ...]:
    """Return the registers that the program carries."""
    with (resource_dir() / "forms" / "index.csv").open(encoding="utf-8-sig", newline="") as lines:
        return tuple(row["form_id"] for row in csv.DictReader(lines))


def hints(
    registers: Registers, places: Sequence[str], today: date, register: str = ""
) -> Iterator[tuple[str, Record, Question, str]]:
    """Yield (register, record, question, sentence) for each free text that seems to hold personal data."""
    for name in shipped_registers():
        if register in ("", name):
            yield from _hints_of(registers, name, places, today)


def _hints_of(
    registers: Registers, name: str, places: Sequence[str], today: date
) -> Iterator[tuple[str, Record, Question, str]]:
    try:
        asked = free_texts(registers.form(name))
    except (DataError, Missing):  # this form is not installed here
        return
    for record in registers.records(name, places) or ():
        for question in asked:
            value = record.values.get(question.key)
            sentence = hint(value, today) if isinstance(value, str) else ""
            if sentence:
                yield name, record, question, sentence
