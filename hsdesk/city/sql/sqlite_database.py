"""The city server's database in one SQLite file: the default, good for a county on one computer."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from hsdesk.city.sql.database import Parameter, Parameters
from hsdesk.city.sql.transactions import Transactions
from hsdesk.errors import Corrupt, DiskFull, Locked
from hsdesk.registers.tables import Dialect

_BUSY_SECONDS = 30.0


class SqliteConnection:
    """A connection inside a transaction."""

    dialect: Dialect = "sqlite"

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def all(self, sql: str, *values: Parameter) -> list[tuple[Any, ...]]:
        return self._connection.execute(_plain(sql), values).fetchall()

    def run(self, sql: str, *values: Parameter) -> int:
        return self._connection.execute(_plain(sql), values).rowcount

    def many(self, sql: str, records: Iterable[Parameters]) -> None:
        self._connection.executemany(_plain(sql), records)

    def all_among(self, sql: str, *values: Parameter, among: Sequence[str]) -> list[tuple[Any, ...]]:
        return self._connection.execute(_listed(sql), (*values, json.dumps(among))).fetchall()

    def run_among(self, sql: str, *values: Parameter, among: Sequence[str]) -> None:
        self._connection.execute(_listed(sql), (*values, json.dumps(among)))


def _listed(sql: str) -> str:
    return _plain(sql).replace("IN ??", "IN (SELECT value FROM json_each(?))")


def _plain(sql: str) -> str:
    """SQLite locks the whole file when a write begins."""
    return sql.replace(" FOR UPDATE", "")


@contextmanager
def looked_at(path: Path) -> Iterator[SqliteConnection]:
    """Open a file without changing a byte of it, not even by taking in its write-ahead log."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            yield SqliteConnection(connection)
    except sqlite3.DatabaseError as error:
        raise _our_error(error) from error


class SqliteDatabase:
    """One writer, many readers (WAL)."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._write_lock = threading.Lock()
        self._transactions = Transactions(self._connect)
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        with self.writing():
            pass

    @contextmanager
    def writing(self) -> Iterator[SqliteConnection]:
        with self._write_lock, self._begun("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[SqliteConnection]:
        with self._begun("BEGIN") as connection:
            yield connection

    @contextmanager
    def _begun(self, begin: str) -> Iterator[SqliteConnection]:
        try:
            with self._transactions.begun(begin) as connection:
                yield SqliteConnection(connection)
        except sqlite3.DatabaseError as error:
            raise _our_error(error) from error

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA cache_size=-65536")
        connection.execute("PRAGMA wal_autocheckpoint=16000")  # 64 MB: a page changed often is copied once
        return connection

    def close(self) -> None:
        self._transactions.close()


def _our_error(error: sqlite3.DatabaseError) -> Exception:
    """Errors of the environment become ours; a wrong statement is our own bug and stays what it is."""
    match getattr(error, "sqlite_errorname", "").split("_")[1:2]:
        case ["BUSY"] | ["LOCKED"]:
            return Locked("市级服务器的数据库正被别的程序占用，请稍后再试。", detail=str(error))
        case ["READONLY"]:
            return Locked("市级服务器的数据库文件不能写入，请检查磁盘和文件权限。", detail=str(error))
        case ["FULL"] | ["IOERR"]:
            return DiskFull("市级服务器的磁盘已满，没有写入。请清理磁盘后再试。", detail=str(error))
        case ["CORRUPT"] | ["NOTADB"] | ["CANTOPEN"]:
            return Corrupt("市级服务器的数据库文件打不开或已损坏，请用备份恢复。", detail=str(error))
        case _:
            return error
