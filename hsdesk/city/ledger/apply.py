"""Applying a chunk of ops in one transaction: number, merge, keep every losing value, erase, move, write.

Which streams are touched is known before the first op is applied, so that their counters are locked in order;
an op of a record that has moved meanwhile may need one more, then the transaction begins again with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from hsdesk.city.ledger import asked, blobs, conflicts, protocol_1, seen_revisions, stream
from hsdesk.city.ledger.epoch import Epoch
from hsdesk.city.ledger.erasing import erase
from hsdesk.city.ledger.history import history
from hsdesk.city.ledger.moving import Departing, depart
from hsdesk.city.ledger.owners import Owner, Owners
from hsdesk.city.ledger.stream import StreamWork
from hsdesk.city.ledger.validation import (
    IS_THERE,
    NO_DISPOSAL,
    NO_RECORD,
    NO_RIGHT,
    Standing,
    Validation,
    named_by,
)
from hsdesk.city.people.permission import Reach
from hsdesk.city.sql.database import Connection, Contended
from hsdesk.city.sql.row_seals import seal_of
from hsdesk.city.sql.written import Paths, Stream, WrittenParts
from hsdesk.model.answer import ERASURE, MOVED_TO, Class, SetDelta, Value
from hsdesk.model.clock import clamped
from hsdesk.records.form_shape import FormShape
from hsdesk.records.merge import Merged, merge
from hsdesk.records.op import NOTHING, Op, covers, erased_paths
from hsdesk.records.parts import Mark, Part
from hsdesk.records.transfer import Arrived, followed
from hsdesk.wire.messages import OpResult

MAX_PART = 1 << 20  # bytes of one record part
_SHORT = "这条记录的内容超过上限，请把长文字缩短或另存附件。"

Wanted = dict[Stream, set[str]]


class MoreStreams(Contended):
    """The chunk touches streams that were not locked: begin again with them."""

    def __init__(self, wanted: Wanted) -> None:
        super().__init__("市级服务器正忙，请稍后再试。")
        self.wanted = wanted


class Terms(msgspec.Struct, frozen=True):
    """On which terms ops are taken: when, from whom, and where what is sent to a closed place goes.

    `epoch`: the server's, for what ops had seen. `read`: how far the device had read its streams. `is_older`:
    it speaks protocol 1, and is told nothing that it wrote itself.
    """

    received_ms: int
    reach: Reach
    epoch: Epoch
    validation: Validation
    successor: Callable[[str], str] = lambda scope: ""  # of a closed place that went into just one, else ""
    read: Mapping[Stream, int] = {}
    is_older: bool = False


class Chunk:
    """The work on one chunk. Make it inside a write transaction, `apply` each op, then `write`."""

    def __init__(
        self,
        connection: Connection,
        ops: Sequence[tuple[Op, FormShape]],
        terms: Terms,
        further: Mapping[Stream, set[str]] | None = None,
    ) -> None:
        """Raise MoreStreams if a record has moved to a stream that neither `ops` nor `further` names."""
        self._connection = connection
        self._terms = terms
        self.revs: dict[int, int] = {}  # by seq: the revision that an op was given in its own stream
        self._log: list[tuple[str | int | bytes, ...]] = []
        self.logged = 0  # rows of the log so far
        self.sealed = self.resealed = 0  # the sum of their seals, the change of that of earlier rows
        self._named: blobs.References = {}
        self._asked: set[tuple[str, Class, str]] = set()  # parts in which erasing is asked for, or was
        self._successors = {scope: terms.successor(scope) for scope in {op.scope for op, _ in ops}}
        wanted: Wanted = {one: set(records) for one, records in (further or {}).items()}
        for op, shape in ops:
            wanted.setdefault((op.scope, op.cls), set()).add(op.record)
            if self._successors[op.scope] or MOVED_TO in op.answers:
                for one in self._further(op, shape):
                    wanted.setdefault(one, set()).add(op.record)
        self._streams = {one: stream.locked(connection, one, sorted(wanted[one])) for one in sorted(wanted)}
        if self._lacks(wanted, [op for op, _ in ops]):
            raise MoreStreams(wanted)
        self._wanted = wanted
        self._owners = Owners(connection, self._asked_about(ops))

    def _asked_about(self, ops: Sequence[tuple[Op, FormShape]]) -> Iterator[str]:
        """Yield the records whose owner must be known: those without a part here, and those named."""
        for op, shape in ops:
            if op.record not in self._streams[op.scope, op.cls].parts:
                yield op.record
            yield from named_by(op, shape)

    def _further(self, op: Op, shape: FormShape) -> Iterator[Stream]:
        """Yield the streams of an op whose record goes, or may go, to another place."""
        for into in (op.answers.get(MOVED_TO), self._successors[op.scope]):
            if isinstance(into, str) and into:
                for cls in shape.classes:
                    yield op.scope, cls
                    yield into, cls

    def _lacks(self, wanted: Wanted, ops: Sequence[Op]) -> bool:
        """Add to `wanted` where records have moved; return whether some of it was not locked and read."""
        lacking = False
        moved = any(work.departures for work in self._streams.values())
        for op in ops if moved else ():
            scope = op.scope
            for _ in range(stream.MOST_MOVES):
                known = wanted.setdefault((scope, op.cls), set())
                if op.record not in known:
                    known.add(op.record)
                    lacking = True
                    break
                work = self._streams.get((scope, op.cls))
                if work is None or op.record in work.parts or op.record not in work.departures:
                    break
                scope = work.departures[op.record].into
        return lacking

    def is_behind(self, op: Op) -> bool:
        """Whether an op has seen a revision that its stream has not reached."""
        work = self._streams.get((op.scope, op.cls))
        return work is not None and seen_revisions.is_beyond(op, self._terms.epoch, work.rev)

    def work_on(self, key: Stream, record: str) -> StreamWork | None:
        """Return the stream of a record part if it was read for this chunk."""
        return self._streams[key] if record in self._wanted.get(key, ()) else None

    def has_moves(self) -> bool:
        """Whether any of the records that were read has moved, now or before."""
        return any(work.left or work.departures for work in self._streams.values())

    def holds(self, op: Op) -> bool:
        """Whether the stream of an op has its record now."""
        work = self.work_on((op.scope, op.cls), op.record)
        return work is not None and op.record in work.parts

    def apply(self, given: Op, shape: FormShape) -> OpResult:
        """Merge one op; what it changes is written by `write`. One of which nothing is left does nothing."""
        if given.redacted and not given.answers:
            return OpResult(given.seq, "applied")
        work = self._streams[given.scope, given.cls]
        op = seen_revisions.as_seen(given, self._terms.epoch, work.fence)
        if work.departures:
            op = self._follow(op)
            work = self._streams[op.scope, op.cls]
        problem = self._problem(op, work, given, shape)
        if problem == NO_DISPOSAL and not self._holds_any(op, work):
            return OpResult(op.seq, "applied")
        if problem:
            return OpResult(op.seq, "rejected", problem)
        return self._write(work, op, given, shape)

    def _write(self, work: StreamWork, op: Op, given: Op, shape: FormShape) -> OpResult:
        if MOVED_TO in op.answers:
            return OpResult(op.seq, "applied") if op.scope != given.scope else self._move(op, shape)
        body = stream.encode(op.answers)
        size = work.sizes.get(op.record, 0) + len(body)
        if size > MAX_PART:
            return OpResult(op.seq, "rejected", _SHORT)
        work.sizes[op.record] = size
        is_new = op.record not in work.parts
        if is_new:
            self._owners.make(op.record, Owner(op.scope, op.form))
        merged = self._taken(work, op, given, shape)
        if op.erases or ERASURE in op.answers:
            self._asked.add((op.scope, op.cls, op.record))
        if blobs.MARK_BYTES in body:
            self._named |= blobs.references(op.scope, op.cls, op.record, op.answers)
        self._note(op, merged.part.rev, body, work.heads[op.record], merged.lost)
        if op.scope == given.scope:
            self.revs[op.seq] = work.rev
        successor = self._successors.get(op.scope)
        if successor and is_new and (successor, op.cls) in self._streams:
            self._depart(op, shape, successor)
        return OpResult(op.seq, merged.outcome)

    def _taken(self, work: StreamWork, op: Op, given: Op, shape: FormShape) -> Merged:
        """Give an op its revision and merge it."""
        known = work.parts.get(op.record)
        if protocol_1.is_older(given):
            op = self._with_deltas(work, op, given, shape)
        work.rev += 1
        work.heads[op.record] = known.rev if known else _earlier(work, op.record)
        merged = self._merged(work, op, known, shape, given)
        work.parts[op.record] = merged.part
        work.changed[op.record] = _paths(work.changed.get(op.record), op, merged, is_new=known is None)
        if merged.disputes or work.conflicts.get(op.record):
            self._follow_conflicts(work, op, merged)
        return merged

    def _with_deltas(self, work: StreamWork, op: Op, given: Op, shape: FormShape) -> Op:
        """Read plain values of sets, from a program that knew no better, as what was added and removed.

        Where its base is not known any more (another server epoch), the value stays as it is: it goes to the
        conflict list, and removes nothing.
        """
        known = work.parts.get(op.record)
        paths = protocol_1.plain_sets(op, known, shape)
        if not paths or not known or op.seen_of(paths[0]).rev < given.seen.rev:
            return op
        self.flush_log()
        logged = list(history(self._connection, op.scope, op.cls, known.rev))
        deltas = {path: protocol_1.as_delta(op, path, logged) for path in paths}
        return msgspec.structs.replace(op, answers={**op.answers, **deltas})

    def _follow(self, op: Op) -> Op:
        """Return the op where its record is now."""
        for _ in range(stream.MOST_MOVES):
            work = self._streams[op.scope, op.cls]
            if not work.departures:
                break
            departure = work.departures.get(op.record)
            if departure is None or op.record in work.parts:
                break
            there = Arrived(departure.into, departure.arrived, self._terms.epoch.now)
            op = followed(op, departure.before, work.erased.get(op.record, {}), there)
            if self._terms.is_older:
                op = protocol_1.told_own(op)
        return op

    def _problem(self, op: Op, work: StreamWork, given: Op, shape: FormShape) -> str:
        has_moved = op.scope != given.scope
        if has_moved and op.answers.get(MOVED_TO, op.scope) != op.scope:
            return NO_RECORD
        held = Standing(
            work.parts.get(op.record),
            work.erased.get(op.record, {}),
            has_moved and self._moved_since_restore(given),
        )
        return self._terms.validation.refused_beside(op, shape, held, self._owners)

    def _holds_any(self, op: Op, work: StreamWork) -> bool:
        """Whether the city ever had anything of what an op erases; if not, it is forgotten already."""
        part = work.parts.get(op.record)
        return part is not None and any(
            covers(erased, path) for erased in erased_paths(op) for path in part.answers
        )

    def _moved_since_restore(self, given: Op) -> bool:
        """Whether an op is offered again whose record has left its place since the server was restored.

        It may have been taken there before; without it the restore would have lost an answer (decision 23).
        """
        work = self._streams[given.scope, given.cls]
        departure = work.departures.get(given.record)
        is_later = departure is not None and departure.rev > work.fence
        return is_later and seen_revisions.is_reoffered(given, self._terms.epoch)

    def _merged(self, work: StreamWork, op: Op, known: Part | None, shape: FormShape, given: Op) -> Merged:
        if op.erases:
            self.flush_log()
            mark = Mark(
                work.rev, clamped(op.hlc, self._terms.received_ms), op.device, op.epoch, op.seq, op.person,
                self._terms.reach.rank,
            )  # fmt: skip
            return Merged(erase(self._connection, work, op, mark), "applied")
        return merge(
            known,
            op,
            rev=work.rev,
            received_ms=self._terms.received_ms,
            rank=self._terms.reach.rank,
            policy=shape.policy,
            read=given.seen.rev if given.wide else self._terms.read.get((given.scope, given.cls), 0),
        )

    def _move(self, op: Op, shape: FormShape) -> OpResult:
        into = str(op.answers[MOVED_TO])
        held = [cls for cls in shape.classes if op.record in self._streams[op.scope, cls].parts]
        if not held:
            return OpResult(op.seq, "rejected", NO_RECORD)
        if any(op.record in self._streams[into, cls].parts for cls in shape.classes):
            return OpResult(op.seq, "rejected", IS_THERE)
        may = self._terms.reach.may_write
        if not all(may(op.scope, cls) and may(into, cls) for cls in held):
            return OpResult(op.seq, "rejected", NO_RIGHT)
        self._depart(op, shape, into)
        return OpResult(op.seq, "applied")

    def _depart(self, op: Op, shape: FormShape, into: str) -> None:
        """Let a record go to another place with all its parts; both streams say so."""
        self.flush_log()
        self._owners.move(op.record, Owner(into, op.form))
        asked.move(self._connection, op.record, op.scope, into)
        for cls in shape.classes:
            self._depart_part(op, cls, into)

    def _depart_part(self, op: Op, cls: Class, into: str) -> None:
        source, target = self._streams[op.scope, cls], self._streams[into, cls]
        earlier, part = _earlier(target, op.record), source.parts.get(op.record)
        before = part.rev if part else _earlier(source, op.record)
        arrived = depart(self._connection, Departing(op.record, cls, op.scope, into), source, target)
        left = msgspec.structs.replace(op, cls=cls, answers={MOVED_TO: into}, resolves="")
        self._note(left, source.rev, stream.encode(left.answers), before)
        if arrived is None:
            return
        came = msgspec.structs.replace(left, scope=into, seen=NOTHING, answers=_written(arrived.answers))
        self._note(came, target.rev, stream.encode(came.answers), earlier)

    def _note(self, op: Op, rev: int, body: bytes, before: int, lost: tuple[str, ...] = ()) -> None:
        self.logged += 1
        self._log.append((
            op.scope, op.cls, rev, op.device, abs(op.epoch), op.seq, op.record, op.form, op.version,
            op.seen.rev, op.hlc, self._terms.received_ms, op.person, body, op.resolves, "\n".join(lost),
            before,
        ))  # fmt: skip

    def _follow_conflicts(self, work: StreamWork, op: Op, merged: Merged) -> None:
        """Open, lengthen, renew and settle the conflicts of the op's record."""
        by_path = {conflict.path: conflict for conflict in work.conflicts.get(op.record, [])}
        disputed = {dispute.path for dispute in merged.disputes}
        for dispute in merged.disputes:
            known = by_path.get(dispute.path)
            by_path[dispute.path] = (
                conflicts.lengthened(known, dispute, work.rev)
                if known
                else conflicts.opened(op, dispute, self._base_value(work, op, dispute.path), work.rev)
            )
        for path in set(op.answers) & set(by_path) - disputed:
            by_path[path] = conflicts.renewed(by_path[path], op, merged.part.answers[path], work.rev)
        work.renewed.update({c.id: c for c in by_path.values() if c.rev == work.rev})
        work.conflicts[op.record] = [c for c in by_path.values() if c.open]

    def _base_value(self, work: StreamWork, op: Op, path: str) -> Value:
        """Return what held at the revision that the op had seen, from the log."""
        self.flush_log()
        seen = op.seen_of(path).rev
        for logged in history(self._connection, op.scope, op.cls, work.heads.get(op.record, 0)):
            if logged.rev <= seen and path in logged.answers and path not in logged.lost:
                written = logged.answers[path]
                return written.apply(()) if isinstance(written, SetDelta) else written
        return None

    def flush_log(self) -> None:
        """Write the log rows at hand and what they refer to, so that they can be read."""
        self._connection.many(_INSERT_OP, self._log)
        self.sealed += sum(map(seal_of, self._log))
        blobs.refer(self._connection, self._named)
        self._log.clear()
        self._named = {}

    def write(self) -> WrittenParts:
        """Write everything that changed."""
        self.flush_log()
        self._owners.write()
        written = WrittenParts({}, {}, {})
        for key, work in self._streams.items():
            self.resealed += work.resealed
            if work.left:
                written.left[key] = dict(work.left)
            if work.changed:
                written.changed[key] = {record: work.parts[record] for record in work.changed}
                written.paths[key] = work.changed
            if work.rev != work.begun:
                stream.write(self._connection, key, work)
        for scope, cls, record in sorted(self._asked):
            if part := self._streams[scope, cls].parts.get(record):
                asked.note(self._connection, scope, cls, record, part)
        return written


_INSERT_OP = f"INSERT INTO hs_op VALUES ({', '.join('?' * 17)})"


def _paths(before: Paths | None, op: Op, merged: Merged, *, is_new: bool) -> Paths:
    """Return which answers of a record this chunk changed, after one more op."""
    if is_new or op.erases or merged.disputes or before == frozenset():
        return frozenset()
    return (before or frozenset()).union(op.answers)


def _earlier(work: StreamWork, record: str) -> int:
    """Return the last op of a record that was here before and went away: its history goes on."""
    departure = work.departures.get(record)
    return departure.head if departure else 0


def _written(answers: Mapping[str, Value]) -> dict[str, str | int | float | SetDelta | None]:
    return {
        path: SetDelta(add=value) if isinstance(value, tuple) else value for path, value in answers.items()
    }
