"""A record part (记录分部) as this file holds it, and what is asked of parts everywhere.

A record is split by class into parts. Who wrote what is one mark for the whole part plus exceptions, because
one row per answer costs six times the processor and four times the room.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Protocol, TypeVar

import msgspec

from hsdesk.model.answer import (
    Class,
    Value,
)

DIGEST_MODULUS = 1 << 63
_DIGEST_BYTES = 5  # 40 bits, so that SQL can sum eight million parts in a 64-bit integer
_PLAIN = frozenset((str, int, type(None)))
_SORTED = msgspec.msgpack.Encoder(order="sorted")

T = TypeVar("T")


def same(left: Value, right: Value) -> bool:
    """Tell whether two answers are equal, empty ones of any kind included. 1 and 1.0 are equal, "1" is not.

    >>> same((), None), same(1, 1.0), same("1", 1)
    (True, True, False)
    """
    return are_equal(left, right)


def in_order(parts: Mapping[Class, T], main: str) -> list[T]:
    """Return the parts of a record, that of the form's own class last: it says whether the record is deleted.

    >>> in_order({"common": 1, "party": 2, "personal": 3}, "common")
    [2, 3, 1]
    """
    if len(parts) == 1:
        return list(parts.values())
    return [parts[cls] for cls in sorted(parts, key=lambda cls: (cls == main, cls))]


class Answered(Protocol):
    """A part, as a desk or a server holds it."""

    @property
    def answers(self) -> dict[str, Value]: ...


def joined(parts: Iterable[Answered]) -> dict[str, Value]:
    """Return the answers of all parts of a record by path, emptied ones among them."""
    answers: dict[str, Value] = {}
    for part in parts:
        answers.update(part.answers)
    return answers


def filled(answers: Mapping[str, Value]) -> dict[str, Value]:
    """Return the answers that are not empty.

    >>> filled({"a": None, "b": (), "c": 0})
    {'c': 0}
    """
    if all(answers.values()):  # the common case
        return dict(answers)
    return {path: value for path, value in answers.items() if value is not None and value != ()}


CLASS_OF_NUMBER: tuple[Class, ...] = ("common", "party", "personal", "published")
CLASS_NUMBER: dict[Class, int] = {cls: number for number, cls in enumerate(CLASS_OF_NUMBER)}


class Mark(msgspec.Struct, frozen=True, array_like=True):
    """Who wrote a value. `device` is "" when the value is a mixture that no single device has seen."""

    rev: int
    hlc: int
    device: str
    epoch: int
    seq: int
    person: str
    rank: int = 0  # level of the writer: village 0, township 1, county 2, city 3


class Part(msgspec.Struct, frozen=True, array_like=True):
    """The present state of one record part. Marks are compact: `base` holds for paths not in `others`."""

    form: str
    version: str
    rev: int
    answers: dict[str, Value]
    base: Mark
    others: dict[str, Mark] = {}
    members: dict[str, dict[str, tuple[Mark, ...]]] = {}  # set-valued path -> member -> who added it, unseen

    def mark(self, path: str) -> Mark | None:
        """Return who wrote the path last, or None if nobody did."""
        if path in self.others:
            return self.others[path]
        return self.base if path in self.answers else None


def part_digest(record: str, answers: Mapping[str, Value]) -> int:
    """Return 40 bits over a record part's answers, the same on every replica. Empty answers do not count.

    >>> part_digest("r", {"a": 1.0, "b": None, "c": ()}) == part_digest("r", {"a": 1})
    True
    """
    if _PLAIN.issuperset(map(type, answers.values())):
        filled = answers
        if not all(answers.values()):
            filled = {path: value for path, value in answers.items() if value or value == 0}
    else:
        filled = {path: _canonical(value) for path, value in answers.items() if not is_empty(value)}
    encoded = _SORTED.encode((record, filled))
    return int.from_bytes(hashlib.blake2b(encoded, digest_size=_DIGEST_BYTES).digest(), "big")


def is_empty(value: Value) -> bool:
    """Tell whether an answer holds nothing."""
    return value is None or value in ((), "")


def are_equal(left: Value, right: Value) -> bool:
    """Empty is empty, however it was emptied; 1 and 1.0 are equal, 1 and "1" are not."""
    return left == right or (is_empty(left) and is_empty(right))


def _canonical(value: Value) -> Value:
    return int(value) if type(value) is float and value.is_integer() else value
