"""What is typed at the keyboard in short, and when a code is complete.

Only for the keyboard: in a sheet or a command `+7` is no day of next week, and the one reader refuses it.
"""

from __future__ import annotations

import datetime as dt
import re

from hsdesk.errors import DataError
from hsdesk.forms.schema import Question
from hsdesk.forms.types.days import read_day
from hsdesk.forms.types.given import folded
from hsdesk.forms.types.spelling import spelt_mark
from hsdesk.model.identity import is_mobile

_NAMED = {"前天": -2, "昨天": -1, "昨日": -1, "今天": 0, "今日": 0, "明天": 1, "明日": 1, "后天": 2}
_FROM_TODAY = re.compile(rf"({'|'.join(_NAMED)}|[+-]\d{{1,5}})(?:\s*(\d{{1,2}}[:时点].*))?")
_DIGITS = re.compile(r"regex\(\s*\.\s*,\s*'\^\\d\{(\d+)\}\$'\s*\)")
_LENGTHS = {"id": 18, "phone": 11}


def spelt_out(question: Question, text: str, today: dt.date) -> str:
    """Return a day said from today on (今天, +7, -3) as the day it is; every other text as it stands.

    >>> spelt_out(Question("q", "q", "date", "date"), "+7", dt.date(2026, 12, 28))
    '2027-01-04'
    >>> spelt_out(Question("q", "q", "dateTime", "dateTime"), "明天 9:00", dt.date(2026, 12, 28))
    '2026-12-29 9:00'
    >>> spelt_out(Question("q", "q", "integer", "int"), "+7", dt.date(2026, 12, 28))
    '+7'
    """
    if question.data_type not in ("date", "dateTime"):
        return text
    found = _FROM_TODAY.fullmatch(folded(text).strip())
    if found is None or (found[2] is None) != (question.data_type == "date"):
        return text
    try:
        day = today + dt.timedelta(days=_NAMED[found[1]] if found[1] in _NAMED else int(found[1]))
    except OverflowError:
        return text
    return f"{day.isoformat()} {found[2]}" if found[2] else day.isoformat()


def is_complete(question: Question, text: str) -> bool:
    """Tell whether nothing can follow what is typed: the eight digits of a day, a whole number of a person.

    >>> is_complete(Question("q", "q", "date", "date"), "20201231")
    True
    """
    plain = folded(text)
    if question.data_type == "date":
        return len(plain) == 8 and plain.isdecimal() and _is_day(question, plain)
    length = _length(question)
    if not length or len(plain) != length:
        return False
    return is_mobile(plain) if length == _LENGTHS["phone"] and spelt_mark(question) == "phone" else True


def _length(question: Question) -> int:
    """Return how many characters every answer has, 0 when that is not said."""
    mark = spelt_mark(question)
    if mark in _LENGTHS:
        return _LENGTHS[mark]
    if question.hs.standard == "GB 32100":
        return 18
    found = _DIGITS.search(question.constraint)
    return int(found[1]) if found else 0


def _is_day(question: Question, text: str) -> bool:
    try:
        read_day(question, text)
    except DataError:
        return False
    return True
