"""Leaving a name that two computers carry: this file is a copy of another that goes on under it."""

from __future__ import annotations

import msgspec

from hsdesk.deskfile import blobs, journal, outbox
from hsdesk.deskfile.connection import SEQ_BITS, DeskConnection
from hsdesk.deskfile.log import origin_number
from hsdesk.records.edits import RecordRef
from hsdesk.records.op import Op, Seen

_OP = msgspec.json.Decoder(Op)
_SEEN = msgspec.json.Decoder(Seen)
_ENCODER = msgspec.json.Encoder()


def leave_copied_identity(connection: DeskConnection, old: int, first: int) -> list[RecordRef] | None:
    """Begin a new device epoch, and number the own ops from `first` on from 1 under it, inside a transaction.

    Under number `first` of the epoch `old` the city holds another op: from there on the old name is another
    computer's. The new epoch names the old one, its last common seq and the chain there. Every stream is read
    again, as under the old name the city left out what the other computer wrote. Returns the records of
    which ops wait again; None when no own op is there: the word came late, the name was left before.
    """
    number = origin_number(connection, connection.device(), old)
    common = first - 1
    where = (number << SEQ_BITS | common, number + 1 << SEQ_BITS)
    if connection.one("SELECT 1 FROM hs_op WHERE n > ? AND n < ?", where) is None:
        return None
    begun = (old, common, outbox.chain(connection, old, common) or b"")
    again = outbox.wait_again(connection, old, common, restored=False)
    rows = connection.all("SELECT n, body FROM hs_op WHERE n > ? AND n < ? ORDER BY n", where)
    epoch = connection.begin_epoch()
    new = origin_number(connection, connection.device(), epoch)
    connection.run("UPDATE hs_origin SET parent = ? WHERE number = ?", (msgspec.msgpack.encode(begun), new))
    for n, body in rows:
        op = _renumbered(_OP.decode(body), (old, first), epoch)
        connection.run(
            "UPDATE hs_op SET n = ?, body = ? WHERE n = ?",
            (new << SEQ_BITS | op.seq, _ENCODER.encode(op), n),
        )
        blobs.renumber(connection, n, new << SEQ_BITS | op.seq)
    _renumber_drafts(connection, (old, first), epoch)
    journal.renumber(connection, number << SEQ_BITS | first, where[1], new << SEQ_BITS | 1)
    connection.run("UPDATE hs_stream SET since = 0, after = 0, whole = 1")
    connection.forget_streams()
    connection.forget_pending()
    return again


def _renumbered(op: Op, old: tuple[int, int], epoch: int) -> Op:
    """Return an op under its new number; the own ops that it had seen get theirs too."""
    return msgspec.structs.replace(
        op,
        epoch=epoch,
        seq=op.seq - old[1] + 1,
        seen=_own(op.seen, old, epoch),
        apart={path: _own(seen, old, epoch) for path, seen in op.apart.items()},
    )


def _own(seen: Seen, old: tuple[int, int], epoch: int) -> Seen:
    if seen.epoch != old[0] or seen.seq < old[1]:
        return seen
    return Seen(seen.rev, epoch, seen.seq - old[1] + 1)


def _renumber_drafts(connection: DeskConnection, old: tuple[int, int], epoch: int) -> None:
    for scope, record, path, body in connection.all("SELECT scope, record, path, seen FROM hs_draft"):
        seen = _SEEN.decode(body)
        if (now := _own(seen, old, epoch)) != seen:
            connection.run(
                "UPDATE hs_draft SET seen = ? WHERE scope = ? AND record = ? AND path = ?",
                (_ENCODER.encode(now).decode(), scope, record, path),
            )
