"""The queue of own ops: what waits for a receipt, how far the chain goes, what the server did not take."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hsdesk.deskfile.connection import REOFFERED, SEQ_BITS, DeskConnection
from hsdesk.deskfile.log import origin_number
from hsdesk.deskfile.op_codec import decoded as decoded_op
from hsdesk.records.chain import START, lengthened
from hsdesk.records.edits import RecordRef
from hsdesk.records.op import Op


class RejectedOp(msgspec.Struct, frozen=True):
    """An op that the server did not take (暂存待改), with its reason. `at`: milliseconds since 1970."""

    number: int
    op: Op
    reason: str
    at: int


_WAITING = """
SELECT coalesce(sum((SELECT max(n) FROM hs_op WHERE n > (number << 40 | acked) AND n < (number + 1) << 40)
  - (number << 40 | acked)), 0) FROM hs_origin"""


def pending_count(connection: DeskConnection) -> int:
    """Return how many ops wait for a receipt; their numbers are dense."""
    return int(connection.one(_WAITING)[0])


def acked(connection: DeskConnection) -> int:
    """Return the last seq of the present epoch whose receipt was taken, 0 before the first."""
    row = connection.one(
        "SELECT acked FROM hs_origin WHERE device = ? AND epoch = ?",
        (connection.device(), connection.epoch()),
    )
    return int(row[0]) if row else 0


def pending_ops(connection: DeskConnection, limit: int) -> Sequence[Op]:
    """Return the first waiting ops by seq, all of one epoch: ops of an earlier epoch come first."""
    for number, acked in connection.all("SELECT number, acked FROM hs_origin ORDER BY number"):
        first = number << SEQ_BITS | acked
        rows = connection.all(
            "SELECT n, body FROM hs_op WHERE n > ? AND n < ? ORDER BY n LIMIT ?",
            (first, number + 1 << SEQ_BITS, limit),
        )
        if rows:
            return [decoded_op(body) for _n, body in rows]
    return ()


def ops_between(connection: DeskConnection, epoch: int, first: int, last: int) -> list[Op]:
    """Return own ops of an epoch by seq, from first to last."""
    number = origin_number(connection, connection.device(), epoch) << SEQ_BITS
    rows = connection.all(
        "SELECT body FROM hs_op WHERE n >= ? AND n <= ? ORDER BY n", (number | first, number | last)
    )
    return [decoded_op(body) for (body,) in rows]


def chain(connection: DeskConnection, epoch: int, upto: int) -> bytes | None:
    """Return the chain over the own ops of an epoch up to a seq; None where they are not all here."""
    number = origin_number(connection, connection.device(), epoch)
    known, begun = connection.one("SELECT acked, chain FROM hs_origin WHERE number = ?", (number,))
    start, before = (known, bytes(begun)) if 0 < known <= upto else (0, START)
    first = number << SEQ_BITS
    rows = connection.all(
        "SELECT hash FROM hs_op WHERE n > ? AND n <= ? ORDER BY n", (first | start, first | upto)
    )
    if len(rows) != upto - start:
        return None
    return lengthened(before, (bytes(row[0]) for row in rows))


def acknowledge(connection: DeskConnection, epoch: int, last: int) -> None:
    """Let the ops of an epoch up to a seq leave the queue, inside a transaction."""
    number = origin_number(connection, connection.device(), epoch)
    now = chain(connection, epoch, last)
    connection.run("UPDATE hs_origin SET acked = ?, chain = ? WHERE number = ?", (last, now or START, number))
    connection.forget_pending()


def wait_again(connection: DeskConnection, epoch: int, after: int, *, restored: bool) -> list[RecordRef]:
    """Let received ops of an epoch with a seq above `after` wait again; return their records, as typed.

    Inside a transaction; what these records show must be made again. What was set aside of the ops is judged
    anew. `restored`: the city had taken them, and forgot them when it was restored: what it said before
    includes them.
    """
    number = origin_number(connection, connection.device(), epoch)
    (known,) = connection.one("SELECT acked FROM hs_origin WHERE number = ?", (number,))
    if after >= known:
        return []
    start = chain(connection, epoch, after)
    connection.run(
        "UPDATE hs_origin SET acked = ?, chain = ? WHERE number = ?", (after, start or START, number)
    )
    first = number << SEQ_BITS
    connection.run("DELETE FROM hs_aside WHERE n > ? AND n <= ?", (first | after, first | known))
    if restored:
        connection.set_meta(REOFFERED, str(max(first | known, int(connection.meta(REOFFERED, "0")))))
    connection.forget_pending()
    ops = ops_between(connection, epoch, after + 1, int(known))
    return list(
        dict.fromkeys(
            RecordRef(op.form, connection.place_of(op.scope, op.cls, op.record), op.record) for op in ops
        )
    )


def epochs(connection: DeskConnection) -> list[int]:
    """Return the own device epochs, in the order in which they were begun."""
    rows = connection.all(
        "SELECT epoch FROM hs_origin WHERE device = ? ORDER BY number", (connection.device(),)
    )
    return [int(epoch) for (epoch,) in rows]


def parent(connection: DeskConnection, epoch: int) -> tuple[int, int, bytes] | None:
    """Return for which (epoch, last seq, chain) an epoch was begun; None for others."""
    row = connection.one(
        "SELECT parent FROM hs_origin WHERE device = ? AND epoch = ?", (connection.device(), epoch)
    )
    return msgspec.msgpack.decode(row[0], type=tuple[int, int, bytes]) if row and row[0] else None


def begin_device_epoch(connection: DeskConnection) -> int:
    """Count from 1 again under a new epoch, because the file was restored or copied; return it."""
    with connection.transaction():
        return connection.begin_epoch()


def rejected_ops(connection: DeskConnection) -> tuple[RejectedOp, ...]:
    """Return the ops that the server did not take, oldest first."""
    rows = connection.all(
        "SELECT n, body, hs_aside.reason, at FROM hs_aside JOIN hs_op USING (n) WHERE open ORDER BY n"
    )
    return tuple(RejectedOp(n, decoded_op(body), reason, at) for n, body, reason, at in rows)


def rejected_count(connection: DeskConnection) -> int:
    """Return how many ops the server did not take."""
    return int(connection.one("SELECT count(*) FROM hs_aside WHERE open")[0])


def clear_rejected(connection: DeskConnection, number: int) -> None:
    """Take an op off the list: its answer was corrected by a new op, or a person gave it up."""
    connection.run("UPDATE hs_aside SET open = 0 WHERE n = ?", (number,))
