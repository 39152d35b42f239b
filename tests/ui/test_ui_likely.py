"""While one types: who is known already, what may be there twice, numbers that belong in no remark."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from ui_world import PASSPHRASE, Window, button, enter, focus, press, typed, words

from hsdesk.desk import Desk
from hsdesk.desk.values import Changes, Edit, ListQuery
from ui.record.page import RecordPage
from ui.record.remark import APART, COPY, HIDE, MERGE, OPEN, Remark
from ui.record.remark import press as press_remark

ID = "34102119650212001X"


@pytest.fixture
def window(qtbot: QtBot, desk_home: Path) -> Iterator[Window]:
    """Return the window on the sample desk, where 张三 is a party member and 李四 a worker."""
    opened = Window(qtbot, desk_home)
    opened.open(PASSPHRASE)
    opened.ask(_people)
    yield opened
    opened.close()


def _people(desk: Desk) -> None:
    scope = desk.status().places[0].id
    zhang = {"name": "张三", "birth_ym": "1965-02", "phone": "13900000001", "gender": "1", "id_no": ID}
    desk.records.save(Edit("party_member", "m1", scope, dict(zhang)))
    desk.records.save(
        Edit("worker", "w1", scope, {"name": "李四", "birth_ym": "1970-01", "phone": "13900000002"})
    )


def fill(window: Window, page: RecordPage, path: str, text: str) -> None:
    """Type into a field and go on with Enter."""
    typed(focus(page, path), text)
    enter()
    window.rest()
    QApplication.processEvents()


def remark(page: RecordPage, path: str) -> Remark | None:
    """Return the remark under a field."""
    stop = page.sheet.lines.get(path) or page.sheet.rosters[path]
    return next(iter(stop.remarks.shown.values()), None)


def key(page: RecordPage, keys: str) -> None:
    press_remark(page, keys)


def test_a_known_person_is_offered_without_taking_the_focus(window: Window) -> None:
    page = window.new("worker")
    fill(window, page, "name", "张　三")
    offered = remark(page, "name")
    assert offered is not None
    assert "党员" in offered.text and "1965年出生" in offered.text and ID not in offered.text
    assert page.sheet.lines["id_no"].editor.target().hasFocus()  # Enter went on as always
    assert offered.isVisible() and offered.visibleRegion().boundingRect().height() == offered.height()


def test_copying_by_key_fills_the_empty_fields_and_one_undo_empties_them(window: Window) -> None:
    page = window.new("worker")
    fill(window, page, "name", "张三")
    fill(window, page, "phone", "13900000001")
    key(page, COPY)
    window.rest()
    assert window.stored(page, "id_no") == ID
    assert window.stored(page, "birth_ym") == "1965-02"
    assert remark(page, "name") is None
    window.undo()
    assert window.stored(page, "id_no") is None
    assert window.stored(page, "phone") == "13900000001"


def test_what_is_being_typed_is_not_overwritten_by_copying(window: Window) -> None:
    page = window.new("worker")
    fill(window, page, "name", "张三")
    typed(focus(page, "phone"), "13700000000")
    key(page, COPY)
    assert window.stored(page, "phone") == "13700000000"


def test_somebody_else_is_remembered_for_this_record(window: Window) -> None:
    page = window.new("worker")
    fill(window, page, "name", "张三")
    key(page, APART)
    window.rest()
    assert remark(page, "name") is None
    fill(window, page, "education", "大专")
    page.reopen()
    page = window.page(RecordPage)
    focus(page, "name").selectAll()  # type: ignore[attr-defined]
    fill(window, page, "name", "张 三")
    assert remark(page, "name") is None


def test_another_month_of_birth_takes_the_offer_away(window: Window) -> None:
    page = window.new("worker")
    fill(window, page, "name", "张三")
    fill(window, page, "birth_ym", "1980-01")
    assert remark(page, "name") is None
    assert remark(page, "birth_ym") is None


def test_a_name_that_sounds_like_one_here_is_told_as_something_to_look_at(window: Window) -> None:
    page = window.new()
    fill(window, page, "org_name", "定坛老年协会")
    told = remark(page, "org_name")
    assert told is not None
    assert "可能重复" in told.text and "定潭老年协会" in told.text and "汪文书" in told.text
    page.check()
    assert [(one.path, one.severity) for one in page.findings if one.rule == "same"] == [("org_name", "warn")]
    assert window.stored(page, "org_name") == "定坛老年协会"  # it never keeps anything from being saved


def test_a_duplicate_is_opened_or_said_to_be_new_by_key(window: Window) -> None:
    page = window.new()
    fill(window, page, "org_name", "定潭老年协会")
    key(page, APART)
    window.rest()
    assert remark(page, "org_name") is None
    page.check()
    assert not [one for one in page.findings if one.rule == "same"]
    again = window.new()
    fill(window, again, "org_name", "定潭老年协会")
    before = again.entry.record
    key(again, OPEN)
    window.rest()
    opened = window.page(RecordPage)
    assert opened.entry.record != before
    assert opened.title.text() == "定潭老年协会"


def test_a_duplicate_is_merged_by_key_and_the_merge_taken_back(window: Window) -> None:
    page = window.new()
    fill(window, page, "org_name", "定坛老年协会")
    fill(window, page, "leader_phone", "13900000009")
    key(page, MERGE)
    window.rest()
    assert "已合并到“定潭老年协会”" in page.notice.text.text()
    assert page.notice.isVisible()
    assert remark(page, "org_name") is None
    assert len(window.ask(lambda desk: desk.lists.keys("social_org", ListQuery()))) == 3  # type: ignore[arg-type]
    button(page, "撤销合并").click()
    window.rest()
    window.rest()
    assert len(window.ask(lambda desk: desk.lists.keys("social_org", ListQuery()))) == 4  # type: ignore[arg-type]
    assert not page.notice.isVisible()
    (found,) = window.ask(lambda desk: desk.lists.keys("social_org", ListQuery(search="定潭老年")))  # type: ignore[misc]
    other = found.record
    assert window.ask(lambda desk: desk.lists.document("social_org", other)["leader_phone"]) is None
    assert "可能重复" in remark(page, "org_name").text  # type: ignore[union-attr]


def test_an_old_record_that_is_there_twice_says_so_when_it_is_opened(window: Window) -> None:
    page = window.new()
    fill(window, page, "org_name", "定坛老年协会")
    page = window.record("定潭老年协会")
    window.rest()
    assert "定坛老年协会" in remark(page, "org_name").text  # type: ignore[union-attr]
    assert "不是同一条（Alt+N）" in words(page)
    other = window.record("定坛老年协会")
    key(other, MERGE)
    window.rest()
    button(other, "打开那一条").click()
    window.rest()
    assert window.page(RecordPage).title.text() == "定潭老年协会"


def test_a_leader_and_a_name_have_each_their_remark(window: Window) -> None:
    page = window.new()
    fill(window, page, "org_name", "定潭老年协会")
    fill(window, page, "leader", "李四")
    assert remark(page, "org_name") is not None
    assert "可以照抄：负责人电话" in remark(page, "leader").text  # type: ignore[union-attr]


def test_a_member_typed_into_a_roster_is_offered_below_it(window: Window) -> None:
    page = window.record("定潭老年协会")
    box = page.sheet.rosters["members"]
    box.add()
    path = f"{box.model.lines[0]}/name"
    page.autosave.enter(path, "李四")
    window.rest()
    key(page, COPY)
    assert window.stored(page, path.replace("/name", "/phone")) == "13900000002"


def test_a_block_of_names_that_arrives_at_once_is_not_asked_about_row_by_row(window: Window) -> None:
    page = window.record("定潭老年协会")
    box = page.sheet.rosters["members"]
    for _ in range(2):
        box.add()
    window.rest()
    names = {f"{line}/name": name for line, name in zip(box.model.lines, ("李四", "张三"), strict=True)}
    page.autosave.step(page.entry.session.fill(names))
    window.rest()
    assert remark(page, "members") is None
    assert [page.entry.session.node(path).value for path in names] == ["李四", "张三"]


def test_a_long_text_pasted_with_several_numbers_is_hidden_in_one_step(window: Window) -> None:
    page = window.new()
    area = focus(page, "biz_scope")
    pasted = f"汪小明 {ID}\n李四１３９００００００02，网格341021101204001\n\n2026-11-22办结"
    QApplication.clipboard().setText(pasted)
    area.paste()  # type: ignore[attr-defined]
    enter()
    window.rest()
    QApplication.processEvents()
    key(page, HIDE)
    expected = "汪小明 341021********001X\n李四１３９****００02，网格341021101204001\n\n2026-11-22办结"
    assert window.stored(page, "biz_scope") == expected
    window.undo()
    assert window.stored(page, "biz_scope") == pasted


def test_while_the_database_is_busy_typing_goes_on_and_only_the_last_answer_is_shown(window: Window) -> None:
    page = window.new("worker")
    free = threading.Event()

    def busy(_desk: Desk) -> Changes:
        free.wait(20)
        return Changes()

    window.shell.office.change(busy)
    for path, text in (("name", "张三"), ("birth_ym", "1965-02"), ("birth_ym", "1980-01")):
        field = focus(page, path)
        field.selectAll()  # type: ignore[attr-defined]
        typed(field, text)
        enter()
    assert page.entry.session.node("birth_ym").value == "1980-01"
    free.set()
    window.rest()
    window.rest()
    assert remark(page, "name") is None
    assert remark(page, "birth_ym") is None


def test_an_identity_number_in_a_free_text_is_told_and_hidden_by_key(window: Window) -> None:
    page = window.new()
    fill(window, page, "biz_scope", f"联系人汪小明，身份证{ID}，请办理")
    told = remark(page, "biz_scope")
    assert told is not None
    assert "不要把身份证号写进备注" in told.text
    page.check()
    assert [one.path for one in page.findings if one.rule == "privacy"] == ["biz_scope"]
    key(page, HIDE)
    assert window.stored(page, "biz_scope") == "联系人汪小明，身份证341021********001X，请办理"
    assert remark(page, "biz_scope") is None
    window.undo()
    assert window.stored(page, "biz_scope") == f"联系人汪小明，身份证{ID}，请办理"
    assert remark(page, "biz_scope") is not None


def test_the_fields_that_ask_for_numbers_are_left_alone(window: Window) -> None:
    page = window.new()
    fill(window, page, "leader_phone", "13900000009")
    assert not [one for one in page.findings if one.rule == "privacy"]
    assert remark(page, "leader_phone") is None


def test_an_old_record_shows_at_once_what_stands_in_its_free_texts(window: Window) -> None:
    keys = window.ask(lambda desk: desk.lists.keys("social_org", ListQuery(search="定潭老年协会")))
    record, scope = keys[0].record, keys[0].scope  # type: ignore[index]
    window.ask(
        lambda desk: desk.records.save(Edit("social_org", record, scope, {"biz_scope": "电话13900000009"}))
    )
    page = window.record("定潭老年协会")
    assert "手机号" in remark(page, "biz_scope").text  # type: ignore[union-attr]


def test_the_buttons_of_a_remark_are_reached_by_tab_and_pressed_by_enter(window: Window) -> None:
    page = window.new("worker")
    fill(window, page, "name", "张三")
    focus(page, "name")
    press(Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is button(page, "照抄这些栏目（Alt+C）")
    enter()
    assert window.stored(page, "phone") == "13900000001"
    assert page.sheet.isAncestorOf(QApplication.focusWidget())


def test_the_remark_is_part_of_the_page_and_not_a_window(window: Window) -> None:
    page = window.new("worker")
    fill(window, page, "name", "张三")
    assert "照抄" in words(page)
    assert all(one.window() is window.shell for one in page.findChildren(Remark))
