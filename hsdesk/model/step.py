"""How far long work is: `step(done, total)` hears of each step, and may raise `Cancelled` to stop it."""

from __future__ import annotations

from collections.abc import Callable

Step = Callable[[int, int], None]


def unheard(_done: int, _total: int) -> None:
    """Hear nothing and stop nothing."""
