"""One workbench: a form that stays for its next record, list and form beside each other, their room."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot
from ui_world import LEADERS, ORGANIZATIONS, PASSPHRASE, PATIENCE_MS, Window, enter, focus, press, typed

from hsdesk.desk.values import ListQuery
from ui.pages.home import HomePage
from ui.pages.page import Target
from ui.pages.register import RegisterPage
from ui.parts.columns import Columns
from ui.record.line import QuestionLine
from ui.record.page import RecordPage
from ui.record.text import TextEditor

NO = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier


def key(window: Window, which: Qt.Key, modifiers: Qt.KeyboardModifier = NO) -> None:
    """Press a key as the system brings it."""
    handle = window.shell.windowHandle()
    assert handle is not None
    QTest.keyClick(handle, which, modifiers)


def settled(window: Window) -> None:
    window.qtbot.waitUntil(
        lambda: not window.work.gate.is_shut and not window.shell.office.work.waiting, timeout=PATIENCE_MS
    )


def text(page: RecordPage, path: str) -> str:
    editor = page.sheet.lines[path].editor
    assert isinstance(editor, TextEditor)
    return editor.line.text()


def listed(window: Window) -> RegisterPage:
    """Open the list of organizations with its cursor on the first."""
    window.work.go("register", "social_org")
    page = window.page(RegisterPage)
    window.qtbot.waitUntil(lambda: page.grid is not None and page.grid.current() is not None)
    settled(window)
    return page


def lies_open(window: Window) -> RecordPage:
    """Wait until a record lies open, and return its page."""
    window.qtbot.waitUntil(lambda: window.work.open_record is not None, timeout=PATIENCE_MS)
    settled(window)
    page = window.work.open_record
    assert page is not None
    return page


# A form that stays


def test_the_form_stays_for_the_next_record_and_keeps_nothing_of_the_last(window: Window) -> None:
    page = window.record(ORGANIZATIONS[0])
    field = focus(page, "member_n")
    assert isinstance(field, QLineEdit)
    field.selectAll()
    typed(field, "约30")
    enter()
    window.rest()
    assert page.sheet.lines["member_n"].said
    line, roster = page.sheet.lines["leader"], page.sheet.rosters["members"]
    roster.add()
    window.rest()
    again = window.record(ORGANIZATIONS[1])
    assert again is page
    assert page.sheet.lines["leader"] is line
    assert (text(page, "org_name"), text(page, "leader")) == (ORGANIZATIONS[1], LEADERS[1])
    assert (text(page, "member_n"), page.sheet.lines["member_n"].said) == ("12", "")
    assert page.sheet.rosters["members"].model.rowCount() == 0
    back = window.record(ORGANIZATIONS[0])
    assert text(back, "member_n") == "约30"
    assert back.sheet.rosters["members"].model.rowCount() == 1


def test_every_field_shows_the_same_as_on_a_form_made_for_the_record(window: Window, desk_home: Path) -> None:
    def seen(page: RecordPage) -> list[tuple[object, ...]]:
        shown = []
        for path, line in page.sheet.lines.items():
            words = [one.text() for one in line.findChildren(QLabel) + line.findChildren(QLineEdit)]
            shown.append((path, line.isHidden(), line.said, tuple(words)))
        return shown

    fresh = seen(window.record(ORGANIZATIONS[2]))
    for name in ORGANIZATIONS[:2]:
        window.record(name)
    window.new()
    assert seen(window.record(ORGANIZATIONS[2])) == fresh


def test_an_answer_of_the_desk_about_a_record_that_was_left_changes_nothing(window: Window) -> None:
    page = window.record(ORGANIZATIONS[0])
    sitting = page.sitting
    sitting.watch.look_over()  # asks whether the record is there twice
    other = window.ask(lambda desk: desk.lists.keys("social_org", ListQuery(search=ORGANIZATIONS[1])))[0]
    window.work.show_target(Target("record", "social_org", other.record, scope=other.scope))
    window.wait_for_another(page)
    settled(window)
    assert page.sitting is not sitting
    assert not page.sheet.lines["org_name"].remarks.shown


# List and form


def test_list_and_form_stand_beside_each_other_as_one_selection(window: Window) -> None:
    ledger = listed(window)
    key(window, Qt.Key.Key_F9)
    form = lies_open(window)
    assert ledger.isVisible()
    assert form.isVisible()
    first = form.entry.record
    key(window, Qt.Key.Key_Down)
    window.qtbot.waitUntil(lambda: form.entry.record != first, timeout=PATIENCE_MS)
    settled(window)
    assert window.work.page is ledger  # the keys stay in the list
    assert form.head.at.text() == "第 2/3 条"
    key(window, Qt.Key.Key_Return)
    settled(window)
    assert window.work.page is form
    second = form.entry.record
    key(window, Qt.Key.Key_PageDown, CTRL)
    window.qtbot.waitUntil(lambda: form.entry.record != second, timeout=PATIENCE_MS)
    settled(window)
    assert form.head.at.text() == "第 3/3 条"
    assert not form.head.after.isEnabled()
    assert ledger.grid is not None
    marked = ledger.grid.current()
    assert marked is not None
    assert marked.key.record == form.entry.record
    typed(focus(form, "leader"), "方")
    key(window, Qt.Key.Key_Escape)
    settled(window)
    assert window.work.page is ledger
    assert form.isVisible()
    assert "方" in str(window.stored(form, "leader"))
    window.work.go("home")
    window.page(HomePage)
    assert window.work.open_record is None


def test_a_record_opened_from_elsewhere_has_its_list_beside_it(window: Window) -> None:
    window.work.preferences.arrangement = "beside"
    page = window.record(ORGANIZATIONS[1])
    settled(window)
    ledger = window.work.bench.pages.currentWidget()
    assert isinstance(ledger, RegisterPage)
    assert ledger.isVisible()
    assert ledger.form_id == page.form.form_id
    assert window.work.page is page


def test_the_splitter_and_the_arrangement_are_remembered(qtbot: QtBot, desk_home: Path) -> None:
    for turn in range(2):
        window = Window(qtbot, desk_home)
        window.open(PASSPHRASE)
        listed(window)
        if not turn:
            key(window, Qt.Key.Key_F9)
        else:
            key(window, Qt.Key.Key_Return)
        lies_open(window)
        bench = window.work.bench
        assert bench.pages.isVisible()
        if not turn:
            bench.moveSplitter(bench.getRange(1)[0] + 20, 1)
            left = bench.sizes()[0]
        else:
            assert bench.sizes()[0] == left
        window.close()


def test_what_is_typed_while_the_next_record_comes_is_in_the_next_record(window: Window) -> None:
    listed(window)
    key(window, Qt.Key.Key_Return)
    page = window.page(RecordPage)
    settled(window)
    before, name = page.entry.record, text(page, "org_name")
    key(window, Qt.Key.Key_PageDown, CTRL)
    for sign in "abc":
        QTest.keyClick(window.shell.windowHandle(), sign)  # type: ignore[call-overload]
    window.qtbot.waitUntil(lambda: page.entry.record != before, timeout=PATIENCE_MS)
    settled(window)
    page.flush()
    assert page.entry.record != before
    assert window.stored(page, "org_name") == "abc"
    stored = window.ask(lambda desk: desk.records.entry("social_org", before).session.node("org_name").value)
    assert stored == name


# Room


def in_view(page: RecordPage) -> int:
    """Return how many questions stand whole on the screen."""
    view = page.sheet.viewport()
    tops = [(one.mapTo(view, QPoint(0, 0)).y(), one.height()) for one in page.sheet.stops if one.isVisible()]
    return sum(top >= 0 and top + height <= view.height() for top, height in tops)


@pytest.mark.parametrize(
    "room", [(100, 12, 12, 2.0), (125, 9, 8, 3.4), (200, 4, 3, 8.0)], ids=["100", "125", "200"]
)
def test_a_form_alone_has_the_room_of_the_screen(
    qtbot: QtBot, desk_home: Path, monkeypatch: pytest.MonkeyPatch, room: tuple[int, int, int, float]
) -> None:
    """F01 (基本情况) is the longest form: a sheet of paper has all of it. F10 is full of choices."""
    scale, least, of_choices, screens = room
    monkeypatch.setattr("ui.preferences.SCALES", (100, 125, 200))
    desk_home.joinpath("window.ini").write_text(f"[General]\nscale={scale}\n", encoding="utf-8")
    window = Window(qtbot, desk_home)
    window.open(PASSPHRASE)
    window.shell.resize(1366, 697)
    window.work.go("new", "community")
    page = window.page(RecordPage)
    settled(window)
    page.sheet.verticalScrollBar().setValue(0)
    QApplication.processEvents()
    view = page.sheet.viewport().height()
    inner = page.sheet.widget()
    assert inner is not None
    assert in_view(page) >= least
    assert inner.height() / view <= screens
    assert in_view(window.new("social_org")) >= of_choices
    assert window.work.nav.full.isHidden()
    assert window.work.nav.rail.isVisible()
    window.work.go("home")
    window.page(HomePage)
    assert window.work.nav.full.isHidden() == (scale >= 130)
    window.close()


def test_figures_stand_in_three_columns_others_in_two_and_long_ones_alone(window: Window) -> None:
    page = window.new("community")
    settled(window)

    figures = [one for one in page.sheet.parts[3].stops if isinstance(one, QuestionLine)]  # 民生保障
    assert len({one.pos().x() for one in figures}) == 3
    own = [one for one in page.sheet.parts[0].stops if one.isVisible()]  # 单位信息
    assert len({one.pos().x() for one in own}) == 2


def test_columns_fill_lines_and_leave_no_hole_for_what_is_hidden(qtbot: QtBot) -> None:
    from PySide6.QtWidgets import QWidget

    ground, box = QWidget(), Columns(gap=4, between=20)
    qtbot.addWidget(ground)
    ground.setLayout(box)
    parts = [QLabel(name) for name in "abcd"]
    for part in parts:
        box.put(part, "short")
    whole = QLabel("whole")
    box.put(whole, "whole", 2)  # in the place of c
    parts[2].hide()
    ground.resize(820, 300)
    ground.show()
    assert [part.y() for part in (parts[0], parts[1], whole, parts[3])] == sorted(
        [part.y() for part in (parts[0], parts[1], whole, parts[3])]
    )
    assert parts[0].y() == parts[1].y()
    assert whole.width() == 820
    parts[1].hide()
    QApplication.processEvents()
    assert parts[0].x() == 0
    assert box.columns(799) == 1


def test_the_sections_are_reached_from_the_foot_and_by_keys(window: Window) -> None:
    page = window.new("community")
    settled(window)
    assert page.left_to_do.parts.text() == "1/7 节 ▾"
    press(Qt.Key.Key_PageDown)
    key(window, Qt.Key.Key_PageDown)
    assert page.left_to_do.parts.text().startswith(("2/7", "3/7"))
    page.left_to_do.part_chosen.emit(4)
    assert page.left_to_do.parts.text() == "5/7 节 ▾"
    assert page.left_to_do.about.text() == page.sheet.lines[page.sheet.parts[4].stops[0].path].view.hint
