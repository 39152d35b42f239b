"""The queue of own ops: what waits for a receipt, what a receipt covers, what the server did not take."""

from __future__ import annotations

from collections.abc import Container, Sequence

import msgspec

from hsdesk.model.clock import wall_milliseconds
from hsdesk.model.op import Op, Value, unseen
from hsdesk.store.batch import Batch
from hsdesk.store.core import LAST_OF_OLD_EPOCH, Core
from hsdesk.store.ledger import SEQ_BITS, origin_number
from hsdesk.store.parts import after_receipt
from hsdesk.wire.messages import Receipt

_OP = msgspec.json.Decoder(Op)
_BEFORE = msgspec.json.Decoder(dict[str, Value])


class AsideOp(msgspec.Struct, frozen=True):
    """An op that the server did not take (暂存待改), with its reason. `at`: milliseconds since 1970."""

    number: int
    op: Op
    reason: str
    at: int


_WAITING = (
    "SELECT {what} FROM hs_origin JOIN hs_op ON hs_op.n > (hs_origin.number << 40 | hs_origin.acked)"
    " AND hs_op.n < (hs_origin.number + 1) << 40"
)


def has_pending(core: Core) -> bool:
    """Tell whether any op waits for a receipt."""
    return core.one(_WAITING.format(what="1") + " LIMIT 1") is not None


def pending_count(core: Core) -> int:
    """Return how many ops wait for a receipt."""
    return int(core.one(_WAITING.format(what="count(*)"))[0])


def acked(core: Core) -> int:
    """Return the last seq of the present epoch that a receipt covers, 0 before the first."""
    row = core.one(
        "SELECT acked FROM hs_origin WHERE device = ? AND epoch = ?", (core.device(), core.epoch())
    )
    return int(row[0]) if row else 0


def pending_ops(core: Core, limit: int) -> Sequence[Op]:
    """Return the first waiting ops by seq, all of one epoch: ops of an earlier epoch come first.

    What was typed before the server was last restored had seen revisions of another server epoch.
    """
    of_another_epoch = int(core.meta(LAST_OF_OLD_EPOCH, "0"))
    for number, acked in core.all("SELECT number, acked FROM hs_origin ORDER BY number"):
        first = number << SEQ_BITS | acked
        rows = core.all(
            "SELECT n, body FROM hs_op WHERE n > ? AND n < ? ORDER BY n LIMIT ?",
            (first, number + 1 << SEQ_BITS, limit),
        )
        if rows:
            ops = [(n, _OP.decode(body)) for n, body in rows]
            return [unseen(op) if n <= of_another_epoch else op for n, op in ops]
    return ()


def take_receipt(core: Core, receipt: Receipt) -> None:
    """Mark the ops that a receipt covers; set the rejected ones aside. A repeated one changes nothing."""
    with core.transaction():
        number = origin_number(core, receipt.device, receipt.epoch)
        acked = core.one("SELECT acked FROM hs_origin WHERE number = ?", (number,))[0]
        if receipt.last <= acked:
            return
        core.run("UPDATE hs_origin SET acked = ? WHERE number = ?", (receipt.last, number))
        first = number << SEQ_BITS
        rejected = {
            first | result.seq: result.reason
            for result in receipt.results
            if result.outcome == "rejected" and result.seq > acked
        }
        core.connection.executemany(
            "INSERT INTO hs_aside (n, reason, at, open) VALUES (?, ?, ?, 1)",
            [(n, reason, wall_milliseconds()) for n, reason in rejected.items()],
        )
        if core.one("SELECT 1 FROM hs_aside LIMIT 1"):
            _mark_refused(core, first | acked, first | receipt.last, rejected.keys())


def _mark_refused(core: Core, after: int, last: int, rejected: Container[int]) -> None:
    """Remember in the record parts what the server holds instead of the answers it did not take."""
    rows = core.all("SELECT n, before, body FROM hs_op WHERE n > ? AND n <= ? ORDER BY n", (after, last))
    ops = [(n, _BEFORE.decode(before), _OP.decode(body)) for n, before, body in rows]
    batch = Batch(core)
    batch.take((op.scope, op.record) for _n, _before, op in ops)
    for n, before, op in ops:
        held = batch.held(op.scope, op.record, op.form)
        part = held.parts.get(op.cls)
        if part is not None and (n in rejected or part.refused):
            held.put(op.cls, after_receipt(part, before, op, taken=n not in rejected))
    batch.write()


def reoffer(core: Core, last: int) -> int:
    """Make received ops of the present epoch with seq > `last` wait again; return how many."""
    with core.transaction():
        number = origin_number(core, core.device(), core.epoch())
        waiting = pending_count(core)
        core.run("UPDATE hs_origin SET acked = min(acked, ?) WHERE number = ?", (last, number))
        core.run(
            "DELETE FROM hs_aside WHERE n > ? AND n < ?", (number << SEQ_BITS | last, number + 1 << SEQ_BITS)
        )
        return pending_count(core) - waiting


def begin_device_epoch(core: Core) -> int:
    """Count from 1 again under a new epoch, because the file was restored or copied; return it."""
    with core.transaction():
        return core.begin_epoch()


def set_aside(core: Core) -> tuple[AsideOp, ...]:
    """Return the ops that the server did not take, oldest first."""
    rows = core.all(
        "SELECT n, body, hs_aside.reason, at FROM hs_aside JOIN hs_op USING (n) WHERE open ORDER BY n"
    )
    return tuple(AsideOp(n, _OP.decode(body), reason, at) for n, body, reason, at in rows)


def set_aside_count(core: Core) -> int:
    """Return how many ops the server did not take."""
    return int(core.one("SELECT count(*) FROM hs_aside WHERE open")[0])


def clear_aside(core: Core, number: int) -> None:
    """Take an op off the list: its answer was corrected by a new op, or a person gave it up."""
    core.run("UPDATE hs_aside SET open = 0 WHERE n = ?", (number,))
