"""Applying a chunk of ops inside one transaction: lock, number, merge, keep every losing value, write.

The (scope, class) counters are locked first, in order, as their own statements, so that two chunks never wait
for each other in a circle and a page never shows a revision whose neighbours are still to come.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

import msgspec

from hsdesk.model.conflict import Candidate, Conflict
from hsdesk.model.merge import DIGEST_MODULUS, Dispute, Merged, Part, merge, part_digest
from hsdesk.model.op import Class, Op, SetDelta, Value, Written
from hsdesk.server.database import Connection
from hsdesk.server.shape import FormShape
from hsdesk.wire.messages import OpResult

Stream = tuple[str, Class]

_encode = msgspec.msgpack.Encoder().encode
_part_of = msgspec.msgpack.Decoder(Part).decode
_conflict_of = msgspec.msgpack.Decoder(Conflict).decode
_answers_of = msgspec.msgpack.Decoder(dict[str, str | int | float | SetDelta | None]).decode


class Counter(msgspec.Struct):
    """A stream's counter row while it is locked. `fence`: its revision when the server was last restored."""

    rev: int
    fence: int
    digest: int
    is_new: bool


class Chunk:
    """The work on one chunk. Make it inside a write transaction, `apply` each op, then `write`."""

    def __init__(self, connection: Connection, ops: Sequence[Op], received_ms: int, rank: int) -> None:
        self._connection = connection
        self._received = received_ms
        self._rank = rank
        self._counters: dict[Stream, Counter] = {}
        self._parts: dict[Stream, dict[str, Part]] = {}
        self._digests: dict[Stream, dict[str, int]] = {}
        self._conflicts: dict[Stream, dict[str, list[Conflict]]] = {}
        self._touched: dict[tuple[str, str], Conflict] = {}
        self._changed: dict[Stream, set[str]] = {}
        self._log: list[tuple[str | int | bytes, ...]] = []
        by_stream: dict[Stream, set[str]] = {}
        for op in ops:
            by_stream.setdefault((op.scope, op.cls), set()).add(op.record)
        for stream in sorted(by_stream):
            self._counters[stream] = _locked(connection, stream)
        for stream, records in by_stream.items():
            self._load(stream, sorted(records))

    def _load(self, stream: Stream, records: list[str]) -> None:
        self._parts[stream], self._digests[stream] = {}, {}
        self._conflicts[stream], self._changed[stream] = {}, set()
        if self._counters[stream].is_new:
            return
        rows = self._connection.all_among(
            "SELECT record, digest, body FROM state WHERE scope = ? AND cls = ? AND record IN ??",
            *stream,
            among=records,
        )
        for record, digest, body in rows:
            self._parts[stream][str(record)] = _part_of(body)
            self._digests[stream][str(record)] = digest
        rows = self._connection.all_among(
            "SELECT record, body FROM conflict WHERE scope = ? AND cls = ? AND open = 1 AND record IN ??",
            *stream,
            among=records,
        )
        for record, body in rows:
            self._conflicts[stream].setdefault(str(record), []).append(_conflict_of(body))

    def fenced(self, op: Op) -> Op:
        """Return the op as seen by a server restored since: what it had seen beyond the fence is lost."""
        fence = self._counters[op.scope, op.cls].fence
        return op if op.base_rev <= fence else msgspec.structs.replace(op, base_rev=fence)

    def apply(self, op: Op, shape: FormShape) -> OpResult:
        """Merge one op; what it changes is written by `write`."""
        stream = (op.scope, op.cls)
        counter = self._counters[stream]
        counter.rev += 1
        merged = merge(
            self._parts[stream].get(op.record),
            op,
            rev=counter.rev,
            received_ms=self._received,
            rank=self._rank,
            policy=shape.policy,
        )
        self._parts[stream][op.record] = merged.part
        self._changed[stream].add(op.record)
        if merged.disputes or self._conflicts[stream].get(op.record):
            self._follow_conflicts(op, merged, counter.rev)
        self._log.append(self._log_row(op, merged, counter.rev))
        return OpResult(op.seq, merged.outcome)

    def _log_row(self, op: Op, merged: Merged, rev: int) -> tuple[str | int | bytes, ...]:
        return (
            op.scope, op.cls, rev, op.device, op.epoch, op.seq, op.record, op.form, op.version, op.base_rev,
            op.hlc, self._received, op.person, _encode(op.answers), op.resolves, "\n".join(merged.lost),
        )  # fmt: skip

    def _follow_conflicts(self, op: Op, merged: Merged, rev: int) -> None:
        """Open, lengthen, renew and settle the conflicts of the op's record."""
        stream = (op.scope, op.cls)
        by_path = {conflict.path: conflict for conflict in self._conflicts[stream].get(op.record, [])}
        disputed = {dispute.path for dispute in merged.disputes}
        for dispute in merged.disputes:
            known = by_path.get(dispute.path)
            by_path[dispute.path] = (
                _lengthened(known, dispute, rev) if known else self._opened(op, dispute, rev)
            )
        for path in set(op.answers) & set(by_path) - disputed:
            by_path[path] = _renewed(by_path[path], op, merged.part.answers[path], rev)
        for conflict in by_path.values():
            if conflict.rev == rev:
                self._touched[op.scope + op.cls, conflict.id] = conflict
        self._conflicts[stream][op.record] = [c for c in by_path.values() if c.open]

    def _opened(self, op: Op, dispute: Dispute, rev: int) -> Conflict:
        identity = "\0".join((op.scope, op.cls, op.record, dispute.path, str(rev)))
        return Conflict(
            hashlib.blake2b(identity.encode(), digest_size=8).hexdigest(),
            op.scope,
            op.cls,
            op.form,
            op.record,
            dispute.path,
            self._base_value(op, dispute.path),
            (dispute.holds, dispute.lost),
            rev,
        )

    def _base_value(self, op: Op, path: str) -> Value:
        """Return what held at the revision that the op had seen, from the log."""
        rows = self._connection.all(
            "SELECT body, lost FROM op WHERE scope = ? AND cls = ? AND record = ? AND rev <= ?"
            " ORDER BY rev DESC",
            op.scope,
            op.cls,
            op.record,
            op.base_rev,
        )
        for body, lost in rows:
            answers: dict[str, Written] = _answers_of(body)
            if path in answers and path not in str(lost).split("\n"):
                written = answers[path]
                return written.apply(()) if isinstance(written, SetDelta) else written
        return None

    def write(self, receipt: Callable[[Connection], None]) -> dict[Stream, dict[str, Part]]:
        """Write everything that changed; return the changed parts. `receipt` writes what belongs to it."""
        self._connection.many(_INSERT_OP, self._log)
        changed = {
            stream: {record: self._parts[stream][record] for record in records}
            for stream, records in self._changed.items()
            if records
        }
        for stream, parts in changed.items():
            self._connection.many(_PUT_STATE, self._state_rows(stream, parts))
        self._connection.many(_PUT_CONFLICT, [_conflict_row(c) for c in self._touched.values()])
        for stream in changed:
            self._write_counter(stream)
        receipt(self._connection)
        return changed

    def _state_rows(self, stream: Stream, parts: dict[str, Part]) -> Iterable[tuple[str | int | bytes, ...]]:
        counter, before = self._counters[stream], self._digests[stream]
        rows = []
        for record, part in parts.items():
            digest = part_digest(record, part.answers)
            counter.digest = (counter.digest - before.get(record, 0) + digest) % DIGEST_MODULUS
            rows.append((*stream, record, part.rev, digest, _encode(part)))
        return rows

    def _write_counter(self, stream: Stream) -> None:
        counter = self._counters[stream]
        self._connection.run(
            "UPDATE stream SET rev = ?, digest = ? WHERE scope = ? AND cls = ?",
            counter.rev,
            counter.digest,
            *stream,
        )


