"""A record that stays open while a sync or another page changes it, in a real window."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot
from sync_process import serving
from synced_world import change_place, meet
from ui_world import ORGANIZATIONS, PASSPHRASE, Window, button, enter, focus, press, typed, words

from hsdesk.desk import Desk
from hsdesk.desk.values import Edit, ListQuery
from ui.record.page import RecordPage
from ui.theme import dress
from ui.work import Job

NAME = ORGANIZATIONS[0]


@pytest.fixture
def url(shared_sample: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a city that both desks are enrolled at, and have sent everything to."""
    shutil.copytree(shared_sample / "server", tmp_path / "server")
    with serving(f"sqlite:///{tmp_path}/server/city.db") as running:
        yield running.url


@pytest.fixture
def desk_home(shared_sample: Path, url: str, home: Path) -> Path:
    """The desk of the window: the sample desk after its first sync."""
    shutil.copytree(shared_sample / "home", home)
    meet(home, url).close()
    return home


@pytest.fixture
def shared(shared_sample: Path, url: str, tmp_path: Path) -> Iterator[Desk]:
    """The township's desk, which holds the window's records too."""
    shutil.copytree(shared_sample / "township", tmp_path / "township")
    desk = meet(tmp_path / "township", url)
    yield desk
    desk.close()


def sync_behind(window: Window) -> None:
    """Sync while the record stays in front, as the timer and another window's button do."""
    ended: list[object] = []
    window.shell.office.sync(Job(window.shell), ended.append, ended.append)
    window.qtbot.waitUntil(lambda: bool(ended), timeout=60_000)
    window.rest()


def comes(window: Window, township: Desk, text: str = "镇文化站") -> None:
    """The township changes the venue, and a sync brings it."""
    township.exchange.sync()
    change_place(township, text)
    township.exchange.sync()
    sync_behind(window)


def line(page: RecordPage) -> QLineEdit:
    field = page.sheet.lines["place"].editor.target()
    assert isinstance(field, QLineEdit)
    return field


def at_the_city(window: Window, township: Desk) -> list[set[object]]:
    """Sync both; return the values of the open conflicts."""
    sync_behind(window)
    township.exchange.sync()
    return [{one.a.value, one.b.value} for one in township.exchange.conflicts()]


def test_what_a_sync_brings_is_seen_on_the_open_page(window: Window, shared: Desk) -> None:
    page = window.record(NAME)
    focus(page, "leader")
    comes(window, shared)
    assert line(page).text() == "镇文化站"
    assert "刚收到别人的改动，已换成最新的：" in words(page)
    assert page.sheet.lines["leader"].editor.target().hasFocus()


def test_what_is_typed_over_it_then_is_no_conflict(window: Window, shared: Desk) -> None:
    page = window.record(NAME)
    comes(window, shared)
    field = focus(page, "place")
    assert isinstance(field, QLineEdit)
    field.selectAll()
    typed(field, "村文化礼堂")
    enter()
    window.rest()
    assert at_the_city(window, shared) == []


def test_the_field_being_typed_in_asks_and_keeps_text_caret_and_focus(window: Window, shared: Desk) -> None:
    page = window.record(NAME)
    typed(focus(page, "place"), "村文化礼堂")
    line(page).setCursorPosition(2)
    comes(window, shared)
    assert line(page).text() == "村文化礼堂"
    assert line(page).cursorPosition() == 2
    assert line(page).hasFocus()
    assert "别人刚把这一栏改成了“镇文化站”。您正在填“村文化礼堂”。用哪一个？" in words(page)
    assert page.state.text() == "有 1 处等您选用哪一个"
    for text in ("用我的（Alt+W）", "用别人的（Alt+B）"):
        assert button(page, text).height() >= 40


def test_two_numbers_that_look_alike_when_hidden_are_told_whole_at_their_field(
    window: Window, shared: Desk
) -> None:
    page = window.record(NAME)
    typed(focus(page, "leader_phone"), "13812345678")
    entry = shared.records.entry("social_org", page.entry.record)
    edit = entry.edit(entry.session.answer("leader_phone", "13812995678"))
    assert edit is not None
    shared.records.save(edit)
    shared.exchange.sync()
    sync_behind(window)
    assert "改成了“13812995678”。您正在填“13812345678”" in words(page)


def test_a_word_that_an_input_method_is_composing_is_not_torn_away(window: Window, shared: Desk) -> None:
    page = window.record(NAME)
    focus(page, "place")
    composed: list[str] = []
    QApplication.sendEvent(line(page), QInputMethodEvent("cun'wen'hua", []))
    line(page).textChanged.connect(composed.append)  # text put into the field would end the word
    comes(window, shared)
    assert composed == []
    typed(line(page), "村文化礼堂")
    assert line(page).text() == "村文化礼堂"
    assert "别人刚把这一栏改成了“镇文化站”。您正在填“村文化礼堂”。" in words(page)


