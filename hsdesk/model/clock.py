"""The hybrid logical clock: wall time that never goes backwards on one device.

A reading is one int: milliseconds since 1970 shifted left by 16, plus a counter for readings of one
millisecond. It orders nothing but ties: the server's revision orders (see `records.merge`). Kulkarni et al.,
Logical Physical Clocks, 2014.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

COUNTER_BITS = 16
COUNTER_MASK = (1 << COUNTER_BITS) - 1
FUTURE_ALLOWED_MS = 5 * 60 * 1000  # a laptop's clock counts at most 5 minutes ahead of the server's


def reading(milliseconds: int, counter: int = 0) -> int:
    """Return the reading of a moment, in milliseconds since 1970.

    >>> reading(1) == 65536
    True
    """
    return milliseconds << COUNTER_BITS | counter


def milliseconds_of(hlc: int) -> int:
    """Return milliseconds since 1970 of a reading.

    >>> milliseconds_of(reading(1700000000000, 7))
    1700000000000
    """
    return hlc >> COUNTER_BITS


def moment_of(hlc: int) -> datetime:
    """Return the UTC moment of a reading; readings no calendar can hold give the calendar's end.

    >>> moment_of(reading(0)).isoformat()
    '1970-01-01T00:00:00+00:00'
    """
    seconds = min(max(milliseconds_of(hlc), 0) / 1000, 253_402_300_799)
    return datetime.fromtimestamp(seconds, UTC)


def clamped(hlc: int, received_ms: int) -> int:
    """Return the reading as it counts in a tie: never more than 5 minutes after it was received.

    >>> milliseconds_of(clamped(reading(10**13), 1000)) == 1000 + FUTURE_ALLOWED_MS
    True
    """
    return min(hlc, reading(received_ms + FUTURE_ALLOWED_MS))


def wall_milliseconds() -> int:
    """Return the computer's clock in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class Clock:
    """Gives readings that rise strictly, whatever the computer's clock does.

    `last` is the highest reading ever seen in this file, so that a restart does not go back.

    >>> clock = Clock(last=reading(5), wall=lambda: 3)
    >>> clock.tick() == reading(5, 1)
    True
    """

    def __init__(self, last: int = 0, wall: Callable[[], int] = wall_milliseconds) -> None:
        self._last = last
        self._wall = wall

    @property
    def last(self) -> int:
        """The latest reading given or received."""
        return self._last

    def tick(self) -> int:
        """Return a reading later than every earlier one."""
        self._last = max(reading(self._wall()), self._last + 1)
        return self._last

    def receive(self, hlc: int) -> int:
        """Take note of another's reading; a reading far in the future is not followed.

        Without this bound one laptop with a wrong year would carry every other clock with it.
        """
        self._last = max(self._last, clamped(hlc, self._wall()))
        return self._last
