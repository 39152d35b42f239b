"""The order to wipe a lost computer (清除命令), signed by the city's authority, and the computer's answer.

An order names one computer, its key and one authority, so that it says nothing to any other. The answer is
the last thing that the computer's key signs; it is sent when that key is gone.
"""

from __future__ import annotations

import msgspec


class WipeOrder(msgspec.Struct, frozen=True):
    """Destroy the keys of this computer. `at`: milliseconds since 1970; `signature`: hex (ECDSA, SHA-256)."""

    device: str
    public_key: str
    fingerprint: str
    at: int
    signature: str = ""

    @property
    def text(self) -> bytes:
        """What the authority signs."""
        said = (self.fingerprint, self.device, self.public_key, str(self.at))
        return "\n".join(("hsdesk-wipe-1", *said)).encode()


class WipeDone(msgspec.Struct, frozen=True):
    """The order of that time was carried out. `signature`: 128 hex digits (Ed25519) over `wiped_text`."""

    device: str
    at: int
    signature: str


def wiped_text(order: WipeOrder) -> bytes:
    """Return what a computer signs before its keys go."""
    return b"hsdesk-wiped-1\n" + order.text


class WipeMark(msgspec.Struct, frozen=True):
    """What a wiped desk leaves: its order, and its answer until the server at `url` has heard it."""

    order: WipeOrder
    url: str
    authority: str
    done: WipeDone | None
    proxy: str = ""


def is_genuine(order: WipeOrder, authority: str) -> bool:
    """Return whether the authority, known by its certificate (PEM), signed this very order."""
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    try:
        key = x509.load_pem_x509_certificate(authority.encode()).public_key()
        if not isinstance(key, ec.EllipticCurvePublicKey):
            return False
        key.verify(bytes.fromhex(order.signature), order.text, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True