def test_at_large_text_the_question_is_seen_whole_below_its_field(
    qtbot: QtBot, desk_home: Path, shared: Desk
) -> None:
    desk_home.joinpath("window.ini").write_text("[General]\nscale=200\n", encoding="utf-8")
    window = Window(qtbot, desk_home)
    window.open(PASSPHRASE)
    try:
        page = window.record(NAME)
        typed(focus(page, "place"), "村文化礼堂")
        comes(window, shared)
        seen = page.sheet.viewport()
        for widget in (line(page), button(page, "用我的"), button(page, "用别人的")):
            corners = (widget.rect().topLeft(), widget.rect().bottomRight())
            assert all(seen.rect().contains(widget.mapTo(seen, corner)) for corner in corners)
    finally:
        window.close()
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        dress(application, 100)


def test_the_question_follows_the_typing(window: Window, shared: Desk) -> None:
    page = window.record(NAME)
    typed(focus(page, "place"), "村文化礼堂")
    comes(window, shared)
    typed(line(page), "二楼")
    assert "您正在填“村文化礼堂二楼”" in words(page)


def test_who_takes_his_typing_back_sees_what_came(window: Window, shared: Desk) -> None:
    page = window.record(NAME)
    typed(focus(page, "place"), "x")
    comes(window, shared)
    press(Qt.Key.Key_Backspace)
    window.rest()
    assert line(page).text() == "镇文化站"
    assert "用哪一个" not in words(page)


@pytest.mark.parametrize("way", ["key", "tab", "mouse"])
def test_mine_is_saved_and_is_no_conflict(window: Window, shared: Desk, way: str) -> None:
    page = window.record(NAME)
    typed(focus(page, "place"), "村文化礼堂")
    comes(window, shared)
    answer(page, way, "用我的（Alt+W）", Qt.Key.Key_W, tabs=1)
    window.rest()
    assert "用哪一个" not in words(page)
    assert page.state.text().startswith("已保存")
    assert line(page).hasFocus()
    assert at_the_city(window, shared) == []
    assert window.stored(page, "place") == "村文化礼堂"


@pytest.mark.parametrize("way", ["key", "tab", "mouse"])
def test_theirs_takes_the_text_away_and_writes_nothing(window: Window, shared: Desk, way: str) -> None:
    page = window.record(NAME)
    typed(focus(page, "place"), "村文化礼堂")
    comes(window, shared)
    answer(page, way, "用别人的（Alt+B）", Qt.Key.Key_B, tabs=2)
    window.rest()
    assert "用哪一个" not in words(page)
    assert line(page).text() == "镇文化站"
    assert line(page).hasFocus()
    status = window.ask(lambda desk: desk.status())
    assert (status.waiting, status.drafts) == (0, 0)  # type: ignore[attr-defined]


