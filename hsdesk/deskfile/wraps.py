"""A file key wrapped: what `desk.keys`, every backup and every hand-over file carry.

Suite 2: Argon2id makes a private key of what a person types, and the file key is sealed for its public one
(`wire.sealing`). The public key stays in the wrap, so that a new file key is sealed for everybody who opens
this desk without asking for a passphrase or a code again. Suite 1, of earlier programs, sealed with what
scrypt made of it; such a wrap still opens, and becomes one of suite 2 when it has. The suite number comes
first, so that SM3/SM4 can follow. Who has a passphrase is sealed with the file key: no name stands here.
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from typing import Literal

import msgspec

from hsdesk.errors import Corrupt, Refused, WrongPassphrase
from hsdesk.wire import sealing

SUITE = 2
KEY_BYTES = 32
_FIRST_SUITE = 1
_SALT_BYTES = 16
_NONCE_BYTES = 12
_MOST_MEMORY = 256 * 1024 * 1024  # bytes that deriving a key may take; a forged file cannot ask for more
_MOST_PASSES = 16
Kind = Literal["passphrase", "recovery", "keyring"]


class Scrypt(msgspec.Struct, frozen=True):
    """Cost of one guess at a wrap of suite 1: 128·n·r bytes of memory."""

    n: int = 1 << 15
    r: int = 8
    p: int = 1


class Argon2(msgspec.Struct, frozen=True):
    """Cost of one guess: `memory` KiB in so many passes, about 0.2 s on an office computer.

    OWASP asks for 46 MiB in one pass at least; a stolen file is guessed at without anybody slowing it down,
    so that there are three.
    """

    memory: int = 46 * 1024
    passes: int = 3
    lanes: int = 1


COST = Argon2()


class Wrap(msgspec.Struct, frozen=True):
    """The file key sealed for one way of opening.

    `person`, `scrypt` and `nonce` are of suite 1, of later wraps they are empty; there `public` is the key
    it is sealed for and `name` the person's name, sealed with the file key.
    """

    kind: Kind
    person: str
    scrypt: Scrypt | None  # None: not of suite 1, or what opens it is a random key itself
    salt: bytes
    nonce: bytes
    sealed: bytes
    argon2: Argon2 | None = None  # None: of suite 1, or what opens it is a random key itself
    public: bytes = b""
    name: bytes = b""

    @property
    def is_old(self) -> bool:
        """Whether it is of suite 1."""
        return not self.public

    def costs_too_little(self) -> bool:
        """Tell whether a guess at it is cheaper than at one made today."""
        if self.is_old:
            return self.scrypt is not None
        return self.argon2 is not None and _work(self.argon2) < _work(COST)


class Wraps(msgspec.Struct, frozen=True):
    """Every way to one file key. `file` names the desk, `check` tells whether a key is the right one.

    `before` is the file key before this one, sealed with it, while the file is being encrypted anew.
    """

    suite: int
    file: str
    check: bytes
    wraps: tuple[Wrap, ...]
    before: bytes = b""

    def with_wrap(self, wrap: Wrap, instead_of: Wrap | None = None) -> Wraps:
        """Return these wraps with one added, in the place of another if there is one."""
        return msgspec.structs.replace(self, suite=SUITE, wraps=(*self.without(instead_of).wraps, wrap))

    def without(self, wrap: Wrap | None) -> Wraps:
        """Return these wraps without one."""
        return msgspec.structs.replace(self, wraps=tuple(one for one in self.wraps if one != wrap))

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
    if wraps.suite not in (_FIRST_SUITE, SUITE):
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
    """Seal the file key for what a person types."""
    salt = secrets.token_bytes(_SALT_BYTES)
    public = sealing.public_of(_derived(secret, salt, COST))
    return resealed(Wrap(kind, "", None, salt, b"", b"", COST, public), key, person)


def wrap_random(key: bytes, kind: Kind, opener: bytes) -> Wrap:
    """Seal the file key for another random key."""
    return resealed(Wrap(kind, "", None, b"", b"", b"", None, sealing.public_of(opener)), key, "")


def resealed(wrap: Wrap, key: bytes, person: str) -> Wrap:
    """Return a wrap of suite 2 with another file key in it; what opens it stays the same."""
    name = with_key(key, person.encode(), wrap.public) if person else b""
    return msgspec.structs.replace(wrap, sealed=sealing.seal(wrap.public, key, _bound(wrap)), name=name)


def person_of(wrap: Wrap, key: bytes) -> str:
    """Return whose passphrase a wrap is for, "" where it is nobody's. Raises `Corrupt`."""
    if wrap.is_old:
        return wrap.person
    return without_key(key, wrap.name, wrap.public).decode() if wrap.name else ""


