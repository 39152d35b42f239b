"""The orders of long registers by name, kept in the file: a first look need not read and sort them all.

An order lies as it was made; the records that changed since lie beside it, written in the same transaction as
the records, so that neither a crash nor a power cut can leave one that is wrong.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Collection, Sequence
from typing import Any, Protocol

from hsdesk import __version__
from hsdesk.model import natural
from hsdesk.registers.register import NUMBER_BITS

MANY = 5000  # records from which on an order is kept
_WORTH = 100  # one changed record in so many: from there on the order is made anew
_RULES = f"{__version__} {natural.RULES}"


class Statements(Protocol):
    """An open file that carries out statements."""

    def one(self, sql: str, parameters: tuple[Any, ...] = ()) -> Any: ...
    def all(self, sql: str, parameters: tuple[Any, ...] = ()) -> list[Any]: ...
    def run(self, sql: str, parameters: tuple[Any, ...] = ()) -> int: ...
    def many(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> None: ...


class KeptOrders:
    """What lies in one open file, by the numbers of registers."""

    def __init__(self, file: Statements) -> None:
        self._file = file
        self._named: dict[int, set[int]] | None = None  # by register: those whose records its names name

    def forget(self) -> None:
        """Look into the file again: what was written was taken back."""
        self._named = None

    def load(self, register: int) -> tuple[array[int], array[int], set[int]] | None:
        """Return the records with a name in order, those without, and those that changed since."""
        found = self._file.one(
            "SELECT filled, body FROM hs_order WHERE register = ? AND rules = ?", (register, _RULES)
        )
        if found is None:
            return None
        numbers = array("q")
        numbers.frombytes(found[1])
        if sys.byteorder == "big":
            numbers.byteswap()
        changed = self._file.all(f"SELECT n FROM hs_order_changed WHERE {_OF}", _range(register))
        return numbers[: found[0]], numbers[found[0] :], {n for (n,) in changed}

    def note(self, register: int, changed: Collection[int]) -> None:
        """Write down beside an order that records were written or removed; many of them end it.

        They also end the orders of registers whose names name them.
        """
        if self._named is None:
            found = self._file.all("SELECT register, named FROM hs_order")
            self._named = {n: set(map(int, named.split())) for n, named in found}
        ended = [n for n, named in self._named.items() if register in named]
        if register in self._named and len(changed) * _WORTH > MANY:
            ended.append(register)
        elif register in self._named:
            self._file.many("INSERT OR IGNORE INTO hs_order_changed (n) VALUES (?)", [(n,) for n in changed])
        for n in ended:
            self._drop(n)

    def is_worth_keeping(self, register: int, count: int) -> bool:
        """Tell whether an order of so many records is to be kept: none that is nearly as good lies there."""
        if count < MANY:
            return False
        known = self._file.one("SELECT 1 FROM hs_order WHERE register = ? AND rules = ?", (register, _RULES))
        sql = f"SELECT count(*) FROM hs_order_changed WHERE {_OF}"
        return known is None or self._file.one(sql, _range(register))[0] * _WORTH > count

    def keep(self, register: int, filled: array[int], empty: array[int], named: Collection[int]) -> None:
        """Keep an order in place of the one that lies there. To be called in a transaction.

        `named`: the registers whose records the names name.
        """
        self._drop(register)
        body = filled + empty
        if sys.byteorder == "big":
            body.byteswap()
        self._file.run(
            "INSERT INTO hs_order (register, rules, named, filled, body) VALUES (?, ?, ?, ?, ?)",
            (register, _RULES, " ".join(map(str, named)), len(filled), body.tobytes()),
        )
        self._named = None

    def _drop(self, register: int) -> None:
        self._file.run("DELETE FROM hs_order WHERE register = ?", (register,))
        self._file.run(f"DELETE FROM hs_order_changed WHERE {_OF}", _range(register))
        self._named = None


_OF = "n BETWEEN ? AND ?"


def _range(register: int) -> tuple[int, int]:
    first = register << NUMBER_BITS
    return first, first | ((1 << NUMBER_BITS) - 1)
