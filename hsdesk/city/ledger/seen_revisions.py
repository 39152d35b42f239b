"""What an op had seen, as it counts now: revisions of another server epoch, and which erasures it knew. Pure.

An op is the same bytes for ever. What its revisions mean depends on the epoch of the server that gave them:
under the present one they hold as they are; under the one before, up to the revision at which that epoch was
left (the fence of the stream); under any other they are of another world and count as nothing seen. The own
op that was shown stays what it is.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from hsdesk.city.ledger.epoch import Epoch
from hsdesk.model.answer import DELETED
from hsdesk.records.merge import has_seen
from hsdesk.records.op import ALL_SEEN, WHOLE, Op, Seen, covers
from hsdesk.records.parts import Mark


def as_seen(op: Op, epoch: Epoch, fence: int) -> Op:
    """Return an op with what it had seen of its stream as it counts in the present epoch.

    A conflict that it settles counts as seen only in the epoch in which it was shown.
    """
    if op.server_epoch == epoch.now:
        return op
    most = fence if epoch.before and op.server_epoch == epoch.before else 0
    return msgspec.structs.replace(
        op,
        seen=_clipped(op.seen, most),
        apart={path: _clipped(seen, most) for path, seen in op.apart.items()},
        resolves_rev=0,
    )


def _clipped(seen: Seen, most: int) -> Seen:
    return seen if seen.rev <= most else msgspec.structs.replace(seen, rev=most)


def is_reoffered(op: Op, epoch: Epoch) -> bool:
    """Tell whether an op was typed before the server was last restored: it may have been taken before."""
    return epoch.before != "" and op.server_epoch not in ("", epoch.now)


def is_beyond(op: Op, epoch: Epoch, rev: int) -> bool:
    """Tell whether an op of the present epoch has seen a revision that its stream has not reached."""
    if op.server_epoch != epoch.now:
        return False
    if rev < op.seen.rev != ALL_SEEN.rev:
        return True
    return any(rev < seen.rev != ALL_SEEN.rev for seen in op.apart.values()) if op.apart else False


def knows_erasures(op: Op, erased: Mapping[str, Mark]) -> bool:
    """Tell whether an op had seen every erasure that covers what it writes.

    Of a whole part erased, a screen may have shown only that the record is deleted.
    """
    return all(_knows(op, path, at, mark) for at, mark in erased.items() for path in op.answers)


def _knows(op: Op, path: str, erased: str, mark: Mark) -> bool:
    if not covers(erased, path) or has_seen(op, path, mark):
        return True
    return erased == WHOLE and has_seen(op, DELETED, mark)
