"""A file key wrapped: what `desk.keys`, every backup and every hand-over file carry.

Suite 1: scrypt makes a key of what a person types, ChaCha20-Poly1305 seals the file key with it. The suite
number comes first, so that SM3/SM4 can follow.
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from typing import Literal

import msgspec

from hsdesk.errors import Corrupt, Refused, WrongPassphrase

SUITE = 1
KEY_BYTES = 32
_SALT_BYTES = 16
_NONCE_BYTES = 12
_MOST_MEMORY = 256 * 1024 * 1024  # of scrypt; a forged file cannot ask for more
Kind = Literal["passphrase", "recovery", "keyring"]


class Scrypt(msgspec.Struct, frozen=True):
    """Cost of one guess: 128·n·r bytes of memory, about 0.1 s on an office computer."""

    n: int = 1 << 15
    r: int = 8
    p: int = 1


COST = Scrypt()


class Wrap(msgspec.Struct, frozen=True):
    """The file key sealed for one way of opening. `person` is "" but for passphrases."""

    kind: Kind
    person: str
    scrypt: Scrypt | None  # None: what opens it is a random key itself
    salt: bytes
    nonce: bytes
    sealed: bytes


class Wraps(msgspec.Struct, frozen=True):
    """Every way to one file key. `file` names the key, `check` tells whether a key is the right one."""

    suite: int
    file: str
    check: bytes
    wraps: tuple[Wrap, ...]

    def with_wrap(self, wrap: Wrap) -> Wraps:
        """Return these wraps with one added; it replaces the one of the same kind and person."""
        return msgspec.structs.replace(self, wraps=(*self.without(wrap.kind, wrap.person).wraps, wrap))

    def without(self, kind: Kind, person: str = "") -> Wraps:
        """Return these wraps without the one of this kind and person."""
        kept = tuple(wrap for wrap in self.wraps if (wrap.kind, wrap.person) != (kind, person))
        return msgspec.structs.replace(self, wraps=kept)

    def of(self, kind: Kind) -> tuple[Wrap, ...]:
        """Return the wraps of one kind."""
        return tuple(wrap for wrap in self.wraps if wrap.kind == kind)


def encoded(wraps: Wraps) -> bytes:
    """Return wraps as JSON, the suite number first."""
    return msgspec.json.format(msgspec.json.encode(wraps), indent=1)


def decoded(data: bytes) -> Wraps:
    """Return wraps read from JSON. Raises `Corrupt`, or `Refused` for a suite not known yet."""
    try:
        wraps = msgspec.json.decode(data, type=Wraps)
    except msgspec.DecodeError as error:
        raise Corrupt("钥匙文件已损坏。", detail=str(error)) from error
    if wraps.suite != SUITE:
        raise Refused(
            "钥匙文件由更新的版本写成，请先升级本软件再打开。资料没有改变。", detail=f"suite {wraps.suite}"
        )
    return wraps


def new_file_key() -> bytes:
    """Return a random file key."""
    return secrets.token_bytes(KEY_BYTES)


def key_check(key: bytes) -> bytes:
    """Return what tells a right key from a wrong one without opening the file."""
    return hashlib.blake2b(b"hsdesk file key", key=key, digest_size=16).digest()


def wrap_secret(key: bytes, kind: Kind, person: str, secret: str) -> Wrap:
    """Seal the file key with what a person types."""
    salt = secrets.token_bytes(_SALT_BYTES)
    return _sealed(key, Wrap(kind, person, COST, salt, b"", b""), _derived(secret, salt, COST))


def wrap_random(key: bytes, kind: Kind, opener: bytes) -> Wrap:
    """Seal the file key with another random key."""
    return _sealed(key, Wrap(kind, "", None, b"", b"", b""), opener)


def _sealed(key: bytes, wrap: Wrap, opener: bytes) -> Wrap:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = ChaCha20Poly1305(opener).encrypt(nonce, key, _bound(wrap))
    return msgspec.structs.replace(wrap, nonce=nonce, sealed=sealed)


def _bound(wrap: Wrap) -> bytes:
    """Return what the seal vouches for besides the key."""
    return msgspec.json.encode((SUITE, wrap.kind, wrap.person, wrap.scrypt))


def unwrap_secret(wrap: Wrap, secret: str) -> bytes:
    """Return the file key. Raises `WrongPassphrase`."""
    if wrap.scrypt is None:
        raise ValueError(f"a {wrap.kind} wrap is not opened by typing")
    return _opened(wrap, _derived(secret, wrap.salt, wrap.scrypt))


def unwrap_random(wrap: Wrap, opener: bytes) -> bytes:
    """Return the file key. Raises `WrongPassphrase`."""
    return _opened(wrap, opener)


def _opened(wrap: Wrap, opener: bytes) -> bytes:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    try:
        return ChaCha20Poly1305(opener).decrypt(wrap.nonce, wrap.sealed, _bound(wrap))
    except (InvalidTag, ValueError) as error:
        raise WrongPassphrase("口令不对。资料没有改变，请再输一次；忘记口令可用打印的恢复码打开。") from error


def _derived(secret: str, salt: bytes, cost: Scrypt) -> bytes:
    try:
        return hashlib.scrypt(
            unicodedata.normalize("NFKC", secret).encode(),
            salt=salt, n=cost.n, r=cost.r, p=cost.p, maxmem=_MOST_MEMORY, dklen=KEY_BYTES,
        )  # fmt: skip
    except ValueError as error:
        raise Corrupt("钥匙文件已损坏。", detail=str(error)) from error
