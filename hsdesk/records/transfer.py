"""Moving a record to another place (转移). Pure.

A record that moves keeps its answers and who gave them; the revisions are those of its new stream, and no
writer counts as having seen them, so that everybody is told.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from hsdesk.records.merge import has_seen, writers
from hsdesk.records.op import NOTHING, Op, Seen, covers
from hsdesk.records.parts import Mark, Part

_NOBODY = 0  # no device epoch: the first is 1


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
