"""Undoing an act of the journal (撤销), as new edits: what it wrote gives way to what stood there before.

Only where what is shown now is still what the act left there; an answer that somebody changed since stays,
and is named. Of a set only the members go or come back that the act itself added or removed. A record or row
that the act made is deleted with a reason, unless something in it is no longer as the act left it; redoing
brings it back. The edits are of one who reads the file as he writes: they have seen what they replace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal

import msgspec

from hsdesk.deskfile import journal, writers
from hsdesk.deskfile.batch import Batch, HeldRecord
from hsdesk.deskfile.connection import DeskConnection
from hsdesk.deskfile.departures import whereabouts
from hsdesk.deskfile.journal import Act, Doing, Whose
from hsdesk.deskfile.log import Ledger
from hsdesk.errors import Refused
from hsdesk.model.answer import DELETED, POSITION, SetDelta, Value, members, value_after
from hsdesk.records.edits import Committed, Edit
from hsdesk.records.op import Op
from hsdesk.records.parts import filled, in_order, joined, same
from hsdesk.registers.register import Register

REASON = "撤销"
_RECORDS_AT_ONCE = 500
_OP = msgspec.json.Decoder(Op)
_ANSWERS = msgspec.json.Decoder(dict[str, Value])

Check = Callable[[Act, tuple[Edit, ...]], None]
Pick = Callable[[], Act | None]


class Left(msgspec.Struct, frozen=True):
    """An answer that an undoing left as it is, by whom and why; without a path the whole record.

    changed: somebody wrote there since. erased: it was erased 清除. gone: the record is not here any more.
    """

    form: str
    scope: str
    record: str
    path: str
    why: Literal["changed", "erased", "gone"]
    now: Value = None
    person: str = ""


class TakenBack(msgspec.Struct, frozen=True):
    """The acts that were undone, latest first, what that changed, and what was left."""

    acts: tuple[Act, ...]
    committed: tuple[Committed, ...]
    left: tuple[Left, ...]


class Written(msgspec.Struct, frozen=True):
    """An own op of an act, with what stood there before it. `makes`: it made the record."""

    op: Op
    before: dict[str, Value]
    makes: bool


def take_back(connection: DeskConnection, doing: Doing, pick: Pick, count: int, check: Check) -> TakenBack:
    """Undo the acts that `pick` names one after the other, at most `count`, all in one transaction.

    `check` is given each act with the edits that undo it, a few records at a time, and raises what forbids
    it: then nothing is undone.
    """
    acts: list[Act] = []
    committed: list[Committed] = []
    left: list[Left] = []
    with connection.transaction():
        while len(acts) < count and (act := pick()) is not None:
            done = Ledger(connection).commit(_checked(connection, act, doing.person, check, left))
            journal.note(connection, doing, done, act)
            acts.append(act)
            committed.append(done)
    return TakenBack(tuple(acts), tuple(committed), tuple(left))


def _checked(
    connection: DeskConnection, act: Act, person: str, check: Check, left: list[Left]
) -> Iterator[Edit]:
    check(act, ())
    for written in _by_record(connection, act):
        edits = tuple(_edits(connection, written, person, left))
        check(act, edits)
        yield from edits


def written_by(connection: DeskConnection, act: Act, limit: int = -1) -> list[Written]:
    """Return the first ops of an act, in order."""
    rows = connection.all(
        "SELECT body, before, makes FROM hs_op WHERE n BETWEEN ? AND ? ORDER BY n LIMIT ?",
        (act.first, act.last, limit),
    )
    return [Written(_OP.decode(body), _ANSWERS.decode(before), bool(makes)) for body, before, makes in rows]


def _by_record(connection: DeskConnection, act: Act) -> Iterator[dict[str, list[Written]]]:
    """Yield the ops of an act by record, a few records at a time."""
    between = "n BETWEEN ? AND ?"
    rows = connection.all(
        f"SELECT record FROM hs_op WHERE {between} GROUP BY record ORDER BY min(n)", (act.first, act.last)
    )
    records = [record for (record,) in rows]
    for start in range(0, len(records), _RECORDS_AT_ONCE):
        some = records[start : start + _RECORDS_AT_ONCE]
        written: dict[str, list[Written]] = {record: [] for record in some}
        marks = ",".join("?" * len(some))
        for body, before, makes in connection.all(
            f"SELECT body, before, makes FROM hs_op WHERE record IN ({marks}) AND {between} ORDER BY n",
            (*some, act.first, act.last),
        ):
            op = _OP.decode(body)
            written[op.record].append(Written(op, _ANSWERS.decode(before), bool(makes)))
        yield written


def _edits(
    connection: DeskConnection, by_record: dict[str, list[Written]], person: str, left: list[Left]
) -> Iterator[Edit]:
    batch = Batch(connection)
    where = {record: _place(connection, written[-1].op) for record, written in by_record.items()}
    batch.take((scope, record) for record, scope in where.items() if scope)
    here = writers.names(connection)
    for record, written in by_record.items():
        op, held = written[-1].op, batch.taken(where[record], record)
        if held is None or not held.parts:
            left.append(Left(op.form, op.scope, record, "", "gone"))
            continue
        back = _Back(connection.register(held.form), held, written)
        answers = back.answers()
        left += [msgspec.structs.replace(one, person=here.get(one.person, one.person)) for one in back.left]
        if answers:
            yield Edit(held.scope, held.form, record, answers, person, reason=REASON)


def _place(connection: DeskConnection, op: Op) -> str:
    """Return the place where the record of an op is now, "" when it is not held here."""
    try:
        return whereabouts(connection, op.scope, op.record)
    except Refused:
        return ""


class _Back:
    """How one record goes back to what it was before an act. `left`: what stays, once `answers` was asked."""

    def __init__(self, register: Register, held: HeldRecord, written: Sequence[Written]) -> None:
        self._register = register
        self._held = held
        self._written = written
        self._raw = joined(in_order(held.parts, register.form.stream))
        self._now = register.current(self._raw)
        self._after = self._after_act()
        self.left: list[Left] = []

    def _after_act(self) -> dict[str, Value]:
        """Return what stood at the paths of the act when it was done."""
        after: dict[str, Value] = {}
        for one in self._written:
            for path, written in one.op.answers.items():
                after[self._register.new_path(path)] = value_after(self._before(one, path), written)
        return after

    def _before(self, one: Written, path: str) -> Value:
        """Return what stood at a path before an op; under an earlier name of the question, if there."""
        if path in one.before:
            return one.before[path]
        if not self._register.nature(path).was_renamed:
            return None
        earlier = {known: value for known, value in self._raw.items() if known != path}
        return self._register.current(earlier).get(path)

    def answers(self) -> dict[str, Value | SetDelta]:
        """Return what has to be written."""
        self._name_erased()
        if any(one.makes for one in self._written):
            return self._unmade("")
        wanted = dict(self._now)
        rows = self._rows_made()
        answers: dict[str, Value | SetDelta] = {}
        for row in rows:
            answers |= self._unmade(f"{row}/")
        for one in reversed(self._written):
            for path, written in one.op.answers.items():
                new = self._register.new_path(path)
                if not any(new.startswith(f"{row}/") for row in rows):
                    self._one(wanted, new, self._before(one, path), written)
        stay = {one.path for one in self.left}
        for path, value in wanted.items():
            if path not in stay and not same(value, self._now.get(path)):
                answers[path] = self._change(path, value)
        return answers

    def _one(self, wanted: dict[str, Value], path: str, before: Value, written: SetDelta | Value) -> None:
        """Let one answer be what it was before."""
        now = wanted.get(path)
        if isinstance(written, SetDelta):
            old = set(members(before))
            came, went = set(written.add) - old, set(written.remove) & old
            wanted[path] = tuple(sorted((set(members(now)) | went) - came))
        elif same(written, before):
            return
        elif same(now, written):
            wanted[path] = before
        else:
            self._leave(path)

    def _change(self, path: str, value: Value) -> Value | SetDelta:
        now = self._now.get(path)
        if not isinstance(value, tuple) and not isinstance(now, tuple):
            return value
        new, old = set(members(value)), set(members(now))
        return SetDelta(tuple(sorted(new - old)), tuple(sorted(old - new)))

    def _rows_made(self) -> tuple[str, ...]:
        """Return the outermost roster rows that the act made."""
        made: list[str] = []
        for one in self._written:
            for path in one.op.answers:
                row, _slash, field = path.rpartition("/")
                inside = any(row.startswith(f"{other}/") for other in made)
                if field == POSITION and not inside and not any(p.startswith(f"{row}/") for p in one.before):
                    made.append(row)
        return tuple(made)

    def _unmade(self, inside: str) -> dict[str, Value | SetDelta]:
        """Return what deletes the record (or the row that paths begin with) unless it has changed since.

        What lies in rows that were taken out again, and that the act did not write, counts as not there.
        """
        after = filled({path: value for path, value in self._after.items() if path.startswith(inside)})
        now = filled({path: value for path, value in self._now.items() if path.startswith(inside)})
        rows = (path.removesuffix(DELETED) for path in now if path.endswith(f"/{DELETED}"))
        gone = tuple(row for row in rows if not any(path.startswith(row) for path in after))
        now = {path: value for path, value in now.items() if not path.startswith(gone)} if gone else now
        changed = [path for path in {**after, **now} if not same(now.get(path), after.get(path))]
        for path in changed:
            self._leave(path)
        return {} if changed else {f"{inside}{DELETED}": REASON}

    def _leave(self, path: str) -> None:
        if all(one.path != path for one in self.left):
            marks = (part.mark(path) for part in self._held.parts.values())
            person = next((mark.person for mark in marks if mark is not None), "")
            self.left.append(self._named(path, "changed", self._now.get(path), person))

    def _name_erased(self) -> None:
        for one in self._written:
            self.left += [self._named(path, "erased") for path in one.op.redacted]

    def _named(
        self, path: str, why: Literal["changed", "erased"], now: Value = None, person: str = ""
    ) -> Left:
        held = self._held
        return Left(held.form, held.scope, held.record, path, why, now, person)


class UndoLog:
    """The journal of an open file, and undoing what it names."""

    def __init__(self, connection: DeskConnection) -> None:
        self._connection = connection

    def acts(self, whose: Whose, limit: int) -> tuple[Act, ...]:
        """Return the last acts, latest first, undone ones too."""
        return journal.acts(self._connection, whose, limit)

    def act(self, number: int) -> Act | None:
        """Return an act by its number; None when it is no longer kept."""
        return journal.act(self._connection, number)

    def batches(self) -> tuple[Act, ...]:
        """Return the batches of records that were read from files, latest first."""
        return journal.batches(self._connection)

    def batch(self, name: str) -> Act | None:
        """Return a batch by its name; None when there is none, or it is no longer kept."""
        return journal.batch(self._connection, name)

    def written(self, act: Act, limit: int = -1) -> list[Written]:
        """Return the first ops of an act, in order."""
        return written_by(self._connection, act, limit)

    def undo(self, whose: Whose, count: int, check: Check) -> TakenBack:
        """Undo the last acts that stand; none of them if `check` raises for one."""
        return take_back(
            self._connection,
            Doing("undo", whose.person),
            lambda: journal.to_undo(self._connection, whose),
            count,
            check,
        )

    def undo_act(self, act: Act, person: str, check: Check) -> TakenBack:
        """Undo this act, whatever was done after it."""
        return take_back(self._connection, Doing("undo", person), lambda: act, 1, check)

    def redo_act(self, undoing: Act, person: str, check: Check) -> TakenBack:
        """Take this undoing back, whatever was done after it."""
        return take_back(self._connection, Doing("redo", person), lambda: undoing, 1, check)

    def redo(self, whose: Whose, count: int, check: Check) -> TakenBack:
        """Undo the last undoings, while nothing else was done after them."""
        return take_back(
            self._connection,
            Doing("redo", whose.person),
            lambda: journal.to_redo(self._connection, whose),
            count,
            check,
        )
