from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from tables import form_of
from ui_world import Window, focus

from ui.record.scan import ScanEditor

GOODS = form_of(
    """
| survey | | | |
| | type | name | label |
| | barcode | code | 条码 |
| | text | goods | 物品 |
| | begin_repeat | parts | 配件 |
| | barcode | part | 配件条码 |
| | end_repeat | | |
"""
)


def test_a_scanner_types_a_code_and_its_enter_goes_on_to_the_next_field(window: Window) -> None:
    window.ask(lambda desk: desk.file.install(GOODS))
    page = window.new("test")
    scan = focus(page, "code")
    assert not scan.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
    QTest.keyClicks(scan, "6901234567892")
    QTest.keyClick(scan, Qt.Key.Key_Return)
    assert page.sheet.lines["goods"].editor.target().hasFocus()
    assert window.stored(page, "code") == "6901234567892"
    assert isinstance(page.sheet.lines["code"].editor, ScanEditor)


def test_a_second_scan_takes_the_place_of_the_first_and_a_roster_has_a_cell_for_codes(window: Window) -> None:
    window.ask(lambda desk: desk.file.install(GOODS))
    page = window.new("test")
    for code in ("6901234567892", "6900000000001"):
        QTest.keyClicks(focus(page, "code"), code)
        QTest.keyClick(focus(page, "code"), Qt.Key.Key_Return)
        QTest.keyClick(focus(page, "goods"), Qt.Key.Key_Backtab)
    assert window.stored(page, "code") == "6900000000001"
    assert [one.key for one in page.sheet.rosters["parts"].model.columns] == ["part"]
