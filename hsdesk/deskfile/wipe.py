"""Wiping a lost computer (清除): every way to open its desk is destroyed, for ever.

A mark is written first, then whatever carries a wrapped key is overwritten and removed: rolling backups and
replaced desks, the keyring's entry, the second copy of `desk.keys`, at last `desk.keys` itself. Cut before
the mark, the desk is whole and is wiped when it next connects; cut after it, whoever opens the desk finishes
the work first. The encrypted data stays: without its key it cannot be read. Copies on other disks are out of
reach.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

from hsdesk.deskfile import files, keyring_vault
from hsdesk.deskfile.files import Home
from hsdesk.deskfile.keys import KeyFile
from hsdesk.errors import Corrupt, Missing, Refused, Wiped

_MARK = "desk.wiped"
_HEAD = 1 << 20  # bytes at the start of a backup; its keys are the first thing in it


def wipe(home: Home, mark: bytes) -> None:
    """Destroy every way to open a desk, for the reason that `mark` gives. Raises Refused, DiskFull."""
    files.write_bytes(home.folder / _MARK, mark)
    _finish(home)


def refuse_wiped(home: Home) -> None:
    """Raise Wiped if the desk was wiped, after finishing what was cut short."""
    if (home.folder / _MARK).exists():
        _finish(home)
        raise wiped()


def mark_of(home: Home) -> bytes:
    """Return the mark that a wiped desk left."""
    return (home.folder / _MARK).read_bytes()


def wiped() -> Wiped:
    """Return what a person is told about a wiped desk."""
    return Wiped(
        "市级服务器已下令清除这台电脑上的台账：钥匙已经销毁，这里的内容再也打不开。"
        "以前上传过的内容都在市级服务器上。请联系系统管理员。"
    )


def _finish(home: Home) -> None:
    keys = KeyFile(home.keys)
    _forget(keys)
    failed = [path for path in (*_carriers(home), keys.previous, keys.path) if not _is_gone(path)]
    if failed:
        raise Refused("清除没有做完，下次打开本软件时会继续。", detail=", ".join(p.name for p in failed))


def _forget(keys: KeyFile) -> None:
    try:
        keyring_vault.forget(keys.read().file)
    except (Missing, Corrupt):
        return  # nothing is left that a keyring could open


def _carriers(home: Home) -> Iterator[Path]:
    """Yield what carries wrapped keys besides `desk.keys`, halves of files included."""
    for pattern in ("backups/*", "replaced-*/desk.keys*", "*.hsbackup*", "desk.keys*.part"):
        yield from sorted(path for path in home.folder.glob(pattern) if path.is_file())


def _is_gone(path: Path) -> bool:
    """Overwrite the part of a file that holds keys and remove the file; return whether it is gone."""
    try:
        with path.open("rb+") as file:
            file.write(secrets.token_bytes(min(path.stat().st_size, _HEAD)))
            files.flush(file)
        path.unlink()
        files.flush_folder(path.parent)
    except FileNotFoundError:
        return True
    except OSError:
        return False  # held by another program: the mark stays, and it is tried again
    return True
