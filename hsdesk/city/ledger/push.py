"""Taking a chunk of ops in one transaction: what is new is applied, what is here already is known by content.

A number stands for one op for ever. Where the server holds another one under it, two computers share one
identity, and nothing from there on is taken. The same op under another epoch of its device (a copied file
that took a new epoch, an old stick) is taken once. The receipt speaks of the ops of the message alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, partial

import msgspec

from hsdesk.city.ledger import receipts, verifying
from hsdesk.city.ledger.apply import Chunk, Terms, Wanted
from hsdesk.city.ledger.epoch import Epoch, RolledBack
from hsdesk.city.ledger.naming import named_told
from hsdesk.city.ledger.validation import Validation
from hsdesk.city.people import audit
from hsdesk.city.people.permission import Caller
from hsdesk.city.people.writers import DeviceWriters, WriterNames, numbers_of
from hsdesk.city.reference.current import Published
from hsdesk.city.reference.stream import Shapes
from hsdesk.city.sql import locks, said
from hsdesk.city.sql.database import Connection
from hsdesk.city.sql.registers import write_changed
from hsdesk.city.sql.said import HeldEpoch
from hsdesk.errors import DataError, Refused
from hsdesk.model.answer import DELETED, MOVED_TO, Class
from hsdesk.model.place import Directory
from hsdesk.records.chain import REJECTED_BEFORE, hash_of, lengthened
from hsdesk.records.op import Op
from hsdesk.wire.counted import MAX_OPS
from hsdesk.wire.messages import CLONED, OpResult, Push, Receipt, Told

_MOST_TOLD = 1 << 20  # bytes of told states: an answer stays below `codec.MAX_ANSWER` whatever they hold


class ServerNow(msgspec.Struct, frozen=True):
    """What a server knows beside the message: its epoch, its time, what is published."""

    epoch: Epoch
    now_ms: int
    shapes: Shapes
    published: Published


class Compared(msgspec.Struct, frozen=True):
    """A message beside what the server holds of its epoch.

    `ahead` is the chain before the message's first op, `again` how many of its ops are here already. `unlike`
    is as in a receipt.
    """

    held: HeldEpoch
    ahead: bytes
    again: int = 0
    unlike: int = 0


class About(msgspec.Struct, frozen=True):
    """The ops that a receipt is about, the states it tells, and the revisions it gives, by seq."""

    ops: Sequence[Op]
    told: tuple[Told, ...] = ()
    revs: Mapping[int, int] = {}


def check(caller: Caller, push: Push) -> None:
    """Raise Refused for ops of another device, DataError for a message that no desk makes."""
    if push.device != caller.device or caller.reach.holder != "device":
        raise Refused("数据包不是这台电脑的，没有接收。")
    if len(push.ops) > MAX_OPS:
        raise DataError("一次上报的改动过多，没有接收。")
    if push.ops and push.ops[0].seq < 1:
        raise DataError("数据包里有超出范围的编号，没有读入。")


class PushWork:
    """The work on one message. Make it inside a write transaction; `run` returns the receipt."""

    def __init__(self, connection: Connection, caller: Caller, push: Push, server: ServerNow) -> None:
        self._connection = connection
        self._caller = caller
        self._push = push
        self._server = server
        self._origin = (push.device, push.epoch)
        self._given = _without_gap(push.ops)
        self._ops = self._given
        self._is_older = push.before is None
        self._results: dict[int, OpResult] = {}
        self._has_learnt = False
        self._new_writers = ""
        self._left_nothing: list[int] = []  # ops taken that came to no row of the log

    def run(self, further: Wanted) -> Receipt:
        """Take the message. Raises WentBack, MoreStreams, and Refused towards a copied desk of protocol 1."""
        connection = self._connection
        locks.use_tables(connection)
        self._shapes = self._server.shapes.current(connection)
        places = self._server.published.current(connection).directory
        writers = DeviceWriters(connection, self._push.device, self._push.writers)
        validation = Validation(self._caller.reach, self._shapes, places)
        self._ops = [_by_number(op, writers) for op in self._given]
        verdicts = {op.seq: writers.problem(op.person) or validation.refused(op) for op in self._ops}
        taken = [(op, self._shapes[op.form]) for op in self._ops if not verdicts[op.seq]]
        chunk = Chunk(connection, taken, self._terms(places, validation), further)
        hashes = [hash_of(op) for op in self._given]
        compared = self._compare(hashes)
        fresh = self._fresh(compared)
        self._refuse_to_go_back(chunk, compared, fresh)
        if fresh:
            self._apply(chunk, fresh, verdicts, hashes[compared.again :])
            self._new_writers = numbers_of(writers.write())
            holds = self._write(chunk, fresh, compared.held, hashes[compared.again :])
        else:
            holds = compared.held
            self._note_stranger(compared)
        if self._has_learnt:
            audit.record(connection, self._server.now_ms, self._push.device, "learnt", epoch=self._push.epoch)
        ops = self._ops[: compared.again + len(fresh)]
        return self._receipt(self._about(chunk, compared, ops), compared, hashes, holds)

    def _terms(self, places: Directory, validation: Validation) -> Terms:
        reach = self._caller.reach
        read = {(one.scope, one.cls): one.rev for one in self._push.read}
        successor = cache(partial(_successor, places))
        now, epoch = self._server.now_ms, self._server.epoch
        return Terms(now, reach, epoch, validation, successor, read, self._is_older)

    def _compare(self, hashes: Sequence[bytes]) -> Compared:
        """Compare every op that is here already, and what lies before the message."""
        connection, ops = self._connection, self._ops
        held = said.held(connection, *self._origin, lock=bool(ops))
        if not ops or ops[0].seq > held.last + 1:
            return Compared(held, held.chain)
        first = ops[0].seq
        ahead = said.chain_at(connection, *self._origin, first - 1) if first <= held.last else held.chain
        if not self._is_older and ahead != self._push.before:
            return Compared(held, ahead, unlike=-1)
        again = min(len(ops), held.last + 1 - first)
        if not again:
            return Compared(held, ahead)
        known = said.hashes(connection, *self._origin, first, first + again - 1)
        for n, (here, there) in enumerate(zip(known, hashes, strict=False)):
            if here not in (there, REJECTED_BEFORE):
                return self._cloned(Compared(held, ahead, n, first + n))
        learnt = {
            first + n: there
            for n, (here, there) in enumerate(zip(known, hashes, strict=False))
            if here != there
        }
        self._has_learnt = bool(learnt)
        held = said.learn(connection, self._origin, learnt) if learnt else held
        return Compared(held, ahead, again)

    def _cloned(self, compared: Compared) -> Compared:
        if self._is_older:
            raise Refused(
                "这台电脑的数据是从另一台电脑复制来的，请再点一次“数据同步”。数据都在本机。", detail=CLONED
            )
        return compared

    def _fresh(self, compared: Compared) -> Sequence[Op]:
        ops = self._ops
        if compared.unlike or not ops or ops[0].seq > compared.held.last + 1:
            return ()
        return ops[compared.again :]

    def _refuse_to_go_back(self, chunk: Chunk, compared: Compared, fresh: Sequence[Op]) -> None:
        """Raise WentBack if a desk of this epoch begins after ops that are not here, or has seen such."""
        ops, epoch = self._ops, self._server.epoch
        is_gap = bool(ops) and ops[0].seq > compared.held.last + 1
        if (is_gap and self._push.server_epoch == epoch.now) or any(chunk.is_behind(op) for op in fresh):
            raise RolledBack

    def _apply(
        self, chunk: Chunk, fresh: Sequence[Op], verdicts: dict[int, str], hashes: Sequence[bytes]
    ) -> None:
        taken_before = self._taken_before(fresh, hashes)
        for op in fresh:
            problem = verdicts[op.seq]
            if op.seq in taken_before:
                self._results[op.seq] = taken_before[op.seq]
            elif problem:
                self._results[op.seq] = OpResult(op.seq, "rejected", problem)
            else:
                logged = chunk.logged
                self._results[op.seq] = result = chunk.apply(op, self._shapes[op.form])
                if chunk.logged == logged and result.outcome != "rejected":
                    self._left_nothing.append(op.seq)

    def _taken_before(self, fresh: Sequence[Op], hashes: Sequence[bytes]) -> dict[int, OpResult]:
        """Return what was said of ops that came in before, under another epoch of the device."""
        places = said.elsewhere(self._connection, self._origin, hashes)
        found = {}
        for op, one in zip(fresh, hashes, strict=True) if places else ():
            for epoch, seq in places.get(one, ()):
                if op.nonce or self._is_of_class(epoch, seq, op.cls):
                    reason = self._reasons(epoch, seq, seq).get(seq, "")
                    found[op.seq] = OpResult(op.seq, "rejected" if reason else "duplicate", reason)
                    break
        return found

    def _is_of_class(self, epoch: int, seq: int, cls: Class) -> bool:
        """Tell whether an old op is of a class: its hash does not say, and an edit may have made two ops."""
        rows = self._connection.all(
            "SELECT cls FROM hs_op WHERE device = ? AND epoch = ? AND seq = ?", self._push.device, epoch, seq
        )
        return any(found == cls for (found,) in rows)

    def _reasons(self, epoch: int, first: int, last: int) -> dict[int, str]:
        """Return why ops were set aside, by seq."""
        rows = self._connection.all(
            "SELECT seq, reason FROM hs_rejected WHERE device = ? AND epoch = ? AND seq >= ? AND seq <= ?",
            self._push.device,
            epoch,
            first,
            last,
        )
        return dict(rows)

    def _write(
        self, chunk: Chunk, fresh: Sequence[Op], held: HeldEpoch, hashes: Sequence[bytes]
    ) -> HeldEpoch:
        connection, now, push = self._connection, self._server.now_ms, self._push
        write_changed(connection, self._server.shapes.registers, chunk.write())
        holds = said.write(connection, self._origin, held, hashes, push.parent)
        outcomes = [self._results[op.seq] for op in fresh]
        aside = [(*self._origin, r.seq, now, r.reason) for r in outcomes if r.outcome == "rejected"]
        connection.many(
            "INSERT INTO hs_rejected (device, epoch, seq, received, reason) VALUES (?, ?, ?, ?, ?)", aside
        )
        detail: dict[str, str | int] = {
            "epoch": push.epoch, "last": fresh[-1].seq, "ops": len(self._ops), "rejected": len(aside),
        }  # fmt: skip
        if self._left_nothing:
            detail[verifying.LEFT_NOTHING] = " ".join(map(str, self._left_nothing))
        if self._new_writers:
            detail["writers"] = self._new_writers
        if push.parent and not held.last:
            detail["parent"] = f"{push.parent[0]} {push.parent[1]} {push.parent[2].hex()}"
        grown = audit.LogGrowth(chunk.logged, chunk.sealed, chunk.resealed)
        audit.record_push(connection, now, push.device, grown, detail | {"chain": holds.chain.hex()})
        for op in fresh:
            if self._results[op.seq].outcome not in ("rejected", "duplicate"):
                _note_leaving(connection, now, op)
        return holds

    def _note_stranger(self, compared: Compared) -> None:
        """Put into the audit trail that two computers speak in one name: a copied disk, or a theft."""
        if compared.unlike:
            where = {"epoch": self._push.epoch, "number": compared.unlike}
            audit.record(self._connection, self._server.now_ms, self._push.device, "clone", **where)

    def _receipt(
        self, about: About, compared: Compared, hashes: Sequence[bytes], holds: HeldEpoch
    ) -> Receipt:
        ops, epoch = about.ops, self._server.epoch.now
        results = {**self._said_again(self._ops[: compared.again]), **self._results}
        named = tuple(results[op.seq] for op in ops if results[op.seq].outcome != "applied")
        if self._is_older:
            return Receipt(*self._origin, holds.last, epoch, named)
        first = self._ops[0].seq if self._ops and compared.unlike >= 0 else holds.last + 1
        is_about_some = bool(ops) or compared.unlike > 0
        return Receipt(
            *self._origin,
            last=first + len(ops) - 1 if is_about_some else holds.last,
            server_epoch=epoch,
            results=named,
            first=first,
            chain=lengthened(compared.ahead, hashes[: len(ops)]) if is_about_some else holds.chain,
            holds=holds.last,
            held=holds.chain,
            revs=tuple(about.revs.get(op.seq, 0) for op in ops),
            told=named_told(about.told, WriterNames(self._connection)),
            unlike=compared.unlike,
        )

    def _about(self, chunk: Chunk, compared: Compared, ops: Sequence[Op]) -> About:
        """Return which of the ops that are here now the receipt is about, and what it says of them.

        Where more would have to be told than one answer may hold, it is about fewer of them.
        """
        if self._is_older:
            return About(ops)
        revs: Mapping[int, int] = chunk.revs
        if compared.again or chunk.has_moves():
            revs = {**self._known_revs(ops[: compared.again]), **revs}
            revs = {op.seq: rev for op in ops if (rev := revs.get(op.seq)) and chunk.holds(op)}
        asked = receipts.ReceiptAsked(self._caller.reach.may_read, self._classes, revs)
        told = receipts.ReceiptStates(self._connection, chunk, asked).told(ops)
        while len(ops) > 1 and receipts.size_of(told) > _MOST_TOLD:
            ops = ops[: len(ops) // 2]
            told = receipts.ReceiptStates(self._connection, chunk, asked).told(ops)
        return About(ops, told, revs)

    def _classes(self, form: str) -> Sequence[Class]:
        shape = self._shapes.get(form)
        return shape.classes if shape else ()

    def _known_revs(self, repeated: Sequence[Op]) -> dict[int, int]:
        """Return the revisions that repeated ops were given in their own streams."""
        if not repeated:
            return {}
        rows = self._connection.all(
            "SELECT seq, scope, cls, MIN(rev) FROM hs_op WHERE device = ? AND epoch = ?"
            " AND seq >= ? AND seq <= ? GROUP BY seq, scope, cls",
            *self._origin,
            repeated[0].seq,
            repeated[-1].seq,
        )
        given = {(seq, scope, cls): rev for seq, scope, cls, rev in rows}
        return {
            op.seq: rev
            for op in repeated
            if MOVED_TO not in op.answers and (rev := given.get((op.seq, op.scope, op.cls)))
        }

    def _said_again(self, repeated: Sequence[Op]) -> dict[int, OpResult]:
        """Acknowledge ops once more. One that was set aside is named again: its first receipt may be lost."""
        if not repeated:
            return {}
        reasons = self._reasons(self._push.epoch, repeated[0].seq, repeated[-1].seq)
        return {
            op.seq: OpResult(op.seq, "rejected", reasons[op.seq])
            if op.seq in reasons
            else OpResult(op.seq, "duplicate")
            for op in repeated
        }


def _without_gap(ops: Sequence[Op]) -> Sequence[Op]:
    """Return ops up to the first number that is missing."""
    for n, op in enumerate(ops):
        if op.seq != ops[0].seq + n:
            return ops[:n]
    return ops


def _by_number(op: Op, writers: DeviceWriters) -> Op:
    """Return an op as it is kept: it names its writer by number. One that names nobody known stays."""
    number = writers.number_of(op.person)
    if number is None or number == op.person:
        return op
    return msgspec.structs.replace(op, person=number)


def _note_leaving(connection: Connection, now: int, op: Op) -> None:
    """Put into the audit trail what was erased and what moved: who, which record, never what it held."""
    if op.erases:
        what = "record" if DELETED in op.answers else str(len(op.answers))
        audit.record(connection, now, op.device, "erase", record=op.record, answers=what)
    elif MOVED_TO in op.answers:
        audit.record(connection, now, op.device, "move", record=op.record, into=str(op.answers[MOVED_TO]))


def _successor(places: Directory, scope: str) -> str:
    """Return the one place that a closed place went into, "" for an open one or one that was split."""
    place = places.get(scope)
    if place is None or place.is_valid_on(places.day):
        return ""
    heirs = places.heirs(scope, places.day)
    return heirs[0].id if len(heirs) == 1 else ""
