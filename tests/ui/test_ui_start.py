"""Before the work: first run, passphrase, recovery code, locking, and the bad days at the door."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QRect, Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication, QCheckBox, QFileDialog, QLabel
from pytestqt.qtbot import QtBot
from ui_world import PASSPHRASE, Window, button, enter, press, typed, words

from hsdesk.desk import Desk
from hsdesk.desk.values import Status
from ui import printing
from ui.start.code import code_lines
from ui.start.fields import strength
from ui.start.unlock import Recover, Unlock
from ui.start.wizard import Wizard
from ui.theme import SCALES, dress, metrics
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


def turn() -> None:
    """Let the event loop go round once: what a page left behind is deleted, as it is while a person types."""
    QApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()


def to_the_passphrase(wizard: Wizard) -> None:
    """Answer the first page with the keyboard, from where the focus is."""
    turn()
    typed(wizard.picker.search, "dingtan")
    enter()
    typed(wizard.name.edit, "汪文书")
    enter()
    turn()


def make_a_desk(window: Window, wizard: Wizard) -> str:
    """Walk through the first run with the keyboard; return the recovery code."""
    to_the_passphrase(wizard)
    typed(wizard.passphrase.first.edit, PASSPHRASE)
    enter()
    typed(wizard.passphrase.second.edit, PASSPHRASE)
    enter()
    window.qtbot.waitUntil(lambda: bool(wizard.code), timeout=20_000)
    turn()
    return wizard.code


@pytest.fixture(params=SCALES)
def scaled(request: pytest.FixtureRequest, home: Path) -> Iterator[int]:
    """Choose a text size that the program finds in its settings; give the usual one back."""
    scale: int = request.param
    home.mkdir(exist_ok=True)
    home.joinpath("window.ini").write_text(f"[General]\nscale={scale}\n", encoding="utf-8")
    yield scale
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    dress(application, 100)


def text_rectangle(shown: QLabel) -> QRect:
    """Return where a label draws its text, in its own coordinates."""
    size = shown.fontMetrics().size(0, shown.text())
    place = QRect(0, 0, size.width(), size.height())
    place.moveCenter(shown.contentsRect().center())
    return place


def test_all_groups_of_the_recovery_code_are_on_the_screen(qtbot: QtBot, home: Path, scaled: int) -> None:
    window, wizard = at_the_start(qtbot, home)
    assert metrics().scale == scaled
    code = make_a_desk(window, wizard)
    (shown,) = (one for one in wizard.findChildren(QLabel) if one.property("role") == "code")
    assert [len(line.split("-")) for line in shown.text().splitlines()] == [4, 4]
    assert shown.text().replace("\n", "-") == code
    assert shown.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
    assert shown.contentsRect().contains(text_rectangle(shown))
    assert shown.visibleRegion().boundingRect().contains(text_rectangle(shown))
    assert wizard.horizontalScrollBar().maximum() == 0
    window.close()


def test_the_recovery_code_is_stored_with_place_and_name(
    qtbot: QtBot, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, wizard = at_the_start(qtbot, home)
    code = make_a_desk(window, wizard)
    out = tmp_path / "恢复码.txt"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(out), ""))
    button(wizard, "存到 U 盘…").click()
    stored = out.read_text(encoding="utf-8-sig")
    assert set(code.split("-")) <= set(re.split(r"[-\n]", stored))
    assert "歙县-深渡镇-定潭村委会　汪文书" in stored
    window.close()


def test_the_recovery_code_is_printed_whole(
    qtbot: QtBot, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, wizard = at_the_start(qtbot, home)
    code = make_a_desk(window, wizard)
    printed: list[str] = []
    monkeypatch.setattr(printing, "_print", lambda parent, name, draw: printed.append(drawn(draw, tmp_path)))
    button(wizard, "打印").click()
    (found,) = printed
    assert found == "%PDF-"
    assert code_lines(code) in wizard.paper.text()
    window.close()


def drawn(draw: Callable[[QPrinter], None], folder: Path) -> str:
    """Draw on a printer that writes a PDF file; return how the file begins."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(folder / "code.pdf"))
    draw(printer)
    return (folder / "code.pdf").read_bytes()[:5].decode("ascii")


