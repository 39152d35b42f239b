"""What a list of a register asks of the file: record numbers in order, by content, by search and by state."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from hsdesk.deskfile.connection import NO_OP, DeskConnection
from hsdesk.registers import search_words
from hsdesk.registers.register import Register
from hsdesk.registers.row_orders import GONE, TITLE, Key, Numbers
from hsdesk.registers.tables import quoted

_AT_ONCE = 500
_LATER = msgspec.json.Decoder(tuple[tuple[int, int, int], ...])
_MADE_LATER = "_required, t._filled, CASE WHEN t._settled IS NULL THEN NULL ELSE t._later END"


class Progress(msgspec.Struct, frozen=True):
    """How far a place is with a register: records, those of them where required answers are missing."""

    scope: str
    records: int
    unfinished: int


class RegisterLists:
    """The registers of an open file as lists ask for them. Nothing is written here."""

    def __init__(self, connection: DeskConnection) -> None:
        self._connection = connection

    def register(self, form_id: str) -> Register:
        """Return an installed form with its tables. Raises `Missing`."""
        return self._connection.register(form_id)

    def ordered(
        self, form_id: str, column: str, key: Key, *, gone: bool, named: Iterable[str] = ()
    ) -> tuple[Numbers, Numbers]:
        """Return all record numbers by what a column holds, and those where it is empty.

        `named`: the registers whose records the names of this one name.
        """
        orders, numbers = self._connection.orders, self._numbers(named)
        return orders.ordered(self.register(form_id), column, key, gone=gone, named=numbers)

    def _numbers(self, forms: Iterable[str]) -> list[int]:
        return [self._connection.register(one).number for one in forms]

    def keep_order(self, form_id: str, key: Key, named: Iterable[str]) -> None:
        """Keep the order by name in the file, where the register is long and the file can be written."""
        connection, register = self._connection, self.register(form_id)
        if connection.one("PRAGMA query_only")[0]:
            return
        numbers = self._numbers(named)
        filled, empty = connection.orders.ordered(register, TITLE, key, named=numbers)
        if connection.kept_orders.is_worth_keeping(register.number, len(filled) + len(empty)):
            with connection.transaction():
                connection.kept_orders.keep(register.number, filled, empty, numbers)

    def spread(self, form_id: str, runs: int, length: int) -> list[int]:
        """Return record numbers from all over a register, in runs that lie together in the file."""
        table = f"{self._table(form_id)} AS t WHERE"
        first, last = self._connection.one(
            f"SELECT (SELECT min(t._n) FROM {table} 1), (SELECT max(t._n) FROM {table} 1)"
        )
        if first is None:
            return []
        sql = f"SELECT t._n FROM {table} t._n >= ? AND NOT {GONE} ORDER BY t._n LIMIT ?"
        starts = (first + (last + 1 - first) * at // runs for at in range(runs))
        found = (self._connection.all(sql, (start, length)) for start in starts)
        return sorted({n for run in found for (n,) in run})

    def holders(self, form_id: str, column: str, *, gone: bool) -> Mapping[Any, Numbers]:
        """Return the record numbers by the value that a column holds."""
        return self._connection.orders.holders(self.register(form_id), column, gone=gone)

    def fitting(self, form_id: str, column: str, fits: Callable[[Any], bool], *, gone: bool) -> set[int]:
        """Return the records where what a column holds fits."""
        rows = self._connection.orders.read(self.register(form_id), column, gone=gone)
        return {n for n, value in rows if fits(value)}

    def saying(self, form_id: str, columns: Sequence[str], piece: str, *, gone: bool) -> set[int]:
        """Return the records where one of some text columns has a piece of text, in small letters, in it."""
        if not columns:
            return set()
        texts = self._connection.orders.texts(self.register(form_id), columns, gone=gone)
        return {n for n, text in texts.items() if piece in text}

    def found(self, typed: str) -> set[int]:
        """Return the records, of any register, that the search index finds."""
        expression = search_words.match(typed)
        if not expression:
            return set()
        rows = self._connection.all("SELECT rowid FROM hs_search WHERE hs_search MATCH ?", (expression,))
        return {n for (n,) in rows}

    def different(self, form_id: str, column: str, most: int) -> list[tuple[Any, int]]:
        """Return the different values of a column with their counts, at most so many."""
        register = self.register(form_id)
        held = register.tables.column_of(column)
        assert held is not None, column
        table, name = quoted(register.tables.table.name), quoted(held.name)
        sql = f"SELECT t.{name}, count(*) FROM {table} AS t WHERE NOT {GONE} GROUP BY 1 LIMIT ?"
        return self._connection.all(sql, (most,))

    def mark(self, form_id: str) -> tuple[int, int]:
        """Return what is another after any row of a register changed."""
        return self._connection.orders.mark(self.register(form_id))

    # States

    def unfinished(self, form_id: str, some: Collection[int] | None = None) -> set[int]:
        """Return the records, of `some` or all, where answers are missing that must be there (未填完)."""
        sql = f"SELECT t._n, t.{_MADE_LATER} FROM {self._table(form_id)} AS t"
        rows = self._some(sql, "t._n", some) if some is not None else self._connection.all(f"{sql} WHERE 1")
        return {n for n, required, filled, later in rows if _is_unfinished(required, filled, later)}

    def waiting(self, records: Collection[str] | None = None) -> set[str]:
        """Return the records, of `records` or all, of which the city has not received everything (未上传)."""
        first = self._connection.first_pending()
        if first == NO_OP:
            return set()
        sql = f"SELECT DISTINCT record FROM hs_op WHERE n >= {int(first)}"
        rows = self._some(sql, "record", records) if records is not None else self._connection.all(sql)
        return {record for (record,) in rows}

    def in_conflict(self) -> set[str]:
        """Return the records of which an answer waits for a choice (两边不一样)."""
        return {
            record
            for (record,) in self._connection.all("SELECT DISTINCT record FROM hs_conflict WHERE open = 1")
        }

    def numbers_of(self, form_id: str, records: Collection[str]) -> set[int]:
        """Return the numbers of records that the register holds."""
        register = self.register(form_id)
        found = self._some("SELECT n FROM hs_record WHERE 1", "record", records)
        return {n for (n,) in found if register.first <= n <= register.last}

    def progress(self, form_id: str) -> tuple[Progress, ...]:
        """Return by place how many records there are and how many are unfinished."""
        counts: dict[str, list[int]] = {}
        for scope, required, filled, later in self._connection.all(
            f"SELECT t._scope, t.{_MADE_LATER} FROM {self._table(form_id)} AS t WHERE NOT {GONE}"
        ):
            count = counts.setdefault(scope, [0, 0])
            count[0] += 1
            count[1] += _is_unfinished(required, filled, later)
        return tuple(Progress(scope, *count) for scope, count in counts.items())

    def _table(self, form_id: str) -> str:
        return quoted(self.register(form_id).tables.table.name)

    def _some(self, sql: str, name: str, some: Iterable[Any]) -> Iterator[Any]:
        """Yield the rows of a statement for some numbers or ids, so many at once."""
        asked = tuple(some)
        mark = " AND " if " WHERE " in sql else " WHERE "
        for start in range(0, len(asked), _AT_ONCE):
            part = asked[start : start + _AT_ONCE]
            yield from self._connection.all(f"{sql}{mark}{name} IN ({','.join('?' * len(part))})", part)


def _is_unfinished(required: int | None, filled: int | None, later: str | None) -> bool:
    more = _LATER.decode(later) if later else ()
    return (required or 0) + sum(one[1] for one in more) > (filled or 0) + sum(one[2] for one in more)
