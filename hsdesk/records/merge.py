"""Merging an op into a record part, answer by answer. Pure: the city server runs it, tests run it.

The rule for one path:

- the op had seen the path's last writing: its revision is at most the one that stood on the author's screen,
  or the last writer is the same device, in the epoch of the own op shown there, with at most its seq. Then
  the op's value is applied. People never count: one person on two laptops has not seen both; nor does an
  earlier op of the same laptop count that the page did not show (an import, an undo, a second window).
- the value is equal: nothing.
- else a *dispute*: one value holds, the other is kept in the conflict list. By default the later clock holds
  (readings count at most 5 minutes ahead of the server's clock), then the larger device id; a field may say
  "township" (the higher level holds) or "ask" (what was there first holds until a person chooses).

Members of a set-valued answer are merged one by one; adding wins over a concurrent removal. An edit beats a
concurrent deletion, of the record or of the roster row it lies in, and the deletion goes to the conflict
list.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from hsdesk.model.answer import (
    DELETED,
    POSITION,
    SetDelta,
    Value,
    Written,
    deletions_above,
    members,
    value_after,
)
from hsdesk.model.clock import clamped
from hsdesk.records.conflict import Candidate
from hsdesk.records.op import Op
from hsdesk.records.parts import Mark, Part, are_equal, is_empty

Policy = Literal["", "later", "township", "ask"]


class Dispute(msgspec.Struct, frozen=True):
    """Two values of one path; neither writer had seen the other's. `seen_rev`: what the later op had seen."""

    path: str
    holds: Candidate
    lost: Candidate
    seen_rev: int


class Merged(msgspec.Struct, frozen=True):
    """What became of an op: the new part, and the paths that lost or were lost."""

    part: Part
    outcome: Literal["applied", "merged", "conflict"]
    disputes: tuple[Dispute, ...] = ()
    lost: tuple[str, ...] = ()  # paths of the op whose value does not hold


def merge(
    part: Part | None,
    op: Op,
    *,
    rev: int,
    received_ms: int,
    rank: int = 0,
    policy: Callable[[str], Policy] = lambda path: "",
    read: int = 0,
) -> Merged:
    """Merge `op`, numbered `rev`, received at `received_ms` (milliseconds since 1970), into `part`.

    `read`: how far its device had read the stream. It decides nothing; it only tells whether somebody else's
    answers were there that it cannot have known of ("merged").
    """
    mark = Mark(rev, clamped(op.hlc, received_ms), op.device, op.epoch, op.seq, op.person, rank)
    if part is None:
        return Merged(_first(op, mark), "applied")
    if (clean := _clean(part, op, mark)) is not None:
        return Merged(clean, "merged" if _beside(part, op, read) else "applied")
    merging = _Merging(part, op, mark, policy)
    for path, written in op.answers.items():
        merging.write(path, written)
    return merging.outcome(read)


def _first(op: Op, mark: Mark) -> Part:
    answers: dict[str, Value]
    if SetDelta in map(type, op.answers.values()):
        answers = {path: value_after(None, written) for path, written in op.answers.items()}
    else:
        answers = op.answers  # type: ignore[assignment]
    return Part(op.form, op.version, mark.rev, answers, mark)


def _clean(part: Part, op: Op, mark: Mark) -> Part | None:
    """Return the part after an op that had seen all it writes over, nearly always; None: `_Merging` decides.

    Only whole values of the record's own answers, of a record that is there, are that plain.
    """
    answers, others, base = part.answers, part.others, part.base
    if part.members or answers.get(DELETED) is not None:
        return None
    for path, written in op.answers.items():
        if type(written) is SetDelta or path == DELETED or "/" in path:
            return None
        known = others.get(path) or (base if path in answers else None)
        if known is not None and not has_seen(op, path, known):
            return None
    version = _later(part.version, op.version)
    held: dict[str, Value] = {**answers, **op.answers}  # type: ignore[dict-item]
    return Part(part.form, version, mark.rev, held, base, {**others, **dict.fromkeys(op.answers, mark)})


def _beside(part: Part, op: Op, read: int) -> bool:
    """Tell whether somebody else wrote answers of a part that the op's device cannot have known of."""
    if part.rev <= read:
        return False
    marks = (part.base, *part.others.values())
    return any(mark.rev > read and mark.device != op.device for mark in marks)


def has_seen(op: Op, path: str, mark: Mark) -> bool:
    """Whether the op's writer had on his screen what `mark` wrote at a path."""
    seen = op.seen_of(path)
    if mark.rev <= seen.rev:
        return True
    return mark.device == op.device and mark.epoch == seen.epoch and 0 < mark.seq <= seen.seq


def writers(part: Part, path: str) -> tuple[Mark, ...]:
    """Return who wrote what a path holds: of a set whoever added a member, of an empty answer nobody."""
    if members := part.members.get(path):
        return tuple(mark for marks in members.values() for mark in marks)
    mark = part.mark(path)
    return () if mark is None or is_empty(part.answers[path]) else (mark,)


