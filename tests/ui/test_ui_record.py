"""Typing into a record: what is typed is kept, moved on from and shown as a cadre expects."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot
from ui_world import PASSPHRASE, Window, enter, focus, press, typed, words

from hsdesk.desk import Desk
from hsdesk.desk.values import ListQuery
from ui.pages.register import RegisterPage
from ui.record.choice import ButtonChoices
from ui.record.page import RecordPage
from ui.record.text import LongEditor, TextEditor


def test_a_record_is_filled_without_a_mouse_and_kept_field_by_field(window: Window) -> None:
    page = window.new()
    typed(focus(page, "org_name"), "定潭志愿服务队")
    enter()
    assert isinstance(QApplication.focusWidget(), ButtonChoices)
    press(Qt.Key.Key_1)
    enter()
    typed(focus(page, "founded_on"), "20190312")
    enter()
    assert window.stored(page, "org_name") == "定潭志愿服务队"
    assert window.stored(page, "category") == "1"
    assert window.stored(page, "founded_on") == "2019-03-12"
    assert "已保存" in page.state.text()


def test_the_title_follows_what_is_typed(window: Window) -> None:
    page = window.new()
    assert page.title.text() == "新的一条"
    typed(focus(page, "org_name"), "定潭志愿服务队")
    enter()
    assert page.title.text() == "定潭志愿服务队"


def test_a_record_that_was_opened_and_left_alone_is_not_made(window: Window) -> None:
    window.new()
    press(Qt.Key.Key_Escape)
    window.work.page.flush()
    window.rest()
    assert len(window.ask(lambda desk: desk.lists.keys("social_org", ListQuery()))) == 3


def test_text_that_is_no_number_stays_in_its_field_with_the_reason(window: Window) -> None:
    page = window.record("定潭老年协会")
    field = focus(page, "member_n")
    assert isinstance(field, QLineEdit)
    field.selectAll()
    typed(field, "约30")
    enter()
    window.rest()
    assert field.text() == "约30"
    assert "成员" in page.sheet.lines["member_n"].said
    assert window.stored(page, "member_n") == 12
    assert [draft.text for draft in window.ask(lambda desk: desk.records.drafts())] == ["约30"]


def test_mending_such_text_saves_it_and_drops_the_draft(window: Window) -> None:
    page = window.record("定潭老年协会")
    field = focus(page, "member_n")
    assert isinstance(field, QLineEdit)
    field.selectAll()
    typed(field, "约30")
    enter()
    focus(page, "member_n")
    field.selectAll()
    typed(field, "30")
    enter()
    assert window.stored(page, "member_n") == 30
    assert window.ask(lambda desk: desk.records.drafts()) == ()
    assert page.sheet.lines["member_n"].said == ""


def test_full_width_digits_are_read_and_shown_as_digits(window: Window) -> None:
    page = window.record("定潭老年协会")
    field = focus(page, "member_n")
    assert isinstance(field, QLineEdit)
    field.selectAll()
    typed(field, "４８")
    enter()
    assert window.stored(page, "member_n") == 48
    assert field.text() == "48"


def test_a_keystroke_is_a_draft_within_a_second(window: Window, qtbot: QtBot) -> None:
    page = window.record("定潭老年协会")
    started = datetime.now().astimezone()
    typed(focus(page, "leader"), "李")
    qtbot.waitUntil(lambda: bool(window.ask(lambda desk: desk.records.drafts())), timeout=5000)
    (draft,) = window.ask(lambda desk: desk.records.drafts())
    assert draft.path == "leader"
    assert (datetime.fromisoformat(draft.at) - started).total_seconds() < 1.0


def test_choosing_unfolds_what_it_makes_relevant_and_keeps_the_focused_field_in_place(window: Window) -> None:
    page = window.record("定潭老年协会")
    hub_type = page.sheet.lines["hub_type"]
    assert hub_type.isHidden()
    focus(page, "is_hub")
    QApplication.processEvents()
    before = QApplication.focusWidget().mapTo(page, QApplication.focusWidget().rect().topLeft()).y()
    press(Qt.Key.Key_1)
    assert window.stored(page, "is_hub") == "1"
    assert not hub_type.isHidden()
    QApplication.processEvents()
    after = QApplication.focusWidget().mapTo(page, QApplication.focusWidget().rect().topLeft()).y()
    assert abs(after - before) <= 2


def test_undo_takes_the_last_answer_back_as_a_new_change(window: Window) -> None:
    page = window.record("定潭老年协会")
    field = focus(page, "leader")
    assert isinstance(field, QLineEdit)
    field.selectAll()
    typed(field, "王五")
    enter()
    assert window.stored(page, "leader") == "王五"
    window.undo()
    assert window.stored(page, "leader") == "张三"
    history = window.ask(lambda desk: desk.lists.history("social_org", page.entry.record))
    assert [change.new for version in history for change in version.answers if change.path == "leader"] == [
        "张三",
        "王五",
        "张三",
    ]


def test_a_roster_is_filled_from_cell_to_cell_with_enter(window: Window) -> None:
    page = window.record("定潭老年协会")
    box = page.sheet.rosters["members"]
    page.sheet.focus(box)
    box.add()
    typed(QApplication.focusWidget(), "李四")
    enter()
    typed(QApplication.focusWidget(), "nan")  # 男
    enter()
    enter()
    typed(QApplication.focusWidget(), "二组")
    enter()
    typed(QApplication.focusWidget(), "13955912345")
    enter()
    typed(QApplication.focusWidget(), "赵六")
    enter()
    first, second = page.entry.session.rows("members")
    assert window.stored(page, f"{first}/name") == "李四"
    assert window.stored(page, f"{first}/gender") == "1"
    assert window.stored(page, f"{first}/group_name") == "二组"
    assert window.stored(page, f"{first}/phone") == "13955912345"
    assert window.stored(page, f"{second}/name") == "赵六"


def test_a_removed_row_comes_back_with_undo(window: Window) -> None:
    page = window.record("定潭老年协会")
    box = page.sheet.rosters["members"]
    box.add()
    typed(QApplication.focusWidget(), "李四")
    enter()
    box.remove()
    assert box.model.rowCount() == 0
    window.undo()
    assert box.model.rowCount() == 1


def test_a_choice_from_a_long_list_is_found_by_its_first_letters(window: Window) -> None:
    page = window.record("定潭老年协会")
    field = focus(page, "leader_political")
    typed(field, "zggcddy")  # 中国共产党党员
    enter()
    assert window.stored(page, "leader_political") == "01"


def test_closing_the_window_keeps_what_is_being_typed_and_asks_nothing(qtbot: QtBot, desk_home: Path) -> None:
    window = Window(qtbot, desk_home)
    window.open(PASSPHRASE)
    page = window.record("定潭老年协会")
    record = page.entry.record
    field = focus(page, "leader")
    assert isinstance(field, QLineEdit)
    field.selectAll()
    typed(field, "刘半途")
    window.close()
    desk = Desk.open(desk_home, PASSPHRASE)
    assert desk.records.entry("social_org", record).session.node("leader").value == "刘半途"
    desk.close()


def test_what_is_wrong_is_said_under_the_field_in_plain_words(window: Window) -> None:
    page = window.record("定潭老年协会")
    field = focus(page, "founded_on")
    typed(field, "29990101")
    enter()
    page.check()
    line = page.sheet.lines["founded_on"]
    assert line.said == "必须改：成立日期不能晚于今天"
    assert "必须改" in page.left_to_do.words.text()


def test_f8_goes_to_the_next_answer_that_is_wrong(window: Window) -> None:
    page = window.record("定潭老年协会")
    page.next_finding()
    wrong = [finding.path for finding in page.findings if finding.severity == "error"]
    assert wrong
    assert page.sheet.lines[wrong[0]].editor.target().hasFocus()


def test_a_new_record_is_not_scolded_before_it_is_filled(window: Window) -> None:
    page = window.new()
    page.check()
    assert not any(line.said for line in page.sheet.lines.values())


def test_every_field_has_its_label_as_accessible_name(window: Window) -> None:
    page = window.new()
    for line in page.sheet.lines.values():
        if isinstance(line.editor, (TextEditor, LongEditor)):
            assert line.editor.target().accessibleName() == line.view.label
            assert line.name.buddy() is line.editor.target()


def test_the_history_names_who_changed_what(window: Window, qtbot: QtBot) -> None:
    page = window.record("定潭老年协会")
    page.past.toggle()
    window.rest()
    qtbot.waitUntil(lambda: "汪文书" in words(page))
    assert "负责人：填了 张三" in words(page)


def test_going_back_shows_the_list_with_the_new_record(window: Window) -> None:
    page = window.new()
    typed(focus(page, "org_name"), "定潭志愿服务队")
    page.back()
    listed = window.page(RegisterPage)
    assert listed.model is not None
    assert listed.model.rowCount() == 4


TYPIST = """
import os, sys
from datetime import datetime
from pathlib import Path
from ui.launch import make_shell
from ui.probe import turn_until
from PySide6.QtWidgets import QApplication
shell = make_shell(Path(sys.argv[1]), sys.argv[2])
shell.show()
app = QApplication.instance()
turn_until(app, lambda: shell.office.is_open and shell.stack.currentWidget() is not None)
shell.stack.currentWidget().go("new", "social_org")
from ui.record.page import RecordPage
turn_until(app, lambda: isinstance(shell.stack.currentWidget().page, RecordPage))
page = shell.stack.currentWidget().page
turn_until(app, lambda: not shell.office.work.waiting)
from PySide6.QtGui import QInputMethodEvent
page.sheet.focus_path("org_name")
event = QInputMethodEvent("", [])
event.setCommitString("打到一半的名")
print(datetime.now().astimezone().isoformat(), flush=True)
QApplication.sendEvent(page.sheet.lines["org_name"].editor.target(), event)
kept = []
def ask():
    shell.office.ask(lambda desk: desk.records.drafts(), kept.append)
    turn_until(app, lambda: not shell.office.work.waiting)
    return bool(kept[-1])
