"""What helps at a field: both figures of a leap, 沿用, 怎么算的, its own history, and going on by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from ui_world import PATIENCE_MS, Window, button, enter, focus, press, typed, words

from ui.pages.register import RegisterPage
from ui.preferences import habits
from ui.record.checking import found
from ui.record.page import RecordPage

ALT = Qt.KeyboardModifier.AltModifier


def answer(page: RecordPage, path: str, text: str) -> None:
    field = focus(page, path)
    press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    typed(field, text)
    enter()


def shortcut(window: Window, keys: str) -> None:
    """Press keys that belong to the page, as the system brings them."""
    from PySide6.QtGui import QKeySequence, QShortcut

    (found,) = [one for one in window.work.page.findChildren(QShortcut) if one.key() == QKeySequence(keys)]
    found.activated.emit()
    window.rest()
    QApplication.processEvents()


def test_a_digit_too_many_is_told_with_both_figures_until_somebody_has_looked(window: Window) -> None:
    window.work.go("register", "community")
    page = window.page(RecordPage)
    answer(page, "pop_registered", "1603")
    window.rest()
    page.reopen()
    page = window.page(RecordPage)
    answer(page, "pop_registered", "20000")
    window.qtbot.waitUntil(lambda: "原来是 1603，现在填的是 20000" in words(page), timeout=PATIENCE_MS)
    assert [one.path for one in found(page.sitting, page.sheet) if one.rule == "leap"] == ["pop_registered"]
    shortcut(window, "Alt+Y")
    assert "1603" not in words(page)
    assert not [one for one in found(page.sitting, page.sheet) if one.rule == "leap"]
    assert window.stored(page, "pop_registered") == 20000


def test_a_pinned_answer_is_in_the_next_new_record_and_says_so(window: Window) -> None:
    page = window.new("visit")
    focus(page, "visit_kind")
    press(Qt.Key.Key_2)
    shortcut(window, "Alt+P")
    assert "沿用" in words(page)
    page = window.new("visit")
    assert page.entry.session.node("visit_kind").value == "2"
    assert "沿用" in words(page)
    focus(page, "visit_kind")
    shortcut(window, "Alt+P")
    assert "沿用" not in words(page)
    assert window.new("visit").entry.session.node("visit_kind").value == "1"


def test_a_calculated_answer_tells_its_formula_its_parts_and_the_way_there(window: Window) -> None:
    page = window.new("project_eval")
    answer(page, "score_plan", "18")
    shortcut(window, "F4")
    window.qtbot.waitUntil(lambda: "是这样算的" in words(page), timeout=PATIENCE_MS)
    (part,) = [one for one in words(page).splitlines() if one.endswith("：18")]
    button(page, part).click()
    assert page.sheet.lines["score_plan"].editor.target().hasFocus()
    page = window.record("定潭老年协会")
    page.sitting.aids.explaining.toggle("activities_year")
    window.qtbot.waitUntil(lambda: "打开“社会组织活动”" in words(page), timeout=PATIENCE_MS)
    button(page, "打开“社会组织活动”").click()
    assert window.page(RegisterPage).form_id == "org_activity"


def test_the_history_of_one_field_is_shown_beside_it(window: Window) -> None:
    page = window.record("定潭老年协会")
    answer(page, "leader", "李四")
    answer(page, "member_n", "30")
    window.rest()
    focus(page, "member_n")
    shortcut(window, "F7")
    assert page.history is not None
    window.qtbot.waitUntil(lambda: "由 12 改成 30" in words(page.history), timeout=PATIENCE_MS)  # type: ignore[arg-type]
    assert "李四" not in words(page.history)
    button(page.history, "看整条的修改记录").click()
    window.qtbot.waitUntil(lambda: "李四" in words(page.history), timeout=PATIENCE_MS)  # type: ignore[arg-type]


def test_a_day_may_be_typed_from_today_on(window: Window) -> None:
    page = window.new("visit")
    answer(page, "date", "+7")
    assert window.stored(page, "date") == f"{datetime.now().astimezone() + timedelta(days=7):%Y-%m-%d}"


def test_a_complete_answer_goes_on_by_itself_where_that_is_wanted(window: Window) -> None:
    page = window.new("visit")
    for wanted in (False, True):
        window.work.preferences.advances = wanted
        field = focus(page, "date")
        press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        typed(field, "20260315")
        assert field.hasFocus() is not wanted
        focus(page, "visit_kind")
        press(Qt.Key.Key_1)
        assert page.sheet.lines["visit_kind"].editor.target().hasFocus() is not wanted
    assert habits.advances and window.stored(page, "date") == "2026-03-15"
    window.work.preferences.advances = False


def test_the_field_one_stands_in_is_in_the_upper_third(window: Window) -> None:
    page = window.record("定潭老年协会")
    view = page.sheet.viewport()
    page.sheet.first(empty=False)
    heights = []
    for _ in range(14):
        enter()
        focused = QApplication.focusWidget()
        if isinstance(focused, QLineEdit):
            heights.append(focused.mapTo(view, QPoint(0, 0)).y() / view.height())
    at_end = page.sheet.verticalScrollBar().value() == page.sheet.verticalScrollBar().maximum()
    assert len(heights) > 5
    assert at_end or max(heights) < 0.45
    assert min(heights) >= 0
