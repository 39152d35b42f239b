"""Numbers of persons in free text (最小采集): citizens' numbers, mobile numbers, bank cards.

What is judged is format and check digit, so that credit codes (GB 32100), grid codes of 15 digits, dates and
order numbers stay unremarked: citizens by GB 11643, bank cards by ISO/IEC 7812-1 (Luhn). A number that is
said to be an identity number (身份证号：…) is one though a digit was mistyped. A credit code is no citizen's
number: what stands where the date of birth would be begins with the end of its region, 21 of 341021. Nor is
an order number that begins with a day of 19.. or 20..: no province has such a number, though now and then
one holds a date of birth and a right check digit by chance.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Literal

import msgspec

from hsdesk.model.identity import IdNumber, half_width, is_mobile, read_id_number

Kind = Literal["id", "mobile", "bank"]

_RUN = re.compile(r"(?<![A-Za-z0-9*])(?<!\d\.)\d(?:[ \-]?\d)*[Xx]?(?![A-Za-z0-9*])")
_WHOLE = re.compile(r"\d+[Xx]?")
_SAID_ID = re.compile(r"(身份证|公民身份)[^\d，。；]{0,8}$")
_SAID_CARD = re.compile(r"(卡|帐|账)[^\d，。；]{0,6}$")
_SAID_OTHER = re.compile(r"(编号|单号|订单|流水|文号|凭证|发票|合同|代码|编码|票号)[^\d，。；]{0,4}$")
_OLD_OR_MISTYPED = (15, 17, 18)
# GB/T 2260, the provinces (83: 台湾居民居住证); 9 begins the number of a 外国人永久居留身份证 since 2023.
_PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9")
_KEPT: dict[Kind, tuple[int, int]] = {"id": (6, 4), "mobile": (3, 4), "bank": (4, 4)}


class Number(msgspec.Struct, frozen=True):
    """A number of a person and where it stands in the text."""

    kind: Kind
    start: int
    end: int


def numbers(text: str, today: date) -> tuple[Number, ...]:
    """Return the numbers of persons in a text, first one first.

    >>> [one.kind for one in numbers("汪小明34102119650212001X，138 1234 5678", date(2026, 11, 22))]
    ['id', 'mobile']
    >>> numbers("网格341021101204001，信用代码52341021MJA1234565，2026-11-22办结", date(2026, 11, 22))
    ()
    """
    plain = half_width(text)  # one character for one: places stay
    return tuple(number for run in _RUN.finditer(plain) for number in _in_run(plain, run, today))


def hidden(text: str, today: date) -> str:
    """Return a text with the middle of each number of a person hidden.

    >>> hidden("身份证341021199002120019，请核对", date(2026, 11, 22))
    '身份证341021********0019，请核对'
    """
    characters = list(text)
    for number in numbers(text, today):
        places = [at for at in range(number.start, number.end) if text[at].isalnum()]
        front, back = _KEPT[number.kind]
        for at in places[front : len(places) - back]:
            characters[at] = "*"
    return "".join(characters)


def _in_run(plain: str, run: re.Match[str], today: date) -> Iterator[Number]:
    """Read digits in groups as one number; where they are none, each group for itself."""
    kind = _kind(plain[: run.start()], re.sub(r"[ \-]", "", run.group()), today)
    if kind:
        yield Number(kind, *run.span())
        return
    for group in _WHOLE.finditer(run.group()):
        start = run.start() + group.start()
        kind = _kind(plain[:start], group.group(), today)
        if kind:
            yield Number(kind, start, start + len(group.group()))


def _kind(before: str, number: str, today: date) -> Kind | None:
    if _is_id(before, number, today):
        return "id"
    if _SAID_OTHER.search(before):
        return None
    if is_mobile(number):
        return "mobile"
    return "bank" if _is_card(before, number) else None


def _is_id(before: str, number: str, today: date) -> bool:
    if len(number) in _OLD_OR_MISTYPED and _SAID_ID.search(before):
        return True
    issued = len(number) == 18 and _PROVINCE.match(number) is not None
    return issued and isinstance(read_id_number(number, today), IdNumber)


def _is_card(before: str, number: str) -> bool:
    """Tell whether this is a bank card: UnionPay's begin with 62, others are believed where 卡 is said."""
    if not (number.isdigit() and 16 <= len(number) <= 19 and _luhn(number)):
        return False
    return number.startswith("62") or (number[0] in "345" and _SAID_CARD.search(before) is not None)


def _luhn(number: str) -> bool:
    """Return whether the check digit holds.

    >>> _luhn("6222021234567890128"), _luhn("6222021234567890127")
    (True, False)
    """
    digits = [int(digit) for digit in reversed(number)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
