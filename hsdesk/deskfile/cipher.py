"""The encrypted file: the only module that knows the driver `sqlcipher3`.

Failures of the environment (damaged file, full disk, file in use) become our errors as soon as the driver
raises them, whoever runs the statement. Failures that can only be our own mistakes pass through unchanged.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sqlcipher3 import dbapi2

from hsdesk.deskfile import files
from hsdesk.errors import Corrupt, DeskError, Locked, Refused
from hsdesk.model.step import Step, unheard

if TYPE_CHECKING:
    import sqlite_utils

StatementRefused = dbapi2.DatabaseError  # what is left when the failures of the environment are translated
KEY_BYTES = 32
_PAGE_BYTES = 8192  # records are wide: half the processor time of 4096 and a fifth less room
_PIECE_PAGES = 256  # copied between two steps
_CACHE_KIB = 8_000
_LOG_BYTES = 4_000_000  # the write-ahead log is cut back to this after a long import
_BUSY_MILLISECONDS = 5_000
_PRIMARY = 0xFF  # extended result codes carry the primary one in the low byte


def corrupt(detail: str = "") -> Corrupt:
    """Return the error for a damaged file."""
    return Corrupt(
        "台账文件已损坏，不能打开。请不要删除任何文件；用“恢复备份”选最近一次好的备份即可找回，"
        "备份以后上报过的内容可从市级服务器取回。",
        detail=detail,
    )


def _busy(detail: str) -> DeskError:
    return Locked(
        "台账文件正被另一个程序占用。已保存的内容都在。请关闭其他窗口或杀毒、备份软件后重试。", detail=detail
    )


def _unwritable(detail: str) -> DeskError:
    return Refused(
        "不能读写台账文件，这一次没有存上；以前保存的内容都在。请检查磁盘是否正常、是否允许写入，然后重试。",
        detail=detail,
    )


_EXPLANATIONS: dict[int, Callable[[str], DeskError]] = {
    dbapi2.SQLITE_NOTADB: corrupt,
    dbapi2.SQLITE_CORRUPT: corrupt,
    dbapi2.SQLITE_FULL: files.disk_full,
    dbapi2.SQLITE_BUSY: _busy,
    dbapi2.SQLITE_LOCKED: _busy,
    dbapi2.SQLITE_PROTOCOL: _busy,
    dbapi2.SQLITE_READONLY: _unwritable,
    dbapi2.SQLITE_CANTOPEN: _unwritable,
    dbapi2.SQLITE_IOERR: _unwritable,
    dbapi2.SQLITE_PERM: _unwritable,
}


def _translated(error: dbapi2.Error) -> Exception:
    code = getattr(error, "sqlite_errorcode", None)
    explain = _EXPLANATIONS.get((code or 0) & _PRIMARY)
    return explain(str(error)) if explain else error


class _Cursor(dbapi2.Cursor):  # type: ignore[misc]
    """A cursor whose failures are ours."""

    def execute(self, sql: str, parameters: Any = ()) -> _Cursor:
        try:
            super().execute(sql, parameters)
        except dbapi2.Error as error:
            raise _translated(error) from error
        return self

    def executemany(self, sql: str, parameters: Iterable[Any]) -> _Cursor:
        try:
            super().executemany(sql, parameters)
        except dbapi2.Error as error:
            raise _translated(error) from error
        return self

    def fetchone(self) -> Any:
        try:
            return super().fetchone()
        except dbapi2.Error as error:
            raise _translated(error) from error

    def fetchmany(self, size: int = 1) -> list[Any]:
        try:
            return cast(list[Any], super().fetchmany(size))
        except dbapi2.Error as error:
            raise _translated(error) from error

    def fetchall(self) -> list[Any]:
        try:
            return cast(list[Any], super().fetchall())
        except dbapi2.Error as error:
            raise _translated(error) from error

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        try:
            return super().__next__()
        except dbapi2.Error as error:
            raise _translated(error) from error


class _Connection(dbapi2.Connection):  # type: ignore[misc]
    """A connection all of whose cursors translate failures."""

    def cursor(self, *_args: Any, **_kwargs: Any) -> _Cursor:
        return cast(_Cursor, super().cursor(_Cursor))

    def execute(self, sql: str, parameters: Any = ()) -> _Cursor:
        return self.cursor().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any]) -> _Cursor:
        return self.cursor().executemany(sql, parameters)


def connect(path: Path, key: bytes, *, read_only: bool = False) -> sqlite3.Connection:
    """Open an encrypted file with its raw key, or make one where none is; about 0.3 ms.

    Writes are durable when a commit returns (WAL, `synchronous=FULL`). Transactions are begun explicitly.
    Raises `Corrupt` when the key does not fit or the file is damaged: whoever calls has checked the key.
    """
    if len(key) != KEY_BYTES:
        raise ValueError(f"the file key has {KEY_BYTES} bytes, not {len(key)}")
    mode = "?mode=ro" if read_only else ""
    try:
        connection = dbapi2.connect(
            path.resolve().as_uri() + mode,
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            factory=_Connection,
        )
    except dbapi2.Error as error:
        raise _translated(error) from error
    with ExitStack() as undo:
        undo.callback(connection.close)
        _prepare(connection, key, read_only=read_only)
        undo.pop_all()
    # Same DB-API and same methods as the standard library's connection, which sqlite-utils is typed for.
    return cast(sqlite3.Connection, connection)


def _prepare(connection: _Connection, key: bytes, *, read_only: bool) -> None:
    connection.execute("PRAGMA cipher_log_level = NONE")  # page errors reach us as result codes
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    connection.execute(f"PRAGMA cipher_page_size = {_PAGE_BYTES}")
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # the first page proves the key
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    connection.execute("PRAGMA temp_store = MEMORY")  # plain text never reaches a temporary file
    if not read_only:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA journal_size_limit = {_LOG_BYTES}")


def change_key(connection: sqlite3.Connection, path: Path, key: bytes) -> None:
    """Encrypt the open file anew with another key, in one transaction, and see that it opens with it.

    It takes about a second for 50 MB, and as much room on the disk as the file itself. What the key before
    opened is overwritten. Raises `DiskFull`, `Refused`, `Locked`; the file then has its key before.
    """
    connection.execute(f"PRAGMA rekey = \"x'{key.hex()}'\"")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    connect(path, key, read_only=True).close()


def database(connection: sqlite3.Connection) -> sqlite_utils.Database:
    """Return the sqlite-utils view of a connection."""
    import sqlite_utils

    return sqlite_utils.Database(connection, execute_plugins=False)


def page_errors(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Return what is wrong with the file's pages and trees; empty when it is sound. Reads the whole file."""
    forged = [row[0] for row in connection.execute("PRAGMA cipher_integrity_check").fetchall()]
    torn = [row[0] for row in connection.execute("PRAGMA integrity_check").fetchall() if row[0] != "ok"]
    return tuple(forged + torn)


def copy_encrypted(connection: sqlite3.Connection, target: Path, key: bytes, step: Step = unheard) -> None:
    """Write a copy of the open file, encrypted with the same key and of one moment, and prove it.

    `step` hears of bytes. Raises `DiskFull`, `Refused`, `Corrupt`, or what `step` raises; whoever
    calls gives `target` its final name afterwards.
    """
    target.unlink(missing_ok=True)
    copy = connect(target, key)
    try:
        copy.execute("PRAGMA journal_mode = OFF")  # a copy that is cut off is thrown away
        copy.execute("PRAGMA synchronous = OFF")  # whoever packs it flushes
        connection.backup(
            copy,
            pages=_PIECE_PAGES,
            progress=lambda _, left, pages: step((pages - left) * _PAGE_BYTES, pages * _PAGE_BYTES),
        )
        copy.execute("PRAGMA journal_mode = DELETE")  # a backup is one file
        wrong = page_errors(copy)
    except dbapi2.Error as error:
        raise _translated(error) from error
    finally:
        copy.close()
    if wrong:
        raise corrupt("; ".join(wrong[:5]))
