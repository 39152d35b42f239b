"""The recovery code (恢复码): printed once, typed in when every passphrase is forgotten.

Eight groups of six digits: digits alone, because a code of letters copied by hand confuses O and 0, I and 1,
and an input method stands in the way. The first five digits of a group are random (together 40 digits, 132
bits), the sixth is a check digit (ISO 7064 MOD 11,10) that also depends on the group's place.
"""

from __future__ import annotations

import secrets
import unicodedata

from hsdesk.errors import WrongPassphrase

GROUPS = 8
_RANDOM_DIGITS = 5
_GROUP_DIGITS = 6


def new_code() -> str:
    """Return a fresh code as it is printed: 8 groups of 6 digits."""
    numbers = (f"{secrets.randbelow(10**_RANDOM_DIGITS):0{_RANDOM_DIGITS}d}" for _ in range(GROUPS))
    return "-".join(digits + _check_digit(place, digits) for place, digits in enumerate(numbers, 1))


def normal_code(typed: str) -> str:
    """Return the 48 digits of a code however it was typed: full-width, with spaces or dashes.

    Raises `WrongPassphrase` that names the first group copied wrongly.
    """
    digits = "".join(c for c in unicodedata.normalize("NFKC", typed) if c.isdecimal() and c.isascii())
    if len(digits) != GROUPS * _GROUP_DIGITS:
        raise WrongPassphrase(
            "恢复码应为 8 组、每组 6 个数字，现在共有 {count} 个数字。"
            "请对照打印的恢复码重新输入，资料没有改变。",
            count=len(digits),
        )
    for place in range(1, GROUPS + 1):
        group = digits[(place - 1) * _GROUP_DIGITS : place * _GROUP_DIGITS]
        if _check_digit(place, group[:_RANDOM_DIGITS]) != group[_RANDOM_DIGITS]:
            raise WrongPassphrase(
                "恢复码第 {place} 组抄错了，请对照打印的恢复码再看一遍，资料没有改变。", place=place
            )
    return digits


def _check_digit(place: int, digits: str) -> str:
    """Return the ISO 7064 MOD 11,10 check digit of the place followed by the digits.

    >>> _check_digit(0, "79462")[-1] == _check_digit(0, "79462"), len(_check_digit(3, "00000"))
    (True, 1)
    """
    product = 10
    for digit in map(int, f"{place}{digits}"):
        total = (product + digit) % 10 or 10
        product = total * 2 % 11
    return str((11 - product) % 10)