_INSERT_OP = f"INSERT INTO op VALUES ({', '.join('?' * 16)})"
_PUT_STATE = (
    "INSERT INTO state (scope, cls, record, rev, digest, body) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (scope, cls, record) DO UPDATE SET"
    " rev = excluded.rev, digest = excluded.digest, body = excluded.body"
)
_PUT_CONFLICT = (
    "INSERT INTO conflict (scope, cls, id, rev, record, open, body) VALUES (?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (scope, cls, id) DO UPDATE SET"
    " rev = excluded.rev, open = excluded.open, body = excluded.body"
)


def _locked(connection: Connection, stream: Stream) -> Counter:
    made = connection.run(
        "INSERT INTO stream (scope, cls, rev, fence, digest) VALUES (?, ?, 0, 0, 0)"
        " ON CONFLICT (scope, cls) DO NOTHING",
        *stream,
    )
    rev, fence, digest = connection.all(
        "SELECT rev, fence, digest FROM stream WHERE scope = ? AND cls = ? FOR UPDATE", *stream
    )[0]
    return Counter(rev, fence, digest, made == 1)


def _conflict_row(conflict: Conflict) -> tuple[str | int | bytes, ...]:
    c = conflict
    return (c.scope, c.cls, c.id, c.rev, c.record, int(c.open), _encode(c))


def _lengthened(conflict: Conflict, dispute: Dispute, rev: int) -> Conflict:
    """A further value that nobody had seen: it joins the losers, or the holder does."""
    candidates = conflict.candidates
    if dispute.holds == candidates[0]:
        candidates = _with(candidates, dispute.lost)
    else:
        candidates = (dispute.holds, *(c for c in candidates if c != dispute.holds))
        candidates = _with(candidates, dispute.lost)
    return msgspec.structs.replace(conflict, candidates=candidates, rev=rev)


def _with(candidates: tuple[Candidate, ...], further: Candidate) -> tuple[Candidate, ...]:
    return candidates if further in candidates else (*candidates, further)


def _renewed(conflict: Conflict, op: Op, value: Value, rev: int) -> Conflict:
    """An answer given in knowledge of the other: it holds, and settles the conflict if it says so.

    A choice made without having seen the latest losing value holds as well, but leaves the question open.
    """
    newest = Candidate(value, op.person, op.device, op.hlc)
    if newest.value == conflict.candidates[0].value:
        newest = conflict.candidates[0]
    candidates = (newest, *(c for c in conflict.candidates if c != newest))
    settles = op.resolves == conflict.id and conflict.rev <= op.base_rev
    return msgspec.structs.replace(
        conflict, candidates=candidates, rev=rev, open=not settles, settled_by=op.person if settles else ""
    )
