"""The one way in which a number of a person, an organization or a telephone is written and stored.

What the question asks decides, not what stands in the text: `hs:person` or its constraint says it. A text
that is no such number stays as it was typed, and the constraint says what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Literal

from hsdesk.errors import DataError
from hsdesk.forms.schema import Question
from hsdesk.forms.types.days import FIRST_YEAR
from hsdesk.forms.types.given import folded, name_of, quoted
from hsdesk.model.identity import half_width, id_check_digit, is_mobile
from hsdesk.model.masking import Mark

Spelling = Callable[[Question, str], str]  # raises DataError for what a spreadsheet has damaged

_BLANKS = re.compile(r"[\s\u200b-\u200f\u2060'’`]+")
_ID = re.compile(r"\d{15}|\d{17}[\dX]", re.ASCII)
_CREDIT = re.compile(r"[0-9A-Z]{18}")
_PREFIX = re.compile(r"(?:\+|00)?86(?=1\d{10}$)|(?:\+|00)86(?=0?\d{9,})")
_LANDLINE = re.compile(r"(0(?:10|2\d|[3-9]\d\d))?([2-9]\d{6,7})(?:-(\d{1,6}))?", re.ASCII)
_MONTH = re.compile(
    r"(\d{4})(?:\s*[-/.]\s*(\d{1,2})(?:\s*[-/.]\s*\d{1,2})?|\s*年\s*(\d{1,2})\s*月(?:\s*\d{1,2}\s*日)?"
    r"|(\d{2})(?:\d{2})?)",
    re.ASCII,
)


def as_typed(_question: Question, text: str) -> str:
    """Return the text itself."""
    return text


def id_number(question: Question, text: str) -> str:
    """Return a citizen's number (GB 11643) without blanks, half-width, its x as X."""
    number = re.sub(r"[-－]", "", _BLANKS.sub("", half_width(text))).upper()
    if not _ID.fullmatch(number):
        return text
    if number.endswith("000") and len(number) == 18 and id_check_digit(number[:17]) != "0":
        raise DataError(
            "“{name}”末三位是000且校验码不对，可能在表格软件里损坏了，请照证件重新填写。",
            field=question.key,
            name=name_of(question),
        )
    return number


def credit_code(_question: Question, text: str) -> str:
    """Return a 统一社会信用代码 (GB 32100) without blanks, half-width, in capitals."""
    code = re.sub(r"[-－]", "", _BLANKS.sub("", half_width(text))).upper()
    return code if _CREDIT.fullmatch(code) else text


def telephone(_question: Question, text: str) -> str:
    """Return a telephone number as it is dialled here: 11 digits, or area code, dash, number.

    >>> from hsdesk.forms.schema import Question
    >>> asked = Question("phone", "phone", "text")
    >>> telephone(asked, "+86 138-1234-5678"), telephone(asked, "（０５５９）2512345")
    ('13812345678', '0559-2512345')
    """
    plain = re.sub(r"[\u2010-\u2015\uff0d]", "-", _BLANKS.sub("", half_width(text)))
    digits = _PREFIX.sub("", re.sub(r"[-()]", "", plain))
    if is_mobile(digits):
        return digits
    joined = re.sub(r"^\(?(0\d{2,3})[-)]+", r"\1", _PREFIX.sub("", plain))
    found = _LANDLINE.fullmatch(joined)
    return "-".join(part for part in found.groups() if part) if found else text


def year_month(question: Question, text: str) -> str:
    """Return a year and a month as 1975-08; the day of a whole date is not asked for."""
    found = _MONTH.fullmatch(folded(text))
    month = next((int(part) for part in found.groups()[1:] if part), 0) if found else 0
    if found is None or not 1 <= month <= 12 or int(found[1]) < FIRST_YEAR:
        raise DataError(
            "“{name}”要填年月，例如 1975-08；您填的是“{typed}”。",
            field=question.key,
            name=name_of(question),
            typed=quoted(text),
        )
    return f"{found[1]}-{month:02}"


def spelling_of(question: Question) -> Spelling:
    """Return how the text of a question is spelt."""
    return _spelling(question.hs.person.rpartition(".")[2], question.constraint, question.hs.mask)


def spelt_mark(question: Question) -> Mark | Literal[""]:
    """Return what `hs:mask` says of a question, else what kind of number it asks for; "" for none."""
    if question.hs.mask:
        return question.hs.mask
    return next((mark for mark, spelling in _MARKS.items() if spelling is spelling_of(question)), "")


_MARKS: dict[Mark, Spelling] = {"id": id_number, "phone": telephone, "day": year_month}


@lru_cache(maxsize=1024)
def _spelling(person: str, constraint: str, mask: str) -> Spelling:
    by_person: dict[str, Spelling] = {"id_no": id_number, "phone": telephone, "birth_ym": year_month}
    if person in by_person:
        return by_person[person]
    by_constraint: dict[str, Spelling] = {
        "hs:id-valid(.)": id_number,
        "hs:uscc-valid(.)": credit_code,
        "^1[3-9]\\d{9}$": telephone,
    }
    by_mask: dict[str, Spelling] = {"id": id_number, "phone": telephone}
    meant = by_mask.get(mask, as_typed)
    return next((spelling for mark, spelling in by_constraint.items() if mark in constraint), meant)
