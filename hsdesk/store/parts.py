"""A record part (记录分部) as this file holds it, and what is asked of parts everywhere.

A record is split by class into parts. Who wrote what is one mark for the whole part plus exceptions, because
one row per answer costs six times the processor and four times the room.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol, TypeVar

import msgspec

from hsdesk.model.merge import Mark, Part, are_equal, part_digest
from hsdesk.model.op import Class, Value
from hsdesk.records.layers import in_epoch
from hsdesk.wire.messages import Row, Stamp

T = TypeVar("T")

_DECODER = msgspec.json.Decoder(Part)
_ENCODER = msgspec.json.Encoder()


def encoded(part: Part) -> bytes:
    """Return a confirmed part as the file keeps it."""
    return _ENCODER.encode(part)


def decoded(body: bytes, epochs: int = 0) -> Part:
    """Return a confirmed part as it counts when `epochs` server epochs have begun since it was written."""
    return in_epoch(_DECODER.decode(body), epochs)


def digest(record: str, part: Part) -> int:
    """Return a confirmed part's share of its stream's digest: what its stream said in the present epoch."""
    if part.base.rev > 0 and all(mark.rev > 0 for mark in part.others.values()):
        return part_digest(record, part.answers)
    told = {path: value for path, value in part.answers.items() if (part.mark(path) or part.base).rev > 0}
    return part_digest(record, told) if told or part.base.rev > 0 else 0


def part_of(row: Row) -> Part:
    """Return what a row of a page or a receipt says, as a part."""
    others = {path: mark_of(stamp) for path, stamp in row.others.items()}
    return Part(row.form, row.version, row.rev, row.answers, mark_of(row.stamp), others)


def mark_of(stamp: Stamp) -> Mark:
    """Return who wrote an answer, as a page says it: its device's own numbers are not told."""
    return Mark(stamp.rev, stamp.hlc, stamp.device, 0, 0, stamp.person)


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
    return {path: value for path, value in answers.items() if value is not None and value != ()}


CLASS_OF_NUMBER: tuple[Class, ...] = ("common", "party", "personal", "published")
CLASS_NUMBER: dict[Class, int] = {cls: number for number, cls in enumerate(CLASS_OF_NUMBER)}
