"""The operating system's keyring (记住本机): the only module that knows `keyring`.

Any failure means "ask for the passphrase": no service, a locked one, a prompt nobody answers. One key of 64
hex digits is kept, because Windows holds little more than a thousand characters.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
SERVICE = "hsdesk"
_PATIENCE = 5.0  # seconds; a prompt on another screen may wait for ever


def store(name: str, key: bytes) -> bool:
    """Keep a key under a name; return whether the keyring took it."""

    def put() -> bool:
        import keyring

        keyring.set_password(SERVICE, name, key.hex())
        return keyring.get_password(SERVICE, name) == key.hex()

    return _asked(put) is True


def fetch(name: str) -> bytes | None:
    """Return the key kept under a name, or None: then the passphrase is asked for."""

    def get() -> str | None:
        import keyring

        return keyring.get_password(SERVICE, name)

    found = _asked(get)
    try:
        return bytes.fromhex(found) if found else None
    except ValueError:
        return None


def forget(name: str) -> None:
    """Remove a key; one that is not there is all right."""

    def drop() -> None:
        import keyring

        keyring.delete_password(SERVICE, name)

    _asked(drop)


def _asked(question: Callable[[], T]) -> T | None:
    """Return the keyring's answer, or None if it fails or takes too long.

    It is asked on a thread of its own, which is left behind when it never answers.
    """
    answers: queue.SimpleQueue[T | None] = queue.SimpleQueue()

    def ask() -> None:
        answer = None
        try:
            answer = _answer(question)
        finally:  # whatever happened, nobody waits for it
            answers.put(answer)

    threading.Thread(target=ask, daemon=True, name="keyring").start()
    try:
        return answers.get(timeout=_PATIENCE)
    except queue.Empty:
        return None


def _answer(question: Callable[[], T]) -> T | None:
    try:
        import keyring.errors
    except ImportError:
        return None
    # KeyringError covers no service, a locked one, a refused deletion. Backends let failures of their own
    # through: D-Bus raises OSError and RuntimeError, a half-installed backend ImportError, names ValueError.
    try:
        return question()
    except (keyring.errors.KeyringError, OSError, RuntimeError, ImportError, ValueError, LookupError):
        return None
