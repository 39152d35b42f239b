"""Where a world takes its time and its random bytes from: its seed, so that what failed once fails again."""

from __future__ import annotations

from random import Random
from types import SimpleNamespace

import pytest

from hsdesk.city.ledger import epoch
from hsdesk.model import clock, writer
from hsdesk.records import chain

_BEGIN_NS = 1_780_000_000_000_000_000  # in May 2026
_STEP_NS = 400_000  # so that some readings fall into one millisecond


class Chance:
    """A clock that goes on a little whenever it is read, and random bytes; the same for the same seed."""

    def __init__(self, seed: int | str) -> None:
        self._random = Random(seed)
        self._ns = _BEGIN_NS

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Let the program take them from here: clock, nonces, numbers of people, names of server epochs."""
        patch.setattr(clock, "time", SimpleNamespace(time_ns=self._now))
        drawn = SimpleNamespace(
            token_bytes=self._random.randbytes, token_hex=self._token_hex, randbelow=self._random.randrange
        )
        for module in (chain, epoch, writer):
            patch.setattr(module, "secrets", drawn)

    def wait(self, seconds: int) -> None:
        """Let time pass."""
        self._ns += seconds * 1_000_000_000

    def _now(self) -> int:
        self._ns += _STEP_NS
        return self._ns

    def _token_hex(self, size: int) -> str:
        return self._random.randbytes(size).hex()
