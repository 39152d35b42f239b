"""After a lock or a crash one stands in the same record, field and place; after closing, at home."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit
from ui_world import PASSPHRASE, Window, focus, typed

from hsdesk.desk.values import ListQuery
from ui.pages.home import HomePage
from ui.pages.register import RegisterPage
from ui.record.page import RecordPage
from ui.start.unlock import Unlock


def lock_and_open(window: Window) -> None:
    window.shell.lock()
    window.qtbot.waitUntil(lambda: isinstance(window.shell.stack.currentWidget(), Unlock))
    unlock = window.shell.stack.currentWidget()
    assert isinstance(unlock, Unlock)
    unlock.line.edit.setText(PASSPHRASE)
    unlock.open()
    window.qtbot.waitUntil(lambda: window.shell.office.is_open)
    window.rest()


def test_a_lock_leads_back_to_record_field_caret_and_scroll(window: Window) -> None:
    page = window.record("定潭老年协会")
    field = focus(page, "leader_phone")
    assert isinstance(field, QLineEdit)
    typed(field, "0559-2")
    field.setCursorPosition(3)
    scroll = page.sheet.verticalScrollBar().value()
    assert scroll > 0
    lock_and_open(window)
    again = window.page(RecordPage)
    assert again.entry.record == page.entry.record
    field = again.sheet.lines["leader_phone"].editor.target()
    window.qtbot.waitUntil(field.hasFocus)
    assert isinstance(field, QLineEdit)
    assert (field.text(), field.cursorPosition()) == ("0559-2", 3)
    window.qtbot.waitUntil(lambda: again.sheet.verticalScrollBar().value() == scroll)


def test_a_lock_leads_back_to_a_register_and_its_search(window: Window) -> None:
    window.work.go("register", "social_org")
    page = window.page(RegisterPage)
    typed(page.search, "xaj")
    window.rest()
    lock_and_open(window)
    again = window.page(RegisterPage)
    window.qtbot.waitUntil(lambda: again.model is not None and again.model.rowCount() == 1)
    assert again.search.text() == "xaj"


def test_a_killed_program_comes_back_to_its_record_and_a_closed_one_begins_at_home(window: Window) -> None:
    page = window.record("新安江护河队")
    record = page.entry.record
    window.shell.office.leave()  # the file is closed without the window's doing: as after a crash
    window.shell.hide()
    window.open(PASSPHRASE)
    assert window.page(RecordPage).entry.record == record
    window.close()
    window.open(PASSPHRASE)
    (line,) = (one for one in window.page(HomePage).tasks.listed.lines if one.word == "接着上次")
    assert line.text == "“新安江护河队”"
    window.work.show_target(line.target)
    assert window.page(RecordPage).entry.record == record


def test_where_the_record_is_gone_or_another_person_types_one_begins_at_home(window: Window) -> None:
    window.record("新安江护河队")
    window.ask(lambda desk: desk.writers.add("李主任"))
    window.ask(lambda desk: [desk.writers.use(str(one.number)) for one in desk.writers.everyone()][-1])
    (key,) = window.ask(lambda desk: desk.lists.keys("social_org", ListQuery(search="护河")))  # type: ignore[misc]
    window.shell.office.leave()
    window.shell.hide()
    window.open(PASSPHRASE)
    window.page(HomePage)
    assert key.record
