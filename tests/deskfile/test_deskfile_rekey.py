"""A new key for the file: who opens what afterwards, and a power cut at every step of it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from deskfile_forms import ORG, PLACE, save

from hsdesk.deskfile import cipher, files, rekey, wraps
from hsdesk.deskfile.backup import read_keys, restore, write_backup
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.deskfile.files import Home
from hsdesk.deskfile.keys import KeyFile, Unlocked
from hsdesk.errors import Corrupt, DiskFull, Refused, WrongPassphrase


class World:
    """A small desk of 张三, open, with one record."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.home = Home(folder)
        self.keys = KeyFile(self.home.keys)
        made = self.keys.create("old words", "张三")
        self.key, self.code = made.file_key, made.recovery_code
        self.file = DeskFile.create(folder, self.key)
        self.file.install_form(ORG)
        save(self.file, "r1", name="老年协会")

    def rekey(self, passphrase: str = "", *, new_code: bool = False) -> Unlocked:
        chosen = ("张三", passphrase) if passphrase else None
        new = rekey.rekey(self.home, self.file, self.keys, self.key, passphrase=chosen, new_code=new_code)
        self.key = new.file_key
        return new

    def reads(self, key: bytes) -> bool:
        """Tell whether a key opens the file as it lies on the disk."""
        try:
            with closing(cipher.connect(self.home.database, key, read_only=True)) as connection:
                return bool(connection.execute("SELECT count(*) FROM hs_op").fetchone()[0])
        except Corrupt:
            return False


@pytest.fixture
def world(home: Path) -> Iterator[World]:
    made = World(home)
    yield made
    made.file.close()


def test_an_old_backup_with_the_old_passphrase_opens_nothing_of_today(world: World, tmp_path: Path) -> None:
    write_backup(world.file, world.keys, tmp_path / "old")
    world.rekey("new words")
    save(world.file, "r1", name="今天写的")
    old = KeyFile(tmp_path / "desk.keys")
    old.replace(read_keys(tmp_path / "old"))
    for key in (old.unlock("old words"), old.unlock_with_recovery(world.code)):
        assert not world.reads(key)
        with pytest.raises(Corrupt):
            world.keys.rewrap(key, "my own words", "贼")
    assert world.reads(world.keys.unlock("new words"))
    restore(tmp_path / "new", tmp_path / "old")  # and the old one still shows what it held
    with DeskFile.open(tmp_path / "new", old.unlock("old words")) as file:
        assert file.state(PLACE, "r1").answers == {"name": "老年协会"}


def test_after_a_new_key_the_open_file_goes_on_and_everybody_else_opens_it(world: World) -> None:
    world.keys.rewrap(world.key, "words of li", "李四")
    before = world.key
    assert world.rekey("new words").recovery_code == ""
    save(world.file, "r2", name="之后")
    world.file.close()
    keys = [
        world.keys.unlock("new words"),
        world.keys.unlock("words of li"),
        world.keys.unlock_with_recovery(world.code),
    ]
    assert keys == [world.key] * 3 != [before] * 3
    assert world.keys.persons(world.key) == ("李四", "张三")
    with DeskFile.open(world.home.folder, world.key) as file:
        assert file.state(PLACE, "r2").answers == {"name": "之后"}
        assert file.problems() == ()


def test_at_a_hand_over_the_old_recovery_code_ends(world: World) -> None:
    code = world.rekey("new words", new_code=True).recovery_code
    assert world.keys.unlock_with_recovery(code) == world.key
    with pytest.raises(WrongPassphrase):
        world.keys.unlock_with_recovery(world.code)


def test_nothing_on_the_disk_is_left_under_the_key_before(world: World) -> None:
    before = world.key
    world.rekey("new words")
    assert not world.reads(before)
    assert world.home.database.with_name("desk.db-wal").stat().st_size == 0
    assert world.keys.key_before(world.key) is None
    for path in (world.keys.path, world.keys.previous):
        assert wraps.decoded(path.read_bytes()).before == b""


