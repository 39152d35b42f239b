"""Numbers that identify: citizens (GB 11643), organizations (GB 32100), telephones, and our own records.

The checks are our own where a library is wrong for this place: python-stdnum's `cn.ric` rejects the numbers
of people born here before the city was founded in 1987. Length, characters, check digit and date decide;
the region is a hint only.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from datetime import date
from typing import Literal
from uuid import UUID

import msgspec

Sex = Literal["1", "2"]  # GB/T 2261.1: 1 男, 2 女
IdFault = Literal["old", "length", "characters", "check", "date", "damaged"]

_WEIGHTS = tuple(2**power % 11 for power in range(17, 0, -1))  # ISO 7064 MOD 11-2
_CHECK_DIGITS = "10X98765432"
_FIRST_YEAR = 1900
_LOCAL_PREFIXES = ("3410", "342701", "342723", "342724", "342725", "342726", "342727")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(0\d{2,3}-?)?[2-9]\d{6,7}(-\d{1,6})?")
_FAULTS: dict[IdFault, str] = {
    "old": "这是15位旧号码，请填18位新号码。",
    "length": "身份证号应为18位，现在是{length}位。",
    "characters": "身份证号前17位应为数字，末位为数字或X。",
    "check": "身份证号校验码不对，请逐位核对。",
    "date": "身份证号里的出生日期不对，请核对第7至14位。",
    "damaged": "末三位是000，号码可能在表格软件里损坏了，请照证件重新填写。",
}


class IdNumber(msgspec.Struct, frozen=True):
    """What a valid citizen's number says. `local` is a hint: issued in Huangshan or former 徽州地区."""

    number: str
    birth: date
    sex: Sex
    local: bool


class IdProblem(msgspec.Struct, frozen=True):
    """Why a number is not a valid citizen's number, and the sentence for the person who typed it."""

    fault: IdFault
    message: str


def half_width(text: str) -> str:
    """Return text with full-width letters, digits and spaces as half-width ones.

    >>> half_width("３４１０２１ ｘ")
    '341021 x'
    """
    return text.translate(_FULL_WIDTH)


def read_id_number(text: str, today: date) -> IdNumber | IdProblem:
    """Read a citizen's number (公民身份号码, GB 11643) as people type it.

    Length, characters, check digit (ISO 7064 MOD 11-2) and the date (1900 to today) decide. A number of
    15 digits is asked to be replaced, never completed by us.

    >>> read_id_number("34102119650212001X", date(2026, 11, 22)).birth
    datetime.date(1965, 2, 12)
    """
    number = re.sub(r"[\s'’]", "", half_width(text)).upper()
    fault = _fault(number, today)
    if fault:
        return IdProblem(fault, _FAULTS[fault].format(length=len(number)))
    return IdNumber(
        number=number,
        birth=_birth(number) or today,
        sex="1" if int(number[16]) % 2 else "2",
        local=number.startswith(_LOCAL_PREFIXES),
    )


def _fault(number: str, today: date) -> IdFault | None:
    if re.fullmatch(r"\d{15}", number):
        return "old"
    if len(number) != 18:
        return "length"
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return "characters"
    birth = _birth(number)
    if birth is None or birth.year < _FIRST_YEAR or birth > today:
        return "date"
    if id_check_digit(number[:17]) != number[17]:
        return "damaged" if number.endswith("000") else "check"
    return None


def _birth(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def id_check_digit(body: str) -> str:
    """Return the last character for the first 17 digits.

    >>> id_check_digit("34102119650212001")
    'X'
    """
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True))
    return _CHECK_DIGITS[total % 11]


def is_credit_code(text: str) -> bool:
    """Return whether this is a valid 统一社会信用代码 (GB 32100): characters and check digit.

    The first two characters are not judged: those of village committees are not published.
    """
    from stdnum.cn import uscc

    code = half_width(text).strip().upper()
    return len(code) == 18 and bool(uscc.is_valid(code))


def is_mobile(text: str) -> bool:
    """Return whether this is a mobile number of the mainland: 11 digits, 13 to 19 in front."""
    return _MOBILE.fullmatch(text) is not None


def is_phone(text: str) -> bool:
    """Return whether this is a mobile or landline number, with or without area code and extension.

    >>> is_phone("0559-2512345"), is_phone("13812345678"), is_phone("110")
    (True, True, False)
    """
    return is_mobile(text) or _LANDLINE.fullmatch(text) is not None


def new_id(
    now: Callable[[], float] = time.time,
    random: Callable[[int], bytes] = os.urandom,
) -> str:
    """Return a UUIDv7 as text: 48 bits of Unix milliseconds, then 74 random bits.

    `now` gives seconds since 1970, `random` so many random bytes; both can be replaced to be repeatable.

    >>> new_id(lambda: 1.5, bytes)
    '00000000-05dc-7000-8000-000000000000'
    """
    stamp = int(now() * 1000) & ((1 << 48) - 1)
    tail = int.from_bytes(random(10), "big")
    value = stamp << 80 | 0x7 << 76 | (tail >> 68) << 64 | 0b10 << 62 | tail & ((1 << 62) - 1)
    return str(UUID(int=value))
