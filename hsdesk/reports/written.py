"""Files that are made for people: print-outs and workbooks, wherever they ask for them."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hsdesk.deskfile import files
from hsdesk.errors import DeskError, DiskFull

_WHY = {
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘已满",
    errno.EACCES: "不允许写入",
    errno.EPERM: "不允许写入",
    errno.EROFS: "不允许写入",
    errno.EISDIR: "那里已有一个同名的文件夹",
    errno.ENAMETOOLONG: "文件名太长",
}
_PDF_END, _TAIL = b"%%EOF", 64  # bytes at the end of a PDF in which its last word stands


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a file beside `path` to write to; on leaving it takes its place, on any error it goes.

    So an older file stays until the new one is complete and on the disk.

    Raises:
        Missing: there is no such folder.
        DiskFull: it cannot be written, or what is in its place is open in another program.
    """
    if not path.parent.is_dir():
        raise files.no_folder(path.parent)
    try:
        descriptor, name = tempfile.mkstemp(suffix=".part", dir=path.parent)
        os.close(descriptor)
    except OSError as error:
        raise _not_written(error) from error
    part = Path(name)
    try:
        yield part
        with part.open("rb+") as file:
            files.flush(file)
        files.replace(part, path)
    except OSError as error:
        raise _not_written(error) from error
    finally:
        part.unlink(missing_ok=True)  # still there only when something failed


def made_folder(folder: Path) -> Path:
    """Return a folder for files, made where only it itself is missing.

    Raises:
        Missing: the folder it lies in is not there.
        DiskFull: it cannot be made.
    """
    if not folder.parent.is_dir():
        raise files.no_folder(folder.parent)
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise _not_written(error) from error
    return folder


def check_pdf(path: Path) -> None:
    """Raise DiskFull when a PDF is not complete: who paints it is not told of a full disk."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - _TAIL, 0))
        if _PDF_END not in file.read():
            raise DiskFull("PDF 没有写成，可能磁盘已满。数据都还在，请腾出空间后再打印。")


def _not_written(error: OSError) -> DeskError:
    return DiskFull(
        "文件没有写成（{why}）。数据都还在，请关闭打开着的同名文件、腾出空间或换一个文件夹，再试一次。",
        why=_WHY.get(error.errno or 0) or error.strerror or "",
    )