def with_key(key: bytes, plain: bytes, bound: bytes) -> bytes:
    """Seal a few bytes with the file key itself."""
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + ChaCha20Poly1305(_of(key)).encrypt(nonce, plain, bound)


def without_key(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    """Return what `with_key` sealed. Raises `Corrupt`."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    try:
        return ChaCha20Poly1305(_of(key)).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)
    except (InvalidTag, ValueError) as error:
        raise Corrupt("钥匙文件已损坏。", detail="sealed with the file key") from error


def _of(key: bytes) -> bytes:
    return hashlib.blake2b(b"hsdesk beside the file", key=key, digest_size=KEY_BYTES).digest()


def _bound(wrap: Wrap) -> bytes:
    """Return what the seal vouches for besides the key."""
    if wrap.is_old:
        return msgspec.json.encode((_FIRST_SUITE, wrap.kind, wrap.person, wrap.scrypt))
    return msgspec.json.encode((SUITE, wrap.kind, wrap.salt, wrap.argon2))


def unwrap_secret(wrap: Wrap, secret: str) -> bytes:
    """Return the file key. Raises `WrongPassphrase`."""
    cost = wrap.scrypt if wrap.is_old else wrap.argon2
    if cost is None:
        raise ValueError(f"a {wrap.kind} wrap is not opened by typing")
    return unwrap_random(wrap, _derived(secret, wrap.salt, cost))


def unwrap_random(wrap: Wrap, opener: bytes) -> bytes:
    """Return the file key. Raises `WrongPassphrase`."""
    try:
        return (
            _opened_first(wrap, opener) if wrap.is_old else sealing.opened(opener, wrap.sealed, _bound(wrap))
        )
    except sealing.Unsealable as error:
        raise WrongPassphrase("口令不对。资料没有改变，请再输一次；忘记口令可用打印的恢复码打开。") from error


def _opened_first(wrap: Wrap, opener: bytes) -> bytes:
    """Open a wrap of suite 1. Raises `Unsealable`."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    try:
        return ChaCha20Poly1305(opener).decrypt(wrap.nonce, wrap.sealed, _bound(wrap))
    except (InvalidTag, ValueError) as error:
        raise sealing.Unsealable from error


def _work(cost: Argon2) -> int:
    return cost.memory * cost.passes


def _derived(secret: str, salt: bytes, cost: Scrypt | Argon2) -> bytes:
    """Return the key that a secret makes. Raises `Corrupt` where it would take too much memory or time."""
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    typed = unicodedata.normalize("NFKC", secret).encode()
    try:
        if isinstance(cost, Scrypt):
            return hashlib.scrypt(
                typed, salt=salt, n=cost.n, r=cost.r, p=cost.p, maxmem=_MOST_MEMORY, dklen=KEY_BYTES
            )
        if cost.memory * 1024 > _MOST_MEMORY or cost.passes > _MOST_PASSES:
            raise ValueError("a guess would cost too much")
        return Argon2id(
            salt=salt, length=KEY_BYTES, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory
        ).derive(typed)
    except ValueError as error:
        raise Corrupt("钥匙文件已损坏。", detail=str(error)) from error
