"""What to do next, as values. Nothing here touches a file or a network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from hsdesk.records.op import Op
from hsdesk.wire.codec import grants_digest, heads_digest, push_size
from hsdesk.wire.messages import (
    PROTOCOL,
    AuditHead,
    Cursor,
    Grant,
    Page,
    Pull,
    Pulled,
    Push,
    Read,
    ReferenceHead,
)

CHUNK_OPS = 500
CHUNK_BYTES = 256 * 1024  # before compression
FEW_CURSORS = 8  # more than these are sent only if there is something to read


class Meet(msgspec.Struct, frozen=True):
    """Take note of the server's epoch, and of what it holds of the own ops: their last seq and the chain."""

    epoch: str
    held: tuple[int, bytes]


class FetchReference(msgspec.Struct, frozen=True):
    """Get forms and lists before the data that uses them."""

    heads: tuple[ReferenceHead, ...]
    rev: int


class TakeGrants(msgspec.Struct, frozen=True):
    grants: tuple[Grant, ...]


class TakePage(msgspec.Struct, frozen=True):
    page: Page


class KeepAuditHead(msgspec.Struct, frozen=True):
    """Compare the end of the city's audit trail with the one kept, and keep it."""

    head: AuditHead


class AskAgain(msgspec.Struct, frozen=True):
    """`with_cursors`: the server needs to know how far each stream was read."""

    with_cursors: bool


class Done(msgspec.Struct, frozen=True):
    """Nothing is left to read."""


Step = Meet | FetchReference | TakeGrants | TakePage | KeepAuditHead | AskAgain | Done


class Known(msgspec.Struct, frozen=True):
    """What the replica knows of the server before it asks."""

    device_epoch: int
    server_epoch: str
    reference_rev: int
    grants: tuple[Grant, ...]
    cursors: tuple[Cursor, ...]
    acked: int = 0
    audit: int = 0  # the entry of the city's audit trail that is kept


def chunk(ops: Sequence[Op], known: Known, limit: int = CHUNK_OPS) -> Push:
    """Return the first chunk of the queue: at most `limit` ops of one epoch and 256 KiB, at least one op.

    `before` and `parent` of the push are the file's to say.
    """
    first = ops[0]
    taken = tuple(op for op in ops[:limit] if op.epoch == first.epoch)
    push = Push(first.device, first.epoch, known.server_epoch, taken, read=read_of(taken, known.cursors))
    while len(push.ops) > 1 and push_size(push) > CHUNK_BYTES:
        fewer = push.ops[: len(push.ops) // 2]
        push = msgspec.structs.replace(push, ops=fewer, read=read_of(fewer, known.cursors))
    return push


def read_of(ops: Iterable[Op], cursors: Iterable[Cursor]) -> tuple[Read, ...]:
    """Return how far the streams of these ops have been read."""
    named = {(op.scope, op.cls) for op in ops}
    return tuple(Read(c.scope, c.cls, c.after) for c in cursors if (c.scope, c.cls) in named)


def ask(known: Known, *, with_cursors: bool = False) -> Pull:
    """Return the question what is new. Cursors go along if they are few."""
    told = with_cursors or len(known.cursors) <= FEW_CURSORS or any(c.full for c in known.cursors)
    return Pull(
        known.server_epoch,
        known.device_epoch,
        known.reference_rev,
        heads_digest(known.cursors),
        grants_digest(known.grants),
        tuple(_worth_telling(known.cursors)) if told else None,
        known.acked,
        PROTOCOL,
        known.audit,
    )


def _worth_telling(cursors: Iterable[Cursor]) -> Iterable[Cursor]:
    """A stream that is not named is wanted from its beginning."""
    return (c for c in cursors if c.since or c.after or c.full)


def answer_steps(known: Known, pulled: Pulled) -> tuple[Step, ...]:
    """Return what to do with an answer, in order. The last step is `AskAgain` or `Done`."""
    steps: list[Step] = []
    if pulled.server_epoch != known.server_epoch:
        steps.append(Meet(pulled.server_epoch, (pulled.last, pulled.chain)))
    elif pulled.audit is not None:
        steps.append(KeepAuditHead(pulled.audit))
    if pulled.reference or pulled.reference_rev != known.reference_rev:
        steps.append(FetchReference(pulled.reference, pulled.reference_rev))
    if pulled.grants is not None:
        steps.append(TakeGrants(pulled.grants))
    steps.extend(TakePage(page) for page in pulled.pages)
    again = pulled.ask_cursors or pulled.more
    steps.append(AskAgain(with_cursors=True) if again else Done())
    return tuple(steps)
