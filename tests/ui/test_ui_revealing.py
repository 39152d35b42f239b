"""What is hidden on the screen is shown for as long as 按住显示 is held, and that is in the log."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from ui_world import PASSPHRASE, Window, focus

from hsdesk.desk import Desk
from hsdesk.desk.json_records import JsonRecord
from ui.pages.register import RegisterPage
from ui.record.text import TextEditor

ID_NUMBER, PHONE, MASKED = "34102119650212001X", "13812345678", "138****5678"
PERSON = {"name": "江红霞", "id_no": ID_NUMBER, "phone": PHONE, "birth_ym": "1965-02", "gender": "1"}
BODY = {
    "body_type": "1",
    "name": "定潭村民委员会",
    "members": [{"name": "方敏", "phone": "13956789012"}, {"name": "方兰", "phone": "13956789013"}],
}


@pytest.fixture(scope="module")
def filled_home(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a closed desk with a person and a body of two members; copied, never changed."""
    folder = tmp_path_factory.mktemp("filled") / "home"
    shutil.copytree(sample_home, folder)
    desk = Desk.open(folder, PASSPHRASE)
    assert desk.bulk.add("grid_staff", [JsonRecord(1, PERSON)]).ids
    assert desk.bulk.add("self_gov_body", [JsonRecord(1, BODY)]).ids
    desk.close()
    return folder


@pytest.fixture
def desk_home(filled_home: Path, home: Path) -> Path:
    shutil.copytree(filled_home, home)
    return home


def reveals(window: Window) -> list[tuple[str, str]]:
    window.rest()
    entries = window.ask(lambda desk: desk.audit.entries())
    return [(entry.name, entry.path) for entry in entries if entry.kind == "reveal"]  # type: ignore[attr-defined]


def hold(window: Window, button: QWidget) -> None:
    """Press a button down and wait until the desk has answered."""
    QTest.mousePress(button, Qt.MouseButton.LeftButton)
    window.rest()


def test_a_covered_field_is_shown_while_its_button_is_held(window: Window) -> None:
    page = window.record("江红霞", "grid_staff")
    focus(page, "name")
    editor = page.sheet.lines["phone"].editor
    assert isinstance(editor, TextEditor)
    assert editor.line.text() == MASKED and editor.hold.isVisibleTo(page)
    hold(window, editor.hold)
    window.qtbot.waitUntil(lambda: editor.line.text() == PHONE)
    QTest.mouseRelease(editor.hold, Qt.MouseButton.LeftButton)
    assert editor.line.text() == MASKED
    assert reveals(window) == [("grid_staff", "phone")]
    assert window.stored(page, "phone") == PHONE


def test_the_field_with_the_focus_is_open_without_a_button_and_without_a_line(window: Window) -> None:
    page = window.record("江红霞", "grid_staff")
    field = focus(page, "id_no")
    editor = page.sheet.lines["id_no"].editor
    assert isinstance(field, QLineEdit) and isinstance(editor, TextEditor)
    assert field.text() == ID_NUMBER and not editor.hold.isVisibleTo(page)
    open_ones = [path for path in ("gender", "birth_ym") if path in page.sheet.lines]
    assert not [
        path
        for path in open_ones
        if isinstance(one := page.sheet.lines[path].editor, TextEditor) and one.hold.isVisibleTo(page)
    ]
    assert reveals(window) == []


def test_a_hidden_cell_of_the_list_is_shown_while_button_or_key_is_held(window: Window) -> None:
    window.work.go("register", "grid_staff")
    page = window.page(RegisterPage)
    model = page.model
    assert model is not None and page.hold.isVisibleTo(page)
    column = next(at for at, one in enumerate(model.columns) if one.key == "phone")
    cell = model.index(0, column)
    window.qtbot.waitUntil(lambda: cell.data() == MASKED)
    page.table.setCurrentIndex(cell)
    hold(window, page.hold)
    window.qtbot.waitUntil(lambda: cell.data() == PHONE)
    QTest.mouseRelease(page.hold, Qt.MouseButton.LeftButton)
    assert cell.data() == MASKED
    page.table.setFocus()
    QTest.keyPress(page.table, Qt.Key.Key_F6)
    window.qtbot.waitUntil(lambda: cell.data() == PHONE)
    QTest.keyRelease(page.table, Qt.Key.Key_F6)
    assert cell.data() == MASKED
    assert reveals(window) == [("grid_staff", "phone")] * 2


def test_rows_on_the_clipboard_are_masked_as_in_an_internal_roster(window: Window) -> None:
    window.work.go("register", "grid_staff")
    page = window.page(RegisterPage)
    assert page.model is not None
    window.qtbot.waitUntil(lambda: page.model.record(0) is not None)
    page.table.selectRow(0)
    QGuiApplication.clipboard().setText("")
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    window.qtbot.waitUntil(lambda: QGuiApplication.clipboard().text() != "")
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("江红霞\t") and MASKED in copied.split("\t")
    assert PHONE not in copied and "1965-02" not in copied


def test_a_hidden_cell_of_a_roster_is_shown_while_its_button_is_held(window: Window) -> None:
    page = window.record("定潭村民委员会", "self_gov_body")
    box = page.sheet.rosters["members"]
    part = [question.key for question in box.model.columns].index("phone")
    cells = [box.model.index(at, part) for at in range(2)]
    assert [cell.data() for cell in cells] == ["139****9012", "139****9013"]
    box.table.setCurrentIndex(cells[1])
    hold(window, box.hold)
    window.qtbot.waitUntil(lambda: [cell.data() for cell in cells] == ["139****9012", "13956789013"])
    QTest.mouseRelease(box.hold, Qt.MouseButton.LeftButton)
    assert cells[1].data() == "139****9013"
    assert reveals(window) == [("self_gov_body", "members/phone")]
