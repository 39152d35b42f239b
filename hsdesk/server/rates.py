"""Slowing down those who guess codes and passwords, without locking the innocent out.

Only failures count, per address and kind; a wait doubles with each failure beyond the free ones and ends
after at most a minute. Whoever has the right code from another address is not held up at all.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import msgspec

from hsdesk.errors import Refused
from hsdesk.model.clock import wall_milliseconds

_FREE = 5
_LONGEST_MS = 60_000
_FORGET_MS = 15 * 60_000
_MOST = 20_000


class _Failures(msgspec.Struct, frozen=True):
    count: int
    last: int  # milliseconds since 1970


class TooFast(Refused):
    """Asked again too soon; `seconds` says how long to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__("试错次数过多，请 {seconds} 秒后再试。已填内容都保存在本机。", seconds=seconds)
        self.seconds = seconds


class Brake:
    """Counts failures in memory: a restart forgives."""

    def __init__(self, now_ms: Callable[[], int] = wall_milliseconds) -> None:
        self._now_ms = now_ms
        self._failures: dict[tuple[str, str], _Failures] = {}
        self._lock = threading.Lock()

    def check(self, kind: str, who: str) -> None:
        """Raise TooFast while the last failures are too many and too recent."""
        known = self._failures.get((kind, who))
        if known is None or known.count < _FREE:
            return
        wait = min(1000 << min(known.count - _FREE, 6), _LONGEST_MS)
        left = known.last + wait - self._now_ms()
        if left > 0:
            raise TooFast(-(-left // 1000))

    def failed(self, kind: str, who: str) -> None:
        """Take note of a failure."""
        now = self._now_ms()
        with self._lock:
            known = self._failures.get((kind, who))
            count = known.count if known and known.last + _FORGET_MS > now else 0
            if len(self._failures) >= _MOST:
                self._failures = {k: f for k, f in self._failures.items() if f.last + _FORGET_MS > now}
            self._failures[kind, who] = _Failures(count + 1, now)

    def succeeded(self, kind: str, who: str) -> None:
        """Forget the failures of one who got it right."""
        with self._lock:
            self._failures.pop((kind, who), None)
