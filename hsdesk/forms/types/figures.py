"""Digits as people write them: the part that whole and decimal numbers share."""

from __future__ import annotations

import math
import re
from decimal import Decimal

from hsdesk.errors import DataError
from hsdesk.forms.schema import Question
from hsdesk.forms.types.given import MAX_DIGITS, folded, name_of, quoted

# ruff: noqa: RUF001 (full-width signs are what is refused here)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?", re.ASCII)
_UNIT = re.compile(r"(?<=[\d.])\s*([^\d\s.,]+)$")
_COUNTED = frozenset("人户个家次名岁位组条件场本支处间座项")  # they change no figure
_BRACKETS = re.compile(r"[（(]\s*(?:单位[:：]\s*)?([^（()）]+?)\s*[)）]")
_COMMAS = (",", "，", "、", "٫", "‚", "’", "'")


def read_figure(question: Question, text: str, wanted: str) -> Decimal:
    """Return the number a text says, exactly. Raises `DataError` with what was typed and what is wanted.

    Digits may be full-width. `1,234` is grouped by thousands; any other comma is refused, since it may stand
    for a decimal point. A unit may follow when it only counts (52 人) or when the question itself names it.
    """
    plain = _without_unit(question, folded(text))
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    if not _NUMBER.fullmatch(plain):
        raise _not_a_number(question, text, plain, wanted)
    if len(_significant(plain)) > MAX_DIGITS:
        raise DataError(
            "“{name}”的数字最多{most}位，您填的是“{typed}”。",
            field=question.key,
            name=name_of(question),
            most=MAX_DIGITS,
            typed=quoted(text),
        )
    return Decimal(plain)


def _significant(plain: str) -> str:
    """Return the digits that count: of 0012.50 they are 125."""
    before, _, after = plain.lstrip("+-").partition(".")
    return (before + after.rstrip("0")).lstrip("0")


def _without_unit(question: Question, text: str) -> str:
    found = _UNIT.search(text)
    if found is None:
        return text
    return text[: found.start()] if found[1] in _COUNTED or found[1] in units_of(question) else text


def units_of(question: Question) -> frozenset[str]:
    """Return the units that the label of a question names in brackets: 资金(万元) is in 万元.

    >>> from hsdesk.forms.schema import Label
    >>> sorted(units_of(Question("n", "n", "decimal", label=Label({"": ("占比（%）",)}))))
    ['%']
    """
    return frozenset(folded(unit) for unit in _BRACKETS.findall(question.label.plain()))


def _not_a_number(question: Question, text: str, plain: str, wanted: str) -> DataError:
    name, typed = name_of(question), quoted(text)
    if _is_number_but_for(plain, _COMMAS):
        return DataError(
            "“{name}”里的逗号看不出是小数点还是分节号。小数点请用“.”，例如 3.5；您填的是“{typed}”。",
            field=question.key,
            name=name,
            typed=typed,
        )
    if plain.endswith("%") and _NUMBER.fullmatch(plain.rstrip("% ")):
        return DataError(
            "“{name}”不是按百分数填的，请只填数字；您填的是“{typed}”。",
            field=question.key,
            name=name,
            typed=typed,
        )
    return DataError(
        "“{name}”要填{what}；您填的是“{typed}”。",
        field=question.key,
        name=name,
        what=wanted,
        typed=typed,
    )


def _is_number_but_for(plain: str, signs: tuple[str, ...]) -> bool:
    bare = plain
    for sign in signs:
        bare = bare.replace(sign, "")
    return bare != plain and _NUMBER.fullmatch(bare) is not None


def finite(text: str) -> str | float:
    """Return the number a text from a file says, the text itself when it is none or has no end."""
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) else text
