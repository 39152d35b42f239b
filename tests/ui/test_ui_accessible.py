"""What a screen reader is told: every part that takes the keyboard has a name and a role, on every page."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget
from ui_world import Window, button, focus, press

from ui.pages.register import RegisterPage

PAGES = ("home", "sync", "indicators", "drafts", "prints", "settings", "help")
UNTOLD = (QAccessible.Role.NoRole, QAccessible.Role.Client, QAccessible.Role.Pane)


def fronts(window: Window) -> Iterator[tuple[str, QWidget]]:
    """Yield every page with its name, one after another in front."""
    for name in PAGES:
        window.work.go(name)
        window.rest()
        QApplication.processEvents()
        yield name, window.work.page
    window.work.go("register", "social_org")
    yield "list", window.page(RegisterPage)
    for form in ("social_org", "self_gov_body", "vol_activity", "party_member", "community"):
        if form == "community":
            window.work.go("register", form)
        page = window.record("定潭老年协会") if form == "social_org" else window.new(form)
        window.rest()
        yield form, page


def nameless(page: QWidget) -> list[str]:
    """Return the visible parts that take the keyboard and have no name or no role."""
    parts = [one for one in page.findChildren(QWidget) if one.isVisible() and one.isEnabled()]
    return [
        f"{type(one).__name__} in {type(one.parentWidget()).__name__}"
        for one in parts
        if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.focusProxy() is None and not _is_told(one)
    ]


def _is_told(one: QWidget) -> bool:
    told = QAccessible.queryAccessibleInterface(one)
    is_area = isinstance(one, QAbstractScrollArea)  # what it holds has roles of its own
    has_role = told is not None and (is_area or told.role() not in UNTOLD)
    return has_role and bool(told.text(QAccessible.Text.Name))


def test_every_part_that_takes_the_keyboard_has_a_name_and_a_role(window: Window) -> None:
    found = [f"{name}: {one}" for name, page in fronts(window) for one in nameless(page)]
    assert found == []
    assert nameless(window.work) == []


def test_what_is_chosen_is_told_as_the_value_of_its_field(window: Window) -> None:
    page = window.new()
    focus(page, "category")
    told = QAccessible.queryAccessibleInterface(page.sheet.lines["category"].editor)
    assert told.text(QAccessible.Text.Value) == ""
    press(Qt.Key.Key_2)
    chosen = page.sheet.lines["category"].view.choices[1].label.plain()
    assert told.text(QAccessible.Text.Value) == chosen


def test_what_is_said_of_a_field_is_its_label_its_hint_and_what_is_wrong_with_it(window: Window) -> None:
    page = window.new("grid_staff")
    line = page.sheet.lines["id_no"]
    line.say("身份证号有误", "error")
    told = QAccessible.queryAccessibleInterface(line.editor.target())
    assert told.text(QAccessible.Text.Name) == "公民身份号码"
    assert "必须改：身份证号有误" in told.text(QAccessible.Text.Description)
    line.say("")
    assert "身份证号有误" not in told.text(QAccessible.Text.Description)
    assert button(page, "返回（Esc）")
