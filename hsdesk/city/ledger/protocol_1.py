"""What desks of protocol 1 say in their own way: ops with one base revision, sets as plain values."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from hsdesk.city.ledger.history import Logged
from hsdesk.model.answer import SetDelta, Value, Written, generic
from hsdesk.records.form_shape import FormShape
from hsdesk.records.merge import has_seen
from hsdesk.records.op import Op, Seen
from hsdesk.records.parts import Mark, Part, are_equal


def is_older(op: Op) -> bool:
    """Tell whether an op is of a program that knew no hashes."""
    return op.wide and not op.nonce and not op.erases


def told_own(op: Op) -> Op:
    """Return an op that followed its record as one whose writer will be told of it.

    Its desk lets its copy go and wants the answer from the new place, which a device's own writings would not
    be: the epoch is turned negative, also that of the own ops which it had seen and which went the same way.
    """
    apart = {path: _negative(seen) for path, seen in op.apart.items()}
    return msgspec.structs.replace(op, epoch=-abs(op.epoch), apart=apart)


def _negative(seen: Seen) -> Seen:
    return msgspec.structs.replace(seen, epoch=-abs(seen.epoch))


def plain_sets(op: Op, part: Part | None, shape: FormShape) -> tuple[str, ...]:
    """Return the set-valued paths at which an op writes a plain value without having seen what is there."""
    found = []
    for path, written in op.answers.items():
        field = shape.fields.get(generic(path))
        mark = part.mark(path) if part else None
        if field is None or not field.holding.is_set or mark is None or isinstance(written, SetDelta):
            continue
        if part and not has_seen(op, path, mark) and not are_equal(part.answers[path], written):
            found.append(path)
    return tuple(found)


def as_delta(op: Op, path: str, logged: Iterable[Logged]) -> SetDelta:
    """Return a plain value of a set as what its writer added and removed; `logged` is latest first."""
    shown = [one for one in logged if path in one.answers and _saw(op, path, one)]
    before: tuple[str, ...] = ()
    for one in reversed(shown):
        written = one.answers[path]
        before = written.apply(before) if isinstance(written, SetDelta) else members(written)
    wanted = members(op.answers[path])
    return SetDelta(
        tuple(sorted(set(wanted) - set(before))),
        tuple(sorted(set(before) - set(wanted))),
    )


def _saw(op: Op, path: str, logged: Logged) -> bool:
    epoch = op.seen_of(path).epoch
    signed = -logged.epoch if epoch < 0 else logged.epoch
    mark = Mark(logged.rev, logged.hlc, logged.device, signed, logged.seq, logged.person)
    return has_seen(op, path, mark)


def members(written: Written | Value) -> tuple[str, ...]:
    """Return a plain value as the members of a set."""
    if isinstance(written, SetDelta):
        return written.apply(())
    if isinstance(written, tuple):
        return written
    return () if written in (None, "") else (str(written),)
