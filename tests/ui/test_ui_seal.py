"""证明用章登记 in the window: a forbidden proof is asked about at once, and never in the way."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication
from ui_world import Window, enter, focus, typed, words


def test_a_forbidden_proof_is_told_under_the_field_and_the_reason_comes_next(window: Window) -> None:
    page = window.new("seal_use")
    typed(focus(page, "item_text"), "亲戚 证明")
    enter()
    line = page.sheet.lines["item_text"]
    window.qtbot.waitUntil(lambda: line.said.startswith("请核实"))
    assert "请咨询主管部门" in line.said
    assert page.sheet.lines["reason"].editor.target() is QApplication.focusWidget()
    typed(page.sheet.lines["reason"].editor.target(), "已请本人到户籍窗口办理")
    enter()
    assert window.stored(page, "reason") == "已请本人到户籍窗口办理"
    assert window.stored(page, "forbidden_hit") == "1"


def test_another_proof_passes_without_a_word(window: Window) -> None:
    page = window.new("seal_use")
    typed(focus(page, "item_text"), "居住情况说明")
    enter()
    window.rest()
    window.qtbot.waitUntil(lambda: "还有" in words(page))
    assert page.sheet.lines["item_text"].said == ""
    assert page.sheet.lines["reason"].isHidden()
    assert not page.sheet.lines["reason"].editor.target().hasFocus()
