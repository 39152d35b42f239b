"""Backups (备份): one file that holds the encrypted desk and the wraps of its key; put back as a whole.

A backup is a ZIP file without compression, so that its two parts can be taken out by hand on a bad day:
`desk.keys` first, then `desk.db`, encrypted with the same file key, then `manifest.json` with the hash of
both. It is verified by opening it before it gets its name.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Protocol

import msgspec

from hsdesk.deskfile import files, wraps
from hsdesk.deskfile.connection import DEVICE, EPOCH, RESTORED
from hsdesk.deskfile.files import FileLock, Home
from hsdesk.deskfile.keys import KeyFile
from hsdesk.deskfile.unmigrated import looked_at
from hsdesk.deskfile.wipe import refuse_wiped
from hsdesk.errors import Corrupt
from hsdesk.model.step import Step, unheard

SUFFIX = ".hsbackup"
_FORMAT = 1
_KEYS, _DATABASE, _MANIFEST = "desk.keys", "desk.db", "manifest.json"
_PIECE = 1 << 20  # bytes read at once
STAMP = "%Y%m%d-%H%M%S"
_REPLACED = 3  # of how many replaced desks the data is kept


class Manifest(msgspec.Struct, frozen=True):
    """What a backup says of itself. `at` is ISO time."""

    format: int
    at: str
    device: str
    epoch: int
    database_bytes: int
    database_sha256: str
    keys_sha256: str


class BackupSource(Protocol):
    """A desk file that can be backed up."""

    def copy_to(self, target: Path, step: Step = unheard) -> None:
        """Write a verified copy; `step` hears of bytes."""

    def get(self, key: str, default: str = "") -> str:
        """Return a small setting."""


def write_backup(file: BackupSource, keys: KeyFile, out: Path, step: Step = unheard) -> Manifest:
    """Write a verified backup; `out` is the old file or the whole new one, never half.

    `step` hears of bytes of the desk; each is copied, packed and read again, so counts by a third at a time.
    Raises `DiskFull`, `Refused`, `Corrupt` (the open desk itself is damaged), or what `step` raises.
    """
    copy = out.with_name(out.name + ".desk")
    part = files.part_of(out)
    with files.plain_errors(out):
        try:
            file.copy_to(copy, _third(step, 0))
            manifest = _pack(file, keys, copy, part, _third(step, 1))
            prove(part, _third(step, 2))
            files.replace(part, out)
        finally:
            for leftover in (copy, part):
                leftover.unlink(missing_ok=True)
    return manifest


def _third(step: Step, before: int) -> Step:
    """Return what hears of one of the three times that each byte is gone through."""
    return lambda done, total: step((before * total + done) // 3, total)


def _pack(file: BackupSource, keys: KeyFile, copy: Path, part: Path, step: Step) -> Manifest:
    held = wraps.encoded(keys.read())
    manifest = Manifest(
        _FORMAT,
        now().isoformat(timespec="seconds"),
        file.get(DEVICE),
        int(file.get(EPOCH, "1")),
        copy.stat().st_size,
        _hash_of(copy),
        hashlib.sha256(held).hexdigest(),
    )
    with part.open("wb") as target:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as packed:
            packed.writestr(_KEYS, held)
            with copy.open("rb") as database, packed.open(_DATABASE, "w", force_zip64=True) as packing:
                _go_through(database, manifest.database_bytes, packing.write, step)
            packed.writestr(_MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=1))
        files.flush(target)
    return manifest


def _hash_of(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def read_manifest(backup: Path) -> Manifest:
    """Return what a backup says of itself. Raises `Corrupt`, `Missing`."""
    with files.plain_errors(backup), _opened(backup) as packed:
        return _manifest(packed)


def read_keys(backup: Path) -> wraps.Wraps:
    """Return the ways to open a backup. Raises `Corrupt`, `Missing`."""
    with files.plain_errors(backup), _opened(backup) as packed:
        return wraps.decoded(packed.read(_KEYS))


def prove(backup: Path, step: Step = unheard) -> None:
    """Read a backup from end to end, `step` hearing of bytes, and compare it with its manifest.

    Raises `Corrupt`, or what `step` raises.
    """
    with _opened(backup) as packed:
        manifest = _manifest(packed)
        with packed.open(_DATABASE) as database:
            digest = hashlib.sha256()
            _go_through(database, manifest.database_bytes, digest.update, step)
        right = digest.hexdigest() == manifest.database_sha256
        if not right or hashlib.sha256(packed.read(_KEYS)).hexdigest() != manifest.keys_sha256:
            raise _damaged("hash")


def _go_through(source: IO[bytes], size: int, take: Callable[[bytes], object], step: Step) -> None:
    done = 0
    while piece := _read(source):
        take(piece)
        done += len(piece)
        step(done, size)


def check_backup(backup: Path) -> None:
    """Read a backup from end to end before it is put anywhere. Raises `Corrupt`, `Missing`, `Refused`."""
    with files.plain_errors(backup):
        prove(backup)


def _opened(backup: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(backup)
    except zipfile.BadZipFile as error:
        raise _damaged(str(error)) from error


def _read(database: IO[bytes]) -> bytes:
    try:
        return database.read(_PIECE)
    except (zipfile.BadZipFile, EOFError) as error:
        raise _damaged(str(error)) from error


def _manifest(packed: zipfile.ZipFile) -> Manifest:
    try:
        return msgspec.json.decode(packed.read(_MANIFEST), type=Manifest)
    except (KeyError, msgspec.DecodeError, zipfile.BadZipFile) as error:
        raise _damaged(str(error)) from error


def _damaged(detail: str) -> Corrupt:
    return Corrupt("这份备份不完整或已损坏，没有恢复，现有资料没有改变。请换一份备份再试。", detail=detail)


def restore(home: Path, backup: Path, key: bytes | None = None) -> Path | None:
    """Put a backup in the place of the desk; return the folder where what it replaced is kept, if any.

    With the file key the backup is opened before anything is replaced. The desk counts its ops under a new
    device epoch from then on. Raises `Corrupt`, `Missing`, `Locked`, `DiskFull`, `NewerLayout`; the desk is
    then as before.
    """
    place = Home(home)
    refuse_wiped(place)
    place.make()
    lock = FileLock.take(place.lock)
    part = files.part_of(place.database)
    try:
        with files.plain_errors(backup):
            held = _unpack(backup, part)
            if key is not None:
                _try(part, key)
            kept = _keep_replaced(place)
            files.write_bytes(place.folder / RESTORED, held.file.encode())
            files.replace(part, place.database)
            KeyFile(place.keys).replace(held)
            return kept
    finally:
        part.unlink(missing_ok=True)
        lock.release()


def _unpack(backup: Path, part: Path) -> wraps.Wraps:
    prove(backup)
    with _opened(backup) as packed:
        with packed.open(_DATABASE) as database, part.open("wb") as target:
            part.chmod(0o600)
            while piece := _read(database):
                target.write(piece)
            files.flush(target)
        return wraps.decoded(packed.read(_KEYS))


def _try(part: Path, key: bytes) -> None:
    with looked_at(part, key) as found:
        wrong = found.problems()
        found.must_migrate()
    if wrong:
        raise _damaged("; ".join(wrong[:5]))


def _keep_replaced(place: Home) -> Path | None:
    """Copy the desk that is about to be replaced, write-ahead log included, and take that log away.

    A log left behind would be played into the restored file.
    """
    if not place.database.exists():
        return None
    folder = place.folder / f"replaced-{now():{STAMP}-%f}"
    folder.mkdir(mode=0o700)
    log = place.database.with_name(place.database.name + "-wal")
    for path in (place.database, log, place.keys):
        if path.exists():
            files.copy(path, folder / path.name)
    files.flush_folder(folder)
    for older in sorted(place.folder.glob("replaced-*"), reverse=True)[_REPLACED:]:
        files.remove_folder(older)
    log.unlink(missing_ok=True)
    log.with_name(place.database.name + "-shm").unlink(missing_ok=True)
    return folder


def now() -> dt.datetime:
    """Return the time here."""
    return dt.datetime.now().astimezone()
