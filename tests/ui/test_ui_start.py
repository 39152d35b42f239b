"""Before the work: first run, passphrase, recovery code, locking, and the bad days at the door."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot
from ui_world import PASSPHRASE, Window, button, enter, press, typed, words

from hsdesk.desk import Desk
from hsdesk.desk.values import Status
from ui.start.fields import strength
from ui.start.unlock import Recover, Unlock
from ui.start.wizard import Wizard
from ui.workspace import Workspace


def at_the_start(qtbot: QtBot, home: Path) -> tuple[Window, Wizard]:
    window = Window(qtbot, home)
    window.open()
    wizard = window.shell.stack.currentWidget()
    assert isinstance(wizard, Wizard)
    return window, wizard


def at_the_door(qtbot: QtBot, home: Path) -> tuple[Window, Unlock]:
    window = Window(qtbot, home)
    window.open()
    window.rest()
    door = window.shell.stack.currentWidget()
    assert isinstance(door, Unlock)
    return window, door


def wait_for_work(window: Window) -> None:
    window.qtbot.waitUntil(lambda: isinstance(window.shell.stack.currentWidget(), Workspace), timeout=20_000)


def make_a_desk(window: Window, wizard: Wizard) -> str:
    """Walk through the first run with the keyboard; return the recovery code."""
    wizard.picker.search.setFocus()
    typed(wizard.picker.search, "dingtan")
    enter()
    typed(wizard.name.edit, "汪文书")
    enter()
    typed(wizard.passphrase.first.edit, PASSPHRASE)
    enter()
    typed(wizard.passphrase.second.edit, PASSPHRASE)
    enter()
    window.qtbot.waitUntil(lambda: bool(wizard.code), timeout=20_000)
    return wizard.code


def test_the_first_run_makes_a_desk_with_the_keyboard_alone(qtbot: QtBot, home: Path) -> None:
    window, wizard = at_the_start(qtbot, home)
    make_a_desk(window, wizard)
    assert not button(wizard, "开始使用").isEnabled()
    (kept,) = (box for box in wizard.findChildren(QCheckBox) if box.text() == "我已抄好或打印")
    kept.setFocus()
    press(Qt.Key.Key_Space)
    button(wizard, "开始使用").click()
    wait_for_work(window)
    status = window.shell.office.status
    assert isinstance(status, Status)
    assert status.places[0].full_name == "歙县-深渡镇-定潭村委会"
    assert status.person == "汪文书"
    window.close()


def test_the_recovery_code_of_the_first_run_opens_the_desk(qtbot: QtBot, home: Path) -> None:
    window, wizard = at_the_start(qtbot, home)
    code = make_a_desk(window, wizard)
    window.close()
    Desk.recover(home, code, "xin-kou-ling-2021").close()
    Desk.open(home, "xin-kou-ling-2021").close()


@pytest.mark.parametrize("sought", ["定潭", "dingtan", "341021101204"])
def test_a_place_is_found_by_name_pinyin_and_code(qtbot: QtBot, home: Path, sought: str) -> None:
    window, wizard = at_the_start(qtbot, home)
    wizard.picker.search.setFocus()
    typed(wizard.picker.search, sought)
    enter()
    assert wizard.picker.place is not None
    assert wizard.picker.place.code == "341021101204"
    assert "歙县-深渡镇-定潭村委会" in wizard.picker.choice.text()
    window.close()


def test_looking_at_the_first_page_leaves_nothing_behind(qtbot: QtBot, home: Path) -> None:
    window, _ = at_the_start(qtbot, home)
    window.close()
    assert not home.exists()


def test_the_first_run_says_what_is_missing(qtbot: QtBot, home: Path) -> None:
    window, wizard = at_the_start(qtbot, home)
    wizard.to_passphrase()
    assert wizard.message.text() == "请先选村（社区），或您工作的乡镇、县区。"
    window.close()


def test_two_different_passphrases_are_not_taken(qtbot: QtBot, home: Path) -> None:
    window, wizard = at_the_start(qtbot, home)
    typed(wizard.passphrase.first.edit, PASSPHRASE)
    typed(wizard.passphrase.second.edit, PASSPHRASE + "x")
    assert wizard.passphrase.problem() == "两次输入的口令不一样，请再输一遍。"
    window.close()


def test_every_start_page_forbids_state_secrets(qtbot: QtBot, home: Path) -> None:
    window, wizard = at_the_start(qtbot, home)
    assert "本软件不得存储、处理国家秘密。" in words(wizard)
    window.close()


def test_a_longer_passphrase_is_called_stronger() -> None:
    assert [strength(text)[1] for text in ("abc", "12345678", "huangshan-2020-云海")] == [
        "quiet",
        "warn",
        "good",
    ]


def test_the_desk_asks_for_its_passphrase_and_opens(qtbot: QtBot, desk_home: Path) -> None:
    window, door = at_the_door(qtbot, desk_home)
    typed(door.line.edit, PASSPHRASE)
    door.line.edit.setFocus()
    enter()
    wait_for_work(window)
    window.close()


def test_a_wrong_passphrase_is_told_in_plain_words_and_can_be_typed_again(
    qtbot: QtBot, desk_home: Path
) -> None:
    window, door = at_the_door(qtbot, desk_home)
    typed(door.line.edit, "not-this-one")
    door.open()
    qtbot.waitUntil(lambda: bool(door.message.text()), timeout=20_000)
    assert "口令" in door.message.text()
    door.line.edit.clear()
    typed(door.line.edit, PASSPHRASE)
    door.open()
    wait_for_work(window)
    window.close()


def test_a_wrong_recovery_code_is_told_in_plain_words(qtbot: QtBot, desk_home: Path) -> None:
    window, door = at_the_door(qtbot, desk_home)
    door.recover()
    (page,) = door.findChildren(Recover)
    typed(page.code.edit, "000000-000000")
    typed(page.passphrase.first.edit, PASSPHRASE)
    typed(page.passphrase.second.edit, PASSPHRASE)
    page.open()
    qtbot.waitUntil(lambda: bool(page.message.text()), timeout=20_000)
    assert "恢复码" in page.message.text()
    window.close()


def test_locking_closes_the_file_and_keeps_what_is_typed(window: Window, qtbot: QtBot) -> None:
    page = window.record("定潭老年协会")
    record = page.entry.record
    page.sheet.focus_path("leader")
    typed(page.sheet.lines["leader"].editor.target(), "王")
    window.shell.lock()
    qtbot.waitUntil(lambda: isinstance(window.shell.stack.currentWidget(), Unlock), timeout=20_000)
    door = window.shell.stack.currentWidget()
    assert isinstance(door, Unlock)
    assert door.title.text() == "屏幕已锁上"
    typed(door.line.edit, PASSPHRASE)
    door.open()
    wait_for_work(window)
    stored = window.ask(lambda desk: desk.entry("social_org", record).session.node("leader").value)
    assert "王" in str(stored)


def test_ten_idle_minutes_lock_the_screen(window: Window, qtbot: QtBot) -> None:
    assert window.shell._idle.interval() == 10 * 60 * 1000
    window.shell._idle.start(1)
    qtbot.waitUntil(lambda: isinstance(window.shell.stack.currentWidget(), Unlock), timeout=20_000)


def test_a_desk_that_another_window_uses_says_so(qtbot: QtBot, desk_home: Path) -> None:
    desk = Desk.open(desk_home, PASSPHRASE)
    window = Window(qtbot, desk_home)
    window.open(PASSPHRASE)
    door = window.shell.stack.currentWidget()
    assert isinstance(door, Unlock)
    assert "已经打开了一个窗口" in door.message.text()
    desk.close()
    typed(door.line.edit, PASSPHRASE)
    door.open()
    wait_for_work(window)
    window.close()


def test_a_damaged_file_says_so_and_stays_as_it_is(qtbot: QtBot, desk_home: Path) -> None:
    database = desk_home / "desk.db"
    damaged = b"\0" * 4096 + database.read_bytes()[4096:]
    database.write_bytes(damaged)
    window = Window(qtbot, desk_home)
    window.open(PASSPHRASE)
    door = window.shell.stack.currentWidget()
    assert isinstance(door, Unlock)
    assert "损坏" in door.message.text()
    window.close()
    assert database.read_bytes() == damaged


def test_without_a_keyring_the_passphrase_is_asked_for_without_a_fuss(qtbot: QtBot, desk_home: Path) -> None:
    window, door = at_the_door(qtbot, desk_home)
    assert door.message.text() == ""
    window.close()
