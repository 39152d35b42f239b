"""Backups: verified, rolling, put back as a whole, never half."""

from __future__ import annotations

import datetime as dt
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from deskfile_forms import KEY, ORG, PLACE, save
from sync_world import receipt_for

from hsdesk.deskfile import backup, cipher, files, rolling
from hsdesk.deskfile.backup import read_keys, read_manifest, restore, write_backup
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.deskfile.keys import KeyFile
from hsdesk.deskfile.rolling import latest, roll, roll_before_restore, roll_if_changed, spare
from hsdesk.errors import Cancelled, Corrupt, DiskFull, Locked, Missing, WrongPassphrase


def made(home: Path, passphrase: str = "words") -> tuple[DeskFile, KeyFile, bytes]:
    home.mkdir(parents=True, exist_ok=True)
    keys = KeyFile(home / "desk.keys")
    key = keys.create(passphrase, "张三").file_key
    file = DeskFile.create(home, key)
    file.set("person", "张三")
    file.install_form(ORG)
    return file, keys, key


def test_a_backup_put_back_on_a_new_computer_opens_with_the_old_passphrase(
    home: Path, tmp_path: Path
) -> None:
    file, keys, _key = made(home)
    save(file, "r1", name="老年协会")
    told = write_backup(file, keys, tmp_path / "out.hsbackup")
    file.close()
    assert told.epoch == 1
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["out.hsbackup"]
    new = tmp_path / "new"
    assert restore(new, tmp_path / "out.hsbackup") is None
    key = KeyFile(new / "desk.keys").unlock("words")
    with DeskFile.open(new, key) as file:
        assert file.state(PLACE, "r1").answers == {"name": "老年协会"}
        assert file.problems() == ()


