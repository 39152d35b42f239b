"""What a desk shows, and which ops that includes: the checker's eye on a desk file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec
from sync_ghosts import NOBODY, At, Ghosts, State, Uid, Uids

from hsdesk.deskfile import outbox
from hsdesk.deskfile.batch import Batch, HeldRecord
from hsdesk.deskfile.connection import DeskConnection
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.model.answer import MOVED_TO, Class, SetDelta, Value, members
from hsdesk.records import layers
from hsdesk.records.chain import hash_of
from hsdesk.records.op import Op
from hsdesk.records.parts import Mark

Cell = tuple[Class, str, str]  # class, record, path
_OP = msgspec.json.Decoder(Op)


@dataclass
class Known:
    """What a desk shows: by cell the ops that it includes, and what the city's states there are."""

    ops: dict[Cell, set[Uid]] = field(default_factory=dict)
    states: dict[Cell, tuple[str, State]] = field(default_factory=dict)  # with their server epoch
    held: set[str] = field(default_factory=set)  # records

    def add(self, cell: Cell, uids: Uids | set[Uid]) -> None:
        self.ops.setdefault(cell, set()).update(uids)


class Sight:
    """Looks at desk files with the checker's memory of which revision meant what."""

    def __init__(self, ghosts: Ghosts, scopes: tuple[str, str]) -> None:
        self._ghosts = ghosts
        self._scopes = scopes
        self._epochs: dict[tuple[str, int], str] = {}  # by file, and how many epochs it has been in

    def meets(self, core: DeskConnection, epoch: str) -> None:
        self._epochs[str(core.path), core.server_epochs()] = epoch

    def copied(self, old: str, new: str) -> None:
        self._epochs |= {(new, n): epoch for (path, n), epoch in self._epochs.items() if path == old}

    def known(self, desk: DeskFile) -> Known:
        """Return all that a desk shows, in both layers, with what was refused."""
        found, core = Known(), desk._connection
        keys = core.all("SELECT scope, record FROM hs_record")
        batch = Batch(core)
        batch.take(keys)
        for scope, record in keys:
            held = batch.taken(scope, record)
            assert held is not None
            found.held.add(record)
            _check_replayed(held)
            for cls, part in held.confirmed.items():
                for path, value in part.answers.items():
                    mark = part.mark(path)
                    assert mark is not None
                    epoch, state = self._state(core, (scope, cls, record, path), mark, value)
                    found.add((cls, record, path), state.hist)
                    found.states[cls, record, path] = epoch, state
        for op in _pending(core):
            self._note(found, op)
        for one in outbox.rejected_ops(core):
            self._note(found, one.op)
        return found

    def _note(self, found: Known, op: Op) -> None:
        uid = hash_of(op)
        if op.redacted:
            self._ghosts.erased.add(uid)
        if MOVED_TO not in op.answers:
            for path in op.answers:
                found.add((op.cls, op.record, path), {uid})

    def shown(self, desk: DeskFile, scope: str, record: str) -> dict[tuple[Class, str], Uids]:
        """Return which ops a screen includes that shows a record, by class and path."""
        held, found = desk._held(scope, record), dict[tuple[Class, str], Uids]()
        if self._ghosts.is_blind:
            return found
        for cls, part in held.confirmed.items():
            for path, value in part.answers.items():
                mark = part.mark(path)
                assert mark is not None
                at: At = (scope, cls, record, path)
                found[cls, path] = self._state(desk._connection, at, mark, value)[1].ghost
        for cls, op, path, written in _replayed(held):
            uid = hash_of(op)
            was = found.get((cls, path), NOBODY) if isinstance(written, SetDelta) else NOBODY
            typed = self._ghosts.typed.get(uid)
            saw = typed.saw((op.scope, cls, record, path)) if typed else NOBODY
            found[cls, path] = was | saw | {uid}
        return found

    def _state(self, core: DeskConnection, at: At, mark: Mark, value: Value) -> tuple[str, State]:
        """Return what the city said when it gave a confirmed answer its revision."""
        rev, ago, is_carried = _read(mark.rev)
        epoch = self._epochs.get((str(core.path), core.server_epochs() - ago), "")
        told = self._ghosts.told.get(epoch, {})
        others = [scope for scope in self._scopes if scope != at[0]]
        scopes = [*others, at[0]] if is_carried else [at[0], *(others if ago else ())]
        found = [told[where, rev] for where in ((s, *at[1:]) for s in scopes) if (where, rev) in told]
        same = [state for state in found if state.value == value]
        assert found, ("the city never said so", at, mark, value)
        erased = value is None
        assert same or erased or is_carried or ago, ("the city said something else", at, mark, value, found)
        return epoch, (same or found)[0]


def _read(rev: int) -> tuple[int, int, bool]:
    """Return a revision as the city gave it, how many server epochs ago, and whether by another stream."""
    rest = rev % layers._EPOCH
    is_carried = layers.is_carried(rev)
    given = rest - (layers._EPOCH - layers._CARRIED) if is_carried else rest
    below = layers._CARRIED if is_carried else 0
    return given, (given - below - rev) // layers._EPOCH, is_carried


def _pending(core: DeskConnection) -> Iterator[Op]:
    for (body,) in core.all("SELECT body FROM hs_op WHERE n >= ? ORDER BY n", (core.first_pending(),)):
        yield _OP.decode(body)


def _replayed(held: HeldRecord) -> Iterator[tuple[Class, Op, str, object]]:
    for cls, pending in held.pending.items():
        for op, path, written in layers._replayed(held.confirmed.get(cls), pending):
            yield cls, op, path, written


def _check_replayed(held: HeldRecord) -> None:
    """What is shown is what the city confirmed, with what waits on top."""
    last = {(cls, path): written for cls, _, path, written in _replayed(held)}
    for (cls, path), written in last.items():
        shown = held.parts[cls].answers.get(path)
        if isinstance(written, SetDelta):
            assert set(written.add) <= set(members(shown)), ("a member that waits is not shown", held, path)
        else:
            assert shown == written, ("an answer that waits is not shown", held, path)
