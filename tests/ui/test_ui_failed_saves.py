"""Whatever stops a save, the answer is kept as a draft and told. Real desk files that refuse a row."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QCheckBox, QLineEdit
from ui_world import PATIENCE_MS, Window, button, enter, focus, typed, words
from unsaved_world import (
    KEPT,
    NAME,
    NOT_SAVED,
    fill,
    leaders,
    notices,
    pasted,
    question,
    refusing,
    roomy,
    said,
    settled,
)

from ui.pages.drafts import DraftPage
from ui.pages.register import RegisterPage
from ui.pages.settings import SettingsPage
from ui.parts.notice import Notice
from ui.record.choice import ButtonChoices
from ui.record.page import RecordPage

pytestmark = pytest.mark.usefixtures("reports")


def test_an_answer_that_a_mistake_of_the_program_stops_is_a_draft_and_says_so(window: Window) -> None:
    page = window.record(NAME)
    refusing(window, "hs_op")
    fill(page, "leader", "王五")
    settled(window, page)
    assert NOT_SAVED in said(page, "leader")
    assert KEPT in said(page, "leader")
    assert page.state.text() == "有 1 处没有存进去"
    (draft,) = window.ask(lambda desk: desk.records.drafts())  # type: ignore[misc]
    assert (draft.path, draft.text) == ("leader", "王五")


def test_the_report_of_a_mistake_does_not_say_that_nothing_is_lost(window: Window) -> None:
    page = window.record(NAME)
    refusing(window, "hs_op", "hs_draft")
    fill(page, "leader", "王五")
    window.rest()
    (report,) = (one for one in notices(window) if one.windowTitle() == "程序出了一点问题")
    assert "没有丢失" not in report.message.text()
    assert NOT_SAVED in report.message.text()


def test_a_kept_draft_lets_the_page_be_left_and_is_found_again(window: Window) -> None:
    page = window.record(NAME)
    refusing(window, "hs_op")
    fill(page, "leader", "王五")
    settled(window, page)
    page.back()
    window.page(RegisterPage)
    roomy(window)
    again = window.record(NAME)
    assert "已帮您找回" in words(again)
    assert window.stored(again, "leader") == "王五"
    assert window.ask(lambda desk: desk.records.drafts()) == ()


def test_text_with_half_a_character_is_a_draft_and_says_so(window: Window) -> None:
    page = window.record(NAME)
    page.sheet.making.enter(page.sheet.lines["leader"], "王\ud83d")
    settled(window, page)
    assert said(page, "leader")
    (draft,) = window.ask(lambda desk: desk.records.drafts())  # type: ignore[misc]
    assert draft.path == "leader"
    assert draft.text.startswith("王")


def test_a_number_that_stops_the_program_stays_in_its_field_and_is_a_draft(window: Window) -> None:
    page = window.record(NAME)
    digits = "9" * 5000
    with window.qtbot.capture_exceptions():
        field = focus(page, "member_n")
        assert isinstance(field, QLineEdit)
        field.selectAll()
        pasted(field, digits)
        enter()
        settled(window, page)
    assert field.text() == digits
    assert said(page, "member_n")
    (draft,) = window.ask(lambda desk: desk.records.drafts())  # type: ignore[misc]
    assert (draft.path, draft.text) == ("member_n", digits)


def test_other_answers_are_saved_while_one_cannot_be(window: Window) -> None:
    page = window.record(NAME)
    refusing(window, "hs_op", holding="坏")
    fill(page, "org_name", "坏")
    settled(window, page)
    fill(page, "leader", "王五")
    assert window.stored(page, "leader") == "王五"
    assert "已保存" not in page.state.text()
    fill(page, "org_name", "老年会")
    assert window.stored(page, "org_name") == "老年会"
    assert "已保存" in page.state.text()


def test_a_choice_that_could_not_be_saved_is_recovered(window: Window) -> None:
    page = window.record(NAME)
    refusing(window, "hs_op")
    path, editor = next(
        (path, line.editor)
        for path, line in page.sheet.lines.items()
        if isinstance(line.editor, ButtonChoices) and line.can_be_filled and path != "category"
    )
    focus(page, path)
    editor.pick(len(editor._choices) - 1)
    wanted = editor._choices[-1].value
    settled(window, page)
    assert NOT_SAVED in said(page, path)
    page.back()
    window.page(RegisterPage)
    roomy(window)
    assert window.stored(window.record(NAME), path) == wanted


def test_a_new_record_whose_first_answer_failed_comes_back_from_its_draft(window: Window) -> None:
    page = window.new()
    refusing(window, "hs_op")
    fill(page, "org_name", "定潭志愿服务队")
    settled(window, page)
    assert NOT_SAVED in said(page, "org_name")
    page.back()
    window.page(RegisterPage)
    window.work.go("drafts")
    roomy(window)
    button(window.page(DraftPage), "接着填").click()
    again = window.page(RecordPage)
    assert window.stored(again, "org_name") == "定潭志愿服务队"
    assert window.stored(again, "reg_status") == "2"


def test_a_row_that_could_not_be_saved_says_so_and_comes_back_with_its_cells(window: Window) -> None:
    page = window.record(NAME)
    roster = page.sheet.rosters["members"]
    refusing(window, "hs_op")
    page.sheet.focus(roster)
    roster.add()
    at = roster.model.find(f"{roster.model.lines[0]}/{roster.model.columns[0].key}")
    roster.recover(at, "李四")
    settled(window, page)
    assert NOT_SAVED in roster.message.text()
    page.back()
    button(question(window), "不要了，离开").click()  # the place of the row is on the screen only
    window.page(RegisterPage)
    roomy(window)
    again = window.record(NAME)
    assert "李四" in str(again.entry.session.answers())
    cell = f"{again.sheet.rosters['members'].model.lines[0]}/{roster.model.columns[0].key}"
    assert window.stored(again, cell) == "李四"


def test_a_save_under_way_when_the_window_closes_is_not_lost(window: Window) -> None:
    page = window.record(NAME)
    refusing(window, "hs_op", "hs_draft")
    field = focus(page, "leader")
    assert isinstance(field, QLineEdit)
    field.selectAll()
    typed(field, "王五")
    assert not window.shell.close()
    notice = question(window)
    assert "“负责人" in notice.message.text()
    assert window.shell.isVisible()
    notice.reject()
    assert field.text() == "王五"


def test_a_change_that_is_not_an_answer_does_not_end_in_saving_for_ever(window: Window) -> None:
    page = window.record(NAME)
    refusing(window, "hs_op")
    record = page.entry.record
    page.autosave.change(lambda desk: desk.records.delete("social_org", record, "重复"), lambda: None)
    settled(window, page)
    assert not page._slow.isActive()
    assert "正在保存" not in page.state.text()


def test_the_reason_of_a_deletion_that_failed_is_asked_for_with_what_was_typed(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.work.go("register", "social_org")
    page = window.page(RegisterPage)
    page.table.selectRow(0)
    refusing(window, "hs_op")
    asked: list[str] = []

    def answer(notice: Notice) -> int:
        (field,) = notice.findChildren(QLineEdit)
        asked.append(field.text())
        field.setText("重复登记")
        if len(asked) > 1:
            roomy(window)
        return Notice.DialogCode.Accepted

    monkeypatch.setattr(Notice, "exec", answer)
    page.delete_current()
    window.qtbot.waitUntil(lambda: len(asked) == 2, timeout=PATIENCE_MS)
    window.rest()
    assert asked == ["", "重复登记"]
    assert len(leaders(window)) == 2


def test_a_tick_of_the_settings_that_could_not_be_kept_goes_back(window: Window) -> None:
    window.work.go("settings")
    page = window.page(SettingsPage)
    box = next(one for one in page.findChildren(QCheckBox) if "社会组织" in one.text())
    was = box.isChecked()
    refusing(window, "hs_meta")
    box.click()
    window.rest()
    assert box.isChecked() == was


def test_an_attachment_that_could_not_be_taken_says_so_in_its_field(window: Window, tmp_path: Path) -> None:
    file = tmp_path / "章程.pdf"
    file.write_bytes(b"%PDF-1.4 " + b"0" * 2000)
    page = window.record(NAME)
    refusing(window, "hs_blob")
    editor = page.sheet.lines["charter_file"].editor
    editor.given.emit(file)  # type: ignore[attr-defined]
    settled(window, page)
    assert "正在读入" not in words(page)
    assert "程序出了一点问题" in words(page)


def test_a_picked_attachment_whose_answer_failed_is_taken_again(window: Window, tmp_path: Path) -> None:
    file = tmp_path / "章程.pdf"
    file.write_bytes(b"%PDF-1.4 " + b"0" * 2000)
    page = window.record(NAME)
    refusing(window, "hs_op")
    page.sheet.lines["charter_file"].editor.given.emit(file)  # type: ignore[attr-defined]
    settled(window, page)
    settled(window, page)
    assert NOT_SAVED in said(page, "charter_file")
    page.back()
    window.page(RegisterPage)
    roomy(window)
    again = window.record(NAME)
    assert "章程.pdf" in str(window.stored(again, "charter_file"))
