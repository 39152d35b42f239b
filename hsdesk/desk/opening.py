"""Making, opening and closing a desk: folder, keys, file, shipped forms, held places."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import msgspec

from hsdesk.desk import switching, wiping
from hsdesk.deskfile import rekey, rolling
from hsdesk.deskfile.audit import AuditEntry
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.deskfile.files import FileLock, Home, remove_folder
from hsdesk.deskfile.keys import KeyFile
from hsdesk.deskfile.layout import Progress
from hsdesk.deskfile.reading import open_to_read
from hsdesk.deskfile.unmigrated import UnmigratedFile
from hsdesk.errors import (
    DataError,
    DeskError,
    DiskFull,
    Locked,
    Missing,
    NewerLayout,
    Refused,
    UsageError,
    WrongPassphrase,
)
from hsdesk.model import passphrase as passphrases
from hsdesk.model.answer import CLASSES, Class
from hsdesk.model.clean_text import said
from hsdesk.model.place import Directory, Place, load_directory
from hsdesk.wire.reference import CurrentReference

PERSON = "person"
PLACES = "places"  # ids of the places this desk was made for
_ASKED = "weak_passphrase_asked"  # a weak passphrase of earlier days is spoken of once


@dataclass
class Opened:
    """An open desk: its file, its keys, the person at it, and the places, lists and settings that hold."""

    home: Home
    keys: KeyFile
    key: bytes
    file: DeskFile
    person: str
    own: tuple[str, ...]  # ids of the places this desk was made for
    is_read_only: bool = False  # a copy of it is open, because nothing can be written where it lies
    is_guessable: bool = False  # it was opened with a passphrase that could not be set today
    standing: CurrentReference = field(init=False)

    def __post_init__(self) -> None:
        self.read_standing()

    def read_standing(self) -> None:
        """Take up what the city server has sent, registers that are switched on too: done after a sync."""
        self.standing = self.file.standing(today())
        switching.bring(self.file, self.standing, self.own_places)

    @property
    def directory(self) -> Directory:
        """The places as they are today."""
        return self.standing.directory

    @property
    def own_places(self) -> tuple[Place, ...]:
        """The places this desk was made for."""
        return tuple(place for place in map(self.directory.get, self.own) if place)

    def take_guessable(self) -> bool:
        """Tell whether to speak of a passphrase that is soon guessed: once for each desk."""
        if self.is_read_only or not self.is_guessable or self.file.get(_ASKED):
            return False
        self.file.set(_ASKED, "1")
        return True

    def held_places(self) -> tuple[Place, ...]:
        """Return the places whose data is here: the desk's own, then those the city server granted.

        A place above of which only published registers come down is not one of them.
        """
        own = {place.id: place for place in self.own_places}
        granted = (
            self.directory.get(grant.scope) for grant in self.file.grants() if grant.cls != "published"
        )
        return tuple({**own, **{place.id: place for place in granted if place}}.values())

    def held_place(self, code: str) -> Place:
        """Return a held place by code or id.

        Raises:
            UsageError: the directory has no such code.
            Refused: the records of this place are not on this desk.
        """
        for place in self.held_places():
            if code in (place.id, place.code):
                return place
        try:
            found = self.directory.get(code) or self.directory.by_code(code)
        except DataError as error:
            raise UsageError(str(error)) from error
        for place in self.held_places():  # a longer code of a higher level, or one that it had before
            if place.id == found.id:
                return place
        raise Refused("这个工作台没有 {code} 的数据。所属村（社区）见 status。", code=code)

    def may_read(self, scope: str, form_class: Class) -> bool:
        """Tell whether this desk is granted a class of a place; before enrolling, all of its own places."""
        return form_class in self.granted(scope)

    def granted(self, scope: str) -> frozenset[Class]:
        """Return the classes granted of a place; before enrolling, all of the desk's own places."""
        found = self.file.granted(scope)
        if found is not None:
            return found
        return frozenset(CLASSES) if any(place.id == scope for place in self.own_places) else frozenset()

    def readable(self, form_class: Class) -> frozenset[str]:
        """Return every place of which this desk is granted a class; before enrolling, its own places."""
        granted = self.file.granted_places()
        return granted.get(form_class, frozenset()) if granted else frozenset(self.own)

    def may_write(self, scope: str, form_class: str) -> bool:
        """Tell whether this desk may change records of a place; before enrolling, those of its own."""
        grants = self.file.grants()
        if not grants:
            return any(place.id == scope for place in self.own_places)
        return any(grant.write and (grant.scope, grant.cls) == (scope, form_class) for grant in grants)


def create(home: Path, places: Sequence[str], person: str, passphrase: str) -> tuple[Opened, str]:
    """Make a desk for places given by code; return it and its recovery code (恢复码).

    Raises:
        UsageError: an unknown place code.
        DataError: no name, or a passphrase that is soon guessed.
        Refused: there is a desk in this folder already.
    """
    directory = load_directory()
    try:
        own = tuple(directory.by_code(code) for code in dict.fromkeys(places))
    except DataError as error:
        raise UsageError(str(error)) from error
    if not own:
        raise DataError("请先选好所属村（社区）。")
    for place in own:
        must_stand(place)
    person = said(person)
    if not person:
        raise DataError("请填写使用人姓名。", field="person")
    passphrases.check(passphrase, (person,))
    where = Home(home)
    wiping.refuse(where)
    where.make()
    keys = KeyFile(where.keys)
    unlocked = keys.create(passphrase, person)
    file = DeskFile.create(home, unlocked.file_key)
    file.set(PERSON, file.add_writer(person).name)
    file.set(PLACES, msgspec.json.encode([place.id for place in own]).decode())
    opened = _opened(where, keys, unlocked.file_key, file)
    return opened, unlocked.recovery_code


