"""The city's signing key under a passphrase of its own (`ca.key`): it signs wipes and certificates.

A plain key is PEM, as `server init` makes it without `HSDESK_CITY_PASSPHRASE`. With it the key is kept sealed
as a desk's file key is: Argon2id, X25519, ChaCha20-Poly1305. A running server needs it only to renew its
certificate; who signs a wipe at the server gives the passphrase then.
"""

from __future__ import annotations

import os
import threading

import msgspec

from hsdesk.deskfile import wraps
from hsdesk.errors import Corrupt, Refused, WrongPassphrase
from hsdesk.model import passphrase as passphrases

VARIABLE = "HSDESK_CITY_PASSPHRASE"
NEW_VARIABLE = "HSDESK_NEW_CITY_PASSPHRASE"
_ONE_AT_A_TIME = threading.Lock()  # a derivation takes 46 MiB, and logins have theirs
_BOUND = b"the city's signing key"
_PLAIN = "-----BEGIN"


class SealedKey(msgspec.Struct, frozen=True):
    """A signing key: a random key wrapped for the passphrase, and the PEM text sealed with it."""

    suite: int
    wrap: wraps.Wrap
    sealed: bytes


def is_plain(text: str) -> bool:
    """Tell whether a signing key can be read by whoever reads its file."""
    return text.startswith(_PLAIN)


def protected(text: str) -> str:
    """Return a signing key sealed for the passphrase in the environment, as it is without one.

    With `HSDESK_NEW_CITY_PASSPHRASE` a sealed one is sealed anew for that. Raises DataError for a passphrase
    that is soon guessed, Refused where the present one is not given.
    """
    new = os.environ.get(NEW_VARIABLE) or ""
    typed = new or os.environ.get(VARIABLE) or ""
    if not typed or not (new or is_plain(text)):
        return text
    passphrases.check(typed)
    pem = opened(text)
    key = wraps.new_file_key()
    wrap = wraps.wrap_secret(key, "passphrase", "", typed)
    sealed = SealedKey(wraps.SUITE, wrap, wraps.with_key(key, pem.encode(), _BOUND))
    return msgspec.json.format(msgspec.json.encode(sealed), indent=1).decode()


def opened(text: str) -> str:
    """Return the PEM text of a signing key. Raises Refused without the right passphrase, Corrupt."""
    if is_plain(text):
        return text
    try:
        sealed = msgspec.json.decode(text.encode(), type=SealedKey)
    except msgspec.DecodeError as error:
        raise Corrupt("市级签名钥匙 ca.key 已损坏，请从另外保存的那一份恢复。", detail=str(error)) from error
    try:
        with _ONE_AT_A_TIME:
            key = wraps.unwrap_secret(sealed.wrap, os.environ.get(VARIABLE) or "")
    except WrongPassphrase as error:
        raise Refused(
            "市级签名钥匙有自己的口令，口令不对或没有给出。请在服务器上把口令放进环境变量"
            " HSDESK_CITY_PASSPHRASE，再办一次。没有改动。"
        ) from error
    return wraps.without_key(key, sealed.sealed, _BOUND).decode()
