"""The city server's database in PostgreSQL: for a city or a province, with several server processes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any

from hsdesk.city.sql.database import Contended, Parameter, Parameters
from hsdesk.city.sql.postgres_arrays import Array, ArrayColumn, column, texts
from hsdesk.city.sql.transactions import Transactions
from hsdesk.errors import Missing, Offline
from hsdesk.registers.tables import Dialect

_STATEMENTS = 1024  # texts that are kept


class PostgresConnection:
    """A connection inside a transaction."""

    dialect: Dialect = "postgresql"

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def all(self, sql: str, *values: Parameter) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = self._connection.execute(
            _translated(sql), values, binary=True
        ).fetchall()
        return rows

    def run(self, sql: str, *values: Parameter) -> int:
        return int(self._connection.execute(_translated(sql), values).rowcount)

    def many(self, sql: str, records: Iterable[Parameters]) -> None:
        """Run one statement over arrays: seven milliseconds per 1,000 rows, row by row it is 67."""
        columns = [column(values) for values in zip(*records, strict=True)]
        if not columns:
            return
        if all(one.is_shared for one in columns):  # a single record, or one that is repeated
            self.run(sql, *(one.given for one in columns))
            return
        shapes = tuple([(one.type, one.is_shared) for one in columns])
        self._connection.execute(_by_columns(sql, shapes), _given(columns))

    def all_among(self, sql: str, *values: Parameter, among: Sequence[str]) -> list[tuple[Any, ...]]:
        if not among:
            return []
        rows: list[tuple[Any, ...]] = self._connection.execute(
            _one_by_one(sql), (texts(among), *values), binary=True
        ).fetchall()
        return rows

    def run_among(self, sql: str, *values: Parameter, among: Sequence[str]) -> None:
        if among:  # an empty list would be looked for in every row
            self._connection.execute(
                _translated(sql.replace("IN ??", "= ANY (?::text[])")), (*values, texts(among))
            )


@lru_cache(_STATEMENTS)
def _by_columns(sql: str, shapes: tuple[tuple[str, bool], ...]) -> str:
    """Return an `INSERT … VALUES (?, …)` as one that reads arrays. Values must be parameters only.

    `shapes`: the type of each column, and whether all records share its value.
    """
    arrays = {f"c{n}": type_ for n, (type_, is_shared) in enumerate(shapes) if not is_shared}
    names = [_one(n, *shape) for n, shape in enumerate(shapes)]
    given = ", ".join(f"?::{type_}[]" for type_ in arrays.values())
    rows = f"SELECT {', '.join(names)} FROM unnest({given}) AS given({', '.join(arrays)})"
    before, found, after = sql.partition(f"VALUES ({', '.join('?' * len(shapes))})")
    assert found, sql
    return _numbered(before + rows + after)


def _one(number: int, type_: str, is_shared: bool) -> str:
    if is_shared:
        return f"?::{type_}" if type_ else "NULL"
    return f"c{number}"


def _given(columns: list[ArrayColumn]) -> list[Parameter]:
    """Return the parameters of `_by_columns`: what is shared stands before the arrays."""
    shared = [one.given for one in columns if one.is_shared and one.type]
    return shared + [one.given for one in columns if not one.is_shared]


@lru_cache(_STATEMENTS)
def _one_by_one(sql: str) -> str:
    """Return a look-up by key for each text: without statistics a new table would be scanned instead."""
    one = sql.replace("IN ??", "= among.one")
    return _translated(
        f"SELECT found.* FROM unnest(?::text[]) AS among(one) CROSS JOIN LATERAL ({one} OFFSET 0) found"
    )


@lru_cache(_STATEMENTS)
def _translated(sql: str) -> str:
    text = _numbered(sql)
    if text.lstrip().startswith(("CREATE", "ALTER")):
        text = text.replace("BLOB", "BYTEA").replace("INTEGER", "BIGINT")
    return text


def _numbered(sql: str) -> str:
    """Return a statement with $1, $2 … for each question mark.

    >>> _numbered("a = ? OR b LIKE ? || '%'")
    "a = $1 OR b LIKE $2 || '%'"
    """
    first, *rest = sql.split("?")
    return first + "".join([f"${number}{text}" for number, text in enumerate(rest, start=1)])


class PostgresDatabase:
    """The password comes from the environment or from pgpass, never from here."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._transactions = Transactions(self._connect, lambda connection: not connection.closed)
        with self.reading():
            pass

    @contextmanager
    def writing(self) -> Iterator[PostgresConnection]:
        with self._begun("BEGIN ISOLATION LEVEL READ COMMITTED") as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[PostgresConnection]:
        with self._begun("BEGIN ISOLATION LEVEL REPEATABLE READ") as connection:
            yield connection

    @contextmanager
    def _begun(self, begin: str) -> Iterator[PostgresConnection]:
        psycopg = _driver()
        try:
            with self._transactions.begun(begin) as connection:
                yield PostgresConnection(connection)
        except (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected) as error:
            raise Contended("市级服务器正忙，请稍后再试。", detail=str(error)) from error
        except psycopg.OperationalError as error:
            raise Offline("市级数据库连接不上，没有写入。请检查数据库服务。", detail=str(error)) from error

    def _connect(self) -> Any:
        driver = _driver()  # its own placeholders (%s) it looks for sign by sign: 10 ms for a city's places
        connection = driver.connect(self._url, autocommit=True, cursor_factory=driver.RawCursor)
        connection.execute("SET jit = off")  # compiling a figure over every register takes 20 times its run
        connection.adapters.register_dumper(Array, _array_dumper())
        return connection

    def close(self) -> None:
        self._transactions.close()


@cache
def _array_dumper() -> Any:
    """Return what hands an `Array` to the server as it is."""
    from psycopg.adapt import Dumper
    from psycopg.pq import Format

    class ArrayDumper(Dumper):
        format = Format.BINARY

        def dump(self, obj: Array) -> bytes:
            return obj

    return ArrayDumper


def _driver() -> Any:
    """Return psycopg, or say that it is not installed."""
    try:
        import psycopg
    except ImportError as error:
        raise Missing("没有安装 PostgreSQL 驱动。请运行 pip install 'psycopg[binary]'。") from error
    return psycopg