class _Merging:
    """The work on one part while one op is merged into it."""

    def __init__(self, part: Part, op: Op, mark: Mark, policy: Callable[[str], Policy]) -> None:
        self._before = part
        self._op = op
        self._mark = mark
        self._policy = policy
        self._answers = dict(part.answers)
        self._others = dict(part.others)
        self._set_marks = dict(part.members)
        self._disputes: list[Dispute] = []
        self._lost: list[str] = []

    def write(self, path: str, written: Written) -> None:
        if isinstance(written, SetDelta):
            self._change_set(path, written)
        elif path.rpartition("/")[2] == DELETED and written and (unseen := self._unseen_edits(path)):
            self._keep_alive(path, written, unseen)
            return
        else:
            self._change_value(path, written)
        self._revive(path)

    def outcome(self, read: int) -> Merged:
        op, before = self._op, self._before
        part = Part(
            before.form,
            _later(before.version, op.version),
            self._mark.rev,
            self._answers,
            before.base,
            self._others,
            self._set_marks,
        )
        if self._disputes:
            return Merged(part, "conflict", tuple(self._disputes), tuple(self._lost))
        return Merged(part, "merged" if _beside(before, op, read) else "applied")

    def _known(self, path: str) -> Mark | None:
        if path in self._others:
            return self._others[path]
        return self._before.base if path in self._answers else None

    def _put(self, path: str, value: Value, mark: Mark) -> None:
        self._answers[path] = value
        self._others[path] = mark
        self._set_marks.pop(path, None)

    def _change_value(self, path: str, value: Value) -> None:
        known = self._known(path)
        if known is None or has_seen(self._op, path, known):
            self._put(path, value, self._mark)
        elif not are_equal(self._answers[path], value):
            self._dispute(path, value, known)

    def _dispute(self, path: str, value: Value, known: Mark) -> None:
        held = Candidate(self._answers[path], known.person, known.device, known.hlc)
        mine = Candidate(value, self._op.person, self._op.device, self._mark.hlc)
        if self._holds(path, known):
            self._put(path, value, self._mark)
            held, mine = mine, held
        else:
            self._lost.append(path)
        if path.rpartition("/")[2] != POSITION:  # the order of rows is not worth a question
            self._disputes.append(Dispute(path, held, mine, self._op.seen_of(path).rev))

    def _holds(self, path: str, known: Mark) -> bool:
        policy = self._policy(path)
        if policy == "ask":
            return False
        if policy == "township" and known.rank != self._mark.rank:
            return self._mark.rank > known.rank
        return (self._mark.hlc, self._mark.device) > (known.hlc, known.device)

    def _change_set(self, path: str, delta: SetDelta) -> None:
        known = self._known(path)
        current = members(self._answers.get(path))
        added = self._set_marks.get(path, {})
        if known is not None:
            added = {member: added.get(member, (known,)) for member in current}
        left = {member: self._unseen(path, added.get(member, ())) for member in delta.remove}
        new = {member: (*self._unseen(path, added.get(member, ())), self._mark) for member in delta.add}
        added = {member: marks for member, marks in {**added, **left, **new}.items() if marks}
        value = tuple(sorted(added))
        clean = known is None or has_seen(self._op, path, known)
        self._put(path, value, self._mark if clean else self._mixture())
        self._set_marks[path] = added

    def _unseen(self, path: str, marks: tuple[Mark, ...]) -> tuple[Mark, ...]:
        return tuple(mark for mark in marks if not has_seen(self._op, path, mark))

    def _mixture(self) -> Mark:
        """Return the mark of a value that no computer wrote alone: who wrote last, behind his computer."""
        return msgspec.structs.replace(self._mark, device="", person=f"{self._op.device} {self._op.person}")

    def _unseen_edits(self, path: str) -> list[Mark]:
        """Return who wrote below what is to be deleted, unseen by the op."""
        below = path[: -len(DELETED)]
        return [
            mark
            for other in self._before.answers
            if other.startswith(below) and other.rpartition("/")[2] not in (DELETED, POSITION)
            for mark in writers(self._before, other)
            if not has_seen(self._op, other, mark)
        ]

    def _keep_alive(self, path: str, reason: Value, unseen: list[Mark]) -> None:
        """An edit came before the deletion that had not seen it: the deletion becomes the losing value."""
        newest = max(unseen, key=lambda mark: mark.rev)
        held = Candidate(self._answers.get(path), newest.person, newest.device, newest.hlc)
        mine = Candidate(reason, self._op.person, self._op.device, self._mark.hlc)
        self._put(path, self._answers.get(path), self._mixture())  # whoever deleted it is told what holds
        self._lost.append(path)
        self._disputes.append(Dispute(path, held, mine, self._op.seen_of(path).rev))

    def _revive(self, path: str) -> None:
        """An edit comes after deletions it had not seen: it brings the row and the record back."""
        if "/" not in path and self._answers.get(DELETED) is None:
            return  # the common case: the record is there
        if path.rpartition("/")[2] in (DELETED, POSITION):
            return
        for deleted in deletions_above(path):
            reason, known = self._answers.get(deleted), self._known(deleted)
            if reason is None or known is None or has_seen(self._op, deleted, known):
                continue
            held = Candidate(None, self._op.person, self._op.device, self._mark.hlc)
            lost = Candidate(reason, known.person, known.device, known.hlc)
            self._put(deleted, None, self._mixture())  # its writer may have deleted it as well: all are told
            self._disputes.append(Dispute(deleted, held, lost, self._op.seen_of(deleted).rev))


def _later(one: str, other: str) -> str:
    return one if one == other else max(one, other, key=_version_key)


def _version_key(version: str) -> tuple[int, str]:
    """Order form versions: dates and numbers of equal length by text, longer after shorter."""
    return (len(version), version)
