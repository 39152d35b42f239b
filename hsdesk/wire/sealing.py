"""Sealing for whoever holds a private key, without needing it to seal (suite 1, but for the signature).

A fresh X25519 key and the holder's public one agree on a secret, HKDF-SHA256 makes a key of it, and
ChaCha20-Poly1305 seals with that key, which seals nothing else. A long file is sealed in pieces whose nonces
count and whose last one is marked, so that none can be left out, doubled, moved or cut off (STREAM, Hoang and
others 2015). It is not said who sealed: whoever has the public key may.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

PUBLIC_BYTES = 32
PRIVATE_BYTES = 32
_TAG_BYTES = 16
_PIECE = 1 << 20  # bytes of a long file that are sealed together
_ONCE = bytes(12)  # the nonce where a key seals one message only
_INFO = b"hsdesk sealed"


class Unsealable(Exception):
    """It was sealed for another key, or is damaged. Callers say it in their own words."""


def new_private() -> bytes:
    """Return a random private key."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    return X25519PrivateKey.generate().private_bytes_raw()


def public_of(private: bytes) -> bytes:
    """Return the public key of a private one; any 32 bytes are a private key."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def seal(public: bytes, plain: bytes, bound: bytes = b"") -> bytes:
    """Seal a short message for the holder of a private key; `bound` must be the same when it is opened."""
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    once = new_private()
    sender = public_of(once)
    key = _agreed(once, public, sender + public)
    return sender + ChaCha20Poly1305(key).encrypt(_ONCE, plain, bound)


def opened(private: bytes, sealed: bytes, bound: bytes = b"") -> bytes:
    """Return what `seal` sealed. Raises Unsealable."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    sender = sealed[:PUBLIC_BYTES]
    try:
        key = _agreed(private, sender, sender + public_of(private))
        return ChaCha20Poly1305(key).decrypt(_ONCE, sealed[PUBLIC_BYTES:], bound)
    except (InvalidTag, ValueError) as error:
        raise Unsealable from error


def seal_file(public: bytes, source: IO[bytes], target: IO[bytes], bound: bytes = b"") -> None:
    """Seal a file of any length, a piece at a time."""
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    once = new_private()
    sender = public_of(once)
    cipher = ChaCha20Poly1305(_agreed(once, public, sender + public))
    target.write(sender)
    for number, (piece, is_last) in enumerate(_pieces(source, _PIECE)):
        target.write(cipher.encrypt(_counted(number, is_last=is_last), piece, bound))


def open_file(private: bytes, source: IO[bytes], target: IO[bytes], bound: bytes = b"") -> None:
    """Write what `seal_file` sealed. Raises Unsealable; what was written until then is void."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    sender = source.read(PUBLIC_BYTES)
    try:
        cipher = ChaCha20Poly1305(_agreed(private, sender, sender + public_of(private)))
        for number, (piece, is_last) in enumerate(_pieces(source, _PIECE + _TAG_BYTES)):
            target.write(cipher.decrypt(_counted(number, is_last=is_last), piece, bound))
    except (InvalidTag, ValueError) as error:
        raise Unsealable from error


def _pieces(source: IO[bytes], size: int) -> Iterator[tuple[bytes, bool]]:
    """Yield a file in pieces, each with whether it is the last; an empty file is one empty piece."""
    piece = source.read(size)
    while True:
        following = source.read(size)
        yield piece, not following
        if not following:
            return
        piece = following


def _counted(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _agreed(private: bytes, public: bytes, salt: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    holder = X25519PrivateKey.from_private_bytes(private)
    secret = holder.exchange(X25519PublicKey.from_public_bytes(public))
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=_INFO).derive(secret)
