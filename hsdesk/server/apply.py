"""Applying a chunk of ops inside one transaction: lock, number, merge, keep every losing value, write.

The (scope, class) counters are locked first, in order, as their own statements, so that two chunks never wait
for each other in a circle and a page never shows a revision whose neighbours are still to come.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import msgspec

from hsdesk.model.conflict import Candidate, Conflict
from hsdesk.model.merge import DIGEST_MODULUS, Dispute, Merged, Part, merge, part_digest
from hsdesk.model.op import Class, Op, SetDelta, Value
from hsdesk.server import blobs
from hsdesk.server.database import Connection
from hsdesk.server.history import history
from hsdesk.server.shape import FormShape
from hsdesk.wire.messages import OpResult

Stream = tuple[str, Class]
MAX_PART = 1 << 20  # bytes of one record part

_encode = msgspec.msgpack.Encoder().encode
_part_of = msgspec.msgpack.Decoder(Part).decode
_conflict_of = msgspec.msgpack.Decoder(Conflict).decode


class StreamWork(msgspec.Struct):
    """A stream while its counter row is locked: what the chunk's records hold, and what it changes.

    `fence`: its revision when the server was last restored. `sizes` is an upper bound while ops are merged.
    """

    rev: int
    fence: int
    digest: int
    parts: dict[str, Part] = {}
    digests: dict[str, int] = {}
    sizes: dict[str, int] = {}
    heads: dict[str, int] = {}  # revision of a record's op before the present one
    conflicts: dict[str, list[Conflict]] = {}
    changed: set[str] = set()
    renewed: dict[str, Conflict] = {}


class Chunk:
    """The work on one chunk. Make it inside a write transaction, `apply` each op, then `write`."""

    def __init__(self, connection: Connection, ops: Sequence[Op], received_ms: int, rank: int) -> None:
        self._connection = connection
        self._received = received_ms
        self._rank = rank
        self._log: list[tuple[str | int | bytes, ...]] = []
        self._named: blobs.References = {}
        records: dict[Stream, set[str]] = {}
        for op in ops:
            records.setdefault((op.scope, op.cls), set()).add(op.record)
        self._streams = {stream: _locked(connection, stream) for stream in sorted(records)}
        for stream, work in self._streams.items():
            if work.rev:
                _load(connection, stream, work, sorted(records[stream]))

    def fenced(self, op: Op) -> Op:
        """Return the op as seen by a server restored since: what it had seen beyond the fence is lost."""
        fence = self._streams[op.scope, op.cls].fence
        return op if op.base_rev <= fence else msgspec.structs.replace(op, base_rev=fence)

    def apply(self, op: Op, shape: FormShape) -> OpResult:
        """Merge one op; what it changes is written by `write`."""
        work = self._streams[op.scope, op.cls]
        body = _encode(op.answers)
        size = work.sizes.get(op.record, 0) + len(body)
        if size > MAX_PART:
            return OpResult(op.seq, "rejected", "这条记录的内容超过上限，请把长文字缩短或另存附件。")
        work.sizes[op.record] = size
        work.rev += 1
        known = work.parts.get(op.record)
        work.heads[op.record] = before = known.rev if known else 0
        merged = merge(
            known,
            op,
            rev=work.rev,
            received_ms=self._received,
            rank=self._rank,
            policy=shape.policy,
        )
        work.parts[op.record] = merged.part
        work.changed.add(op.record)
        if merged.disputes or work.conflicts.get(op.record):
            self._follow_conflicts(work, op, merged)
        if blobs.MARK_BYTES in body:
            self._named |= blobs.references(op.scope, op.cls, op.record, op.answers)
        self._log.append(self._log_row(op, merged, body, before))
        return OpResult(op.seq, merged.outcome)

    def _log_row(self, op: Op, merged: Merged, body: bytes, before: int) -> tuple[str | int | bytes, ...]:
        return (
            op.scope, op.cls, merged.part.rev, op.device, op.epoch, op.seq, op.record, op.form, op.version,
            op.base_rev, op.hlc, self._received, op.person, body, op.resolves, "\n".join(merged.lost),
            before,
        )  # fmt: skip

    def _follow_conflicts(self, work: StreamWork, op: Op, merged: Merged) -> None:
        """Open, lengthen, renew and settle the conflicts of the op's record."""
        by_path = {conflict.path: conflict for conflict in work.conflicts.get(op.record, [])}
        disputed = {dispute.path for dispute in merged.disputes}
        for dispute in merged.disputes:
            known = by_path.get(dispute.path)
            by_path[dispute.path] = (
                _lengthened(known, dispute, work.rev) if known else self._opened(work, op, dispute)
            )
        for path in set(op.answers) & set(by_path) - disputed:
            by_path[path] = _renewed(by_path[path], op, merged.part.answers[path], work.rev)
        work.renewed.update({c.id: c for c in by_path.values() if c.rev == work.rev})
        work.conflicts[op.record] = [c for c in by_path.values() if c.open]

    def _opened(self, work: StreamWork, op: Op, dispute: Dispute) -> Conflict:
        identity = "\0".join((op.scope, op.cls, op.record, dispute.path, str(work.rev)))
        return Conflict(
            hashlib.blake2b(identity.encode(), digest_size=8).hexdigest(),
            op.scope,
            op.cls,
            op.form,
            op.record,
            dispute.path,
            self._base_value(work, op, dispute.path),
            (dispute.holds, dispute.lost),
            work.rev,
        )

    def _base_value(self, work: StreamWork, op: Op, path: str) -> Value:
        """Return what held at the revision that the op had seen, from the log."""
        self._flush_log()
        for logged in history(self._connection, op.scope, op.cls, work.heads.get(op.record, 0)):
            if logged.rev <= op.base_rev and path in logged.answers and path not in logged.lost:
                written = logged.answers[path]
                return written.apply(()) if isinstance(written, SetDelta) else written
        return None

    def _flush_log(self) -> None:
        """Write the log rows at hand, so that they can be read."""
        self._connection.many(_INSERT_OP, self._log)
        self._log.clear()

    def write(self) -> dict[Stream, dict[str, Part]]:
        """Write everything that changed; return the changed parts."""
        connection = self._connection
        self._flush_log()
        blobs.refer(connection, self._named)
        changed = {}
        for stream, work in self._streams.items():
            if work.changed:
                changed[stream] = {record: work.parts[record] for record in work.changed}
                connection.many(_PUT_STATE, _state_rows(stream, work))
                connection.many(_PUT_CONFLICT, [_conflict_row(c) for c in work.renewed.values()])
                connection.run(_PUT_COUNTER, work.rev, work.digest, *stream)
        return changed