def test_the_first_page_can_be_typed_on_at_once(qtbot: QtBot, home: Path) -> None:
    window, wizard = at_the_start(qtbot, home)
    turn()
    assert wizard.picker.search.hasFocus()
    window.close()


def chosen_level(wizard: Wizard) -> str:
    place = wizard.picker.place
    return place.level if place is not None else ""


def test_passing_by_the_lists_with_tab_chooses_no_place(qtbot: QtBot, home: Path) -> None:
    window, wizard = at_the_start(qtbot, home)
    turn()
    for _ in range(4):
        press(Qt.Key.Key_Tab)
    assert chosen_level(wizard) == ""
    assert wizard.picker.choice.text() == ""
    wizard.picker.lists[0].setFocus(Qt.FocusReason.TabFocusReason)
    press(Qt.Key.Key_Down)
    assert chosen_level(wizard) == "county"
    window.close()


@pytest.mark.parametrize("by", ["Esc", "上一步"])
def test_one_can_go_back_from_the_passphrase(qtbot: QtBot, home: Path, by: str) -> None:
    window, wizard = at_the_start(qtbot, home)
    to_the_passphrase(wizard)
    assert wizard.passphrase.first.edit.hasFocus()
    if by == "Esc":
        press(Qt.Key.Key_Escape)
    else:
        button(wizard, "上一步").click()
    turn()
    assert wizard.name.text == "汪文书"
    assert wizard.picker.place is not None
    assert wizard.picker.place.code == "341021101204"
    enter()
    turn()
    assert wizard.passphrase.first.edit.hasFocus()
    window.close()


def test_a_short_passphrase_is_typed_again_at_once(qtbot: QtBot, home: Path) -> None:
    window, wizard = at_the_start(qtbot, home)
    to_the_passphrase(wizard)
    typed(wizard.passphrase.first.edit, "kurz")
    enter()
    enter()
    assert wizard.message.text() == "口令太短：至少要 8 位。"
    assert wizard.passphrase.first.edit.hasFocus()
    window.close()


def test_enter_on_the_ticked_box_goes_on(qtbot: QtBot, home: Path) -> None:
    window, wizard = at_the_start(qtbot, home)
    make_a_desk(window, wizard)
    enter()
    assert window.shell.stack.currentWidget() is wizard  # not before the code is kept
    press(Qt.Key.Key_Space)
    enter()
    wait_for_work(window)
    window.close()


def test_one_can_go_back_from_the_recovery_code(qtbot: QtBot, desk_home: Path) -> None:
    window, door = at_the_door(qtbot, desk_home)
    door.recover()
    turn()
    (page,) = door.findChildren(Recover)
    assert page.code.edit.hasFocus()
    press(Qt.Key.Key_Escape)
    turn()
    assert door.line.edit.hasFocus()
    assert door.title.text() == "请输入开机口令"
    window.close()


def test_no_start_page_is_wider_than_the_window(qtbot: QtBot, desk_home: Path, scaled: int) -> None:
    window, door = at_the_door(qtbot, desk_home)
    assert metrics().scale == scaled
    for step in (turn, door.recover):
        step()
        turn()
        assert door.horizontalScrollBar().maximum() == 0
    window.close()


def test_the_first_run_makes_a_desk_with_the_keyboard_alone(qtbot: QtBot, home: Path) -> None:
    window, wizard = at_the_start(qtbot, home)
    make_a_desk(window, wizard)
    assert not button(wizard, "开始使用").isEnabled()
    (kept,) = (box for box in wizard.findChildren(QCheckBox) if box.text() == "我已抄好或打印")
    assert kept.hasFocus()
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
    to_the_passphrase(wizard)
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
