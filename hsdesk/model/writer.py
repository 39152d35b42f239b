"""Who types at a computer (填报人): a name, and the number by which what he typed names him.

The number is the computer's, made without asking anybody, so that a desk can be used before it is registered.
It is random: two copies of one file do not give the same number to two people.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Container

import msgspec

from hsdesk.errors import DataError
from hsdesk.model.clean_text import said

MOST_WRITERS = 200  # at one computer
LONGEST_NAME = 40  # characters
_FIRST, _COUNT = 100_000, 900_000


class Writer(msgspec.Struct, frozen=True, array_like=True, order=True):
    """One person at one computer."""

    number: int
    name: str


def new_number(taken: Container[int], random: Callable[[int], int] | None = None) -> int:
    """Return a number of six digits that is not taken. `random` gives a number below the one it is given.

    >>> new_number({100_000}, lambda most: 0)
    100001
    """
    return _free((random or secrets.randbelow)(_COUNT), taken)


def number_of_name(device: str, name: str, taken: Container[int]) -> int:
    """Return the number of a person whom programs before named in full: the same on desk and server.

    >>> number_of_name("d", "张三", ()) == number_of_name("d", "张三", {1}) != number_of_name("e", "张三", ())
    True
    """
    digest = hashlib.blake2b(f"{device} {name}".encode(), digest_size=8).digest()
    return _free(int.from_bytes(digest, "big") % _COUNT, taken)


def _free(start: int, taken: Container[int]) -> int:
    return next(n for n in (_FIRST + (start + more) % _COUNT for more in range(_COUNT)) if n not in taken)


def checked_name(text: str) -> str:
    """Return a person's name as it is kept. Raises DataError for none, or one that is no name."""
    name = said(text)
    if not name or len(name) > LONGEST_NAME or name.isdigit():
        raise DataError("请填写姓名，最多 {most} 个字，不能只是数字。", field="person", most=LONGEST_NAME)
    return name
