"""What leaves a stream: values that are erased (清除), records that move to another place (转移). Pure.

Erasing holds whatever others typed meanwhile: the person asked to be forgotten. What is typed later in
knowledge of it counts again. A record that moves keeps its answers and who gave them; the revisions are those
of its new stream, and no writer counts as having seen them, so that everybody is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from hsdesk.model.merge import Mark, Part, has_seen
from hsdesk.model.op import DELETED, WHOLE, Op, Value, covers, erased_paths

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


def redacted(answers: Mapping[str, T], paths: tuple[str, ...]) -> dict[str, T | None]:
    """Return logged answers with what is erased emptied; that it was written stays known."""
    return {
        path: None if any(covers(erased, path) for erased in paths) else value
        for path, value in answers.items()
    }


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


def followed(op: Op, before: Part | None, into: str, rev: int) -> Op:
    """Return an op that came late, for the place its record has moved to at `rev`.

    `before` is the part as it left, if there was one. What the op had seen of its answers there, it has seen
    of the moved ones. Its epoch is turned negative: the file that wrote it lets its copy go and wants the
    answer from the new place, which a device's own writings would not be.
    """
    marks = [mark for path in op.answers if before and (mark := before.mark(path)) is not None]
    seen = all(has_seen(op, mark) for mark in marks)
    return msgspec.structs.replace(op, scope=into, base_rev=rev if seen else rev - 1, epoch=-abs(op.epoch))