def test_a_backup_that_is_stopped_at_any_step_leaves_the_one_before_and_nothing_half(
    home: Path, tmp_path: Path
) -> None:
    file, keys, _key = made(home)
    folder = tmp_path / "stick"
    folder.mkdir()
    out = folder / "out.hsbackup"
    heard: list[tuple[int, int]] = []
    write_backup(file, keys, out, lambda done, total: heard.append((done, total)))
    assert heard == sorted(heard)
    assert heard[-1] == (heard[0][1],) * 2  # every byte, in the end
    before = out.read_bytes()
    for last in range(len(heard)):
        left = iter(range(last))

        def step(_done: int, _total: int, left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise Cancelled

        with pytest.raises(Cancelled):
            write_backup(file, keys, out, step)
        assert out.read_bytes() == before
        assert list(folder.iterdir()) == [out]
    file.close()


def test_a_restored_desk_numbers_its_ops_under_an_epoch_of_its_own(home: Path, tmp_path: Path) -> None:
    file, keys, key = made(home)
    save(file, "r1", name="甲")
    write_backup(file, keys, tmp_path / "b")
    save(file, "r1", name="乙")  # lost with the restore, but the server may have it as seq 2 of epoch 1
    device = file.device_id()
    file.close()
    restore(home, tmp_path / "b", key)
    with DeskFile.open(home, key) as file:
        epoch = file.device_epoch()
        assert (file.device_id(), epoch > 1) == (device, True)
        assert [(op.epoch, op.seq) for op in file.pending_ops(9)] == [(1, 1)]
        told = receipt_for(file, 1)
        file.take_receipt(msgspec.structs.replace(told, holds=2, held=b"what only it has"))
        save(file, "r1", name="丙")
        assert [(op.epoch, op.seq) for op in file.pending_ops(9)] == [(epoch, 1)]
    with DeskFile.open(home, key) as file:
        assert file.device_epoch() == epoch
    restore(home, tmp_path / "b", key)
    with DeskFile.open(home, key) as file:
        assert file.device_epoch() > epoch


def test_what_a_restore_replaces_is_kept_with_its_unfinished_log(home: Path, tmp_path: Path) -> None:
    file, keys, key = made(home)
    write_backup(file, keys, tmp_path / "b")
    save(file, "r1", name="只在这里")
    log = home / "desk.db-wal"
    left = log.read_bytes()
    file.close()
    log.write_bytes(left)  # as after a power cut
    kept = restore(home, tmp_path / "b", key)
    assert kept is not None
    with DeskFile.open(home, key) as file:
        assert file.state(PLACE, "r1") is None
    with DeskFile.open(kept, key) as file:
        assert file.state(PLACE, "r1").answers == {"name": "只在这里"}


def test_an_open_desk_is_not_replaced(home: Path, tmp_path: Path) -> None:
    file, keys, key = made(home)
    write_backup(file, keys, tmp_path / "b")
    with pytest.raises(Locked):
        restore(home, tmp_path / "b", key)
    file.close()


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "text", "no manifest"])
def test_a_damaged_backup_replaces_nothing(home: Path, tmp_path: Path, damage: str) -> None:
    file, keys, key = made(home)
    save(file, "r1", name="甲")
    path = tmp_path / "b"
    write_backup(file, keys, path)
    file.close()
    data = path.read_bytes()
    flipped = bytearray(data)
    flipped[len(data) // 2] ^= 1
    with zipfile.ZipFile(tmp_path / "bare", "w") as bare:
        bare.writestr("desk.keys", "{}")
    damaged = {
        "cut": data[: len(data) // 2],
        "flip": bytes(flipped),
        "empty": b"",
        "text": b"x" * 1000,
        "no manifest": (tmp_path / "bare").read_bytes(),
    }
    path.write_bytes(damaged[damage])
    before = {p.name: p.read_bytes() for p in home.iterdir() if p.is_file()}
    with pytest.raises(Corrupt, match="没有恢复"):
        restore(home, path, key)
    assert {p.name: p.read_bytes() for p in home.iterdir() if p.is_file()} == before
    with DeskFile.open(home, key) as file:
        assert file.state(PLACE, "r1").answers == {"name": "甲"}


def test_a_backup_of_another_key_is_noticed_before_anything_is_replaced(home: Path, tmp_path: Path) -> None:
    file, keys, key = made(home)
    write_backup(file, keys, tmp_path / "b")
    file.close()
    with pytest.raises(Corrupt):
        restore(home, tmp_path / "b", KEY)
    DeskFile.open(home, key).close()


def test_a_missing_backup_is_said_to_be_missing(home: Path, tmp_path: Path) -> None:
    with pytest.raises(Missing):
        restore(home, tmp_path / "nothing")
    with pytest.raises(Missing):
        read_manifest(tmp_path / "nothing")


def test_a_backup_carries_its_own_ways_in(home: Path, tmp_path: Path) -> None:
    file, keys, key = made(home)
    write_backup(file, keys, tmp_path / "b")
    keys.rewrap(key, "newer words", "张三")
    file.close()
    assert read_keys(tmp_path / "b").of("passphrase")
    restore(home, tmp_path / "b")
    assert keys.unlock("words") == key
    with pytest.raises(WrongPassphrase):
        keys.unlock("newer words")


def test_a_full_disk_leaves_the_old_backup(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno

    file, keys, _key = made(home)
    path = tmp_path / "b"
    write_backup(file, keys, path)
    before = path.read_bytes()
    save(file, "r1", name="甲")

    def full(_file: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(files, "flush", full)
        with pytest.raises(DiskFull):
            write_backup(file, keys, path)
    assert path.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b", "home"]
    file.close()


def test_rolling_backups_keep_the_newest_and_some_of_every_age(home: Path) -> None:
    file, keys, _key = made(home)
    path = roll(file, keys, home, "sync")
    assert path.name.endswith("-sync.hsbackup")
    assert latest(home) == path
    path.write_bytes(path.read_bytes()[:100])
    assert latest(home) is None
    file.close()
    names = [
        f"desk-202611{day:02}-{hour:02}0000-sync.hsbackup" for day in range(1, 23) for hour in (8, 12, 17)
    ]
    other = Path("my-own-copy.hsbackup")
    gone = {p.name for p in spare([*map(Path, names), other])}
    kept = sorted(set(names) - gone)
    assert kept == [
        "desk-20261101-170000-sync.hsbackup",  # Sunday
        "desk-20261108-170000-sync.hsbackup",
        "desk-20261115-170000-sync.hsbackup",
        *(f"desk-202611{day}-170000-sync.hsbackup" for day in range(16, 22)),
        "desk-20261122-080000-sync.hsbackup",
        "desk-20261122-120000-sync.hsbackup",
        "desk-20261122-170000-sync.hsbackup",
    ]
    assert other.name not in gone


def test_a_desk_damaged_on_disk_makes_no_backup_that_pretends_to_be_good(home: Path, tmp_path: Path) -> None:
    file, keys, key = made(home)
    for n in range(400):
        save(file, f"r{n}", name=f"第{n}队" * 20)
    file.close()
    data = bytearray((home / "desk.db").read_bytes())
    data[len(data) // 2] ^= 1
    (home / "desk.db").write_bytes(data)
    with DeskFile.open(home, key) as file, pytest.raises(Corrupt):
        write_backup(file, keys, tmp_path / "b")
    assert not (tmp_path / "b").exists()
    assert backup.SUFFIX == ".hsbackup"


def test_a_desk_whose_pages_are_whole_but_do_not_fit_together_makes_no_backup_either(
    home: Path, tmp_path: Path
) -> None:
    file, keys, key = made(home)
    file.close()
    with closing(cipher.connect(home / "desk.db", key)) as connection:
        connection.execute("CREATE TABLE extra (a)")
        connection.execute("CREATE INDEX lost ON extra (a)")
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("DELETE FROM sqlite_master WHERE name = 'lost'")  # its page belongs to nothing now
    with DeskFile.open(home, key) as file, pytest.raises(Corrupt):
        write_backup(file, keys, tmp_path / "b")
    assert not (tmp_path / "b").exists()


def test_a_backup_that_would_hold_the_same_is_not_made(home: Path) -> None:
    file, keys, _key = made(home)
    first = roll_if_changed(file, keys, home, "sync")
    assert first is not None
    assert roll_if_changed(file, keys, home, "sync") is None
    save(file, "r1", name="甲")
    second = roll_if_changed(file, keys, home, "import")
    assert second is not None
    assert second.name.endswith("-import.hsbackup")
    second.unlink()  # whoever removed it wants another
    assert roll_if_changed(file, keys, home, "sync") is not None
    file.close()


def test_a_large_file_is_backed_up_before_the_first_sync_of_a_day_and_before_every_import(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, keys, _key = made(home)
    monkeypatch.setattr(rolling, "_LARGE_BYTES", 1000)
    assert roll_if_changed(file, keys, home, "sync") is not None
    save(file, "r1", name="甲")
    assert roll_if_changed(file, keys, home, "sync") is None
    tomorrow = rolling.now() + dt.timedelta(days=1)
    monkeypatch.setattr(rolling, "now", lambda: tomorrow)
    assert roll_if_changed(file, keys, home, "sync") is not None
    save(file, "r1", name="乙")
    assert roll_if_changed(file, keys, home, "import") is not None
    file.close()


def test_rolling_backups_have_a_limit_of_age_and_of_size() -> None:
    names = [f"desk-2026{month:02}28-080000-sync.hsbackup" for month in range(8, 12)]
    paths = [Path(name) for name in names]
    assert {path.name for path in spare(paths)} == set(names[:2])  # 09-28 and 08-28 are too old
    gib = 1 << 30
    assert {path.name for path in spare(paths, lambda _: gib)} == set(names[:3])
    assert {path.name for path in spare(paths[-2:], lambda _: gib // 2)} == set()


def test_before_a_restore_the_desk_that_opens_is_backed_up_and_the_one_that_does_not_is_kept(
    home: Path, tmp_path: Path
) -> None:
    file, keys, key = made(home)
    write_backup(file, keys, tmp_path / "b")
    save(file, "r1", name="只在这里")
    file.close()
    kept = roll_before_restore(home, "words")
    assert kept is not None
    restore(home, tmp_path / "b", key)
    restore(home, kept, key)
    with DeskFile.open(home, key) as file:
        assert file.state(PLACE, "r1").answers == {"name": "只在这里"}
    assert roll_before_restore(home, "not the words") is None
    (home / "desk.db").write_bytes(b"damaged" * 1000)
    assert roll_before_restore(home, "words") is None
    assert len(list(home.glob("replaced-*"))) == 2
    for _ in range(3):
        restore(home, tmp_path / "b", key)
    assert len(list(home.glob("replaced-*"))) == 3


def test_a_cut_off_rolling_backup_leaves_nothing_that_looks_like_one(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, keys, _key = made(home)

    def full(_file: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(files, "flush", full)
        with pytest.raises(DiskFull):
            roll_if_changed(file, keys, home, "sync")
    assert list((home / "backups").iterdir()) == []
    assert roll_if_changed(file, keys, home, "sync") is not None
    file.close()
