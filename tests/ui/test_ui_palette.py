"""Ctrl+K finds anything by its pinyin; F1 shows the manual beside the work; one sheet has every key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from ui_world import Window, enter, focus, press, typed

from ui.pages.help import HelpPage
from ui.pages.home import HomePage
from ui.pages.keys import KeySheet, all_keys
from ui.pages.manual import CHAPTERS, found_in_manual
from ui.pages.prints import PrintPage
from ui.pages.register import RegisterPage
from ui.palette import Palette
from ui.record.page import RecordPage
from ui.start.unlock import Unlock

CTRL = Qt.KeyboardModifier.ControlModifier
UI = Path(__file__).parents[2] / "ui"
_KEY = re.compile(r'"((?:(?:Ctrl|Shift|Alt)\+)+[A-Za-z0-9]+|F\d+|Pg(?:Up|Down)|Esc)"')


def palette(window: Window, text: str) -> Palette:
    """Press Ctrl+K and type."""
    press(Qt.Key.Key_K, CTRL)
    found = (one for one in QApplication.topLevelWidgets() if isinstance(one, Palette))
    opened = next(one for one in found if one.isVisible())
    window.qtbot.waitUntil(opened.box.hasFocus)
    typed(opened.box, text)
    window.qtbot.wait_until(lambda: not opened._pause.isActive())
    window.rest()
    return opened


@pytest.mark.parametrize(
    ("sought", "kind", "name"),
    [
        ("shzz", "登记表", "社区社会组织"),
        ("zhibiao", "页面", "考核指标"),
        ("laonian", "社区社会组织", "定潭老年协会"),
        ("huamingce", "打印件", "社区社会组织花名册"),
    ],
)
def test_everything_is_found_by_pinyin_from_its_middle(
    window: Window, sought: str, kind: str, name: str
) -> None:
    opened = palette(window, sought)
    assert (kind, name) in [(one.kind, one.name) for one in opened.shown()]
    opened.reject()


def test_enter_opens_the_marked_line_and_esc_leads_back(window: Window) -> None:
    home = window.page(HomePage)
    opened = palette(window, "shzz")
    press(Qt.Key.Key_Escape)
    window.qtbot.waitUntil(home.tasks.listed.hasFocus)
    opened = palette(window, "shzz")
    opened.list.setCurrentRow([one.kind for one in opened.shown()].index("登记表"))
    enter()
    assert window.page(RegisterPage).form_id == "social_org"
    opened = palette(window, "laonian")
    while opened.list.currentItem().data(256)[0].name != "定潭老年协会":
        press(Qt.Key.Key_Down)
    enter()
    assert window.page(RecordPage).title.text() == "定潭老年协会"
    opened = palette(window, "组织花名册")
    enter()
    page = window.page(PrintPage)
    assert page.choice.names.currentItem().text() == "社区社会组织花名册"
    palette(window, "suoping")
    enter()
    window.qtbot.waitUntil(lambda: isinstance(window.shell.stack.currentWidget(), Unlock))


def test_the_manual_opens_beside_the_field_and_esc_leads_back_to_it(window: Window) -> None:
    page = window.record("定潭老年协会")
    field = focus(page, "leader")
    assert isinstance(field, QLineEdit)
    field.setCursorPosition(1)
    press(Qt.Key.Key_F1)
    manual = window.work.help.manual
    assert manual.isVisible()
    assert manual.search.hasFocus()
    assert manual.text.toPlainText().startswith("录入")
    press(Qt.Key.Key_Escape)
    assert not manual.isVisible()
    assert window.work.page is page
    assert field.hasFocus()
    assert field.cursorPosition() == 1
    window.work.go("sync")
    window.rest()
    press(Qt.Key.Key_F1)
    assert "收发" in manual.text.toPlainText()[:40]
    press(Qt.Key.Key_F1)
    assert not manual.isVisible()


def test_every_chapter_of_the_manual_opens_and_is_searched(window: Window) -> None:
    window.work.go("help")
    manual = window.page(HelpPage).manual
    assert manual.chapters.count() == len(CHAPTERS)
    for at in range(manual.chapters.count()):
        manual.chapters.setCurrentRow(at)
        assert len(manual.text.toPlainText()) > 100
    typed(manual.search, "huifu")
    window.qtbot.waitUntil(lambda: manual.chapters.count() < len(CHAPTERS))
    assert "作废和恢复" in manual.chapters.item(0).text()
    assert manual.text.textCursor().block().text() == "作废和恢复"
    typed(manual.search, "没有这样的话")
    window.qtbot.waitUntil(lambda: "帮助里没有" in manual.text.toPlainText())


def test_words_in_the_text_of_the_manual_are_found_after_headings() -> None:
    found = found_in_manual("恢复码")
    assert found
    heads = ["恢复码" in one.heading for one in found]
    assert heads == sorted(heads, reverse=True)
    assert found_in_manual("  ") == ()


def test_every_key_in_the_code_is_on_the_sheet(window: Window) -> None:
    sheet = KeySheet(window.shell)
    told = " ".join(key for _, keys in all_keys() for key, _ in keys).replace("　", " ").split()
    used = {
        key
        for path in UI.rglob("*.py")
        if path.name != "keys.py"
        for key in _KEY.findall(path.read_text(encoding="utf-8"))
    }
    assert len(used) > 15
    assert used <= set(told)
    sheet.deleteLater()