turn_until(app, ask)
print("kept", flush=True)
app.exec()
"""


def test_typing_into_a_new_record_survives_kill_9(qtbot: QtBot, desk_home: Path) -> None:
    typist = subprocess.Popen(
        [sys.executable, "-c", TYPIST, str(desk_home), PASSPHRASE],
        stdout=subprocess.PIPE,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
    )
    assert typist.stdout is not None
    began = datetime.fromisoformat(typist.stdout.readline().strip().decode())
    assert typist.stdout.readline().strip() == b"kept"
    typist.send_signal(signal.SIGKILL)
    typist.communicate()
    desk = Desk.open(desk_home, PASSPHRASE)
    (draft,) = desk.records.drafts()
    desk.close()
    assert draft.text == "打到一半的名"
    assert (datetime.fromisoformat(draft.at) - began).total_seconds() < 1.0
    window = Window(qtbot, desk_home)
    window.open(PASSPHRASE)
    page = window.page(RecordPage)  # where one stood
    assert page.entry.record == draft.record
    qtbot.waitUntil(lambda: page.title.text() == "打到一半的名")
    assert "上次没有填完，已帮您找回" in words(page)
    assert window.stored(page, "org_name") == "打到一半的名"
    assert window.ask(lambda desk: desk.records.drafts()) == ()
    window.close()