def today() -> str:
    """Return the day of this computer as ISO text."""
    return datetime.now().astimezone().date().isoformat()


def must_stand(place: Place) -> None:
    """Raise DataError for a place that is closed, or not open yet: nothing new is put there."""
    if not place.is_valid_on(today()):
        raise DataError(
            "“{name}”已经撤销或合并，不能再新填。原来填的内容都在，可以查看；请选合并后的单位。",
            name=place.name,
        )


def exists(home: Path) -> bool:
    """Tell whether there is a desk in this folder."""
    return Home(home).database.exists()


def unlock(home: Path, passphrase: str | None, progress: Progress | None = None) -> Opened:
    """Open a desk by its passphrase, or by the remembered key when `passphrase` is None."""
    where = _existing(home)
    keys = KeyFile(where.keys)
    if passphrase is not None:
        opened = _open(where, keys, keys.unlock(passphrase), progress)
        with suppress(DeskError):  # no room to write it: the old wrap opens as well
            keys.renew(opened.key, passphrase)
        opened.is_guessable = passphrases.is_weak(passphrase)
        return opened
    key = keys.unlock_remembered()
    if key is None:
        raise WrongPassphrase("请输入开机口令。")
    return _open(where, keys, key, progress)


def recover(home: Path, code: str, new_passphrase: str, progress: Progress | None = None) -> Opened:
    """Open a desk by its recovery code and give the person a new passphrase, and the file a new key."""
    passphrases.check(new_passphrase)
    where = _existing(home)
    keys = KeyFile(where.keys)
    key = keys.unlock_with_recovery(code)
    opened = _open(where, keys, key, progress)
    with ExitStack() as undo:
        undo.callback(opened.file.close)
        passphrases.check(new_passphrase, (opened.person,))
        keys.renew_recovery(key, code)
        give_new_key(opened, (opened.person, new_passphrase))
        undo.pop_all()
    return opened


def keep_backup(opened: Opened, why: rolling.Why) -> None:
    """Write a rolling backup of an open desk if it holds anything new. Raises DiskFull, Refused, Corrupt."""
    rolling.roll_if_changed(opened.file, opened.keys, opened.home.folder, why)


def give_new_key(opened: Opened, passphrase: tuple[str, str] | None = None, *, new_code: bool = False) -> str:
    """Encrypt an open desk anew (换钥匙); return the new recovery code, "" where the printed one stays.

    What was written before, a backup or a copy, opens with what opened it then and shows what it held then;
    it opens nothing of today. Raises DiskFull, Refused; all is then as before.
    """
    was_remembered = bool(opened.keys.read().of("keyring"))
    new = rekey.rekey(
        opened.home, opened.file, opened.keys, opened.key, passphrase=passphrase, new_code=new_code
    )
    opened.key = new.file_key
    what = "口令和恢复码" if passphrase and new.recovery_code else "口令" if passphrase else "恢复码"
    opened.file.audit.add(AuditEntry(0, 0, "rekey", opened.person, reason=f"换钥匙：{what}"))
    if was_remembered and not opened.keys.read().of("keyring"):
        opened.keys.remember(opened.key)
    return new.recovery_code


def clear_opened(where: Home) -> None:
    """Remove what a killed program left of attachments that were being shown, before anybody unlocks.

    A window that has the desk open keeps its own.
    """
    if not where.opened.exists():
        return
    with suppress(Locked, Refused, DiskFull):
        lock = FileLock.take(where.lock)
        try:
            remove_folder(where.opened)
        finally:
            lock.release()


def _existing(home: Path) -> Home:
    where = Home(home)
    wiping.refuse(where)
    clear_opened(where)
    if not where.database.exists() and not KeyFile(where.keys).exists():
        raise Missing("这个文件夹里还没有工作台。请先新建，或换到原来的文件夹：{home}", home=home)
    return where


def _open(where: Home, keys: KeyFile, key: bytes, progress: Progress | None) -> Opened:
    """Open the file; a backup that the program before can open is made before its first migration."""

    rekey.finish(where, keys, key)

    def keep(older: UnmigratedFile) -> None:
        rolling.roll(older, keys, where.folder, rolling.upgrade_of(older.layout))

    try:
        file = DeskFile.open(where.folder, key, before_migration=keep, progress=progress)
    except (Locked, Missing, NewerLayout):
        raise
    except (Refused, DiskFull) as error:
        opened = _opened(where, keys, key, open_to_read(where.folder, key, error, progress))
        opened.file.freeze()
        opened.is_read_only = True
        return opened
    return _opened(where, keys, key, file)


def _opened(where: Home, keys: KeyFile, key: bytes, file: DeskFile) -> Opened:
    with ExitStack() as undo:
        undo.callback(file.close)  # gives the lock back
        own = msgspec.json.decode(file.get(PLACES, "[]"), type=tuple[str, ...])
        opened = Opened(where, keys, key, file, file.get(PERSON), own)
        undo.pop_all()
    return opened
