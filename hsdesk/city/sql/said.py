"""What the server has of each device, by content: the hashes of its ops in order, and the chain over them.

A row of `hs_said` holds what one chunk brought: seq `first` … `last`, 16 bytes for each, and the chain at
`last`. `hs_progress` says how far an epoch goes. Both are written in the transaction of the chunk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from hsdesk.city.sql.database import Connection
from hsdesk.records.chain import HASH_BYTES, REJECTED_BEFORE, START, lengthened

Parent = tuple[int, int, bytes]


class HeldEpoch(msgspec.Struct, frozen=True):
    """How far a device's epoch goes, and the chain there."""

    last: int = 0
    chain: bytes = START


def last_seq(connection: Connection, device: str, epoch: int, *, lock: bool = False) -> int:
    """Return the last contiguous seq of a device's epoch, 0 before the first."""
    rows = connection.all(
        "SELECT last FROM hs_progress WHERE device = ? AND epoch = ?" + (" FOR UPDATE" if lock else ""),
        device,
        epoch,
    )
    return int(rows[0][0]) if rows else 0


def held(connection: Connection, device: str, epoch: int, *, lock: bool = False) -> HeldEpoch:
    """Return how far a device's epoch goes; with `lock` nobody else writes there until the commit."""
    last = last_seq(connection, device, epoch, lock=lock)
    if not last and lock:
        connection.run(_NEW_PROGRESS, device, epoch)
        last = last_seq(connection, device, epoch, lock=True)
    return HeldEpoch(last, chain_at(connection, device, epoch, last)) if last else HeldEpoch()


_NEW_PROGRESS = (
    "INSERT INTO hs_progress (device, epoch, last) VALUES (?, ?, 0) ON CONFLICT (device, epoch) DO NOTHING"
)


def chain_at(connection: Connection, device: str, epoch: int, seq: int) -> bytes:
    """Return the chain over the ops of an epoch up to `seq`, which must be here."""
    if seq == 0:
        return START
    rows = connection.all(
        "SELECT first, last, hashes, chain FROM hs_said WHERE device = ? AND epoch = ? AND first <= ?"
        " ORDER BY first DESC LIMIT 1",
        device,
        epoch,
        seq,
    )
    first, last, packed, chain = rows[0]
    if last == seq:
        return bytes(chain)
    before = chain_at(connection, device, epoch, first - 1)
    return lengthened(before, _split(bytes(packed))[: seq - first + 1])


def hashes(connection: Connection, device: str, epoch: int, first: int, last: int) -> list[bytes]:
    """Return the hashes of the ops `first` … `last` of an epoch; all of them must be here."""
    rows = connection.all(
        "SELECT first, hashes FROM hs_said WHERE device = ? AND epoch = ? AND first <= ? AND last >= ?"
        " ORDER BY first",
        device,
        epoch,
        last,
        first,
    )
    found = [one for _, packed in rows for one in _split(bytes(packed))]
    begun = rows[0][0] if rows else first
    return found[first - begun : last - begun + 1]


class SaidChunk(msgspec.Struct, frozen=True):
    """What one chunk brought: the hashes of its ops, the last of them by number, and the chain there."""

    last: int
    hashes: list[bytes]
    chain: bytes


def chunks(connection: Connection, device: str, epoch: int) -> list[SaidChunk]:
    """Return what each chunk of an epoch brought, in order."""
    rows = connection.all(
        "SELECT last, hashes, chain FROM hs_said WHERE device = ? AND epoch = ? ORDER BY first", device, epoch
    )
    return [SaidChunk(last, _split(bytes(packed)), bytes(chain)) for last, packed, chain in rows]


def _split(packed: bytes) -> list[bytes]:
    return [packed[at : at + HASH_BYTES] for at in range(0, len(packed), HASH_BYTES)]


def write(
    connection: Connection,
    origin: tuple[str, int],
    before: HeldEpoch,
    brought: Sequence[bytes],
    parent: Parent | None = None,
) -> HeldEpoch:
    """Write what a chunk brought after `before`; return how far the epoch goes now.

    `parent`: the epoch that this one was left for, kept with its first chunk.
    """
    now = HeldEpoch(before.last + len(brought), lengthened(before.chain, brought))
    named = msgspec.msgpack.encode(parent) if parent and not before.last else b""
    connection.run(
        "INSERT INTO hs_said (device, epoch, first, last, hashes, chain, parent)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        *origin,
        before.last + 1,
        now.last,
        b"".join(brought),
        now.chain,
        named,
    )
    connection.run(
        "INSERT INTO hs_progress (device, epoch, last) VALUES (?, ?, ?)"
        " ON CONFLICT (device, epoch) DO UPDATE SET last = excluded.last",
        *origin,
        now.last,
    )
    return now


def learn(connection: Connection, origin: tuple[str, int], known: Mapping[int, bytes]) -> HeldEpoch:
    """Put hashes in the place of those that were not known, and the chain right from there on.

    An op that was set aside before there were hashes left no content here; its desk still knows what it was.
    """
    rows = connection.all(
        "SELECT first, last, hashes FROM hs_said WHERE device = ? AND epoch = ? AND last >= ? ORDER BY first",
        *origin,
        min(known),
    )
    chain = chain_at(connection, *origin, rows[0][0] - 1)
    for first, _, packed in rows:
        right = [known.get(seq, one) for seq, one in enumerate(_split(bytes(packed)), first)]
        chain = lengthened(chain, right)
        connection.run(
            "UPDATE hs_said SET hashes = ?, chain = ? WHERE device = ? AND epoch = ? AND first = ?",
            b"".join(right),
            chain,
            *origin,
            first,
        )
    return HeldEpoch(rows[-1][1], chain)


def elsewhere(
    connection: Connection, origin: tuple[str, int], wanted: Sequence[bytes]
) -> dict[bytes, list[tuple[int, int]]]:
    """Return where ops stand under other epochs of the device: (epoch, seq) by hash."""
    device, epoch = origin
    rows = connection.all("SELECT epoch FROM hs_progress WHERE device = ? AND epoch <> ?", device, epoch)
    found: dict[bytes, list[tuple[int, int]]] = {}
    if not rows:
        return found
    asked = set(wanted) - {REJECTED_BEFORE}
    said = connection.all(
        "SELECT epoch, first, hashes FROM hs_said WHERE device = ? AND epoch <> ? ORDER BY epoch, first",
        device,
        epoch,
    )
    for other, first, packed in said:
        for seq, one in enumerate(_split(bytes(packed)), first):
            if one in asked:
                found.setdefault(one, []).append((other, seq))
    return found
