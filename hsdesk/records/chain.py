"""What binds an acknowledgement to content: a hash for each op, and a chain over the hashes of an epoch.

A receipt by number alone let another computer's ops stand for a villager's, who was told that all was sent.
The hash is made with a random nonce inside the op: without it, the hash that stays after an erasure would let
anybody try telephone numbers until one fits. The op's number and the own op it had seen lie outside, because
both change when a copied file takes a new epoch.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable

import msgspec

from hsdesk.records.op import Op

HASH_BYTES = 16
NONCE_BYTES = 8
START = b""  # the chain before the first op
REJECTED_BEFORE = bytes(HASH_BYTES)  # of an op refused before hashes were kept: its content is not known

_encode = msgspec.msgpack.Encoder(order="deterministic").encode


def new_nonce() -> bytes:
    """Return the random bytes of a new op."""
    return secrets.token_bytes(NONCE_BYTES)


def hash_of(op: Op) -> bytes:
    """Return what an op is, in 16 bytes; of a redacted one what it was.

    Ops of programs that knew no hashes are told by record and clock reading, which is all that was stored of
    every one of them on both sides.
    """
    if op.kept_hash:
        return op.kept_hash
    if not op.nonce:
        return old_hash(op.record, op.hlc)
    said = (
        op.nonce, op.device, op.scope, op.cls, op.record, op.form, op.version, op.hlc, op.person, op.answers,
        op.seen.rev, {path: seen.rev for path, seen in op.apart.items()}, op.server_epoch, op.resolves,
        op.resolves_rev, op.erases,
    )  # fmt: skip
    return hashlib.blake2b(_encode(said), digest_size=HASH_BYTES).digest()


def old_hash(record: str, hlc: int) -> bytes:
    """Return the hash of an op without a nonce."""
    return hashlib.blake2b(f"{record} {hlc}".encode(), digest_size=HASH_BYTES).digest()


def lengthened(chain: bytes, hashes: Iterable[bytes]) -> bytes:
    """Return the chain after further ops.

    >>> lengthened(lengthened(START, [b"a"]), [b"b"]) == lengthened(START, [b"a", b"b"])
    True
    """
    for one in hashes:
        chain = hashlib.blake2b(chain + one, digest_size=HASH_BYTES).digest()
    return chain
