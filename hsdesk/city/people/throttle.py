"""Slowing down those who guess codes and passwords, without locking the innocent out.

Only failures count. A township office with 23 villages is one address, so the strict limit is of one name (an
account, a device) at one address; a loose one of the address alone stops whoever tries many names from it.
A wait doubles with each failure beyond the free ones, up to a minute. Whoever has got it right at an address
before is not held up there by what others get wrong, and nobody is held up by failures at other addresses.

Checking a password needs 64 MB on purpose: checks take turns, whoever asks.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

from hsdesk.errors import Locked, Refused
from hsdesk.model.clock import wall_milliseconds

_FREE = 5  # failures of one name at one address before it has to wait
_FREE_AT_ADDRESS = 60  # failures of all names at one address before those not known there have to wait
_LONGEST_MS = 60_000
_FORGET_MS = 15 * 60_000
_MOST = 20_000  # entries kept; the oldest are forgotten first
_LONGEST_NAME = 64  # of an account or a device: what is longer is none, and shall not fill the memory

_Key = tuple[str, str, str]  # kind, address, name; the name is "" for the address alone


class _Failures(msgspec.Struct, frozen=True):
    count: int
    last: int  # milliseconds since 1970


class TooFast(Refused):
    """Asked again too soon; `seconds` says how long to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__("试错次数过多，请 {seconds} 秒后再试。已填内容都保存在本机。", seconds=seconds)
        self.seconds = seconds


class Crowded(Locked):
    """Too many wait for the same costly work already."""

    def __init__(self) -> None:
        super().__init__("市级服务器正忙着核对密码，请 5 秒后再试。已填内容都保存在本机。")


class WorkSlots:
    """Lets a few do costly work at once and a few more wait; an asker holds only some of these places."""

    def __init__(self, at_once: int, waiting: int, of_one: int) -> None:
        self._free = threading.Semaphore(at_once)
        self._most, self._of_one = at_once + waiting, of_one
        self._inside: list[str] = []
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, asker: str) -> Iterator[None]:
        """Wait for a turn and hold it. Raises Crowded at once if there is no place to wait."""
        with self._lock:
            if len(self._inside) >= self._most or self._inside.count(asker) >= self._of_one:
                raise Crowded
            self._inside.append(asker)
        try:
            with self._free:
                yield
        finally:
            with self._lock:
                self._inside.remove(asker)


class Throttle:
    """Counts failures in memory: a restart forgives."""

    def __init__(self, now_ms: Callable[[], int] = wall_milliseconds) -> None:
        self._now_ms = now_ms
        self._failures: dict[_Key, _Failures] = {}
        self._right_before: dict[_Key, None] = {}
        self._lock = threading.Lock()

    def check(self, kind: str, address: str, name: str) -> None:
        """Raise TooFast while the last failures are too many and too recent."""
        key = (kind, address, name[:_LONGEST_NAME])
        with self._lock:
            wait = self._wait(key, _FREE)
            if key not in self._right_before:
                wait = max(wait, self._wait((kind, address, ""), _FREE_AT_ADDRESS))
        if wait > 0:
            raise TooFast(-(-wait // 1000))

    def _wait(self, key: _Key, free: int) -> int:
        known = self._failures.get(key)
        if known is None or known.count < free:
            return 0
        wait: int = min(1000 << min(known.count - free, 6), _LONGEST_MS)
        return known.last + wait - self._now_ms()

    def failed(self, kind: str, address: str, name: str) -> None:
        """Take note of a failure."""
        now = self._now_ms()
        with self._lock:
            for key in ((kind, address, name[:_LONGEST_NAME]), (kind, address, "")):
                known = self._failures.pop(key, None)  # put back at the end: the oldest stand first
                count = known.count if known and known.last + _FORGET_MS > now else 0
                self._failures[key] = _Failures(count + 1, now)
            _forget_oldest(self._failures)

    def succeeded(self, kind: str, address: str, name: str) -> None:
        """Forget the failures of one who got it right, and remember that he did."""
        key = (kind, address, name[:_LONGEST_NAME])
        with self._lock:
            self._failures.pop(key, None)
            self._right_before.pop(key, None)
            self._right_before[key] = None
            _forget_oldest(self._right_before)


def _forget_oldest(entries: dict[_Key, _Failures] | dict[_Key, None]) -> None:
    while len(entries) > _MOST:
        entries.pop(next(iter(entries)))
