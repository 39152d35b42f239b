"""A desk on a medium that takes no writing (a full disk, a locked stick): opened to read and to print.

The encrypted file and its log are copied to where there is room, and the copy is opened and then closed to
writing. It holds nothing readable, and goes when the desk is closed, or with the next such opening.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from hsdesk.deskfile import files
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.deskfile.files import FileLock, Home
from hsdesk.deskfile.layout import Progress
from hsdesk.errors import DeskError

_PREFIX = "hsdesk-reading-"
_IN_MEMORY = "/dev/shm"  # noqa: S108 a folder of its own is made there, for its owner alone


def open_to_read(home: Path, key: bytes, why: DeskError, progress: Progress | None = None) -> DeskFile:
    """Open a copy of a desk; `freeze` it when it is set up. Raises `why` without room for one."""
    place = Home(home)
    log = place.database.with_name(place.database.name + "-wal")
    needed = sum(path.stat().st_size for path in (place.database, log) if path.exists())
    for folder in _with_room(needed):
        with suppress(OSError):
            return _copied(folder, (place.database, log), key, progress)
    raise why


def _copied(folder: Path, parts: Sequence[Path], key: bytes, progress: Progress | None) -> DeskFile:
    with ExitStack() as undo:
        copy = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=folder))
        undo.callback(shutil.rmtree, copy, ignore_errors=True)
        for path in parts:
            if path.exists():
                shutil.copyfile(path, copy / path.name)
        file = DeskFile.open(copy, key, progress=progress)
        file.on_close(undo.pop_all().close)
        return file


def _with_room(needed: int) -> Iterator[Path]:
    """Yield folders for a copy: the usual one for temporary files, then those in memory."""
    for name in (tempfile.gettempdir(), os.environ.get("XDG_RUNTIME_DIR", ""), _IN_MEMORY):
        folder = Path(name)
        if name and folder.is_dir():
            _clear(folder)
            with suppress(DeskError):
                if files.free_bytes(folder) > 2 * needed:
                    yield folder


def _clear(folder: Path) -> None:
    """Remove what a killed program left; a copy that is open is locked."""
    for left in folder.glob(f"{_PREFIX}*"):
        with suppress(DeskError, OSError):
            FileLock.take(Home(left).lock).release()
            shutil.rmtree(left, ignore_errors=True)
