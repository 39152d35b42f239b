"""What a receipt tells of the state that its ops left: the present answers at every path they name.

Left out is what the desk can tell itself (`wire.receipts`): of the last op of the message that names a path,
a plain value that holds, under the revision that the receipt gives and the clock reading of the op. Most
chunks are the first word on their records: nothing has to be told of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from hsdesk.city.ledger.apply import Chunk
from hsdesk.city.ledger.changes import erased_of, row_of
from hsdesk.city.ledger.stream import MOST_MOVES, Departure, departure_of, mark_of, part_of
from hsdesk.city.sql.database import Connection
from hsdesk.city.sql.written import Stream
from hsdesk.model.answer import DELETED, Class, SetDelta, deletions_above
from hsdesk.records.op import Op, covers, erased_paths
from hsdesk.records.parts import Mark, Part
from hsdesk.wire.messages import Erased, Moved, Row, Told
from hsdesk.wire.receipts import Key

_encode = msgspec.msgpack.Encoder().encode


class ReceiptAsked(msgspec.Struct, frozen=True):
    """Who is told, and what he knows of its ops: by seq the revisions that the receipt gives."""

    may_read: Callable[[str, Class], bool]
    classes: Callable[[str], Sequence[Class]]  # that the records of a form may have
    revs: Mapping[int, int]


class RecordHere(msgspec.Struct, frozen=True):
    """What one stream holds of a record: its part, where it went, what was erased of it."""

    part: Part | None = None
    departure: Departure | None = None
    erased: Mapping[str, Mark] = {}


class ReceiptStates:
    """The states of one receipt. Make it after the chunk is written."""

    def __init__(self, connection: Connection, chunk: Chunk, asked: ReceiptAsked) -> None:
        self._connection = connection
        self._chunk = chunk
        self._asked = asked
        self._parts: dict[Key, Part] = {}
        self._marks: dict[Key, dict[str, Mark]] = {}
        self._moved: dict[Stream, dict[str, Moved]] = {}
        self._erased: dict[Stream, dict[tuple[str, str], Erased]] = {}

    def told(self, ops: Sequence[Op]) -> tuple[Told, ...]:
        """Return what is told of the ops that a receipt is about."""
        by_part: dict[Key, list[Op]] = {}
        for op in ops:
            by_part.setdefault((op.scope, op.cls, op.record), []).append(op)
        for key, named in by_part.items():
            self._tell(key, named)
        rows: dict[Stream, list[Row]] = {}
        for (scope, cls, record), marks in self._marks.items():
            rows.setdefault((scope, cls), []).append(row_of(record, self._parts[scope, cls, record], marks))
        streams = sorted({*rows, *self._moved, *self._erased})
        return tuple(
            Told(
                *one,
                tuple(rows.get(one, ())),
                tuple(self._erased.get(one, {}).values()),
                tuple(self._moved.get(one, {}).values()),
            )
            for one in streams
        )

    def _tell(self, key: Key, ops: list[Op]) -> None:
        scope, cls, record = key
        work = self._chunk.work_on((scope, cls), record)
        if work and len(ops) == 1 and record not in work.erased:
            part = work.parts.get(record)
            if part and self._is_known(ops[0], part):
                return  # nearly always
        place = self._place((scope, cls), record)
        if place.part is None:
            self._tell_moved(key, ops[-1].form)
        elif self._asked.may_read(scope, cls):
            if place.erased:
                self._tell_erased(key, place, ops)
            self._tell_there(key, place.part, ops)

    def _is_known(self, op: Op, part: Part) -> bool:
        """Tell whether the desk knows all that one op concerns: the part as made, or answers that hold."""
        if op.erases or op.redacted or SetDelta in map(type, op.answers.values()):
            return False
        others, base = part.others, part.base
        if not others:
            return self._is_own(op, base)
        if DELETED in part.answers:
            return False
        return all("/" not in path and self._is_own(op, others.get(path, base)) for path in op.answers)

    def _tell_there(self, key: Key, part: Part, ops: Sequence[Op]) -> None:
        marks = {}
        for path, op in _last_naming(ops, part).items():
            mark = part.mark(path)
            if mark is None or (op and self._is_own(op, mark) and part.answers[path] == op.answers[path]):
                continue
            marks[path] = mark
        if marks:
            self._put(key, part, marks)

    def _is_own(self, op: Op, mark: Mark) -> bool:
        """Tell whether the desk knows a mark from its op and from the revision that the receipt gives."""
        return (
            mark.seq == op.seq
            and mark.rev == self._asked.revs.get(op.seq)
            and mark.hlc == op.hlc
            and mark.epoch == op.epoch
            and mark.device == op.device
        )

    def _put(self, key: Key, part: Part, marks: Mapping[str, Mark]) -> None:
        self._parts[key] = part
        self._marks.setdefault(key, {}).update(marks)

    def _tell_erased(self, key: Key, place: RecordHere, ops: Sequence[Op]) -> None:
        scope, cls, record = key
        named = [path for op in ops for path in (*op.answers, *op.redacted)]
        if any(op.erases for op in ops) or any(covers(at, path) for at in place.erased for path in named):
            self._put_erased((scope, cls), record, place)

    def _tell_moved(self, key: Key, form: str) -> None:
        """Tell that a record went, with all its classes, and of the place where it is now everything."""
        scope, cls, record = key
        for one in {cls: None} | dict.fromkeys(self._asked.classes(form)):
            self._follow((scope, one), record)

    def _follow(self, at: Stream, record: str) -> None:
        may_read = self._asked.may_read
        for _ in range(MOST_MOVES):
            place = self._place(at, record)
            if place.part is not None or place.departure is None:
                break
            gone = place.departure
            if may_read(*at):
                told = Moved(record, gone.into, gone.rev, gone.arrived)
                self._moved.setdefault(at, {})[record] = told
            at = gone.into, at[1]
        if place.part is None or not may_read(*at):
            return
        part, key = place.part, (*at, record)
        self._put(key, part, {path: mark for path in part.answers if (mark := part.mark(path))})
        self._put_erased(at, record, place)

    def _put_erased(self, at: Stream, record: str, place: RecordHere) -> None:
        for path, mark in place.erased.items():
            self._erased.setdefault(at, {})[record, path] = erased_of(record, path, mark)

    def _place(self, at: Stream, record: str) -> RecordHere:
        """Return what a stream holds of a record, from the chunk if it was read for it."""
        work = self._chunk.work_on(at, record)
        if work is not None:
            part = work.parts.get(record)
            departure = None if part else work.departures.get(record)
            return RecordHere(part, departure, work.erased.get(record, {}))
        where = (*at, record)
        parts = self._connection.all(f"SELECT body FROM hs_state{_HERE}", *where)
        gone = self._connection.all(f"SELECT body FROM hs_departure{_HERE}", *where)
        erased = self._connection.all(f"SELECT path, mark FROM hs_erased{_HERE}", *where)
        return RecordHere(
            part_of(parts[0][0]) if parts else None,
            departure_of(gone[0][0]) if gone and not parts else None,
            {path: mark_of(mark) for path, mark in erased},
        )


_HERE = " WHERE scope = ? AND cls = ? AND record = ?"


def _last_naming(ops: Sequence[Op], part: Part) -> dict[str, Op | None]:
    """Return the paths that ops concern, each with the last op that writes it, or None."""
    found: dict[str, Op | None] = {path: op for op in ops for path in op.answers}
    for op in ops:
        for path in _beside(op, part):
            found.setdefault(path, None)
    return found


def _beside(op: Op, part: Part) -> Iterator[str]:
    """Yield what an op concerns beside what it writes: deletions above, what it erases, or lost itself."""
    yield from op.redacted
    if op.erases:
        erased = erased_paths(op)
        yield from (path for path in part.answers if any(covers(at, path) for at in erased))
    if DELETED in part.answers:
        yield DELETED
    for path in (*op.answers, *op.redacted):
        if "/" in path:
            yield from (above for above in deletions_above(path) if above in part.answers)


def size_of(told: Sequence[Told]) -> int:
    """Return about how many bytes told states take."""
    return sum(len(_encode(row)) for one in told for row in one.rows)
