"""Chance that is the same in every run: each register of each place has dice of its own."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import TypeVar

Item = TypeVar("Item")

FIRST_YEAR = 2012
LAST_DAY = date(2025, 12, 31)  # nothing in the city happens later
SURNAMES = "汪程胡吴方江洪鲍许曹黄叶王张李潘凌郑姚余"
FIRST = "志建德文小秀桂丽晓玉永国美海春雅静宏长新云金水冬素翠思家宝兴"
SECOND = "强国胜彬红英兰娟燕莲平明芳峰生琴怡军林华霞珍福祥根贵文民洲山"
MARK = "（例）"
_PEOPLE = len(SURNAMES) * len(FIRST) * len(SECOND)
_STEP = 7919  # prime, so that the first `_PEOPLE` people of a register all have names of their own
_ID_WEIGHTS = tuple(2**power % 11 for power in range(17, 0, -1))
_ID_CHECKS = "10X98765432"
_USCC_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


class Dice:
    """Throws that depend on a name only. Built on `random.Random.random`, which no Python version changes."""

    __slots__ = ("roll",)

    def __init__(self, name: str) -> None:
        self.roll = random.Random(name).random  # noqa: S311 - invented data, nothing secret

    def below(self, limit: int) -> int:
        """Return 0 to limit less one."""
        return int(self.roll() * limit)

    def between(self, least: int, most: int) -> int:
        """Return least to most, both possible."""
        return least + int(self.roll() * (most - least + 1))

    def chance(self, share: float) -> bool:
        """Return True in this share of throws."""
        return self.roll() < share

    def yes(self, share: float) -> str:
        """Return "1" (是) in this share of throws, else "0"."""
        return "1" if self.roll() < share else "0"

    def pick(self, choices: Sequence[Item]) -> Item:
        """Return one of the choices, all alike."""
        return choices[int(self.roll() * len(choices))]

    def some(self, codes: Sequence[str], most: int) -> tuple[str, ...]:
        """Return 1 to `most` different codes, sorted."""
        return tuple(sorted({self.pick(codes) for _ in range(self.between(1, most))}))

    def day(self, first: str = "2012-01-01", last: str = "2025-12-31") -> str:
        """Return a day between two days, ISO text."""
        start, end = ordinal(first), ordinal(last)
        return day_text(start + int(self.roll() * (end - start + 1)))

    def later(self, day: str, days: int) -> str:
        """Return a day 1 to `days` after a day, at most the last day of the city."""
        return day_text(min(ordinal(day) + self.between(1, days), LAST_DAY.toordinal()))

    def birth_month(self, first: int = 1945, last: int = 1999) -> str:
        """Return 1975-08."""
        return f"{self.between(first, last)}-{self.between(1, 12):02d}"


@cache
def ordinal(day: str) -> int:
    """Return an ISO day as a number of days."""
    return date.fromisoformat(day).toordinal()


@cache
def day_text(number: int) -> str:
    """Return a number of days as an ISO day."""
    return date.fromordinal(number).isoformat()


@cache
def person(place: str, number: int) -> str:
    """Return the name of an invented person: in one place, another number is another name."""
    index = (int(place) * 31 + number * _STEP) % _PEOPLE
    rest, second = divmod(index, len(SECOND))
    surname, first = divmod(rest, len(FIRST))
    return f"{SURNAMES[surname]}{FIRST[first]}{SECOND[second]}{MARK}"


def phone(dice: Dice) -> str:
    """Return a mobile number that nobody can have."""
    return f"154{dice.below(100_000_000):08d}"


def identity_number(dice: Dice, birth: str, gender: str) -> str:
    """Return a number that meets GB 11643 for a month of birth, of a region that does not exist."""
    order = dice.below(499) * 2 + (1 if gender == "1" else 2)
    body = f"341099{birth[:4]}{birth[5:]}{dice.between(1, 28):02d}{order:03d}"
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, body, strict=True))
    return body + _ID_CHECKS[total % 11]


def credit_code(prefix: str, number: int) -> str:
    """Return a credit code that meets GB 32100, of a region that does not exist."""
    body = f"{prefix}341099MF{number % 10_000_000:07d}"
    values = map(_USCC_CHARACTERS.index, body)
    total = sum(weight * value for weight, value in zip(_USCC_WEIGHTS, values, strict=True))
    return body + _USCC_CHARACTERS[(31 - total % 31) % 31]
