"""The input gate: what is typed while a page comes reaches that page, in order, and no other."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit
from ui_world import PASSPHRASE, PATIENCE_MS, Window, focus, typed

from hsdesk.desk.values import ListQuery
from ui.pages.help import HelpPage
from ui.pages.home import HomePage
from ui.pages.page import Target
from ui.pages.register import RegisterPage
from ui.record.page import RecordPage
from ui.start.unlock import Unlock

NO = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier


@contextmanager
def slow_disk(window: Window) -> Iterator[None]:
    """Keep the database thread busy for the time of a block, as an old disk does."""
    busy = threading.Event()
    window.shell.office.ask(lambda _: busy.wait(PATIENCE_MS / 1000), lambda _: None)
    try:
        yield
    finally:
        busy.set()


def key(window: Window, which: Qt.Key, modifiers: Qt.KeyboardModifier = NO) -> None:
    """Press a key as the system brings it: to shortcuts, then to what has the focus."""
    handle = window.shell.windowHandle()
    assert handle is not None
    QTest.keyClick(handle, which, modifiers)


def keys(window: Window, text: str) -> None:
    handle = window.shell.windowHandle()
    assert handle is not None
    for sign in text:
        QTest.keyClick(handle, sign)


def settled(window: Window) -> None:
    window.qtbot.waitUntil(lambda: not window.work.gate.is_shut, timeout=PATIENCE_MS)
    window.rest()


def the_list(window: Window) -> RegisterPage:
    window.work.go("register", "social_org")
    page = window.page(RegisterPage)
    settled(window)
    return page


def shown_name(window: Window) -> str:
    """The name on the screen, "" when no record is in front."""
    page = window.work.page
    if not isinstance(page, RecordPage):
        return ""
    field = page.sheet.lines["org_name"].editor.target()
    assert isinstance(field, QLineEdit)
    return field.text()


def name(window: Window, page: RecordPage) -> object:
    page.flush()
    return window.stored(page, "org_name")


def test_a_name_typed_right_after_ctrl_n_is_in_the_new_record_whole(window: Window) -> None:
    old = window.record("定潭老年协会")
    settled(window)
    focus(old, "org_name")
    before = old.entry.record
    with slow_disk(window):
        key(window, Qt.Key.Key_N, CTRL)
        keys(window, "abcdefgh")
    settled(window)
    new = window.page(RecordPage)
    assert new.entry.record != before
    assert name(window, new) == "abcdefgh"
    found = window.ask(lambda desk: len(desk.lists.keys("social_org", ListQuery(search="定潭老年协会"))))
    assert found == 1


def test_enter_on_a_list_and_on_through_the_record_without_waiting(window: Window) -> None:
    page = the_list(window)
    page.table.setCurrentIndex(page.table.model().index(0, 0))
    with slow_disk(window):
        key(window, Qt.Key.Key_Return)
        key(window, Qt.Key.Key_A, CTRL)
        keys(window, "first")
        key(window, Qt.Key.Key_Return)
    settled(window)
    assert name(window, window.page(RecordPage)) == "first"


def test_what_is_typed_for_a_list_that_comes_is_looked_for_there(window: Window) -> None:
    with slow_disk(window):
        window.work.go("register", "social_org")
        keys(window, "dtlnxh")
    settled(window)
    page = window.page(RegisterPage)
    assert page.search.text() == "dtlnxh"


def test_keys_that_change_the_page_again_take_the_rest_with_them(window: Window) -> None:
    the_list(window)
    with slow_disk(window):
        key(window, Qt.Key.Key_N, CTRL)
        keys(window, "one")
        key(window, Qt.Key.Key_N, CTRL)
        keys(window, "two")
    window.qtbot.waitUntil(lambda: shown_name(window) == "two", timeout=PATIENCE_MS)
    assert name(window, window.page(RecordPage)) == "two"
    assert window.ask(lambda desk: len(desk.lists.keys("social_org", ListQuery(search="one")))) == 1


def test_esc_and_what_follows_reach_the_list(window: Window) -> None:
    page = window.record("定潭老年协会")
    settled(window)
    focus(page, "leader")
    with slow_disk(window):
        key(window, Qt.Key.Key_Escape)
        keys(window, "xaj")
    settled(window)
    assert window.page(RegisterPage).search.text() == "xaj"
    assert window.stored(page, "leader") == "张三"


def test_a_composed_name_survives_a_page_change(window: Window) -> None:
    the_list(window)
    with slow_disk(window):
        key(window, Qt.Key.Key_N, CTRL)
        sink = QApplication.focusWidget()
        assert sink is window.work.gate.sink
        QApplication.sendEvent(sink, QInputMethodEvent("xin'an", []))
    window.qtbot.waitUntil(lambda: not window.shell.office.work.waiting, timeout=PATIENCE_MS)
    window.page(RecordPage)
    typed(sink, "新安")  # the composition ends only now, when the page has been there for a while
    keys(window, "1")
    settled(window)
    assert name(window, window.page(RecordPage)) == "新安1"


def test_f8_and_typing_on_stay_in_the_record(window: Window) -> None:
    page = window.new()
    settled(window)
    focus(page, "org_name")
    keys(window, "x")
    key(window, Qt.Key.Key_F8)
    with slow_disk(window):
        keys(window, "y")
    window.rest()
    assert name(window, page) == "x"


def test_a_page_changed_by_the_mouse_gets_the_keys_that_follow(window: Window) -> None:
    page = the_list(window)
    with slow_disk(window):
        QTest.mouseClick(page.add, Qt.MouseButton.LeftButton)
        keys(window, "mouse")
    settled(window)
    assert name(window, window.page(RecordPage)) == "mouse"


def test_what_was_typed_for_a_record_that_cannot_be_opened_is_given_up(window: Window) -> None:
    page = the_list(window)
    window.shell.office.work.trouble.disconnect()
    with slow_disk(window):
        window.work.show_target(Target("record", "social_org", "nobody"))
        keys(window, "nowhere")
    settled(window)
    assert window.work.page is page
    assert page.search.text() == ""
    assert "没有填进" in window.work.undoing.text.text()


def test_at_the_lock_what_was_typed_reaches_neither_record_nor_passphrase(
    window: Window,
) -> None:
    page = window.new()
    settled(window)
    focus(page, "org_name")
    with slow_disk(window):
        key(window, Qt.Key.Key_L, CTRL)
        keys(window, "secret")
    window.qtbot.waitUntil(
        lambda: isinstance(window.shell.stack.currentWidget(), Unlock), timeout=PATIENCE_MS
    )
    unlock = window.shell.stack.currentWidget()
    assert isinstance(unlock, Unlock)
    assert unlock.line.text == ""
    assert "没有填进" in unlock.message.text()
    unlock.line.edit.setText(PASSPHRASE)
    unlock.open()
    keys(window, "more")
    window.qtbot.waitUntil(lambda: window.shell.office.is_open, timeout=PATIENCE_MS)
    window.page(HomePage)
    assert window.ask(lambda desk: len(desk.lists.keys("social_org", ListQuery(search="secret")))) == 0


@pytest.mark.parametrize("place", ["home", "help", "indicators", "prints", "sync", "settings", "drafts"])
def test_every_page_takes_the_focus_when_it_comes(window: Window, place: str) -> None:
    window.work.go(place)
    settled(window)
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused is not window.work.gate.sink
    assert focused is window.work.page or window.work.page.isAncestorOf(focused)


def test_a_wait_is_spoken_of_only_when_it_takes_long(window: Window) -> None:
    with slow_disk(window):
        window.work.go("register", "social_org")
        assert not window.work.waiting.isVisible()
        window.qtbot.waitUntil(window.work.waiting.isVisible, timeout=PATIENCE_MS)
    settled(window)
    assert not window.work.waiting.isVisible()
    window.work.go("help")
    window.page(HelpPage)
    assert not any(isinstance(one, QDialog) and one.isVisible() for one in QApplication.topLevelWidgets())
