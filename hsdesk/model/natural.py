"""Natural order (第2组 before 第10组): numbers in a text count by their value, the rest by its sound."""

from __future__ import annotations

import re
from functools import lru_cache

from hsdesk.model.pinyin import sort_key

RULES = 1  # to be raised when names sort otherwise: files keep orders made by it
_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100}
_WIDTH = 12  # digits; longer numbers sort as the texts they are
_NUMBER = re.compile(
    r"\d+|(?<=第)[〇零一二两三四五六七八九十百]+|[一二三四五六七八九十百]+(?=[组队号区片届期批栋楼级])"
)


@lru_cache(maxsize=1 << 15)  # a list is put in order again after every save
def natural_key(text: str) -> str:
    """Return what a list is sorted by: sounds, with numbers by their value.

    >>> sorted(["第10组", "第2组", "第一组"], key=natural_key)
    ['第一组', '第2组', '第10组']
    """
    return sort_key(_NUMBER.sub(_padded, text))


def _padded(found: re.Match[str]) -> str:
    written = found.group()
    value = int(written) if written.isdecimal() else number_of(written)
    return str(value).zfill(_WIDTH)


def number_of(written: str) -> int:
    """Return the value of a Chinese numeral below 1,000.

    >>> number_of("二十一"), number_of("十"), number_of("一百零五"), number_of("二〇")
    (21, 10, 105, 20)
    """
    if not set(written) & _UNITS.keys():
        return int("".join(str(_DIGITS[digit]) for digit in written))
    total, digit = 0, 0
    for character in written:
        if character in _UNITS:
            total, digit = total + (digit or 1) * _UNITS[character], 0
        else:
            digit = _DIGITS[character]
    return total + digit
