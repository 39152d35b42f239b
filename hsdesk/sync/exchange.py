"""What a desk says at once to a carrier that answers late (a stick), and how it takes the answer.

The network asks and is answered within a second; a stick is carried to the township and back in weeks, twice,
in any order, or never. Both say the same things: an `Export` is the first waiting ops with the cursors, an
`Answer` is receipt and pages of one moment of the server. Nothing advances by an export.
"""

from __future__ import annotations

import msgspec

from hsdesk.sync.plan import read_of
from hsdesk.sync.replica import Replica
from hsdesk.wire.messages import Export, Push

_ALL = 1 << 40  # ops: a bundle holds all that wait


def export(replica: Replica) -> Export:
    """Return all that waits, from the first op whose receipt was not taken, and how far was read."""
    ops, cursors = tuple(replica.pending_ops(_ALL)), replica.cursors()
    epoch = ops[0].epoch if ops else replica.device_epoch()
    push = Push(replica.device_id(), epoch, replica.server_epoch(), ops, read=read_of(ops, cursors))
    return Export(whole(replica, push), cursors, replica.acked())


def whole(replica: Replica, push: Push) -> Push:
    """Return a chunk with what its file alone can say.

    That is the chain before its first op, the parent of its epoch where it begins one, and who wrote the ops.
    """
    before = push.ops[0].seq - 1 if push.ops else replica.acked()
    parent = replica.parent(push.epoch) if before == 0 else None
    chain, writers = replica.chain(push.epoch, before), replica.writers_of(push.ops)
    return msgspec.structs.replace(push, before=chain, parent=parent, writers=writers)
