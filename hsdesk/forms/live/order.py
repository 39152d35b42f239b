"""Fractional order keys (`_pos`): a text between two texts, so that one row moves and the others stay."""

from __future__ import annotations

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE = len(_DIGITS)
_WIDTH = 4


def between(before: str, after: str) -> str:
    """Return a key above `before` and below `after`; "" means no bound. Keys compare as ASCII text.

    >>> between("", ""), between("V", ""), between("", "V"), between("V", "W")
    ('V', 'V01', 'G', 'VV')
    """
    if not after:
        return _above(before)
    if before >= after:  # two devices chose the same key: the row id decides, this one goes behind
        return before + "V"
    result = ""
    place = 0
    while True:
        low = _DIGITS.index(before[place]) if place < len(before) else 0
        high = _DIGITS.index(after[place]) if place < len(after) else _BASE
        if high - low > 1:
            return result + _DIGITS[(low + high + 1) // 2]
        result += _DIGITS[low]
        if high > low:
            return result + _above(before[place + 1 :])
        place += 1


def _above(key: str) -> str:
    """Return a key above `key` by counting up its first four digits: keys stay short for 100,000 rows."""
    if not key:
        return "V"
    number = 0
    for digit in key[:_WIDTH].ljust(_WIDTH, "0"):
        number = number * _BASE + _DIGITS.index(digit)
    number += _BASE
    if number >= _BASE**_WIDTH:
        return key + "V"
    return _text(number)


def _text(number: int) -> str:
    digits = []
    for _ in range(_WIDTH):
        number, digit = divmod(number, _BASE)
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits)).rstrip("0")
