from __future__ import annotations

from pathlib import Path

import pytest
from desk_world import PASSPHRASE, VILLAGE, new_desk

from hsdesk.desk import Desk
from hsdesk.errors import Corrupt, DataError, Locked, Missing, Refused, WrongPassphrase


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
    with pytest.raises(DataError):
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
