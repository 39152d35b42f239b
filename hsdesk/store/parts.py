"""A record part (记录分部) as this file holds it: its answers, and who wrote them.

A record is split by class into parts. Who wrote what is one stamp for the whole part plus exceptions, because
one row per answer costs six times the processor and four times the room.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol, TypeVar

import msgspec

from hsdesk.model.merge import part_digest
from hsdesk.model.op import MOVED_TO, Class, Op, SetDelta, Value, Written
from hsdesk.wire.messages import Row, Stamp

T = TypeVar("T")


class HeldPart(msgspec.Struct, frozen=True, array_like=True):
    """One part. `rev`: of the last page row that covered it, 0 if none did. `stamp` holds but for `others`.

    A stamp with revision 0 is an edit made here that no page has confirmed yet. `refused` names the answers
    of set-aside ops (暂存待改), which stay as they were typed, with what the city server holds instead.
    """

    form: str
    version: str
    rev: int
    answers: dict[str, Value]
    stamp: Stamp
    others: dict[str, Stamp] = {}
    refused: dict[str, Value] = {}

    def stamp_of(self, path: str) -> Stamp | None:
        """Return who wrote an answer last, or None if nobody did."""
        if path in self.others:
            return self.others[path]
        return self.stamp if path in self.answers else None


_DECODER = msgspec.json.Decoder(HeldPart)
_ENCODER = msgspec.json.Encoder()


def encoded(part: HeldPart) -> bytes:
    """Return a part as the file keeps it."""
    return _ENCODER.encode(part)


def decoded(body: bytes, rev: int) -> HeldPart:
    """Return a part as it was kept. `rev` lies beside it, because another server epoch sets it to 0."""
    part = _DECODER.decode(body)
    return part if part.rev == rev else msgspec.structs.replace(part, rev=rev)


def digest(record: str, part: HeldPart) -> int:
    """Return the part's share of its stream's digest: of what the city server holds, or will."""
    if not part.refused:
        return part_digest(record, part.answers)
    known = filled({**part.answers, **part.refused})
    return part_digest(record, known) if known or part.rev else 0


def members(value: Value) -> tuple[str, ...]:
    """Return the members of a set-valued answer.

    >>> members(None), members("a"), members(("a", "b"))
    ((), ('a',), ('a', 'b'))
    """
    match value:
        case tuple():
            return value
        case None | "":
            return ()
        case _:
            return (str(value),)


def value_after(old: Value, written: Written) -> Value:
    """Return what an answer holds after it was written to."""
    return written.apply(members(old)) if isinstance(written, SetDelta) else written


def after_edit(
    part: HeldPart | None, form: str, version: str, values: Mapping[str, Value], stamp: Stamp
) -> HeldPart:
    """Return the part after an edit made here."""
    if part is None:
        return HeldPart(form, version, 0, dict(values), stamp)
    answers = {**part.answers, **values}
    if len(answers) == len(values):  # every answer is new
        return HeldPart(form, version, part.rev, answers, stamp, {}, part.refused)
    others = {**part.others, **dict.fromkeys(values, stamp)}
    return HeldPart(form, version, part.rev, answers, part.stamp, others, part.refused)


def after_receipt(part: HeldPart, before: Mapping[str, Value], op: Op, *, taken: bool) -> HeldPart:
    """Return the part after the city server took an op or set it aside; ops come in seq order."""
    refused = dict(part.refused)
    for path in op.answers:
        if path == MOVED_TO:  # never kept
            continue
        if taken:
            refused.pop(path, None)
        else:
            refused.setdefault(path, before.get(path))
    return msgspec.structs.replace(part, refused=refused)


def after_row(part: HeldPart | None, row: Row) -> HeldPart:
    """Return the part after a row of a page: it names only changed answers, all others stay."""
    if part is None:
        return HeldPart(row.form, row.version, row.rev, row.answers, row.stamp, row.others)
    if part.refused:
        return _beside_refused(part, row)
    answers = {**part.answers, **row.answers}
    if len(answers) == len(row.answers):
        return HeldPart(row.form, row.version, row.rev, answers, row.stamp, row.others)
    others = {**part.others, **dict.fromkeys(row.answers, row.stamp), **row.others}
    return HeldPart(row.form, row.version, row.rev, answers, part.stamp, others)


def _beside_refused(part: HeldPart, row: Row) -> HeldPart:
    """Let refused answers stay where the row only repeats what the server had held all along."""
    stay = {path for path, value in part.refused.items() if same(row.answers.get(path, value), value)}
    news = {path: value for path, value in row.answers.items() if path not in stay}
    stamps = {**dict.fromkeys(news, row.stamp), **{p: s for p, s in row.others.items() if p in news}}
    return HeldPart(
        row.form, row.version, row.rev, {**part.answers, **news}, part.stamp, {**part.others, **stamps},
        {path: value for path, value in part.refused.items() if path in stay},
    )  # fmt: skip


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


def same(left: Value, right: Value) -> bool:
    """Tell whether two answers are equal, empty ones of any kind included. 1 and 1.0 are equal, "1" is not.

    >>> same((), None), same(1, 1.0), same("1", 1)
    (True, True, False)
    """
    return left == right or (_empty(left) and _empty(right))


def _empty(value: Value) -> bool:
    return value is None or value in ((), "")


CLASS_OF_NUMBER: tuple[Class, ...] = ("common", "party", "personal", "published")
CLASS_NUMBER: dict[Class, int] = {cls: number for number, cls in enumerate(CLASS_OF_NUMBER)}
