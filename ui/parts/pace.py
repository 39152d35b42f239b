"""How long a long piece of work will still take, told only when that is known and never taken back twice."""

from __future__ import annotations

import math

from ui.words import tr

_FROM = 0.05  # of the work done; before that nobody can tell


class Pace:
    """Estimates the time left from what is done. What is told rises once at most.

    >>> pace = Pace()
    >>> pace.left(1, 100, 10.0), pace.left(10, 100, 10.0), pace.left(11, 100, 20.0), pace.left(12, 100, 60.0)
    (None, 90, 162, 162)
    """

    def __init__(self) -> None:
        self._told: int | None = None
        self._phase = 0
        self._rose = False

    def left(self, done: int, total: int, seconds: float) -> int | None:
        """Return about how many seconds are left; None before 5 % are done, or of an unknown amount.

        `seconds`: how long the work has gone on.
        """
        if total != self._phase:  # another part of the work begins, with an amount of its own
            self._told, self._phase, self._rose = None, total, False
        if total <= 0 or done < total * _FROM:
            return None
        found = math.ceil(seconds * (total - done) / done)
        if self._told is not None and found > self._told:
            if self._rose:
                return self._told
            self._rose = True
        self._told = found
        return found


def left_words(seconds: int | None) -> str:
    """Return the time left as a person says it, "" where it is not known."""
    if seconds is None:
        return ""
    if seconds < 60:
        return tr("大约还要 {n} 秒", n=max(5 * math.ceil(seconds / 5), 5))
    return tr("大约还要 {n} 分钟", n=math.ceil(seconds / 60))
