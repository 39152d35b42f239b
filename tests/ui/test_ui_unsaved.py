"""What is only on the screen is told at its field, and not left behind without a choice. Real full disks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ui_world import LEADERS, PATIENCE_MS, Window, button, enter, focus, typed
from unsaved_world import (
    NAME,
    NOT_ON_DISK,
    NOT_SAVED,
    fill,
    full_disk,
    leaders,
    not_on_disk,
    notices,
    question,
    said,
)

from ui.pages.register import RegisterPage
from ui.record.page import RecordPage
from ui.workspace import Workspace

pytestmark = pytest.mark.usefixtures("reports")


def test_an_answer_typed_on_a_full_disk_says_at_its_field_that_it_is_on_the_screen_only(
    window: Window,
) -> None:
    page = not_on_disk(window)
    assert NOT_SAVED in said(page, "leader")
    assert NOT_ON_DISK in said(page, "leader")
    assert "磁盘" in said(page, "leader")
    assert page.state.text() == "有 1 处没有存进去"
    assert "有 1 处没有存进去" in page.left_to_do.words.text()
    assert page.sheet.lines["leader"].editor.target().text() == "王五"  # type: ignore[attr-defined]


def test_the_next_keystroke_that_can_be_kept_saves_the_earlier_answer_too(window: Window) -> None:
    page = not_on_disk(window)
    typed(focus(page, "org_name"), "会")
    window.qtbot.waitUntil(lambda: not page.autosave.unsaved, timeout=PATIENCE_MS)
    assert window.stored(page, "leader") == "王五"
    page.check()
    assert NOT_SAVED not in said(page, "leader")
    assert "已保存" in page.state.text()


def test_enter_in_the_field_saves_once_more(window: Window) -> None:
    page = not_on_disk(window)
    focus(page, "leader")
    enter()
    assert window.stored(page, "leader") == "王五"
    assert "已保存" in page.state.text()


def test_typing_that_a_full_disk_does_not_keep_says_so_before_the_field_is_left(window: Window) -> None:
    page = window.record(NAME)
    with full_disk():
        typed(focus(page, "leader"), "丰")
        window.qtbot.waitUntil(lambda: bool(page.autosave.unsaved), timeout=PATIENCE_MS)
        page.check()
        assert NOT_ON_DISK in said(page, "leader")
        assert not notices(window)
    typed(focus(page, "leader"), "收")
    window.qtbot.waitUntil(lambda: not page.autosave.unsaved, timeout=PATIENCE_MS)


WAYS_OUT: dict[str, Callable[[Window, RecordPage], object]] = {
    "Esc": lambda _, page: page.back(),
    "another page": lambda window, _: window.work.go("home"),
    "another record": lambda window, _: window.work.go("new", "social_org"),
    "lock": lambda window, _: window.shell.lock(),
    "close": lambda window, _: window.shell.close(),
}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_a_page_with_something_on_the_screen_only_is_not_left_without_a_choice(
    window: Window, way: str
) -> None:
    page = window.record(NAME)
    with full_disk():
        fill(page, "leader", "王五")
        WAYS_OUT[way](window, page)
        notice = question(window)
        assert NOT_ON_DISK in notice.message.text()
        assert "“负责人" in notice.message.text()
        notice.reject()  # Esc
    assert window.shell.isVisible()
    assert window.work.page is page
    assert page.sheet.lines["leader"].editor.target().text() == "王五"  # type: ignore[attr-defined]
    WAYS_OUT[way](window, page)  # there is room by now
    window.qtbot.waitUntil(lambda: window.shell.isHidden() or not _shows(window, page), timeout=PATIENCE_MS)
    assert leaders(window) == sorted(["王五", *LEADERS[1:]])


def _shows(window: Window, page: RecordPage) -> bool:
    front = window.shell.stack.currentWidget()
    return isinstance(front, Workspace) and front.page is page


def test_what_is_given_up_is_left_behind(window: Window) -> None:
    page = not_on_disk(window)
    with full_disk():
        page.back()
        button(question(window), "不要了，离开").click()
    window.page(RegisterPage)
    assert leaders(window) == sorted(LEADERS)


def test_once_there_is_room_the_question_saves_and_leaves(window: Window) -> None:
    page = not_on_disk(window)
    with full_disk():
        page.back()
        notice = question(window)
    button(notice, "再存一次").click()
    window.page(RegisterPage)
    assert "王五" in leaders(window)


def test_a_full_disk_asks_again_after_another_try(window: Window) -> None:
    page = not_on_disk(window)
    with full_disk():
        page.back()
        button(question(window), "再存一次").click()
        window.rest()
        question(window).reject()
    assert window.work.page is page
