"""The number of a database's layout, and the numbered steps (migrations) from one layout to the next.

A desk file and a city server's database each carry the number of the last migration that was applied to them.
It is read before anything else is touched: a number that this program does not know was written by a newer
program, which may have changed what this one would misread, so the database is refused as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from hsdesk.errors import NewerLayout

Target = TypeVar("Target")
Tell = Callable[[int, int], None]  # (done, total) within one migration, in whatever it counts
Change = Callable[[Target, Tell], None]


@dataclass(frozen=True)
class Migration(Generic[Target]):
    """One step: to layout `number`, by SQL statements in order or by a function.

    A function gets the database inside the step's transaction, and `tell(done, total)` to say how far it is;
    it neither begins nor ends a transaction. It must not use today's classes for what it reads: a migration
    is never changed, and those are.
    """

    number: int
    name: str
    change: tuple[str, ...] | Change[Target]


class MigrationProgress(msgspec.Struct, frozen=True):
    """How far migrations are: in the n-th of `count`, `done` of `total` in it (0: not known)."""

    n: int
    count: int
    done: int = 0
    total: int = 0

    @property
    def percent(self) -> int:
        """How much of all migrations is done, each counted alike."""
        part = self.done / self.total if self.total else 0.0
        return int(100 * (self.n - 1 + part) / self.count)


Progress = Callable[[MigrationProgress], None]


def latest(migrations: Sequence[Migration[Target]]) -> int:
    """Return the number of the newest layout that is known."""
    return migrations[-1].number


def refuse_newer(found: int, known: int, refusal: str) -> None:
    """Raise NewerLayout if a database is of a layout that this program does not know.

    `refusal`: what a person is told, with places for {found} and {known}.
    """
    if found > known:
        raise NewerLayout(refusal, found=found, known=known)


def pending(migrations: Sequence[Migration[Target]], found: int) -> tuple[Migration[Target], ...]:
    """Return the migrations after layout `found`, in order."""
    return tuple(step for step in migrations if step.number > found)


def silent(_done: int, _total: int) -> None:
    """Tell nobody."""


def told(progress: Progress | None, n: int, count: int) -> Tell:
    """Return what the n-th of `count` migrations tells its progress to."""

    def tell(done: int, total: int) -> None:
        if progress is not None:
            progress(MigrationProgress(n, count, done, total))

    return tell
