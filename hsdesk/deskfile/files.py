"""Paths, locks and replacing files: the one module that knows how operating systems differ.

On disk there is the old file or the new file, never half of one: write beside it, flush, replace.
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from hsdesk.errors import DeskError, DiskFull, Locked, Missing, Refused

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_WINDOWS = os.name == "nt"
_PRIVATE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
_REPLACE_ATTEMPTS = 20  # a virus scanner on Windows holds a new file open for a moment
_REPLACE_PAUSE = 0.05  # seconds


@dataclass(frozen=True)
class Home:
    """Where the parts of one desk lie."""

    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / "desk.db"

    @property
    def keys(self) -> Path:
        return self.folder / "desk.keys"

    @property
    def lock(self) -> Path:
        return self.folder / "desk.lock"

    @property
    def backups(self) -> Path:
        return self.folder / "backups"

    @property
    def opened(self) -> Path:
        """Where copies of attachments lie while another program shows them."""
        return self.folder / "opened"

    def make(self) -> None:
        """Make the folder, readable by its owner alone where the system knows owners."""
        with plain_errors(self.folder):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def explain(error: OSError, path: Path) -> DeskError:
    """Return what a person is told about a failure of the file system."""
    if error.errno in _FULL:
        return disk_full(str(error))
    if isinstance(error, FileNotFoundError):
        if not path.parent.is_dir():
            return no_folder(path.parent)
        return Missing("找不到文件“{name}”。请检查它是否被移走或改名。", name=path.name, detail=str(error))
    return Refused(
        "不能读写文件“{name}”。已保存的内容没有改变。请检查磁盘或 U 盘是否插好、是否允许写入，然后重试。",
        name=path.name,
        detail=str(error),
    )


def no_folder(folder: Path) -> Missing:
    """Return the error for a file that is to be written where there is no folder."""
    template = "没有“{folder}”这个文件夹，文件没有写成。数据都还在，请换一个文件夹，或先建好它。"
    return Missing(template, folder=folder.name or str(folder))


def disk_full(detail: str = "") -> DiskFull:
    """Return the error for a disk without room."""
    return DiskFull(
        "磁盘已满，这一次没有存上；以前保存的内容都在。请删除一些不用的文件腾出空间，再继续填写。",
        detail=detail,
    )


@contextmanager
def plain_errors(path: Path) -> Iterator[None]:
    """Turn failures of the file system into ours (`DiskFull`, `Missing`, `Refused`)."""
    try:
        yield
    except OSError as error:
        raise explain(error, path) from error


def read_bytes(path: Path) -> bytes:
    """Return a whole file. Raises `Missing` or `Refused`."""
    with plain_errors(path):
        return path.read_bytes()


def write_bytes(path: Path, data: bytes) -> None:
    """Replace a file as a whole.

    Raises `DiskFull` or `Refused`; the old file is then untouched.
    """
    with plain_errors(path):
        part = part_of(path)
        try:
            with os.fdopen(os.open(part, _PRIVATE, 0o600), "wb") as file:
                file.write(data)
                flush(file)
            replace(part, path)
        finally:
            part.unlink(missing_ok=True)


def make_private(folder: Path) -> None:
    """Make a folder that only its owner may look into, where the system knows owners."""
    with plain_errors(folder):
        for one in (folder.parent, folder):
            one.mkdir(mode=0o700, exist_ok=True)


def remove_folder(folder: Path) -> None:
    """Remove a folder and what is in it; a file that another program holds open stays until the next time.

    Files in folders of it are overwritten first, which leaves less behind on a hard disk, if not on an SSD.
    """
    for file in folder.glob("*/*"):
        with suppress(OSError):
            file.chmod(0o600)  # Windows removes no read-only file
            with file.open("rb+") as opened:
                opened.write(bytes(file.stat().st_size))
                flush(opened)
    shutil.rmtree(folder, ignore_errors=True)


def copy(source: Path, target: Path) -> None:
    """Copy a file as a whole, durably."""
    with plain_errors(source):
        part = part_of(target)
        try:
            shutil.copyfile(source, part)
            part.chmod(0o600)
            with part.open("rb+") as file:
                flush(file)
            replace(part, target)
        finally:
            part.unlink(missing_ok=True)


def part_of(path: Path) -> Path:
    """Return the name under which a file is written before it takes its place."""
    return path.with_name(path.name + ".part")


def flush(file: IO[bytes]) -> None:
    """Push what was written through to the disk."""
    file.flush()
    os.fsync(file.fileno())


def replace(source: Path, target: Path) -> None:
    """Move `source` over `target` in one step and make the move itself durable."""
    for attempt in range(_REPLACE_ATTEMPTS):
        try:
            source.replace(target)
            break
        except PermissionError:
            if not _WINDOWS or attempt == _REPLACE_ATTEMPTS - 1:
                raise
            time.sleep(_REPLACE_PAUSE)
    flush_folder(target.parent)


def flush_folder(folder: Path) -> None:
    """Make renames inside a folder durable. Windows does so by itself."""
    if _WINDOWS:
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def free_bytes(folder: Path) -> int:
    """Return how many bytes may still be written to the disk that holds `folder`."""
    with plain_errors(folder):
        return shutil.disk_usage(folder).free


class FileLock:
    """A lock held by this process until `release`, or until the process ends in whatever way."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    @classmethod
    def take(cls, path: Path) -> FileLock:
        """Take the lock now. Raises `Locked` when another window holds it."""
        with plain_errors(path):
            file = path.open("ab+")
        try:
            _lock(file)
        except OSError as error:
            file.close()
            raise Locked(
                "这台电脑上已经打开了一个窗口，同一份台账不能同时打开两次。"
                "已保存的内容都在。请切换到那个窗口，或先关闭它再打开。",
                detail=str(error),
            ) from error
        return cls(file)

    def release(self) -> None:
        """Give the lock back. Doing so twice is harmless."""
        if not self._file.closed:
            _unlock(self._file)
            self._file.close()


if sys.platform == "win32":

    def _lock(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    def _unlock(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
