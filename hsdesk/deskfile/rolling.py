"""Rolling backups (滚动备份): made by the program itself before a sync, an import, a restore and an upgrade.

They lie in HOME/backups. Each is verified by opening it before it gets its name. One that would hold what the
last one holds is not made, so that a day without work costs nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal

import msgspec

from hsdesk.deskfile import files
from hsdesk.deskfile.backup import STAMP, SUFFIX, BackupSource, now, prove, write_backup
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.deskfile.files import Home
from hsdesk.deskfile.keys import KeyFile
from hsdesk.errors import Corrupt, DeskError

Why = Literal["sync", "import", "restore"]
_LAST = "last_backup"  # the setting that names the last one and what the file held then
_NAMED = re.compile(r"desk-(\d{8}-\d{6})(?:-(\w+))?\.hsbackup")
_NEWEST, _DAYS, _WEEKS = 3, 7, 4  # how many are kept
_OLDEST_DAYS = 35  # before the newest one
_MOST_BYTES = 1 << 30  # all together; the newest always stays
_LARGE_BYTES = 20_000_000  # of a file, from which on a day's first sync alone makes one: it takes seconds
_UPGRADE = "upgrade"  # and the number of the layout that was left
_LAYOUTS = 3  # of how many left layouts copies are kept


class LastBackup(msgspec.Struct, frozen=True):
    """The last rolling backup: its name, when it was made, and the mark of what the file held."""

    name: str = ""
    at: str = ""
    held: str = ""


def last(file: BackupSource) -> LastBackup:
    """Return the last rolling backup that was made of an open file."""
    return msgspec.json.decode(file.get(_LAST) or "{}", type=LastBackup)


def roll_if_changed(file: DeskFile, keys: KeyFile, home: Path, why: Why) -> Path | None:
    """Write a rolling backup unless the last one holds the same; None when it does.

    Of a large file a sync makes one a day. Raises `DiskFull`, `Refused`, `Corrupt`.
    """
    known, held = last(file), file.change_mark()
    folder = Home(home).backups
    is_there = bool(known.name) and (folder / known.name).is_file()
    if is_there and known.held == held:
        return None
    is_of_today = known.at[:10] == now().date().isoformat()
    if why == "sync" and is_there and is_of_today and Home(home).database.stat().st_size > _LARGE_BYTES:
        return None
    made = roll(file, keys, home, why)
    told = LastBackup(made.name, now().isoformat(timespec="seconds"), held)
    file.set(_LAST, msgspec.json.encode(told).decode())
    return made


def roll_before_restore(home: Path, passphrase: str) -> Path | None:
    """Back up the desk that is about to be replaced, if it opens; None when it does not, or when it is new.

    Whatever it is, `backup.restore` keeps its files too.
    """
    place = Home(home)
    keys = KeyFile(place.keys)
    try:
        with DeskFile.open(home, keys.unlock(passphrase)) as file:
            return roll_if_changed(file, keys, home, "restore")
    except DeskError:  # damaged, of another passphrase, no room: that is what it is restored for
        return None


def roll(file: BackupSource, keys: KeyFile, home: Path, why: str = "") -> Path:
    """Write a rolling backup and remove those no longer needed; return the new one.

    `why` is a word for the name: that of a `Why`, or `upgrade_of` a layout. Raises `DiskFull`, `Refused`.
    """
    folder = Home(home).backups
    with files.plain_errors(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"desk-{now():{STAMP}}" + (f"-{why}" if why else "") + SUFFIX
    write_backup(file, keys, folder / name)
    with files.plain_errors(folder):
        for path in spare(folder.iterdir(), lambda path: path.stat().st_size):
            path.unlink(missing_ok=True)
    return folder / name


def upgrade_of(layout: int) -> str:
    """Return the word for a backup that is made before a file leaves this layout."""
    return f"{_UPGRADE}{layout}"


def latest(home: Path) -> Path | None:
    """Return the newest rolling backup that is whole, or None."""
    folder = Home(home).backups
    for path in sorted(_rolling(folder.iterdir() if folder.is_dir() else ()), reverse=True):
        try:
            prove(path)
        except Corrupt:
            continue
        return path
    return None


def _rolling(paths: Iterable[Path]) -> list[Path]:
    return [path for path in paths if _NAMED.fullmatch(path.name)]


def spare(paths: Iterable[Path], bytes_of: Callable[[Path], int] = lambda _: 0) -> tuple[Path, ...]:
    """Return the rolling backups that may go: all but the newest 3, of 7 days and of 4 weeks.

    What was made before a migration stays longer: an earlier program opens nothing else. Of each of the last
    three layouts the first copy and the last are kept (there are more when a migration was cut short). No
    other is older than 35 days, and all together take 1 GiB at most; the newest stays whatever its size.
    """
    newest_first = sorted(_rolling(paths), reverse=True)
    kept = set(newest_first[:_NEWEST])
    for most, period in ((_DAYS, "%Y%m%d"), (_WEEKS, "%G%V")):
        by_period: dict[str, Path] = {}
        for path in newest_first:
            by_period.setdefault(_made(path).strftime(period), path)
        kept.update(list(by_period.values())[:most])
    left: dict[str, list[Path]] = {}
    for path in newest_first:
        left.setdefault(_why(path), []).append(path)
    upgrades = [paths for why, paths in left.items() if why.startswith(_UPGRADE)]
    kept.update(path for paths in upgrades[:_LAYOUTS] for path in (paths[0], paths[-1]))
    within = _within_limits([path for path in newest_first if path in kept], bytes_of)
    return tuple(path for path in newest_first if path not in within)


def _within_limits(newest_first: list[Path], bytes_of: Callable[[Path], int]) -> set[Path]:
    within: set[Path] = set()
    total = 0
    for path in newest_first:
        total += bytes_of(path)
        is_old = _made(newest_first[0]) - _made(path) > dt.timedelta(days=_OLDEST_DAYS)
        may_be_old = _why(path).startswith(_UPGRADE)
        if path == newest_first[0] or (total <= _MOST_BYTES and (may_be_old or not is_old)):
            within.add(path)
    return within


def _made(path: Path) -> dt.datetime:
    found = _NAMED.fullmatch(path.name)
    assert found is not None
    return dt.datetime.strptime(found.group(1), STAMP).astimezone()


def _why(path: Path) -> str:
    found = _NAMED.fullmatch(path.name)
    return (found.group(2) if found else "") or ""
