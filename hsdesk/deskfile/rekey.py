"""A new key for the desk file: at a hand-over, with a new passphrase, or when a person asks for it.

`desk.keys` is written first: it opens with the new key, and holds the one before, sealed with it. Then the
file is encrypted anew in one transaction, and the key before is forgotten. Whoever opens a desk that was cut
short on the way finds both keys and goes on.
"""

from __future__ import annotations

from contextlib import closing

from hsdesk.deskfile import cipher, files
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.deskfile.files import FileLock, Home
from hsdesk.deskfile.keys import KeyFile, Unlocked
from hsdesk.errors import Corrupt, DeskError

_SPARE = 1 << 20  # bytes that must be left over on the disk


def rekey(
    home: Home,
    file: DeskFile,
    keys: KeyFile,
    key: bytes,
    *,
    passphrase: tuple[str, str] | None = None,
    new_code: bool = False,
) -> Unlocked:
    """Give an open file a new key; return it, with the recovery code if there is a new one.

    `passphrase`: a person and his new passphrase. Raises `DiskFull`, `Refused`; all is then as before.
    """
    if files.free_bytes(home.folder) < home.database.stat().st_size + _SPARE:
        raise files.disk_full()
    held = keys.read()
    new = keys.begin_new_key(key, passphrase=passphrase, new_code=new_code)
    try:
        file.change_key(new.file_key)
    except DeskError:
        keys.replace(held)
        raise
    keys.end_new_key(new.file_key)
    return new


def finish(home: Home, keys: KeyFile, key: bytes) -> None:
    """Go on with a change of the key that was cut short, before the file is opened; else nothing is done.

    Raises `Locked`, `DiskFull`, `Refused`, `Corrupt`.
    """
    before = keys.key_before(key)
    if before is None or not home.database.exists():
        return
    lock = FileLock.take(home.lock)
    try:
        try:
            cipher.connect(home.database, key).close()
        except Corrupt:
            with closing(cipher.connect(home.database, before)) as connection:
                cipher.change_key(connection, home.database, key)
        keys.end_new_key(key)
    finally:
        lock.release()
