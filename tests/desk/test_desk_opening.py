from __future__ import annotations

from pathlib import Path

import pytest
from desk_world import PASSPHRASE, VILLAGE, new_desk

from hsdesk.desk import Desk
from hsdesk.deskfile.backup import read_keys
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.deskfile.keys import KeyFile
from hsdesk.errors import Corrupt, DataError, Locked, Missing, Refused, UsageError, WrongPassphrase


def test_a_desk_of_a_real_village_is_made_and_opened_again(home: Path) -> None:
    desk, recovery = Desk.create(home, [VILLAGE], "汪文书", PASSPHRASE)
    assert desk.status().places[0].full_name == "歙县-深渡镇-定潭村委会"
    assert len(recovery) >= 40
    desk.close()
    again = Desk.open(home, PASSPHRASE)
    assert again.status().person == "汪文书"
    again.close()


def test_a_new_desk_has_all_forms_and_the_core_twelve_open(home: Path) -> None:
    desk = new_desk(home)
    registers = desk.status().registers
    assert len(registers) == 40
    opened = {form.form_id for form in registers if form.open}
    assert {"community", "grid", "party_org", "social_org", "worker"} <= opened
    assert len(opened) < 20
    desk.close()


def test_a_wrong_passphrase_opens_nothing_and_says_so(home: Path) -> None:
    new_desk(home).close()
    with pytest.raises(WrongPassphrase, match="口令不对"):
        Desk.open(home, "not-the-passphrase")


def test_without_a_keyring_the_passphrase_is_asked_for(home: Path) -> None:
    desk = new_desk(home)
    assert desk.file.remember() is False
    desk.close()
    with pytest.raises(WrongPassphrase, match="请输入开机口令"):
        Desk.open(home)


def test_the_recovery_code_opens_the_desk_and_sets_a_new_passphrase(home: Path) -> None:
    desk, recovery = Desk.create(home, [VILLAGE], "汪文书", PASSPHRASE)
    desk.close()
    Desk.recover(home, recovery.lower().replace("-", " "), "new-pass-2021").close()
    Desk.open(home, "new-pass-2021").close()
    with pytest.raises(WrongPassphrase):
        Desk.open(home, PASSPHRASE)


def test_a_desk_open_in_one_window_is_locked_for_another(home: Path) -> None:
    desk = new_desk(home)
    with pytest.raises(Locked, match="窗口"):
        Desk.open(home, PASSPHRASE)
    desk.close()
    Desk.open(home, PASSPHRASE).close()


def test_a_damaged_file_is_named_as_such_and_left_as_it_is(home: Path) -> None:
    new_desk(home).close()
    file = home / "desk.db"
    damaged = bytes(4096) + file.read_bytes()[4096:]
    file.write_bytes(damaged)
    with pytest.raises(Corrupt):
        Desk.open(home, PASSPHRASE)
    assert file.read_bytes() == damaged


def test_an_empty_folder_is_no_desk(home: Path) -> None:
    assert not Desk.exists(home)
    with pytest.raises(Missing, match="还没有工作台"):
        Desk.open(home, PASSPHRASE)


@pytest.mark.parametrize(
    ("places", "person", "passphrase"),
    [(["999999999999"], "汪文书", PASSPHRASE), ([VILLAGE], " ", PASSPHRASE), ([VILLAGE], "汪文书", "123")],
)
def test_what_cannot_make_a_desk_leaves_nothing_behind(
    home: Path, places: list[str], person: str, passphrase: str
) -> None:
    with pytest.raises((DataError, UsageError)):
        Desk.create(home, places, person, passphrase)
    assert not Desk.exists(home)


def test_a_second_desk_never_replaces_the_first(home: Path) -> None:
    new_desk(home).close()
    with pytest.raises(Refused):
        new_desk(home)


def test_the_file_holds_no_readable_text(home: Path) -> None:
    desk = new_desk(home)
    entry = desk.records.entry("social_org")
    edit = entry.edit(entry.session.answer("org_name", "定潭村老年协会"))
    assert edit is not None
    desk.records.save(edit)
    desk.close()
    for path in home.iterdir():
        content = path.read_bytes()
        assert "定潭村老年协会".encode() not in content
        assert b"CREATE TABLE" not in content


@pytest.mark.parametrize("soon_guessed", ["123456", "1234567890", "huangshan2020", "汪文书汪文书2020"])
def test_a_passphrase_that_is_soon_guessed_cannot_be_set(home: Path, soon_guessed: str) -> None:
    with pytest.raises(DataError, match="口令"):
        Desk.create(home, [VILLAGE], "汪文书", soon_guessed)
    desk, recovery = Desk.create(home, [VILLAGE], "汪文书", PASSPHRASE)
    with pytest.raises(DataError):
        desk.file.change_passphrase(PASSPHRASE, soon_guessed)
    with pytest.raises(DataError):
        desk.file.rekey(soon_guessed)
    desk.close()
    with pytest.raises(DataError):
        Desk.recover(home, recovery, soon_guessed)
    Desk.open(home, PASSPHRASE).close()


def test_an_old_weak_passphrase_opens_and_is_spoken_of_once(home: Path) -> None:
    new_desk(home).close()
    keys = KeyFile(home / "desk.keys")
    keys.rewrap(keys.unlock(PASSPHRASE), "123456", "汪文书")
    spoken = []
    for _ in range(3):
        desk = Desk.open(home, "123456")
        spoken += [desk.file.take_guessable(), desk.file.take_guessable()]
        desk.close()
    assert spoken == [True, False, False, False, False, False]


def test_with_a_new_passphrase_an_old_backup_opens_nothing_of_today(home: Path, tmp_path: Path) -> None:
    desk, recovery = Desk.create(home, [VILLAGE], "汪文书", PASSPHRASE)
    desk.file.backup(tmp_path / "old.hsbackup")
    assert desk.file.change_passphrase(PASSPHRASE, "xin-kou-ling-2021") == ""
    assert [(line.kind, line.reason) for line in desk.audit.entries()] == [("rekey", "换钥匙：口令")]
    desk.close()
    KeyFile(tmp_path / "desk.keys").replace(read_keys(tmp_path / "old.hsbackup"))
    stolen = KeyFile(tmp_path / "desk.keys").unlock(PASSPHRASE)
    with pytest.raises(Corrupt):
        DeskFile.open(home, stolen)
    Desk.open(home, "xin-kou-ling-2021").close()
    Desk.recover(home, recovery, "third-kou-ling-2022").close()


def test_the_name_of_the_person_stands_in_no_file_beside_the_desk(home: Path, tmp_path: Path) -> None:
    desk = new_desk(home)
    desk.file.backup(tmp_path / "b.hsbackup")
    desk.close()
    for path in (*home.rglob("*"), tmp_path / "b.hsbackup"):
        if path.is_file():
            content = path.read_bytes()
            assert "汪文书".encode() not in content, path
            assert "汪文书".encode("utf-16-le") not in content, path
            assert b"\\u6c6a\\u6587" not in content, path
