"""Answers between three shapes: what is stored, what an expression sees, what a person types.

Stored (`model.op.Value`): int, float, text, ISO text for dates, a tuple for a set, None when empty.
In the tree (`xpath.tree.Node.value`): "" when empty, dates as `date` and `datetime`, a set joined by blanks,
an attachment as its file name.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable

from hsdesk.errors import DataError
from hsdesk.forms.schema import Question
from hsdesk.forms.xpath.values import Value as Seen
from hsdesk.forms.xpath.values import plain_moment, to_text
from hsdesk.model.attachment import Attachment, read_attachment
from hsdesk.model.op import Value

# ruff: noqa: RUF001 (full-width signs are what this module folds)
_FOLD = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF1A)} | {
    ord("．"): ".", ord("－"): "-", ord("–"): "-", ord("：") : ":", ord("／"): "/", ord("　"): " ",
    ord("，"): ",",
}  # fmt: skip
_DATE = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$")
_COMPACT_DATE = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_TIME = re.compile(r"^(\d{1,2})[:时](\d{1,2})分?(?:[:](\d{1,2})(?:\.(\d{1,6}))?)?\s*(Z|[+-]\d{2}:?\d{2})?$")
_INTEGER = re.compile(r"^[+-]?\d+$")
_DECIMAL = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)$")
_MAX_INTEGER = 2**53


class FileName(str):
    """An attachment as expressions see it: its file name. Two of one name are equal if their content is.

    >>> FileName(Attachment("0" * 64, 1, "a.pdf")) == "a.pdf"
    True
    >>> FileName(Attachment("0" * 64, 1, "a.pdf")) == FileName(Attachment("1" * 64, 1, "a.pdf"))
    False
    """

    __slots__ = ("answer",)
    answer: str

    def __new__(cls, attachment: Attachment) -> FileName:
        name = super().__new__(cls, attachment.name)
        name.answer = str(attachment)
        return name

    def __eq__(self, other: object) -> bool:
        return self.answer == other.answer if isinstance(other, FileName) else str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


def seen(question: Question, value: Value) -> Seen:
    """Return what expressions see of a stored value. Text that does not fit the type stays text."""
    if value is None or value == ():
        return ""
    if isinstance(value, tuple):
        return " ".join(value)
    if isinstance(value, str):
        attachment = read_attachment(value) if question.data_type == "binary" else None
        return seen_text(question, value) if attachment is None else FileName(attachment)
    return _seen_number(question, value)


def _seen_number(question: Question, value: float) -> Seen:
    match question.data_type:
        case "int":
            return int(value) if float(value).is_integer() else float(value)
        case "decimal":
            return float(value)
        case _:
            return to_text(value)


def seen_text(question: Question, text: str) -> Seen:
    """Return what expressions see of a text from an XForm, a trace or a table."""
    if text == "":
        return ""
    match question.data_type:
        case "int" if _INTEGER.match(text):
            return int(text)
        case "int" | "decimal":
            return _number(text)
        case "date":
            return _seen_date(text)
        case "dateTime":
            return _seen_moment(text)
        case _:
            return text


def _number(text: str) -> Seen:
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) else text


def _seen_date(text: str) -> Seen:
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        return text


def _seen_moment(text: str) -> Seen:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return _seen_date(text)
    return moment.astimezone() if moment.tzinfo is None else moment


def kept(question: Question, value: Seen) -> Value:
    """Return what is stored for a value of the tree."""
    if value == "" or value is None:
        return None
    if question.data_type == "select":
        return tuple(sorted(dict.fromkeys(to_text(value).split())))
    if isinstance(value, FileName):
        return value.answer
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value if question.data_type in ("int", "decimal") else to_text(value)
    if isinstance(value, dt.datetime) and question.data_type == "dateTime":
        return value.isoformat(timespec="milliseconds")
    return to_text(value)


def computed(question: Question, value: object) -> Seen:
    """Return what a calculation leaves in the tree (JavaRosa's `Recalculate.wrapData`).

    Empty text and NaN are empty; truth values are stored as text; a date for a date question keeps its day.
    """
    if isinstance(value, float):
        return _computed_number(question, value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return value.date() if question.data_type == "date" else plain_moment(value)
    if isinstance(value, dt.date | int):
        return value
    return seen_text(question, str(value))


def _computed_number(question: Question, number: float) -> Seen:
    if not math.isfinite(number):
        return "" if math.isnan(number) else to_text(number)
    if question.data_type == "date":
        return dt.date(1970, 1, 1) + dt.timedelta(days=int(number))
    return int(number) if number.is_integer() and abs(number) < _MAX_INTEGER else number


def parse(question: Question, text: str) -> Value:
    """Return the stored value of what a person typed; full-width digits are folded.

    Raises `DataError` with a Chinese message when it does not fit the type.
    """
    typed = text.strip()
    if typed == "":
        return None
    parser = _PARSERS.get(question.data_type)
    if parser is not None:
        return parser(question, typed)
    return text if question.type == "text" else typed


def name_of(question: Question) -> str:
    """Return what messages call an answer: its label, else its name."""
    return question.label.plain().strip() or question.name


def _wrong(question: Question, what: str) -> DataError:
    return DataError("“{name}”要填{what}。", field=question.key, name=name_of(question), what=what)


def _parse_integer(question: Question, text: str) -> int:
    folded = text.translate(_FOLD).replace(",", "")
    if not _INTEGER.match(folded) or abs(int(folded)) > _MAX_INTEGER:
        raise _wrong(question, "整数，例如 12")
    return int(folded)


def _parse_decimal(question: Question, text: str) -> float:
    folded = text.translate(_FOLD).replace(",", "")
    if not _DECIMAL.match(folded):
        raise _wrong(question, "数字，例如 12.5")
    return float(folded)


def _parse_date(question: Question, text: str) -> str:
    folded = text.translate(_FOLD)
    found = _DATE.match(folded) or _COMPACT_DATE.match(folded)
    try:
        return dt.date(*(int(part) for part in found.groups())).isoformat() if found else _iso_day(folded)
    except ValueError as error:
        raise _wrong(question, "日期，例如 2026-03-15") from error


def _iso_day(text: str) -> str:
    return dt.date.fromisoformat(text).isoformat()


def _parse_time(question: Question, text: str) -> str:
    found = _TIME.match(text.translate(_FOLD))
    try:
        if found is None:
            raise ValueError(text)
        hour, minute, second, fraction, zone = found.groups()
        moment = dt.time(int(hour), int(minute), int(second or 0), int((fraction or "0").ljust(6, "0")))
    except ValueError as error:
        raise _wrong(question, "时间，例如 08:30") from error
    return moment.isoformat(timespec="milliseconds") + (zone or "")


def _parse_moment(question: Question, text: str) -> str:
    folded = text.translate(_FOLD)
    day, _, clock = folded.replace("T", " ").partition(" ")
    try:
        moment = dt.datetime.fromisoformat(folded)
    except ValueError:
        date = _parse_date(question, day)
        moment = dt.datetime.fromisoformat(f"{date}T{_parse_time(question, clock or '00:00')}")
    aware = moment.astimezone() if moment.tzinfo is None else moment
    return aware.isoformat(timespec="milliseconds")


def _parse_set(_question: Question, text: str) -> tuple[str, ...]:
    return tuple(sorted(dict.fromkeys(re.split(r"[\s,，、;；]+", text))))


_PARSERS: dict[str, Callable[[Question, str], Value]] = {
    "int": _parse_integer,
    "decimal": _parse_decimal,
    "date": _parse_date,
    "time": _parse_time,
    "dateTime": _parse_moment,
    "select": _parse_set,
}


def shown(question: Question, value: Value) -> str:
    """Return a stored value as text for an input field.

    >>> from hsdesk.forms.schema import Question
    >>> shown(Question("n", "n", "decimal", "decimal"), 3.0)
    '3'
    """
    if value is None:
        return ""
    if isinstance(value, tuple):
        return " ".join(value)
    if question.data_type == "binary" and (attachment := read_attachment(value)):
        return attachment.name
    return value if isinstance(value, str) else to_text(value)
