"""Nothing typed is lost, one key does one thing, and findings are walked in the order of the screen."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QWidget
from ui_world import Window, enter, focus, typed, words

from ui.record.page import RecordPage
from ui.record.search import ListEditor
from ui.record.text import Computed

NOBODY = "台账里还没有“汪文”，可先空着，或到“社区工作者/社工/两委成员”里新增"


def ctrl_z() -> None:
    """Press Ctrl+Z as the window system does: shortcuts are asked first."""
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


def retype(page: RecordPage, path: str, text: str) -> QLineEdit:
    """Replace what a field holds and press Enter."""
    field = focus(page, path)
    assert isinstance(field, QLineEdit)
    field.selectAll()
    typed(field, text)
    enter()
    return field


def reopened(window: Window, page: RecordPage) -> RecordPage:
    """Leave a record and open it again."""
    page.reopen()
    window.wait_for_another(page)
    again = window.page(RecordPage)
    window.qtbot.waitUntil(lambda: again.sheet.isAncestorOf(QApplication.focusWidget()))
    return again


def test_a_name_that_no_register_holds_stays_and_is_told(window: Window) -> None:
    page = window.new("community")
    field = focus(page, "legal_rep")
    typed(field, "汪文")
    enter()
    line = page.sheet.lines["legal_rep"]
    assert isinstance(field, QLineEdit)
    assert field.text() == "汪文"
    assert line.said == f"必须改：{NOBODY}"
    window.rest()
    page.check()
    assert line.said == f"必须改：{NOBODY}"
    assert [draft.text for draft in window.ask(lambda desk: desk.records.drafts())] == ["汪文"]
    again = reopened(window, page)
    line = again.sheet.lines["legal_rep"]
    assert line.editor.target().text() == "汪文"
    assert line.said == f"必须改：{NOBODY}"


def test_tab_keeps_such_a_name_too(window: Window) -> None:
    page = window.new("community")
    field = focus(page, "legal_rep")
    typed(field, "汪文")
    QTest.keyClick(field, Qt.Key.Key_Tab)
    assert not field.hasFocus()
    assert field.text() == "汪文"
    assert NOBODY in page.sheet.lines["legal_rep"].said


def test_emptying_such_a_field_forgets_the_name_and_its_message(window: Window) -> None:
    page = window.new("community")
    field = focus(page, "legal_rep")
    typed(field, "汪文")
    enter()
    focus(page, "legal_rep")
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    enter()
    page.check()
    assert field.text() == ""
    assert page.sheet.lines["legal_rep"].said == ""
    assert window.ask(lambda desk: desk.records.drafts()) == ()


def test_another_answer_does_not_wipe_a_name_that_was_not_found(window: Window) -> None:
    page = window.new("community")
    field = focus(page, "legal_rep")
    typed(field, "汪文")
    enter()
    retype(page, "groups", "8")
    page.sheet._show_group("@")
    assert field.text() == "汪文"


def test_a_choice_that_fits_several_is_asked_about(window: Window) -> None:
    page = window.record("定潭老年协会")
    field = focus(page, "leader_political")
    typed(field, "党员")
    editor = page.sheet.lines["leader_political"].editor
    assert isinstance(editor, ListEditor)
    editor.box.close_list()
    enter()
    assert field.text() == "党员"
    assert "请从列表里选一项" in page.sheet.lines["leader_political"].said


def test_one_enter_takes_the_marked_choice_and_goes_on(window: Window) -> None:
    page = window.record("定潭老年协会")
    field = focus(page, "leader_political")
    typed(field, "zggcddy")
    enter()
    assert not field.hasFocus()
    assert window.stored(page, "leader_political") == "01"


def test_emptying_a_choice_with_enter_clears_it(window: Window) -> None:
    page = window.record("定潭老年协会")
    field = focus(page, "leader_political")
    typed(field, "zggcddy")
    enter()
    focus(page, "leader_political")
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    enter()
    assert window.stored(page, "leader_political") is None


def test_ctrl_z_undoes_typing_first_and_then_the_last_answer(window: Window) -> None:
    page = window.record("定潭老年协会")
    retype(page, "leader", "王五")
    assert window.stored(page, "leader") == "王五"
    field = focus(page, "leader_phone")
    typed(field, "139")
    ctrl_z()
    assert field.text() == ""
    assert window.stored(page, "leader") == "王五"
    ctrl_z()
    assert window.stored(page, "leader") == "张三"
    window.rest()
    assert page.sheet.lines["leader"].editor.target().text() == "张三"


def test_ctrl_z_works_in_a_date_field(window: Window) -> None:
    page = window.record("定潭老年协会")
    retype(page, "leader", "王五")
    focus(page, "founded_on")
    ctrl_z()
    assert window.stored(page, "leader") == "张三"


def test_typing_that_was_undone_is_no_draft(window: Window) -> None:
    page = window.record("定潭老年协会")
    typed(focus(page, "founded_on"), "2019")
    page.autosave.write_drafts()
    ctrl_z()
    assert page.sheet.lines["founded_on"].editor.target().text() == ""
    assert window.ask(lambda desk: desk.records.drafts()) == ()


def test_f8_goes_on_from_the_focused_field_in_screen_order(window: Window) -> None:
    page = window.record("定潭老年协会")
    page.check()
    wrong = [finding.path for finding in page.findings if finding.severity == "error"]
    assert len(wrong) > 2
    places = [page.sheet.place(path) for path in wrong]
    assert places == sorted(places)
    between = next(
        path
        for path, line in page.sheet.lines.items()
        if line.can_be_filled and page.sheet.place(path) > places[1] and path not in wrong
    )
    after = [path for path in wrong if page.sheet.place(path) > page.sheet.place(between)]
    focus(page, between)
    page.next_finding()
    assert page.sheet.lines[(after or wrong)[0]].editor.target().hasFocus()
    focus(page, wrong[-1])
    page.next_finding()
    assert page.sheet.lines[wrong[0]].editor.target().hasFocus()


def test_text_that_cannot_be_read_is_counted_and_told_by_its_type_after_reopening(window: Window) -> None:
    page = window.record("定潭老年协会")
    retype(page, "founded_on", "2019-01-01")
    page.check()
    before = {finding.path for finding in page.findings}
    assert not before & {"founded_on", "member_n"}
    retype(page, "founded_on", "20270230")
    retype(page, "member_n", "约30")
    page.check()
    assert {finding.path for finding in page.findings} == before | {"founded_on", "member_n"}
    again = reopened(window, page)
    line = again.sheet.lines["member_n"]
    assert line.editor.target().text() == "约30"
    assert "整数" in line.said
    assert {finding.path for finding in again.findings} == before | {"founded_on", "member_n"}


def test_an_empty_required_number_with_unreadable_text_asks_for_a_number(window: Window) -> None:
    page = window.new()
    retype(page, "org_name", "定潭志愿服务队")
    retype(page, "member_n", "约30")
    line = reopened(window, page).sheet.lines["member_n"]
    assert line.editor.target().text() == "约30"
    assert "整数" in line.said


def test_a_fresh_row_is_not_scolded_before_it_is_left(window: Window) -> None:
    page = window.record("定潭老年协会")
    box = page.sheet.rosters["members"]
    page.sheet.focus(box)
    box.add()
    page.check()
    assert box.message.isHidden()
    focus(page, "leader")
    page.check()
    assert box.message.text() == "请填写姓名"
    assert not box.message.isHidden()


def test_f8_tells_about_a_fresh_row(window: Window) -> None:
    page = window.record("定潭老年协会")
    box = page.sheet.rosters["members"]
    box.add()
    page.next_finding()
    assert not box.message.isHidden()


def test_a_choice_in_a_cell_that_does_not_exist_stays_in_its_cell(window: Window) -> None:
    page = window.record("定潭老年协会")
    box = page.sheet.rosters["members"]
    box.add()
    typed(QApplication.focusWidget(), "李四")
    enter()
    typed(QApplication.focusWidget(), "不详")
    enter()
    index = box.model.index(0, 1)
    assert box.model.data(index) == "不详"
    assert "列表里没有“不详”" in box.message.text()
    again = reopened(window, page)
    box = again.sheet.rosters["members"]
    assert box.model.data(box.model.index(0, 1)) == "不详"


def test_the_caret_is_at_the_end_of_a_long_answer(window: Window) -> None:
    page = window.record("定潭老年协会")
    area = focus(page, "biz_scope")
    typed(area, "助老、文体")
    enter()
    again = reopened(window, page)
    area = focus(again, "biz_scope")
    assert isinstance(area, QPlainTextEdit)
    assert area.toPlainText() == "助老、文体"
    assert area.textCursor().atEnd()


def test_the_notice_about_recovered_typing_stands_above_the_form(window: Window) -> None:
    page = window.record("定潭老年协会")
    retype(page, "member_n", "约30")
    again = reopened(window, page)
    assert "已帮您找回" in words(again)
    below = again.notice.mapTo(again, QPoint(0, again.notice.height())).y()
    assert again.sheet.mapTo(again, QPoint(0, 0)).y() >= below
    focused = QApplication.focusWidget()
    assert isinstance(focused, QWidget)
    top = focused.mapTo(again.sheet.viewport(), QPoint(0, 0)).y()
    assert 0 <= top <= again.sheet.viewport().height() - focused.height()


def test_a_computed_choice_is_shown_by_its_label(window: Window) -> None:
    page = window.new("grid")
    shown = page.sheet.lines["fused"].editor
    assert isinstance(shown, Computed)
    assert isinstance(shown.value, QLabel)
    assert shown.value.text() == "否"
