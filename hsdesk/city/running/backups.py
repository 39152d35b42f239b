"""Backups of the city server's SQLite file, and what a restore must tell everyone.

A restored server begins a new *server epoch*: desks offer again what it no longer holds, and read again what
they hold. Every stream keeps the revision of the restore as its fence: what a desk saw beyond it is not known
here any more, so it does not count as having been seen.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from hsdesk.city.ledger import epoch
from hsdesk.city.people.permission import ADMINISTRATOR
from hsdesk.city.running.readiness import LEAST_BYTES
from hsdesk.city.running.service import Site
from hsdesk.city.sql import migrations
from hsdesk.city.sql.opening import open_database, sqlite_path
from hsdesk.errors import Corrupt, DiskFull, Missing, Refused, UsageError
from hsdesk.model.clock import wall_milliseconds

_KEPT = 10  # backups in the server's own folder


def backup(database: str, out: Path) -> int:
    """Copy the running database to a file, checked by reading it; return its bytes.

    On disk there is the old file or the new one, never half of one. Raises UsageError for PostgreSQL, which
    has its own tools, and Missing if there is no database.
    """
    source = _file_of(database)
    if not source.is_file():
        raise Missing("找不到市级服务器的数据库 {path}。", path=source)
    migrations.check_file(source)
    part = out.with_name(out.name + ".part")
    part.unlink(missing_ok=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(source)) as running, closing(sqlite3.connect(part)) as copy:
        running.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # a backup is one file
    _check(part)
    part.chmod(0o600)
    part.replace(out)
    return out.stat().st_size


def backup_at_home(site: Site) -> Path:
    """Copy the running database into the server's own folder, where the newest 10 are kept; return the file.

    Raises Refused for PostgreSQL, DiskFull where there is no room.
    """
    if not site.database.startswith("sqlite:") or site.folder is None:
        raise Refused("PostgreSQL 数据库请在服务器上用 pg_dump 备份，这里不能备份。")
    kept = site.folder / "backups"
    kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    needed = _file_of(site.database).stat().st_size
    if shutil.disk_usage(kept).free < needed + LEAST_BYTES:
        raise DiskFull("市级服务器的磁盘空间不够，没有备份。请清理磁盘后再试。")
    out = kept / f"city-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.db"
    backup(site.database, out)
    for old in sorted(kept.glob("city-*.db"), reverse=True)[_KEPT:]:
        old.unlink(missing_ok=True)
    return out


def restore(database: str, file: Path) -> None:
    """Put a backup in the place of the database; the server must be stopped. The old database is kept beside.

    Raises Missing, Corrupt, NewerLayout, or Refused while a server still uses the database.
    """
    target = _file_of(database)
    if not file.is_file():
        raise Missing("找不到备份文件 {path}。", path=file)
    _check(file)
    migrations.check_file(file)
    if target.exists():
        migrations.check_file(target)
        _refuse_running(target)
        target.replace(target.with_name(target.name + ".before-restore"))
    for tail in ("-wal", "-shm"):
        target.with_name(target.name + tail).unlink(missing_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    with closing(sqlite3.connect(file)) as kept, closing(sqlite3.connect(part)) as copy:
        kept.backup(copy)
    part.replace(target)
    _begin_epoch(database)


def _begin_epoch(database: str) -> None:
    opened = open_database(database)
    try:
        with opened.writing() as connection:
            epoch.begin_at_fence(connection, ADMINISTRATOR, wall_milliseconds())
    finally:
        opened.close()


def _file_of(database: str) -> Path:
    if not database.startswith("sqlite:"):
        raise UsageError("PostgreSQL 数据库请用 pg_dump 和 pg_restore 备份、恢复。")
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
