"""What leaves a stream: values that are erased (清除), records that move to another place (转移). Pure.

Erasing holds whatever others typed meanwhile: the person asked to be forgotten. What is typed later in
knowledge of it counts again. A record that moves keeps its answers and who gave them; the revisions are those
of its new stream, and no writer counts as having seen them, so that everybody is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from hsdesk.model.chain import hash_of
from hsdesk.model.merge import Mark, Part, has_seen, writers
from hsdesk.model.op import DELETED, NOTHING, WHOLE, Op, Seen, Value, covers, erased_paths

T = TypeVar("T")
_NOBODY = 0  # no device epoch: the first is 1


def without_erased(part: Part | None, op: Op, mark: Mark) -> Part:
    """Return the part after an erasing op: what it names is empty, and so is what it held before."""
    paths = erased_paths(op)
    if part is None or paths == (WHOLE,):
        emptied: dict[str, Value] = dict.fromkeys(part.answers if part else op.answers)
        reason = op.answers.get(DELETED)
        if isinstance(reason, str):
            emptied[DELETED] = reason
        return Part(op.form, part.version if part else op.version, mark.rev, emptied, mark)
    return Part(
        part.form,
        part.version,
        mark.rev,
        {**part.answers, **dict.fromkeys(paths)},
        part.base,
        {**part.others, **dict.fromkeys(paths, mark)},
        {path: members for path, members in part.members.items() if path not in paths},
    )


def redacted_op(op: Op, paths: tuple[str, ...]) -> Op:
    """Return an op without the values that are erased, and without its nonce; its hash stays the same.

    It writes nothing at these paths any more, not even an empty answer: somebody may have answered since.
    """
    gone = tuple(path for path in op.answers if any(covers(erased, path) for erased in paths))
    if not gone:
        return op
    return msgspec.structs.replace(
        op,
        answers={path: value for path, value in op.answers.items() if path not in gone},
        redacted=tuple(sorted({*op.redacted, *gone})),
        nonce=b"",
        kept_hash=hash_of(op),
    )


def redacted(answers: Mapping[str, T], paths: tuple[str, ...]) -> dict[str, T | None]:
    """Return logged answers with what is erased emptied; that it was written stays known."""
    return {
        path: None if any(covers(erased, path) for erased in paths) else value
        for path, value in answers.items()
    }


class Arrived(msgspec.Struct, frozen=True):
    """Where a record went, and at which revision of that stream, in which server epoch, it arrived."""

    into: str
    rev: int
    server_epoch: str


def moved(part: Part, rev: int) -> Part:
    """Return the part as it begins in another stream, at revision `rev`."""
    return Part(
        part.form,
        part.version,
        rev,
        part.answers,
        _arrived(part.base, rev),
        {path: _arrived(mark, rev) for path, mark in part.others.items()},
        {
            path: {member: tuple(_arrived(mark, rev) for mark in marks) for member, marks in members.items()}
            for path, members in part.members.items()
        },
    )


def _arrived(mark: Mark, rev: int) -> Mark:
    return msgspec.structs.replace(mark, rev=rev, epoch=_NOBODY)


def followed(op: Op, before: Part | None, fences: Mapping[str, Mark], departure: Arrived) -> Op:
    """Return an op that came late, as one for the place its record has moved to.

    `before` is the part as it left, if there was one; `fences` are the erasures it had there, by path. What
    the op had seen of both, it has seen of what arrived.
    """
    named = {*op.answers, *op.apart, *(before.answers if before and op.wide else ())}
    rev = departure.rev

    def seen(path: str) -> Seen:
        marks = writers(before, path) if before else ()
        erased = (mark for erased, mark in fences.items() if covers(erased, path))
        known = all(has_seen(op, path, mark) for mark in (*marks, *erased))
        return msgspec.structs.replace(op.seen_of(path), rev=rev if known else rev - 1)

    return msgspec.structs.replace(
        op,
        scope=departure.into,
        seen=NOTHING,
        apart={path: seen(path) for path in named},
        wide=False,
        server_epoch=departure.server_epoch,
    )
