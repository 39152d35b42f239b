"""What only the checker knows: which ops a value really includes, and what a screen really showed.

No rule decides by it. The city's side is noted beside the real merge, in the transaction that it belongs to;
an op is known by its hash, which stays the same under another number and after an erasure.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import pytest

from hsdesk.city.ledger.apply import Chunk
from hsdesk.city.ledger.stream import StreamWork
from hsdesk.model.answer import DELETED, MOVED_TO, POSITION, Class, SetDelta, Value
from hsdesk.records.chain import hash_of
from hsdesk.records.merge import Merged
from hsdesk.records.op import Op, covers, erased_paths
from hsdesk.records.parts import Mark, Part

Uid = bytes
Uids = frozenset[Uid]
At = tuple[str, Class, str, str]  # scope, class, record, path
Truth = Mapping[tuple[Class, str], Uids]  # by class and path, the ops that a screen showed
NOBODY: Uids = frozenset()


@dataclass
class State:
    """A value of the city: under which revision, which ops it is made of, which it ever included."""

    rev: int
    value: Value
    ghost: Uids
    hist: Uids


@dataclass(frozen=True)
class Typed:
    """An op that a person made, with what stood on the screen."""

    desk: str
    op: Op
    truth: Truth

    def saw(self, at: At) -> Uids:
        return self.truth.get((at[1], at[3]), NOBODY)


@dataclass
class Kept:
    """What goes back when the server is restored."""

    now: dict[At, State] = field(default_factory=dict)
    applied: set[Uid] = field(default_factory=set)
    disputed: set[Uid] = field(default_factory=set)


class Ghosts:
    """The checker's memory of one world."""

    def __init__(self) -> None:
        self.city = Kept()
        self.told: dict[str, dict[tuple[At, int], State]] = {}  # by server epoch
        self.typed: dict[Uid, Typed] = {}
        self.over: dict[Uid, Uid] = {}  # which op overwrote another, having seen it
        self.erased: set[Uid] = set()
        self.fences: set[tuple[Class, str, str]] = set()  # what was ever erased: class, record, path
        self._by_number: dict[tuple[str, int, int], Uid] = {}
        self._backup = Kept()
        self.is_blind = False

    # The server is kept and restored

    def back_up(self) -> None:
        self._backup = copy.deepcopy(self.city)

    def put_back(self) -> None:
        """The backup lies where the city's database was; what was erased since is erased again after this."""
        self.city = copy.deepcopy(self._backup)

    def begin(self, epoch: str) -> None:
        """The city answers again, in a new epoch."""
        self.told.setdefault(epoch, {}).update(
            {(at, state.rev): state for at, state in self.city.now.items()}
        )

    # The server merges

    def watch(self, patch: pytest.MonkeyPatch) -> None:
        """Note what each op that the server merges does, when its transaction is written."""
        merging, departing, writing = Chunk._merged, Chunk._depart_part, Chunk.write
        noted: WeakKeyDictionary[Chunk, list[Callable[[], None]]] = WeakKeyDictionary()

        def merged(chunk: Chunk, work: StreamWork, op: Op, *rest: Any) -> Merged:
            known, _shape, given = rest
            result = merging(chunk, work, op, *rest)
            note = partial(self._merge, chunk._terms.epoch.now, op, known, result, hash_of(given))
            noted.setdefault(chunk, []).append(note)
            return result

        def departed(chunk: Chunk, op: Op, cls: Class, into: str) -> None:
            before = chunk._streams[op.scope, cls].parts.get(op.record)
            departing(chunk, op, cls, into)
            after = chunk._streams[into, cls].parts.get(op.record)
            if before is not None and after is not None:
                way = (op.scope, into, cls, op.record)
                note = partial(self._move, chunk._terms.epoch.now, way, after)
                noted.setdefault(chunk, []).append(note)

        def written(chunk: Chunk) -> object:
            done = writing(chunk)
            for note in noted.pop(chunk, []) if not self.is_blind else ():
                note()
            return done

        patch.setattr(Chunk, "_merged", merged)
        patch.setattr(Chunk, "_depart_part", departed)
        patch.setattr(Chunk, "write", written)

    def _put(self, epoch: str, at: At, state: State) -> None:
        self.city.now[at] = state
        self.told.setdefault(epoch, {})[at, state.rev] = state

    def _move(self, epoch: str, way: tuple[str, str, Class, str], arrived: Part) -> None:
        scope, into, cls, record = way
        for path, value in arrived.answers.items():
            was = self.city.now.pop((scope, cls, record, path), State(0, value, NOBODY, NOBODY))
            self._put(epoch, (into, cls, record, path), State(arrived.rev, value, was.ghost, was.hist))

    def _merge(self, epoch: str, op: Op, known: Part | None, result: Merged, uid: Uid) -> None:
        assert uid not in self.city.applied, ("applied twice", op)
        self.city.applied.add(uid)
        self._by_number[op.device, op.epoch, op.seq] = uid
        disputed = {dispute.path for dispute in result.disputes}
        for path in result.part.answers:
            at: At = (op.scope, op.cls, op.record, path)
            mark = result.part.mark(path)
            assert mark is not None
            was = self.city.now.get(at, State(0, None, NOBODY, NOBODY))
            is_put = mark.rev == result.part.rev and (known is None or known.mark(path) != mark)
            if not is_put and path not in op.answers:
                continue
            hist = was.hist | {uid}
            if not is_put:  # an equal value, or one that lost
                self._keep(was, uid, lost=path in disputed)
                continue
            if op.erases:
                self.erased |= hist
                self.fences |= {(op.cls, op.record, erased) for erased in erased_paths(op)}
                ghost: Uids = frozenset({uid})
            elif isinstance(op.answers.get(path), SetDelta):
                ghost = self._members(op, at, known, result.part, uid)
            else:
                ghost = self._scalar(at, was, uid, is_disputed=path in disputed)
            self._put(epoch, at, State(mark.rev, result.part.answers[path], ghost, hist))
        self._check_deletions(op, known, disputed, uid)

    def _keep(self, was: State, uid: Uid, *, lost: bool) -> None:
        was.hist |= {uid}
        if lost:
            self.city.disputed |= was.ghost | {uid}
        else:
            was.ghost |= {uid}

    def _scalar(self, at: At, was: State, uid: Uid, *, is_disputed: bool) -> Uids:
        if at[3].endswith(POSITION):  # the order of rows is not worth a question
            return frozenset({uid})
        if is_disputed:
            self.city.disputed |= was.ghost | {uid}
            return was.ghost | {uid} if at[3].endswith(DELETED) else frozenset({uid})
        self._supersede(uid, at, was.ghost)
        return frozenset({uid})

    def _members(self, op: Op, at: At, known: Part | None, part: Part, uid: Uid) -> Uids:
        before = _marks(known, at[3]) if known else {}
        after = _marks(part, at[3])
        was = self.city.now[at].ghost if at in self.city.now else NOBODY
        for member, marks in before.items():
            gone = [mark for mark in marks if mark not in after.get(member, ())]
            for one in self._writers(gone, was):
                self._supersede(uid, at, frozenset({one}))
        delta = op.answers[at[3]]
        if isinstance(delta, SetDelta) and not delta.add:
            self.over[uid] = uid  # what only takes away leaves nothing behind
        return frozenset(self._writers([mark for marks in after.values() for mark in marks], was | {uid}))

    def _writers(self, marks: Iterable[Mark], among: Uids) -> set[Uid]:
        found: set[Uid] = set()
        for mark in marks:
            if mark.epoch > 0:
                found.add(self._by_number[mark.device, mark.epoch, mark.seq])
                continue
            numbers = self._by_number.items()
            found |= {u for (d, _, s), u in numbers if (d, s) == (mark.device, mark.seq) and u in among}
        return found

    def _supersede(self, uid: Uid, at: At, ghosts: Uids) -> None:
        """One value takes the place of another without a question: its author had seen it."""
        typed = self.typed.get(uid)
        if typed is not None and not ghosts & typed.saw(at):
            unseen = {u for u in ghosts if u in self.typed} - self.city.disputed - self.erased
            assert not unseen, ("unseen value overwritten", at, [self.typed[u] for u in unseen], typed)
        self.over.update(dict.fromkeys(ghosts, uid))

    def is_erased(self, cls: Class, record: str, path: str) -> bool:
        """Tell whether an answer was ever erased, even one that a restored city did not know."""
        return any((cls, record) == one[:2] and covers(one[2], path) for one in self.fences)

    def _check_deletions(self, op: Op, known: Part | None, disputed: set[str], uid: Uid) -> None:
        """What a deletion hides without a question its author had seen."""
        typed = self.typed.get(uid)
        if typed is None or known is None or op.erases:
            return
        for path, reason in op.answers.items():
            if path.rpartition("/")[2] != DELETED or not reason or path in disputed:
                continue
            for other, value in known.answers.items():
                at: At = (op.scope, op.cls, op.record, other)
                if (
                    not other.startswith(path[: -len(DELETED)])
                    or other.endswith((DELETED, POSITION))
                    or not value
                ):
                    continue
                ghosts = self.city.now[at].ghost
                unseen = {u for u in ghosts if u in self.typed} - self.city.disputed - self.erased
                assert ghosts & typed.saw(at) or not unseen, ("unseen value deleted", at, typed)

    # In the end

    def vanished(self, aside: set[Uid]) -> list[Typed]:
        """Return the ops that are nowhere."""
        now = set().union(*(state.ghost for state in self.city.now.values()), set())
        somewhere = now | self.city.disputed | self.over.keys() | self.erased | aside
        return [one for uid, one in self.typed.items() if uid not in somewhere and _says(one.op)]


def _says(op: Op) -> bool:
    """Tell whether an op says what must be somewhere in the end: more than the order of rows."""
    said = [path for path in op.answers if not path.endswith(POSITION)]
    return MOVED_TO not in said and bool(said) and not op.erases


def _marks(part: Part, path: str) -> dict[str, tuple[Mark, ...]]:
    """Return who added each member of a set."""
    value, mark = part.answers.get(path), part.mark(path)
    known = part.members.get(path, {})
    if not isinstance(value, tuple) or mark is None:
        return {}
    return {member: known.get(member) or (mark,) for member in value}
