"""Leaving a name that two computers carry: this file is a copy of another that goes on under it."""

from __future__ import annotations

import msgspec

from hsdesk.model.op import Op
from hsdesk.store import blobs
from hsdesk.store.core import Core
from hsdesk.store.ledger import SEQ_BITS, origin_number

_OP = msgspec.json.Decoder(Op)
_ENCODER = msgspec.json.Encoder()


def leave_copied_identity(core: Core) -> int:
    """Begin a new device epoch, number the waiting ops from 1 under it, and read every stream again.

    Under the old name the server took this file's ops for the other computer's, and left out what the other
    one wrote. Returns how many ops wait. One transaction.
    """
    with core.transaction():
        waiting = core.all(
            "SELECT hs_op.n, body FROM hs_origin JOIN hs_op ON hs_op.n > (hs_origin.number << 40 | acked)"
            " AND hs_op.n < (hs_origin.number + 1) << 40 ORDER BY hs_op.n"
        )
        epoch = core.begin_epoch()
        number = origin_number(core, core.device(), epoch)
        for seq, (n, body) in enumerate(waiting, start=1):
            op = msgspec.structs.replace(_OP.decode(body), epoch=epoch, seq=seq)
            core.run(
                "UPDATE hs_op SET n = ?, body = ? WHERE n = ?",
                (number << SEQ_BITS | seq, _ENCODER.encode(op), n),
            )
            blobs.renumber(core, n, number << SEQ_BITS | seq)
        core.run("UPDATE hs_stream SET since = 0, after = 0, whole = 1")
        core.forget_streams()
        return len(waiting)
