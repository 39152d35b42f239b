"""Ctrl+Z and Ctrl+Y in the window: the page follows, the foot says what went back and what stayed."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QListWidget
from ui_world import PASSPHRASE, Window, button, enter, focus, typed
from unsaved_world import notices, refusing

from hsdesk.desk import Desk
from hsdesk.desk.values import Edit, ListQuery
from ui.crash import CrashWatch
from ui.pages.home import HomePage
from ui.pages.register import RegisterPage
from ui.parts.notice import Notice
from ui.record.page import RecordPage

NAME = "定潭老年协会"


def key(window: Window, letter: Qt.Key) -> None:
    """Press Ctrl and a letter where the focus is, as the window system does, and wait."""
    at = QApplication.focusWidget() or window.work
    QTest.keyClick(at, letter, Qt.KeyboardModifier.ControlModifier)
    window.rest()


def undo(window: Window) -> str:
    """Press Ctrl+Z; return what the foot says."""
    key(window, Qt.Key.Key_Z)
    return window.work.undoing.text.text()


def redo(window: Window) -> str:
    key(window, Qt.Key.Key_Y)
    return window.work.undoing.text.text()


def retype(page: RecordPage, path: str, text: str) -> None:
    field = focus(page, path)
    assert isinstance(field, QLineEdit)
    field.selectAll()
    typed(field, text)
    enter()


def shown(page: RecordPage, path: str) -> str:
    field = page.sheet.lines[path].editor.target()
    assert isinstance(field, QLineEdit)
    return field.text()


def record_of(window: Window, name: str) -> str:
    found = window.ask(lambda desk: desk.lists.keys("social_org", ListQuery(search=name)))
    return str(found[0].record)  # type: ignore[index]


def test_the_page_follows_undo_and_redo_and_the_foot_says_what_was_done(window: Window) -> None:
    page = window.record(NAME)
    retype(page, "leader", "王五")
    window.rest()
    assert not window.work.undoing.isVisible()
    assert undo(window) == f"已撤销：修改“{NAME}”的“负责人”。"
    assert window.work.undoing.isVisible()
    assert (shown(page, "leader"), window.stored(page, "leader")) == ("张三", "张三")
    assert page.sheet.lines["leader"].editor.target().hasFocus()
    assert not page.notice.isVisible()  # nobody else did it
    assert redo(window) == f"已重做：修改“{NAME}”的“负责人”。"
    assert (shown(page, "leader"), window.stored(page, "leader")) == ("王五", "王五")
    retype(page, "leader", "赵六")
    window.rest()
    assert not window.work.undoing.isVisible()
    assert redo(window) == "没有可以重做的了。您的数据没有改动。"


def test_undo_reaches_what_was_done_before_the_page_was_opened(window: Window) -> None:
    page = window.record(NAME)
    retype(page, "leader", "王五")
    page.reopen()
    window.wait_for_another(page)
    again = window.page(RecordPage)
    focus(again, "founded_on")
    undo(window)
    assert shown(again, "leader") == "张三"


def test_an_answer_that_somebody_else_changed_since_stays_and_is_named(window: Window) -> None:
    page = window.record(NAME)
    record, scope = page.entry.record, page.entry.scope
    retype(page, "leader", "王五")
    window.rest()

    def by_another(desk: Desk) -> None:
        mine, desk._opened.person = desk._opened.person, "李主任"
        desk.records.save(Edit("social_org", record, scope, {"leader": "赵六"}))
        desk._opened.person = mine

    window.ask(by_another)
    focus(page, "founded_on")
    said = undo(window)
    assert f"“{NAME}”的“负责人”后来由李主任改成了“赵六”，没有动。" in said
    assert window.stored(page, "leader") == "赵六"


def test_a_new_record_that_is_taken_back_leaves_the_screen_and_redo_brings_it_back(window: Window) -> None:
    page = window.new()
    typed(focus(page, "org_name"), "定潭志愿服务队")
    enter()
    record = page.entry.record
    focus(page, "founded_on")
    assert "新增“定潭志愿服务队”" in undo(window)
    listed = window.page(RegisterPage)
    assert record not in {one.record for one in window.ask(_all)}  # type: ignore[attr-defined]
    assert window.work.undoing.isVisible()
    listed.setFocus()
    window.work.undoing.redo()
    window.rest()
    assert record in {one.record for one in window.ask(_all)}  # type: ignore[attr-defined]


def _all(desk: Desk) -> object:
    return desk.lists.keys("social_org", ListQuery())


def test_what_was_deleted_from_the_list_comes_back_with_ctrl_z_on_any_page(window: Window) -> None:
    record = record_of(window, NAME)
    window.ask(lambda desk: desk.records.delete("social_org", record, "重复登记"))
    window.work.go("home")
    window.page(HomePage)
    window.work.setFocus()
    assert undo(window) == f"已撤销：作废“{NAME}”。"
    assert record_of(window, NAME) == record


def test_what_was_deleted_is_said_at_the_foot_and_undone_there_or_after_a_restart(window: Window) -> None:
    record = record_of(window, NAME)
    window.shell.office.change(lambda desk: desk.records.delete("social_org", record, "重复登记"))
    window.rest()
    line = window.work.undoing
    assert (line.text.text(), line.back.isVisible(), line.again.isVisible()) == (
        f"已作废“{NAME}”。",
        True,
        False,
    )
    line.back.click()
    window.rest()
    assert (line.text.text(), line.back.isVisible(), line.again.isVisible()) == (
        f"已撤销：作废“{NAME}”。",
        False,
        True,
    )
    line.again.click()
    window.rest()
    window.close()
    window.open(PASSPHRASE)
    window.work.setFocus()
    assert undo(window) == f"已撤销：作废“{NAME}”。"
    assert record_of(window, NAME) == record


def test_while_something_is_typed_ctrl_z_is_the_fields_own(window: Window) -> None:
    page = window.record(NAME)
    retype(page, "leader", "王五")
    field = focus(page, "leader_phone")
    typed(field, "139")
    key(window, Qt.Key.Key_Z)
    assert shown(page, "leader_phone") == ""
    assert window.stored(page, "leader") == "王五"
    assert not window.work.undoing.isVisible()


def test_with_an_answer_that_is_not_in_the_file_nothing_else_is_undone(
    window: Window, reports: CrashWatch
) -> None:
    page = window.record(NAME)
    retype(page, "leader", "王五")
    window.rest()
    refusing(window, "hs_op")
    retype(page, "member_n", "30")
    window.rest()
    for report in notices(window):
        report.reject()
    window.undo()
    assert "没有撤销" in window.work.undoing.text.text()
    assert (shown(page, "leader"), shown(page, "member_n")) == ("王五", "30")
    assert window.stored(page, "leader") == "王五"


def test_what_cannot_be_undone_is_said_at_the_foot(window: Window) -> None:
    record = record_of(window, NAME)
    window.ask(lambda desk: desk.erasure.erase("social_org", record, "本人要求"))
    window.work.setFocus()
    assert "清除不能撤销" in undo(window)
    assert not window.work.undoing.again.isVisible()


def test_the_list_undoes_one_act_and_leaves_the_rest(window: Window) -> None:
    page = window.record(NAME)
    retype(page, "leader", "王五")
    retype(page, "member_n", "30")
    window.rest()
    seen: list[str] = []

    def choose() -> None:
        (notice,) = (one for one in window.shell.findChildren(Notice) if one.isVisible())
        (listed,) = notice.findChildren(QListWidget)
        seen.extend(listed.item(at).text() for at in range(2))
        listed.setCurrentRow(1)
        button(notice, "撤销这一件").click()

    def when_asked() -> None:
        if any(one.isVisible() for one in window.shell.findChildren(Notice)):
            choose()
        else:
            QTimer.singleShot(20, when_asked)

    QTimer.singleShot(0, when_asked)
    window.work.nav.undo_wanted.emit()
    window.rest()
    window.qtbot.waitUntil(lambda: shown(page, "leader") == "张三")
    assert [one.partition("　")[2] for one in seen] == [
        f"修改“{NAME}”的“成员(会员)数”",
        f"修改“{NAME}”的“负责人”",
    ]
    assert window.stored(page, "member_n") == 30
