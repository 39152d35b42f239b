"""What comes in through any door (keyboard, paste, spreadsheet cell, JSON) as the one text that is then read.

Nothing is guessed here: a number becomes the digits it stands for, a day its ISO text. A text is freed of
what has no place in one: control characters and non-characters go; half a character is refused, because the
other half is lost.
"""

from __future__ import annotations

import datetime as dt
import math

from hsdesk.errors import DataError
from hsdesk.forms.schema import Question
from hsdesk.model.answer import MAX_TEXT
from hsdesk.model.clean_text import cleaned, has_half_character, whole

# ruff: noqa: RUF001 (full-width signs are what this module folds)
Given = object  # None, str, bool, int, float, date, datetime, time, or a list of these

MAX_DIGITS = 15  # a spreadsheet and a double keep no more digits of a number
_SHOWN = 30  # characters of what was typed that a sentence repeats
_FOLD = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF1A)} | {
    ord("．"): ".", ord("－"): "-", ord("–"): "-", ord("−"): "-", ord("＋"): "+", ord("："): ":",
    ord("／"): "/", ord("％"): "%", ord("　"): " ", ord("\u00a0"): " ",
}  # fmt: skip


def name_of(question: Question) -> str:
    """Return what messages call an answer: its label, else its name."""
    return question.label.plain().strip() or question.name


def quoted(text: str) -> str:
    """Return what was typed as a sentence repeats it: printable, one line, not too long.

    >>> quoted("1" * 400)
    '111111111111111111111111111111…'
    """
    plain = " ".join(cleaned(whole(text[: 4 * _SHOWN])).split())
    return plain if len(plain) <= _SHOWN and len(text) <= 4 * _SHOWN else plain[:_SHOWN] + "…"


def folded(text: str) -> str:
    """Return text with full-width digits and signs of numbers and dates as half-width ones.

    >>> folded("２０２６／３／５")
    '2026/3/5'
    """
    return text if text.isascii() else text.translate(_FOLD)


def written(question: Question, given: Given) -> str:
    """Return what was given as text, "" when nothing was.

    Raises `DataError` for half a character, for NaN and infinity, and for what is no single value.
    """
    match given:
        case None:
            return ""
        case str():
            return _text(question, given)
        case bool():
            return "true" if given else "false"
        case int() | float():
            return _digits(question, given)
        case dt.datetime():
            return given.isoformat(sep=" ") if given.time() != dt.time() else given.date().isoformat()
        case dt.date() | dt.time():
            return given.isoformat()
        case _:
            raise DataError("“{name}”的写法不对。", name=name_of(question))


def _text(question: Question, text: str) -> str:
    if has_half_character(text):
        raise DataError(
            "“{name}”里有半个字符（可能是表情符号被截断了），请删去后重新填写。您填的是“{typed}”。",
            name=name_of(question),
            typed=quoted(text),
        )
    plain = cleaned(text).strip()
    if len(plain) > MAX_TEXT:
        raise DataError(
            "“{name}”最多写 {most} 字，现在有 {count} 字。请分几处写，或作为附件。",
            name=name_of(question),
            most=MAX_TEXT,
            count=len(plain),
        )
    return plain


def _digits(question: Question, number: float) -> str:
    if isinstance(number, int) and abs(number) < 10**MAX_DIGITS:
        return str(number)
    if abs(number) >= 10**MAX_DIGITS or not math.isfinite(number):
        raise DataError(
            "“{name}”的数字最多{most}位，再长的末几位不准。长号码请按文本填写。",
            name=name_of(question),
            most=MAX_DIGITS,
        )
    return _decimal_digits(question, float(number))


def _decimal_digits(question: Question, number: float) -> str:
    """Return the digits a float stands for: 0.1 × 3 is 0.3, as a spreadsheet shows it."""
    from decimal import Decimal

    short = f"{number:.{MAX_DIGITS}g}"
    if not math.isclose(float(short), number, rel_tol=2**-51, abs_tol=0.0):
        raise DataError(
            "“{name}”的数字最多{most}位，您填的是“{typed}”。",
            name=name_of(question),
            most=MAX_DIGITS,
            typed=repr(number),
        )
    plain = format(Decimal(short), "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
