"""The two layers of a record part on a desk: what the city said, and own ops in order, replayed over it.

*Confirmed* is a `Part` whose marks carry the revision of each answer in the stream it lies in. Words arrive
in any order and twice; per path the higher revision stays. A revision of an earlier server epoch means
nothing any more, and what the stream of another place said of a record that moved is worth less than any word
of the new one: both are kept below zero (`of_earlier_epoch`, `carried`), in their order.

*Pending* are own ops until a receipt carries the state they led to. What is shown, searched, counted and
printed is both together (`shown`); what showing it makes seen is `seen`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import msgspec

from hsdesk.model.answer import MOVED_TO, SetDelta, Value, Written, value_after
from hsdesk.records.op import NOTHING, Op, Seen, covers, erased_paths
from hsdesk.records.parts import Mark, Part

_EPOCH = 1 << 44  # how far below the present epoch the one before it lies
_CARRIED = 1 << 42  # how far below a stream's own words lies what another stream said


class Pending(msgspec.Struct, frozen=True):
    """An own op that waits. `again`: the city had it once, before it was restored to an earlier state."""

    op: Op
    again: bool = False


class Here(msgspec.Struct, frozen=True):
    """Where and when ops are replayed: the place, the device and the server epoch of this file."""

    scope: str
    device: str
    server_epoch: str


def of_earlier_epoch(rev: int, epochs: int) -> int:
    """Return a revision as it counts when `epochs` server epochs have begun since."""
    return rev - epochs * _EPOCH


def carried(rev: int) -> int:
    """Return a revision of the stream that a record left as it counts in the one it went to."""
    return rev - _CARRIED if rev > 0 else rev


def is_carried(rev: int) -> bool:
    """Tell whether a revision was given by the stream that the record has left, in whatever epoch."""
    return rev < 0 and rev % _EPOCH >= _EPOCH - _CARRIED


def is_of_earlier_epoch(rev: int) -> bool:
    """Tell whether a revision was given before the server was last restored."""
    return rev <= _CARRIED - _EPOCH


def in_epoch(part: Part, epochs: int) -> Part:
    """Return a confirmed part as it counts when `epochs` server epochs have begun since it was written."""
    if not epochs:
        return part

    def later(mark: Mark) -> Mark:
        return msgspec.structs.replace(mark, rev=of_earlier_epoch(mark.rev, epochs))

    return msgspec.structs.replace(
        part, base=later(part.base), others={path: later(mark) for path, mark in part.others.items()}
    )


def confirmed(part: Part | None, told: Part) -> Part:
    """Return a confirmed part after a word of the city: per path the higher revision stays."""
    if part is None:
        return told
    if _is_newer_whole(part, told) or (not part.answers and told.base.rev > part.base.rev):
        return told
    news = {path: told.mark(path) or told.base for path in told.answers if _is_news(part, told, path)}
    if not news:
        return _said_anew(part, told) if part.base.rev <= 0 < told.base.rev else part
    answers = {**part.answers, **{path: told.answers[path] for path in news}}
    newer = told.rev >= part.rev
    return Part(
        told.form if newer else part.form,
        told.version if newer else part.version,
        max(part.rev, told.rev),
        answers,
        part.base,
        {**part.others, **news},
    )


def _said_anew(part: Part, told: Part) -> Part:
    """Return a part known from before of which the city says now that it is there, without any answer."""
    marks = {path: part.mark(path) or part.base for path in part.answers}
    return Part(part.form, part.version, told.rev, part.answers, told.base, marks)


def _is_newer_whole(part: Part, told: Part) -> bool:
    """Tell whether a word names all answers of a part anew: the common case of a repeated first load."""
    if part.others or told.others or not told.base.rev > part.base.rev >= 0:
        return False
    return told.answers.keys() >= part.answers.keys()


def _is_news(part: Part, told: Part, path: str) -> bool:
    known, said = part.mark(path), told.mark(path)
    return known is None or said is None or said.rev > known.rev


def shown(part: Part | None, pending: Sequence[Pending]) -> Part | None:
    """Return a part as a person sees it; None when nothing is known of it."""
    if not pending:
        return part
    if part is None and (made := _made(pending[0].op)) is not None:
        return shown(made, pending[1:])
    last = pending[-1].op
    answers = dict(part.answers) if part else {}
    others = dict(part.others) if part else {}
    base = part.base if part else _mark(pending[0].op)
    for op, path, written in _replayed(part, pending):
        answers[path] = value_after(answers.get(path), written)
        mark = _mark(op)
        if part is None and mark == base:
            others.pop(path, None)
        else:
            others[path] = mark
    return Part(last.form, last.version, part.rev if part else 0, answers, base, others)


def _made(op: Op) -> Part | None:
    """Return the part that one plain op makes: the common case of a record typed and not sent yet."""
    if op.erases or MOVED_TO in op.answers or SetDelta in map(type, op.answers.values()):
        return None
    answers: dict[str, Value] = op.answers  # type: ignore[assignment]
    return Part(op.form, op.version, 0, answers, _mark(op))


def seen(
    part: Part | None, pending: Sequence[Pending], here: Here, paths: Collection[str] | None = None
) -> dict[str, Seen]:
    """Return by path what a screen that shows a part makes seen, for all or only for those of `paths`."""
    known = part.answers if part else ()
    found = (
        {path: _confirmed_seen(part, path, here) for path in known if paths is None or path in paths}
        if part
        else {}
    )
    for op, path, written in _replayed(part, pending):
        if paths is not None and path not in paths:
            continue
        was = found.get(path, NOTHING)
        found[path] = (
            Seen(was.rev, op.epoch, op.seq) if isinstance(written, SetDelta) else _own(op, path, was, here)
        )
    return found


def _confirmed_seen(part: Part, path: str, here: Here) -> Seen:
    mark = part.mark(path) or part.base
    if mark.rev > 0:
        return Seen(mark.rev)
    if mark.device == here.device and mark.epoch > 0 and not is_of_earlier_epoch(mark.rev):
        return Seen(0, mark.epoch, mark.seq)
    return NOTHING


def _own(op: Op, path: str, was: Seen, here: Here) -> Seen:
    """Return what the value of an own op makes seen: what its author saw, and itself if it saw `was`."""
    known = op.seen_of(path)
    rev = known.rev if (op.server_epoch, op.scope) == (here.server_epoch, here.scope) else 0
    return Seen(rev, *own_shown(op, path, was))


def own_shown(op: Op, path: str, was: Seen) -> tuple[int, int]:
    """Return the own op (epoch, seq) that the value of `op` shows: itself, if its author saw the one before.

    `was`: what stood there before it.
    """
    known = op.seen_of(path)
    saw_last = not was.seq or (known.epoch == was.epoch and known.seq >= was.seq)
    return (op.epoch, op.seq) if saw_last else (known.epoch, known.seq)


def misses_own(part: Part | None, op: Op, path: str) -> bool:
    """Tell whether own ops that the city confirmed at a path were not on the screen of an op's author.

    The op then shows no more than its author saw. Of a set every own op counts, whoever wrote last.
    """
    mark = part.mark(path) if part else None
    if mark is None or mark.rev <= 0:
        return False
    known, is_own = op.seen_of(path), (mark.device, mark.epoch) == (op.device, op.epoch)
    if known.rev >= mark.rev or (is_own and known.epoch == mark.epoch and known.seq >= mark.seq):
        return False
    return is_own or isinstance(op.answers[path], SetDelta)


def _replayed(part: Part | None, pending: Sequence[Pending]) -> Iterator[tuple[Op, str, Written]]:
    """Yield what pending ops write, in order.

    What was offered again is not replayed over an answer of an earlier server epoch: that includes it.
    """
    known = set(part.answers) if part else set()
    for one in pending:
        for path, written in _writes(one.op, known):
            if one.again and part and path in part.answers and _is_older(part, path):
                continue
            known.add(path)
            yield one.op, path, written


def _is_older(part: Part, path: str) -> bool:
    return is_of_earlier_epoch((part.mark(path) or part.base).rev)


def _writes(op: Op, known: set[str]) -> list[tuple[str, Written]]:
    if MOVED_TO in op.answers:  # the record stays as it is until the city says where it is
        return []
    written = list(op.answers.items())
    if not op.erases:
        return written
    erased = erased_paths(op)
    covered = sorted(path for path in known if any(covers(one, path) for one in erased))
    return [*((path, None) for path in covered if path not in op.answers), *written]


def _mark(op: Op) -> Mark:
    return Mark(0, op.hlc, op.device, op.epoch, op.seq, op.person)