@pytest.mark.parametrize("step", ["before the file", "after the file"])
def test_a_power_cut_while_the_key_changes_loses_nothing(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The disk as it was at that moment is copied; the copy is opened as after a start."""
    cut = tmp_path / "cut"
    work: Callable[..., None] = cipher.change_key

    def change_key(*given: object) -> None:
        if step == "before the file":
            shutil.copytree(world.home.folder, cut)
        work(*given)
        if step == "after the file":
            shutil.copytree(world.home.folder, cut)

    monkeypatch.setattr(cipher, "change_key", change_key)
    world.rekey("new words")
    monkeypatch.undo()
    keys = KeyFile(cut / "desk.keys")
    key = keys.unlock("new words")
    assert keys.key_before(key) is not None
    rekey.finish(Home(cut), keys, key)
    assert keys.key_before(key) is None
    with DeskFile.open(cut, key) as file:
        assert file.state(PLACE, "r1").answers == {"name": "老年协会"}


def test_a_disk_without_room_keeps_the_old_key_and_the_old_passphrase(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "free_bytes", lambda _folder: 1000)
    with pytest.raises(DiskFull):
        world.rekey("new words")
    monkeypatch.undo()

    def full(*_given: object) -> None:
        raise files.disk_full()

    monkeypatch.setattr(cipher, "change_key", full)
    with pytest.raises(DiskFull):
        world.rekey("new words")
    assert world.keys.unlock("old words") == world.key
    assert world.reads(world.key)
    save(world.file, "r2", name="接着写")


def of_suite_1(world: World, passphrase: str, person: str) -> wraps.Wrap:
    """Return a wrap as an earlier program sealed it."""
    import hashlib

    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    cost = wraps.Scrypt(n=16)
    bare = wraps.Wrap("passphrase", person, cost, b"s" * 16, b"n" * 12, b"")
    opener = hashlib.scrypt(passphrase.encode(), salt=bare.salt, n=cost.n, r=cost.r, p=cost.p, dklen=32)
    sealed = ChaCha20Poly1305(opener).encrypt(bare.nonce, world.key, wraps._bound(bare))
    return wraps.Wrap("passphrase", person, cost, bare.salt, bare.nonce, sealed)


def test_a_wrap_of_an_earlier_program_is_made_anew_when_its_passphrase_is_typed(world: World) -> None:
    held = world.keys.read()
    (mine,) = held.of("passphrase")
    world.keys.replace(held.with_wrap(of_suite_1(world, "old words", "张三"), mine))
    assert "张三" in world.keys.path.read_text(encoding="utf-8")
    assert world.keys.unlock("old words") == world.key
    assert world.keys.renew(world.key, "old words")
    assert "张三" not in world.keys.path.read_text(encoding="utf-8")
    assert world.keys.persons(world.key) == ("张三",)
    assert world.keys.unlock("old words") == world.key
    assert not world.keys.renew(world.key, "old words")


def test_a_wrap_that_costs_less_than_todays_is_made_anew_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    dearer = wraps.Argon2(memory=32, passes=2)
    monkeypatch.setattr(wraps, "COST", dearer)
    assert world.keys.renew(world.key, "old words")
    assert world.keys.read().of("passphrase")[0].argon2 == dearer
    world.keys.renew_recovery(world.key, world.code)
    assert world.keys.read().of("recovery")[0].argon2 == dearer
    assert world.keys.unlock_with_recovery(world.code) == world.key


def test_the_key_is_not_changed_over_the_head_of_somebody_of_an_earlier_program(world: World) -> None:
    world.keys.replace(world.keys.read().with_wrap(of_suite_1(world, "words of li", "李四")))
    with pytest.raises(Refused, match="暂时不能换钥匙"):
        world.rekey("new words")
    assert world.keys.unlock("old words") == world.keys.unlock("words of li") == world.key
