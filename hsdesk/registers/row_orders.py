"""The records of a register in order, by any column, and by what a column holds: kept while a file is open.

A list of 100,000 rows is asked for at every key of a search. What a search or a filter finds is a set of
record numbers, which an order made before puts in place; so no key sorts anything. An order is an array of
numbers; when rows change, only those are put in place anew.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import Counter, OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from hsdesk.registers.register import Register
from hsdesk.registers.tables import quoted

_KEPT = 32  # orders and columns kept in memory, the last used ones
_AT_ONCE = 500
_WORTH = 150  # one changed row in so many: from there on a column is read again as a whole
GONE = "(t._deleted IS NOT NULL OR t._merged_into IS NOT NULL)"
SCOPE = "_scope"
TITLE = ""
_EMPTY = (None, "")
_CODES = msgspec.json.Decoder(tuple[str, ...])
Key = Callable[[Any], Any]
Numbers = Sequence[int]


class Reader(Protocol):
    """Where the tables lie: an open file that answers statements."""

    def all(self, sql: str, parameters: tuple[Any, ...] = ()) -> list[Any]:
        """Return every row."""
        ...


class Store(Protocol):
    """Where orders by name lie from one opening of a file to the next, by the numbers of registers."""

    def load(self, register: int) -> tuple[array[int], array[int], set[int]] | None:
        """Return the records with a name in order, those without, and those that changed since."""
        ...

    def note(self, register: int, changed: Collection[int]) -> None:
        """Write down that records were written or removed."""
        ...


class _Kept:
    """Something made of one column, and the records that changed since."""

    def __init__(self) -> None:
        self.stale: set[int] = set()


class _Order(_Kept):
    """Record numbers by what a column holds; those where it is empty apart."""

    def __init__(self, filled: array[int], empty: array[int]) -> None:
        super().__init__()
        self.filled, self.empty = filled, empty
        self.named: frozenset[int] = frozenset()  # the registers whose records the names name

    @property
    def is_worn(self) -> bool:
        """Whether so many changed that putting them in place costs more than beginning anew."""
        return len(self.stale) * _WORTH > len(self.filled)


class _Holders(_Kept):
    """Record numbers by the value that a column holds, None where it is empty."""

    def __init__(self, rows: Iterable[tuple[int, Any]], *, sets: bool) -> None:
        super().__init__()
        self.sets = sets
        self.numbers: dict[Any, array[int]] = {}
        self.add(rows)

    def add(self, rows: Iterable[tuple[int, Any]]) -> None:
        for n, value in rows:
            for one in self.values(value):
                found = self.numbers.get(one)
                if found is None:
                    found = self.numbers[one] = array("q")
                found.append(n)

    def values(self, value: Any) -> tuple[Any, ...]:
        return _CODES.decode(value) if self.sets and value is not None else (value,)


class _Texts(_Kept):
    """What some columns of each record say, in small letters."""

    def __init__(self, rows: Iterable[tuple[Any, ...]]) -> None:
        super().__init__()
        self.by_number: dict[int, str] = {}
        self.add(rows)

    def add(self, rows: Iterable[tuple[Any, ...]]) -> None:
        for n, *values in rows:
            if text := "\n".join(value for value in values if value):
                self.by_number[n] = text.lower()


class RowOrders:
    """The orders of every register of one open file. Whoever writes rows says so by `touch`."""

    def __init__(self, file: Reader, store: Store) -> None:
        self._file = file
        self._store = store
        self._kept: OrderedDict[tuple[int, str, str, bool], _Kept] = OrderedDict()
        self._changes: Counter[int] = Counter()
        self._forgotten = 0

    def touch(self, register: int, numbers: Iterable[int]) -> None:
        """Take note that rows of a register (its number) were written or removed."""
        changed = set(numbers)
        self._changes[register] += 1
        self._store.note(register, changed)
        for place, one in [*self._kept.items()]:
            if place[0] == register:
                one.stale |= changed
            if isinstance(one, _Order) and register in one.named:
                del self._kept[place]

    def forget(self) -> None:
        """Read everything again when it is next asked for."""
        self._kept.clear()
        self._forgotten += 1

    def mark(self, register: Register) -> tuple[int, int]:
        """Return what is another after any row of a register changed."""
        return self._forgotten, self._changes[register.number]

    def ordered(
        self, register: Register, column: str, key: Key, *, gone: bool = False, named: Collection[int] = ()
    ) -> tuple[array[int], array[int]]:
        """Return two arrays of record numbers: by what a column holds, and those where it is empty.

        `column` is the key of an answer, `TITLE` or `SCOPE`; `key` tells what a value is sorted by; `gone`:
        the deleted and merged ones instead of the others; `named`: the registers whose records the names
        of this one name; what is written there ends an order by name.
        """
        place = (register.number, "order", column, gone)
        one = self._kept.get(place)
        if one is None and column == TITLE and not gone:
            one = self._loaded(register)
        if not isinstance(one, _Order) or one.is_worn:
            one = _sorted(self.read(register, column, gone=gone), key)
        elif one.stale:
            self._mend(one, register, column, key, gone=gone)
        one.named = frozenset(named) if column == TITLE else one.named
        self._keep(place, one)
        return one.filled, one.empty

    def _loaded(self, register: Register) -> _Order | None:
        """Return the order by name that lies in the file, unless it does not hold as many as there are."""
        found = self._store.load(register.number)
        if found is None:
            return None
        one = _Order(found[0], found[1])
        one.stale = found[2]
        if not one.stale:
            sql = f"SELECT count(*) FROM {quoted(register.tables.table.name)} AS t WHERE NOT {GONE}"
            ((count,),) = self._file.all(sql)
            if count != len(one.filled) + len(one.empty):
                return None
        return one

    def holders(self, register: Register, column: str, *, gone: bool = False) -> Mapping[Any, Numbers]:
        """Return the record numbers by the value that a column holds, a set by each of its codes."""
        place = (register.number, "holders", column, gone)
        one = self._kept.get(place)
        sets = column in register.tables.multiple
        if not isinstance(one, _Holders):
            one = _Holders(self.read(register, column, gone=gone), sets=sets)
        elif one.stale:
            changed, one.stale = one.stale, set()
            left = {value: _without(found, changed) for value, found in one.numbers.items()}
            one.numbers = {value: found for value, found in left.items() if found}
            one.add(self.read(register, column, changed, gone=gone))
        self._keep(place, one)
        return one.numbers

    def texts(self, register: Register, columns: Sequence[str], *, gone: bool = False) -> Mapping[int, str]:
        """Return by record number what text columns say, in small letters; silent ones are left out."""
        place = (register.number, "texts", " ".join(columns), gone)
        one = self._kept.get(place)
        if not isinstance(one, _Texts):
            one = _Texts(self._read_several(register, columns, gone=gone))
        elif one.stale:
            changed, one.stale = one.stale, set()
            for n in changed:
                one.by_number.pop(n, None)
            one.add(self._read_several(register, columns, changed, gone=gone))
        self._keep(place, one)
        return one.by_number

    def _keep(self, place: tuple[int, str, str, bool], one: _Kept) -> None:
        self._kept[place] = one
        self._kept.move_to_end(place)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)

    def read(
        self, register: Register, column: str, some: Iterable[int] | None = None, *, gone: bool = False
    ) -> list[tuple[int, Any]]:
        """Return number and value of the rows of a register, all or `some`."""
        return self._read_several(register, (column,), some, gone=gone)

    def _read_several(
        self,
        register: Register,
        columns: Sequence[str],
        some: Iterable[int] | None = None,
        *,
        gone: bool = False,
    ) -> list[tuple[Any, ...]]:
        names, table = ", ".join(_column(register, one) for one in columns), register.tables.table.name
        sql = f"SELECT t._n, {names} FROM {quoted(table)} AS t WHERE {'' if gone else 'NOT '}{GONE}"
        if some is None:
            return self._file.all(sql)
        asked = tuple(some)
        parts = (asked[start : start + _AT_ONCE] for start in range(0, len(asked), _AT_ONCE))
        return [row for part in parts for row in self._file.all(f"{sql} AND {_among(part)}", part)]

    def _mend(self, one: _Order, register: Register, column: str, key: Key, *, gone: bool) -> None:
        changed, one.stale = one.stale, set()
        one.filled, one.empty = _without(one.filled, changed), _without(one.empty, changed)
        known: dict[int, tuple[Any, int]] = {}

        def place(n: int) -> tuple[Any, int]:
            if n not in known:
                ((_, value),) = self.read(register, column, (n,), gone=gone)
                known[n] = (key(value), n)
            return known[n]

        for n, value in self.read(register, column, changed, gone=gone):
            if value in _EMPTY:
                one.empty.append(n)
            else:
                known[n] = (key(value), n)
                one.filled.insert(bisect_right(one.filled, known[n], key=place), n)


def _sorted(rows: Sequence[tuple[int, Any]], key: Key) -> _Order:
    filled = [(key(value), n) for n, value in rows if value not in _EMPTY]
    filled.sort()
    return _Order(array("q", (n for _, n in filled)), array("q", (n for n, value in rows if value in _EMPTY)))


def _among(numbers: Sequence[int]) -> str:
    return f"t._n IN ({','.join('?' * len(numbers))})"


def _without(numbers: array[int], some: set[int]) -> array[int]:
    if some.isdisjoint(numbers):
        return numbers
    return array("q", (n for n in numbers if n not in some))


def _column(register: Register, column: str) -> str:
    if column == TITLE:
        return "t._title"
    if column == SCOPE:
        return "t._scope"
    found = register.tables.column_of(column)
    assert found is not None, column
    return f"t.{quoted(found.name)}"
