"""The rhythm of entry: a digit says the same twice, Enter leaves what is empty, the end says what follows."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QPushButton
from ui_world import PATIENCE_MS, Window, enter, focus, press

from hsdesk.desk.values import ListQuery
from ui.pages.reason import ask_reason
from ui.pages.register import RegisterPage
from ui.record.choice import ButtonChoices
from ui.record.counting import left_words
from ui.record.page import RecordPage


def test_a_digit_on_the_chosen_option_leaves_it_chosen(window: Window) -> None:
    page = window.new()
    focus(page, "category")
    press(Qt.Key.Key_2)
    press(Qt.Key.Key_2)
    assert window.stored(page, "category") == "2"
    press(Qt.Key.Key_0)
    assert window.stored(page, "category") is None
    editor = page.sheet.lines["category"].editor
    assert isinstance(editor, ButtonChoices)
    for wanted in ("1", None):  # a click takes the chosen one back
        QTest.mouseClick(editor.findChildren(QPushButton)[0], Qt.MouseButton.LeftButton)
        assert window.stored(page, "category") == wanted


def roster_page(window: Window) -> RecordPage:
    page = window.new("self_gov_body")
    window.qtbot.waitUntil(lambda: page.is_ready, timeout=PATIENCE_MS)
    return page


def test_enter_goes_through_an_empty_roster_and_leaves_no_row(window: Window) -> None:
    page = roster_page(window)
    roster = next(iter(page.sheet.rosters.values()))
    page.sheet.focus(roster)
    enter()
    assert roster.model.rowCount() == 1
    enter()
    assert roster.model.rowCount() == 0
    assert QApplication.focusWidget() is not None
    assert not roster.isAncestorOf(QApplication.focusWidget())


def test_enter_after_the_last_row_leaves_the_rows_that_were_filled(window: Window) -> None:
    page = roster_page(window)
    roster = next(iter(page.sheet.rosters.values()))
    roster.add()
    first = roster.model.cell(roster.model.index(0, 0))
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "wang")
    roster.flush()
    roster.add()
    assert roster.model.rowCount() == 2
    enter()
    assert roster.model.rowCount() == 1
    assert page.entry.session.node(first).value is not None or first in roster.model.unread


def test_after_the_last_field_enter_makes_the_next_record(window: Window) -> None:
    page = window.record("定潭老年协会")
    window.qtbot.waitUntil(lambda: page.is_ready, timeout=PATIENCE_MS)
    page.findings = ()
    page.left_to_do.show(())
    page.left_to_do.end()
    assert "回车新增下一条" in page.left_to_do.words.text()
    enter()
    window.wait_for_another(page)
    assert window.page(RecordPage).entry.is_new


def test_open_conflicts_are_not_called_filled_in() -> None:
    assert left_words(()) == "都填好了"
    assert "3" in left_words((), 3)
    assert "都填好了" not in left_words((), 3)


def test_nothing_is_deleted_without_a_reason(window: Window) -> None:
    window.work.go("register", "social_org")
    page = window.page(RegisterPage)
    seen: list[bool] = []

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QDialog)
        (yes,) = [one for one in dialog.findChildren(QPushButton) if one.text() == "作废"]
        field = dialog.findChild(QLineEdit)
        assert field is not None
        seen.append(yes.isEnabled())
        field.setText("   ")
        seen.append(yes.isEnabled())
        field.setText("重复登记")
        seen.append(yes.isEnabled())
        dialog.reject()

    from PySide6.QtCore import QTimer

    QTimer.singleShot(0, answer)
    assert ask_reason(page, "定潭老年协会") == ""
    assert seen == [False, False, True]
    assert window.ask(lambda desk: len(desk.lists.keys("social_org", ListQuery(deleted=True)))) == 0
