"""Reading registers: keys in order first, then windows of rows, as a list on the screen asks for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Protocol

import msgspec

from hsdesk.errors import DataError
from hsdesk.model.answer import Value
from hsdesk.model.natural import natural_key
from hsdesk.registers import search_words
from hsdesk.registers.register import Register
from hsdesk.registers.tables import SYSTEM_COLUMNS, quoted

_ROWS_AT_ONCE = 500
_FEW = 10_000  # from there on reading a whole table is quicker than asking for its rows


class Reader(Protocol):
    """Where the tables lie: an open file that answers statements."""

    def one(self, sql: str, parameters: tuple[Any, ...] = ()) -> Any:
        """Return the first row or None."""
        ...

    def all(self, sql: str, parameters: tuple[Any, ...] = ()) -> list[Any]:
        """Return every row."""
        ...


class Predicate(msgspec.Struct, frozen=True):
    """A row condition: SQL over the columns of the register table, named `t`, and its parameters."""

    sql: str
    params: tuple[str | int | float | None, ...] = ()


class Query(msgspec.Struct, frozen=True):
    """Which records of a register, in which order. No scopes means every one held here."""

    scopes: tuple[str, ...] = ()
    search: str = ""
    where: Predicate | None = None
    keep: Callable[[Mapping[str, Value]], bool] | None = None  # for conditions that SQL cannot express
    order: str = ""  # storage key of an answer; "": by title
    descending: bool = False
    limit: int | None = None
    offset: int = 0
    deleted: bool = False  # True: only the deleted ones 已作废 and the merged ones 已合并


EVERYTHING = Query()


class RegisterRow(msgspec.Struct, frozen=True):
    """One record as its register table holds it: effective values by storage key, empty ones left out."""

    key: int  # the record's number in this file
    scope: str
    record: str
    version: str
    title: str
    values: dict[str, Value]
    deleted: str = ""
    merged_into: str = ""
    more: dict[str, Value] = {}


def keys(file: Reader, register: Register, query: Query) -> list[int]:
    """Return the numbers of the records that a query finds, in its order."""
    order = _order(register, query)
    ordered = order == "binary"
    sql, parameters = _select(register, query, _order_column(register, query), in_order=ordered)
    rows = file.all(sql, parameters)
    found = [row[0] for row in rows] if ordered else _by_sound(rows, descending=query.descending)
    if query.keep is not None:
        found = _kept(file, register, found, query.keep)
    return found[query.offset : None if query.limit is None else query.offset + query.limit]


def _by_sound(rows: list[tuple[int, str | None]], *, descending: bool) -> list[int]:
    """Return the numbers of rows in the order in which their texts are read; empty ones are the highest."""
    told = [(natural_key(text), n) for n, text in rows if text is not None]
    told.sort(key=itemgetter(0), reverse=descending)
    empty = [n for n, text in rows if text is None]
    found = [n for _, n in told]
    return empty + found if descending else found + empty


def _kept(
    file: Reader, register: Register, found: list[int], keep: Callable[[Mapping[str, Value]], bool]
) -> list[int]:
    kept: list[int] = []
    for start in range(0, len(found), _ROWS_AT_ONCE):
        rows = rows_by_key(file, register, found[start : start + _ROWS_AT_ONCE])
        kept.extend(row.key for row in rows if keep(row.values))
    return kept


def _order(register: Register, query: Query) -> str:
    """Return "binary" where the database's own order will do, "sounds" for texts, which sort by pinyin."""
    if not query.order:
        return "sounds"
    if register.tables.column_of(query.order) is None:
        raise DataError(
            "登记表“{form}”没有栏目“{name}”，不能按它排序。",
            field=query.order, form=register.form.title, name=query.order,
        )  # fmt: skip
    return "sounds" if query.order in register.tables.spoken else "binary"


def _order_column(register: Register, query: Query) -> str:
    column = register.tables.column_of(query.order)
    return f"t.{quoted(column.name)}" if column else "t._title"


def _select(register: Register, query: Query, column: str, *, in_order: bool) -> tuple[str, tuple[Any, ...]]:
    where, parameters = _where(register, query)
    sql = f"SELECT t._n, {column} FROM {quoted(register.tables.table.name)} AS t WHERE {where}"
    if in_order:
        sql += f" ORDER BY {column} {'DESC' if query.descending else 'ASC'} NULLS LAST, t._n"
    return sql, parameters