def answer(page: RecordPage, way: str, text: str, key: Qt.Key, *, tabs: int) -> None:
    """Answer a question by its key, over Tab and Enter, or with the mouse."""
    if way == "key":
        QTest.keyClick(line(page), key, Qt.KeyboardModifier.AltModifier)
    elif way == "tab":
        for _ in range(tabs):
            press(Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is button(page, text)
        assert line(page).text() == "村文化礼堂"  # going to the question enters nothing
        enter()
    else:
        QTest.mouseClick(button(page, text), Qt.MouseButton.LeftButton)


def test_enter_without_an_answer_leaves_both_values_at_the_city(window: Window, shared: Desk) -> None:
    page = window.record(NAME)
    typed(focus(page, "place"), "村文化礼堂")
    comes(window, shared)
    enter()
    window.rest()
    assert "用哪一个" not in words(page)
    assert at_the_city(window, shared) == [{"村文化礼堂", "镇文化站"}]


def test_esc_without_an_answer_loses_nothing(window: Window, shared: Desk) -> None:
    page = window.record(NAME)
    typed(focus(page, "place"), "村文化礼堂")
    comes(window, shared)
    press(Qt.Key.Key_Escape)
    window.wait_for_another(page)
    window.rest()
    assert at_the_city(window, shared) == [{"村文化礼堂", "镇文化站"}]


def test_a_question_on_which_the_focus_stood_when_the_page_closed_is_asked_again(
    window: Window, shared: Desk
) -> None:
    page = window.record(NAME)
    typed(focus(page, "place"), "村文化礼堂")
    comes(window, shared)
    press(Qt.Key.Key_Tab)
    window.work.go("home")
    window.wait_for_another(page)
    again = window.record(NAME)
    assert line(again).text() == "村文化礼堂"
    assert "别人刚把这一栏改成了“镇文化站”。您正在填“村文化礼堂”。" in words(again)
    QTest.keyClick(focus(again, "place"), Qt.Key.Key_W, Qt.KeyboardModifier.AltModifier)
    window.rest()
    assert at_the_city(window, shared) == []


def test_a_question_is_asked_again_after_a_power_cut(qtbot: QtBot, desk_home: Path, shared: Desk) -> None:
    first = Window(qtbot, desk_home)
    first.open(PASSPHRASE)
    page = first.record(NAME)
    typed(focus(page, "place"), "村文化礼堂")
    comes(first, shared)
    page.autosave.write_drafts()
    first.rest()
    page.autosave.hold = lambda *_: True  # nothing that closing hands over reaches the file: the power is off
    first.close()
    second = Window(qtbot, desk_home)
    second.open(PASSPHRASE)
    again = second.record(NAME)
    assert line(again).text() == "村文化礼堂"
    assert "用哪一个" in words(again)
    assert not again.state.text().startswith("已保存")
    second.close()


def test_a_value_changed_on_another_page_is_seen_on_the_open_one(window: Window) -> None:
    page = window.record(NAME)
    typed(focus(page, "leader"), "李")
    key = window.ask(lambda desk: desk.lists.keys("social_org", ListQuery(search=NAME))[0])
    edit = Edit("social_org", page.entry.record, key.scope, {"place": "老祠堂"})  # type: ignore[attr-defined]
    window.shell.office.change(lambda desk: desk.records.save(edit))
    window.rest()
    assert line(page).text() == "老祠堂"
    assert "用哪一个" not in words(page)


def test_a_row_that_comes_leaves_the_cell_that_is_being_edited_open(window: Window, shared: Desk) -> None:
    page = window.record(NAME)
    box = page.sheet.rosters["members"]
    box.add()
    window.rest()
    sync_behind(window)
    shared.exchange.sync()
    record = page.entry.record
    entry = shared.records.entry("social_org", record)
    for step in (entry.session.add_row("members"), None):
        made = step or entry.session.answer(f"{entry.session.rows('members')[1]}/name", "李四")
        edit = entry.edit(made)
        assert edit is not None
        shared.records.save(edit)
    shared.exchange.sync()
    box.take_focus()
    box.table.start(0)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    typed(field, "王五")
    sync_behind(window)
    assert box.model.rowCount() == 2
    assert QApplication.focusWidget() is field
    assert field.text() == "王五"
    enter()
    window.rest()
    assert window.stored(page, f"{box.model.lines[0]}/name") == "王五"


def test_a_cell_being_typed_in_asks_below_its_table(window: Window, shared: Desk) -> None:
    page = window.record(NAME)
    box = page.sheet.rosters["members"]
    box.add()
    window.rest()
    sync_behind(window)
    shared.exchange.sync()
    path = f"{box.model.lines[0]}/name"
    box.table.start(0)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    typed(field, "王五")
    entry = shared.records.entry("social_org", page.entry.record)
    edit = entry.edit(entry.session.answer(path, "李四"))
    assert edit is not None
    shared.records.save(edit)
    shared.exchange.sync()
    sync_behind(window)
    assert field.text() == "王五"
    assert "第 1 行“姓名”：别人刚把这一栏改成了“李四”。您正在填“王五”。用哪一个？" in words(page)
    QTest.mouseClick(button(page, "用我的（Alt+W）"), Qt.MouseButton.LeftButton)
    window.rest()
    assert window.stored(page, path) == "王五"
    assert at_the_city(window, shared) == []


def test_a_record_deleted_elsewhere_says_so_on_its_page(window: Window, shared: Desk) -> None:
    page = window.record(NAME)
    shared.records.delete("social_org", page.entry.record, "登记错了")
    shared.exchange.sync()
    sync_behind(window)
    assert "这一条刚被作废（登记错了）。您填的都留着。" in words(page)
    button(page, "恢复这一条").click()
    window.rest()
    assert window.ask(lambda desk: desk.records.look("social_org", page.entry.record).deleted) == ""


def test_an_own_save_does_not_speak_of_others(window: Window) -> None:
    page = window.record(NAME)
    typed(focus(page, "place"), "村文化礼堂")
    enter()
    window.rest()
    assert "别人" not in words(page)


@pytest.fixture
def refused(window: Window, shared: Desk) -> RecordPage:
    """A record open on the page whose new venue the city has not taken: it is too long."""
    page = window.record(NAME)
    page.autosave.answer("place", "长" * 70_000)  # as an older program took it: this one does not read it
    window.rest()
    sync_behind(window)
    return page


def test_what_was_refused_waits_at_its_field_with_the_reason(window: Window, refused: RecordPage) -> None:
    said = f"没有被接收：栏目“活动场所”的文字超过 65536 字。您填的是“{'长' * 29}…”。"
    assert said in words(refused)
    assert line(refused).text() == ""
    assert said in words(window.record(NAME))  # it waits until somebody has looked at it


def test_a_refused_answer_is_used_again_as_a_new_one(window: Window, refused: RecordPage) -> None:
    button(refused, "用我填的（Alt+W）").click()
    window.rest()
    assert "没有被接收" not in words(refused)
    assert window.ask(lambda desk: desk.exchange.set_aside()) == ()
    assert window.ask(lambda desk: desk.status().waiting) == 1
    assert window.stored(refused, "place") == "长" * 70_000


def test_a_refused_answer_is_given_up(window: Window, refused: RecordPage) -> None:
    QTest.keyClick(focus(refused, "place"), Qt.Key.Key_B, Qt.KeyboardModifier.AltModifier)
    window.rest()
    assert "没有被接收" not in words(refused)
    assert window.stored(refused, "place") is None
    assert window.ask(lambda desk: desk.exchange.set_aside()) == ()