_INSERT_OP = f"INSERT INTO hs_op VALUES ({', '.join('?' * 17)})"
_PUT_STATE = (
    "INSERT INTO hs_state (scope, cls, record, form, rev, digest, body) VALUES (?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (scope, cls, record) DO UPDATE SET"
    " rev = excluded.rev, digest = excluded.digest, body = excluded.body"
)
_PUT_CONFLICT = (
    "INSERT INTO hs_conflict (scope, cls, id, rev, record, open, body) VALUES (?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (scope, cls, id) DO UPDATE SET"
    " rev = excluded.rev, open = excluded.open, body = excluded.body"
)


_PUT_COUNTER = "UPDATE hs_stream SET rev = ?, digest = ? WHERE scope = ? AND cls = ?"


def _locked(connection: Connection, stream: Stream) -> StreamWork:
    connection.run(
        "INSERT INTO hs_stream (scope, cls, rev, fence, digest) VALUES (?, ?, 0, 0, 0)"
        " ON CONFLICT (scope, cls) DO NOTHING",
        *stream,
    )
    row = connection.all(
        "SELECT rev, fence, digest FROM hs_stream WHERE scope = ? AND cls = ? FOR UPDATE", *stream
    )[0]
    return StreamWork(*row)


def _load(connection: Connection, stream: Stream, work: StreamWork, records: list[str]) -> None:
    rows = connection.all_among(
        "SELECT record, digest, body FROM hs_state WHERE scope = ? AND cls = ? AND record IN ??",
        *stream,
        among=records,
    )
    for record, digest, body in rows:
        work.parts[record], work.digests[record], work.sizes[record] = _part_of(body), digest, len(body)
    rows = connection.all_among(
        "SELECT record, body FROM hs_conflict WHERE scope = ? AND cls = ? AND open = 1 AND record IN ??",
        *stream,
        among=records,
    )
    for record, body in rows:
        work.conflicts.setdefault(record, []).append(_conflict_of(body))


def _state_rows(stream: Stream, work: StreamWork) -> Iterable[tuple[str | int | bytes, ...]]:
    rows = []
    for record in work.changed:
        part = work.parts[record]
        digest = part_digest(record, part.answers)
        work.digest = (work.digest - work.digests.get(record, 0) + digest) % DIGEST_MODULUS
        rows.append((*stream, record, part.form, part.rev, digest, _encode(part)))
    return rows


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