def _where(register: Register, query: Query) -> tuple[str, tuple[Any, ...]]:
    gone = "(t._deleted IS NOT NULL OR t._merged_into IS NOT NULL)"
    clauses = [gone if query.deleted else f"NOT {gone}"]
    parameters: list[Any] = []
    if query.scopes:
        clauses.append(f"t._scope IN ({','.join('?' * len(query.scopes))})")
        parameters.extend(query.scopes)
    if query.search.strip():
        found, words = _found(register, query.search)
        clauses.append(found)
        parameters.extend(words)
    if query.where is not None:
        clauses.append(f"({query.where.sql})")
        parameters.extend(query.where.params)
    return " AND ".join(clauses), tuple(parameters)


def _found(register: Register, typed: str) -> tuple[str, tuple[str, ...]]:
    """Return the condition of a search. A form that names no answers to search is looked through as it is."""
    expression = search_words.match(typed)
    indexed = "t._n IN (SELECT rowid FROM hs_search WHERE hs_search MATCH ?)" if expression else "0"
    words = (expression,) if expression else ()
    columns = register.unnamed_texts
    if not columns:
        return indexed, words
    pattern = "%" + typed.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    looked = " OR ".join(f"t.{quoted(column)} LIKE ? ESCAPE '\\'" for column in columns)
    return f"({indexed} OR {looked})", (*words, *([pattern] * len(columns)))


def count(file: Reader, register: Register, query: Query) -> int:
    """Return how many records a query finds; its limit and offset do not count."""
    if query.keep is not None:
        return len(keys(file, register, msgspec.structs.replace(query, limit=None, offset=0)))
    where, parameters = _where(register, query)
    return int(
        file.one(f"SELECT count(*) FROM {quoted(register.tables.table.name)} AS t WHERE {where}", parameters)[
            0
        ]
    )


def rows_by_key(file: Reader, register: Register, numbers: Sequence[int]) -> tuple[RegisterRow, ...]:
    """Return the rows of these numbers in their order; records that are gone are left out."""
    found: dict[int, RegisterRow] = {}
    table = register.tables.table
    names = ", ".join(map(quoted, (table.number, *table.names)))
    for start in range(0, len(numbers), _ROWS_AT_ONCE):
        some = tuple(numbers[start : start + _ROWS_AT_ONCE])
        marks = ",".join("?" * len(some))
        for row in file.all(f"SELECT {names} FROM {quoted(table.name)} WHERE _n IN ({marks})", some):
            found[row[0]] = _row(register, row)
    return tuple(found[n] for n in numbers if n in found)


def identities(file: Reader, register: Register, numbers: Sequence[int]) -> list[tuple[str, str]]:
    """Return (scope, record) of these numbers, in their order."""
    table = quoted(register.tables.table.name)
    if len(numbers) < _FEW:
        parts = (tuple(numbers[at : at + _ROWS_AT_ONCE]) for at in range(0, len(numbers), _ROWS_AT_ONCE))
        sql = f"SELECT _n, _scope, _id FROM {table} WHERE _n IN "
        some = [row for part in parts for row in file.all(f"{sql}({','.join('?' * len(part))})", part)]
    else:
        some = file.all(f"SELECT _n, _scope, _id FROM {table}")
    by_number = {n: (scope, record) for n, scope, record in some}
    return [by_number[n] for n in numbers if n in by_number]


def title(file: Reader, register: Register, record: str) -> str:
    """Return the title of a record, "" when the register does not hold it."""
    name = quoted(register.tables.table.name)
    row = file.one(
        f"SELECT t._title FROM hs_record AS r JOIN {name} AS t ON t._n = r.n WHERE r.record = ?", (record,)
    )
    return str(row[0] or "") if row else ""


def number_of(file: Reader, register: Register, scope: str, record: str) -> int:
    """Return the number of a record, 0 when it is not here."""
    table = quoted(register.tables.table.name)
    row = file.one(f"SELECT _n FROM {table} WHERE _scope = ? AND _id = ?", (scope, record))
    return int(row[0]) if row else 0


def rows(file: Reader, register: Register, query: Query) -> tuple[RegisterRow, ...]:
    """Return the rows that a query finds."""
    return rows_by_key(file, register, keys(file, register, query))


_CODES = msgspec.json.Decoder(tuple[str, ...])
_SHELF = msgspec.json.Decoder(dict[str, Value])
_FRONT = 1 + len(SYSTEM_COLUMNS)


def _row(register: Register, row: Sequence[Any]) -> RegisterRow:
    n, scope, record, version, deleted, merged_into, title, _rev, more, *_counts = row[:_FRONT]
    values = {
        key: value for key, value in zip(register.tables.keys, row[_FRONT:], strict=True) if value is not None
    }
    for key in register.tables.multiple:
        if key in values:
            values[key] = _CODES.decode(values[key])
    return RegisterRow(
        n, scope, record, version or "", title or "", values, deleted or "", merged_into or "",
        _SHELF.decode(more) if more else {},
    )  # fmt: skip
