"""Challenges to sign: each says itself when and for whom it was made, so that asking for many fills nothing.

A table of those given out was full after 10,000, and nobody could log in for two minutes.
"""

from __future__ import annotations

import hmac
import itertools
import secrets
import threading

_HOLDS_MS = 120_000
_COUNT, _TIME = 16, 12  # hex digits of each; then the seal


class Challenges:
    """Those of one server process: another one, or this one after a restart, takes none of them."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._count = itertools.count(1)
        self._used: dict[str, int] = {}  # the last one that a registered device has answered rightly
        self._lock = threading.Lock()

    def new(self, device: str, now_ms: int) -> str:
        """Return a challenge for a device, known or not."""
        said = f"{next(self._count):0{_COUNT}x}{now_ms:0{_TIME}x}"
        return said + self._seal(said, device)

    def holds(self, device: str, challenge: str, now_ms: int) -> bool:
        """Return whether the challenge was made here for this device and is not too old."""
        said, sealed = challenge[: _COUNT + _TIME], challenge[_COUNT + _TIME :]
        if not hmac.compare_digest(self._seal(said, device).encode(), sealed.encode()):
            return False
        return int(said[_COUNT:], 16) + _HOLDS_MS >= now_ms

    def use(self, device: str, challenge: str) -> bool:
        """Return whether one that holds and was rightly signed may be used: once, and none made before it."""
        number = int(challenge[:_COUNT], 16)
        with self._lock:
            is_first = number > self._used.get(device, 0)
            if is_first:
                self._used[device] = number
        return is_first

    def _seal(self, said: str, device: str) -> str:
        return hmac.digest(self._key, f"{said} {device}".encode(), "sha256").hex()
