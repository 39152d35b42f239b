"""What to do next, as values. Nothing here touches a file or a network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from hsdesk.model.op import Op
from hsdesk.wire.codec import grants_digest, heads_digest, push_size
from hsdesk.wire.messages import Cursor, Grant, Page, Pull, Pulled, Push, Receipt, ReferenceHead

CHUNK_OPS = 500
CHUNK_BYTES = 256 * 1024  # before compression
FEW_CURSORS = 8  # more than these are sent only if there is something to read


class BeginServerEpoch(msgspec.Struct, frozen=True):
    """The server was restored from a backup, or this is the first sync."""

    epoch: str


class Reoffer(msgspec.Struct, frozen=True):
    """The server no longer holds ops that it once received: offer those above `last` again."""

    last: int


class FetchReference(msgspec.Struct, frozen=True):
    """Get forms and lists before the data that uses them."""

    heads: tuple[ReferenceHead, ...]
    rev: int


class TakeGrants(msgspec.Struct, frozen=True):
    grants: tuple[Grant, ...]


class ApplyPage(msgspec.Struct, frozen=True):
    page: Page


class AskAgain(msgspec.Struct, frozen=True):
    """`with_cursors`: the server needs to know how far each stream was read."""

    with_cursors: bool


class Done(msgspec.Struct, frozen=True):
    """Nothing is left to read."""


Step = BeginServerEpoch | Reoffer | FetchReference | TakeGrants | ApplyPage | AskAgain | Done


class Known(msgspec.Struct, frozen=True):
    """What the replica knows of the server before it asks."""

    device_epoch: int
    server_epoch: str
    reference_rev: int
    grants: tuple[Grant, ...]
    cursors: tuple[Cursor, ...]
    acked: int = 0


def chunk(ops: Sequence[Op], server_epoch: str, limit: int = CHUNK_OPS) -> Push:
    """Return the first chunk of the queue: at most `limit` ops of one epoch and 256 KiB, at least one op."""
    first = ops[0]
    taken = [op for op in ops[:limit] if op.epoch == first.epoch]
    push = Push(first.device, first.epoch, server_epoch, tuple(taken))
    while len(push.ops) > 1 and push_size(push) > CHUNK_BYTES:
        push = msgspec.structs.replace(push, ops=push.ops[: len(push.ops) // 2])
    return push


def ask(known: Known, *, with_cursors: bool = False) -> Pull:
    """Return the question what is new. Cursors go along if they are few."""
    told = with_cursors or len(known.cursors) <= FEW_CURSORS
    return Pull(
        known.server_epoch,
        known.device_epoch,
        known.reference_rev,
        heads_digest(known.cursors),
        grants_digest(known.grants),
        tuple(_worth_telling(known.cursors)) if told else None,
        known.acked,
    )


def _worth_telling(cursors: Iterable[Cursor]) -> Iterable[Cursor]:
    """A stream that is not named is wanted from its beginning."""
    return (c for c in cursors if c.since or c.after or c.full)


def answer_steps(known: Known, pulled: Pulled) -> tuple[Step, ...]:
    """Return what to do with an answer, in order. The last step is `AskAgain` or `Done`."""
    steps: list[Step] = [Reoffer(pulled.last)]  # under the server epoch that their base revisions are of
    if pulled.server_epoch != known.server_epoch:
        steps.append(BeginServerEpoch(pulled.server_epoch))
    if pulled.reference or pulled.reference_rev != known.reference_rev:
        steps.append(FetchReference(pulled.reference, pulled.reference_rev))
    if pulled.grants is not None:
        steps.append(TakeGrants(pulled.grants))
    steps.extend(ApplyPage(page) for page in pulled.pages)
    again = pulled.ask_cursors or pulled.more
    steps.append(AskAgain(with_cursors=True) if again else Done())
    return tuple(steps)


def is_lost(push: Push, receipt: Receipt) -> bool:
    """Whether the server lacks ops before this chunk, or answered for another file."""
    return receipt.last < push.ops[0].seq
