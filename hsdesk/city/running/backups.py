"""Backups of the city server's data, sealed, and what a restore must tell everyone.

A restored server begins a new *server epoch*: desks offer again what it no longer holds, and read again what
they hold. Every stream keeps the revision of the restore as its fence: what a desk saw beyond it is not known
here any more, so it does not count as having been seen.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from hsdesk.city.ledger import epoch
from hsdesk.city.people.permission import ADMINISTRATOR
from hsdesk.city.running import erasure_log, postgres_dump, recovery_key
from hsdesk.city.running.readiness import LEAST_BYTES
from hsdesk.city.running.service import Site
from hsdesk.city.sql import migrations
from hsdesk.city.sql.opening import open_database, sqlite_path
from hsdesk.city.sql.schema import setting
from hsdesk.deskfile import files
from hsdesk.errors import Corrupt, DiskFull, Missing, Refused, UsageError
from hsdesk.model.clock import wall_milliseconds

Erased = frozenset[erasure_log.ErasedAnswer]
_KEPT = 10  # backups in the server's own folder


def backup(database: str, out: Path) -> int:
    """Copy the running database to a file, sealed; return its bytes.

    On disk there is the old file or the new one, never half of one. SQLite's copy is checked by reading it;
    it lies plain in the database's own folder meanwhile. Raises Missing if there is no database, or no
    pg_dump.
    """
    public = _public_key(database)
    part = out.with_name(out.name + ".part")
    out.parent.mkdir(parents=True, exist_ok=True)
    copied = _copied(_file_of(database)) if _is_sqlite(database) else postgres_dump.dumped(database)
    try:
        with copied as source, part.open("wb") as target:
            part.chmod(0o600)
            recovery_key.seal(public, source, target)
            files.flush(target)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    erasure_log.keep(database)
    return out.stat().st_size


def _is_sqlite(database: str) -> bool:
    return database.startswith("sqlite:")


@contextmanager
def _copied(source: Path) -> Iterator[IO[bytes]]:
    """Yield a copy of a SQLite database that was checked; it is removed at the end."""
    plain = source.with_name(source.name + ".copy")
    try:
        _copy(source, plain)
        _check(plain)
        with plain.open("rb") as copy:
            yield copy
    finally:
        plain.unlink(missing_ok=True)


def _copy(source: Path, plain: Path) -> None:
    plain.unlink(missing_ok=True)  # of a backup that was cut off
    with closing(sqlite3.connect(source)) as running, closing(sqlite3.connect(plain)) as copy:
        plain.chmod(0o600)
        running.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # a backup is one file


def _public_key(database: str) -> str:
    """Return for whom backups are sealed; a server of an earlier program gets its recovery key now.

    That of PostgreSQL has no folder of which the database knew: there the key is made by `server init`.
    """
    if not _is_sqlite(database):
        with closing(open_database(database)) as opened, opened.reading() as connection:
            if named := setting(connection, recovery_key.SETTING):
                return named
        raise Refused("这个数据库还没有恢复钥匙，没有备份。请先运行一次 server init。")
    source = _file_of(database)
    if not source.is_file():
        raise Missing("找不到市级服务器的数据库 {path}。", path=source)
    migrations.check_file(source)
    with closing(sqlite3.connect(source, isolation_level=None)) as connection:
        named = "SELECT value FROM hs_setting WHERE name = ?"
        found = connection.execute(named, (recovery_key.SETTING,)).fetchone()
        if found:
            return str(found[0])
        made = recovery_key.make(source.parent)
        connection.execute("INSERT INTO hs_setting (name, value) VALUES (?, ?)", (recovery_key.SETTING, made))
        return made


def key_still_there(database: str) -> Path | None:
    """Return the private recovery key if it still lies beside the database, where it should not stay."""
    path = _file_of(database).parent / recovery_key.FILE if _is_sqlite(database) else None
    return path if path is not None and path.exists() else None


def backup_at_home(site: Site) -> Path:
    """Copy the running database into the server's own folder, where the newest 10 are kept; return the file.

    Raises Refused for PostgreSQL, DiskFull where there is no room.
    """
    if not site.database.startswith("sqlite:") or site.folder is None:
        raise Refused("PostgreSQL 数据库请在服务器上用 server backup 备份，这里不能备份。")
    kept = site.folder / "backups"
    kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    needed = _file_of(site.database).stat().st_size
    if shutil.disk_usage(kept).free < needed + LEAST_BYTES:
        raise DiskFull("市级服务器的磁盘空间不够，没有备份。请清理磁盘后再试。")
    out = kept / f"city-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.sealed"
    backup(site.database, out)
    for old in sorted(kept.glob("city-*"), reverse=True)[_KEPT:]:
        old.unlink(missing_ok=True)
    return out


def restore(database: str, file: Path, key: Path | None = None, erasures: Path | None = None) -> int:
    """Put a backup in the place of the database; the server must be stopped. The old database is kept beside.

    `key`: the file of the recovery key; without it the one that still lies beside the database. What was
    erased since the backup is erased again, as the replaced database, the file beside it and `erasures` say;
    returns of how many records. Raises Missing, DataError, Corrupt, NewerLayout, or Refused while a server
    still uses the database.
    """
    if not file.is_file():
        raise Missing("找不到备份文件 {path}。", path=file)
    told = erasure_log.read(erasures) if erasures else frozenset()
    put_back = _restore_sqlite if _is_sqlite(database) else _restore_postgres
    erased = put_back(database, file, key) | told
    _begin_epoch(database)
    return erasure_log.erase_again(database, erased) if erased else 0


def _restore_sqlite(database: str, file: Path, key: Path | None) -> Erased:
    """Put a backup in the place of a SQLite database; return what was known to be erased."""
    target = _file_of(database)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    erased = erasure_log.of_file(target) | erasure_log.read(target.parent / erasure_log.FILE)
    try:
        _unpack(file, key or key_still_there(database), part)
        migrations.check_file(part)
        if target.exists():
            migrations.check_file(target)
            _refuse_running(target)
            target.replace(target.with_name(target.name + ".before-restore"))
        for tail in ("-wal", "-shm"):
            target.with_name(target.name + tail).unlink(missing_ok=True)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return erased


def _restore_postgres(database: str, file: Path, key: Path | None) -> Erased:
    """Put a dump in the place of what a database of PostgreSQL holds, which is kept in another schema.

    Returns what was known to be erased.
    """
    if key is None:
        raise Refused(_NO_KEY)
    erased = erasure_log.of_database(database)
    with tempfile.TemporaryDirectory(prefix="hsdesk-restore-") as folder:
        part = Path(folder) / "dump"
        recovery_key.unseal(file, recovery_key.read(key), part)
        postgres_dump.check(part)
        with closing(open_database(database)) as opened:
            postgres_dump.load(opened, database, part)
    return erased


_NO_KEY = "这份备份是加密的。请用 --key 给出恢复钥匙文件（server init 时另外保存的那一份）。"


def _unpack(file: Path, key: Path | None, part: Path) -> None:
    """Write the database that a backup holds, and check it."""
    part.unlink(missing_ok=True)
    if not recovery_key.is_sealed(file):  # of an earlier program
        _check(file)
        with closing(sqlite3.connect(file)) as kept, closing(sqlite3.connect(part)) as copy:
            part.chmod(0o600)
            kept.backup(copy)
        return
    if key is None:
        raise Refused(_NO_KEY)
    recovery_key.unseal(file, recovery_key.read(key), part)
    _check(part)


def _begin_epoch(database: str) -> None:
    opened = open_database(database)
    try:
        with opened.writing() as connection:
            epoch.begin_at_fence(connection, ADMINISTRATOR, wall_milliseconds())
    finally:
        opened.close()


def _file_of(database: str) -> Path:
    if not database.startswith("sqlite:"):
        raise UsageError("这不是 SQLite 数据库的地址。")
    return Path(sqlite_path(database))


def _check(file: Path) -> None:
    """Raise Corrupt unless the file is a whole database of a city server."""
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            sound = connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
            known = connection.execute("SELECT 1 FROM hs_setting WHERE name = 'server_epoch'").fetchone()
    except sqlite3.DatabaseError as error:
        raise Corrupt("备份文件 {path} 已损坏，没有使用。", path=file) from error
    if not sound or known is None:
        raise Corrupt("备份文件 {path} 已损坏，没有使用。", path=file)


def _refuse_running(target: Path) -> None:
    with closing(sqlite3.connect(target, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            raise Refused("市级服务器还在运行，请先停止它，再恢复备份。") from error
        except sqlite3.DatabaseError:
            return  # a damaged database is what a backup is for
