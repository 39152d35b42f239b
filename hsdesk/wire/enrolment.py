"""What is said at a desk's enrolment (登记) and login, as JSON, and the code that starts it.

The code is printed on paper or shown as a QR code: a secret of 60 bits, used once within 24 hours, and 80
bits of the fingerprint of the city's certificate authority, so that the desk knows whom it talks to. It is
written in Crockford's base 32, in groups of four; letters that look alike are understood.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Literal

import msgspec

from hsdesk.errors import DataError
from hsdesk.model.writer import Writer
from hsdesk.wire.messages import Grant
from hsdesk.wire.orders import WipeOrder

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": "", "—": "", "－": ""})
_SECRET_DIGITS = 12  # of 5 bits
_FINGERPRINT_DIGITS = 16
TOKEN_HOURS = 12
CODE_HOURS = 24


class Code(msgspec.Struct, frozen=True):
    """An enrolment code (登记码) in its two halves, both in base 32."""

    secret: str
    fingerprint: str

    def __str__(self) -> str:
        digits = self.secret + self.fingerprint
        return "-".join(digits[i : i + 4] for i in range(0, len(digits), 4))


def new_code(fingerprint: str) -> Code:
    """Return a code with a fresh secret for the authority with this fingerprint."""
    return Code("".join(secrets.choice(_ALPHABET) for _ in range(_SECRET_DIGITS)), fingerprint)


def read_code(text: str) -> Code:
    """Return the code that a person typed. Raises DataError if it cannot be one.

    >>> str(read_code("abcd efgh-jkmn 0123 4567 89ab cdeo"))
    'ABCD-EFGH-JKMN-0123-4567-89AB-CDE0'
    """
    digits = text.strip().upper().translate(_ALIKE)
    if len(digits) != _SECRET_DIGITS + _FINGERPRINT_DIGITS or set(digits) - set(_ALPHABET):
        raise DataError("登记码应为 28 位字母和数字，请照登记单重新输入。")
    return Code(digits[:_SECRET_DIGITS], digits[_SECRET_DIGITS:])


def authority_fingerprint(certificate_der: bytes) -> str:
    """Return 80 bits over the authority's certificate, in base 32."""
    number = int.from_bytes(hashlib.sha256(certificate_der).digest()[:10], "big")
    return "".join(_ALPHABET[number >> 5 * i & 31] for i in reversed(range(_FINGERPRINT_DIGITS)))


def hashed(secret: str) -> str:
    """Return what is stored of a secret that is long enough not to be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def challenge_text(fingerprint: str, device: str, nonce: str) -> bytes:
    """Return what a device signs to log in: its own name and the authority's fingerprint are part of it."""
    return f"hsdesk-login-1\n{fingerprint}\n{device}\n{nonce}".encode()


def enrolment_text(fingerprint: str, device: str, secret: str) -> bytes:
    """Return what a registered device signs to register again: the key is its own, the code is this one."""
    return f"hsdesk-enrol-1\n{fingerprint}\n{device}\n{secret}".encode()


def is_signed_by(public_key: str, signature: str, text: bytes) -> bool:
    """Return whether the device with this key (hex, Ed25519) made this signature (hex) over the text."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(signature), text)
    except (InvalidSignature, ValueError):
        return False
    return True


class Meta(msgspec.Struct, frozen=True):
    """What a server says of itself to everyone. `authority`: the certificate of the city's authority, PEM."""

    product: Literal["hsdesk"]
    version: str
    protocol: int
    server_epoch: str
    fingerprint: str
    authority: str


class EnrolRequest(msgspec.Struct, frozen=True):
    """A desk asks to be known. `public_key`: 64 hex digits (Ed25519).

    `device`: "" for a new one, which the server gives a number. One that has a number names it, with a
    `signature` by its key (128 hex digits over `enrolment_text`); programs before made their own numbers.
    `writers`: who types at it.
    """

    secret: str
    device: str
    public_key: str
    name: str
    signature: str = ""
    writers: tuple[Writer, ...] = ()


class EnrolReply(msgspec.Struct, frozen=True):
    """The desk is known now, under the number `device`, with these streams."""

    device: str
    role: str
    server_epoch: str
    grants: tuple[Grant, ...]
    writers: tuple[Writer, ...] = ()


class WritersTold(msgspec.Struct, frozen=True):
    """Who types at a computer: as it says, and in the answer as the city calls them."""

    writers: tuple[Writer, ...]


class ChallengeRequest(msgspec.Struct, frozen=True):
    device: str


class Challenge(msgspec.Struct, frozen=True):
    nonce: str


class TokenRequest(msgspec.Struct, frozen=True):
    """`signature`: 128 hex digits over `challenge_text`."""

    device: str
    nonce: str
    signature: str


class LoginRequest(msgspec.Struct, frozen=True):
    """An official logs in by password."""

    name: str
    password: str


class Token(msgspec.Struct, frozen=True, omit_defaults=True):
    """An opaque bearer token; `expires` is in seconds since 1970. With an order there is no token."""

    token: str
    expires: int
    order: WipeOrder | None = None


class ProblemDetail(msgspec.Struct, frozen=True):
    """RFC 9457: why a request was not done. `title` is for people, `detail` for the log of the asker."""

    title: str
    status: int
    type: str = "about:blank"
    detail: str = ""
    request_id: str = ""


class Health(msgspec.Struct, frozen=True):
    """The server is well."""

    status: Literal["ok"] = "ok"


class Me(msgspec.Struct, frozen=True):
    """Who asks."""

    device: str
    role: str
    grants: tuple[Grant, ...]


class Enrolment(msgspec.Struct, frozen=True):
    """What a desk keeps of its enrolment, in its encrypted file. `private_key`: 64 hex digits (Ed25519).

    `proxy`: the address of the proxy on the way to the server, "" for none.
    """

    url: str
    fingerprint: str
    authority: str
    device: str
    private_key: str
    role: str = ""
    server_epoch: str = ""
    token: str = ""
    token_expires: int = 0
    proxy: str = ""
