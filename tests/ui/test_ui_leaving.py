"""Moving a record to another village and erasing a deleted one, with buttons in the list."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QPushButton
from pytestqt.qtbot import QtBot
from ui_world import PASSPHRASE, VILLAGE, Window

from hsdesk.desk import Desk
from ui.pages.register import RegisterPage
from ui.parts.notice import Notice

NEIGHBOUR = "341021101205"


@pytest.fixture
def window(qtbot: QtBot, home: Path) -> Iterator[Window]:
    desk, _ = Desk.create(home, (VILLAGE, NEIGHBOUR), "汪文书", PASSPHRASE)
    entry = desk.records.entry("volunteer", place=VILLAGE)
    for path, value in {"name": "样例甲", "phone": "13900001234"}.items():
        edit = entry.edit(entry.session.answer(path, value))
        assert edit is not None
        desk.records.save(edit)
    desk.close()
    made = Window(qtbot, home)
    made.open(PASSPHRASE)
    yield made
    made.close()


def the_list(window: Window) -> RegisterPage:
    window.work.go("register", "volunteer")
    page = window.page(RegisterPage)
    window.qtbot.waitUntil(lambda: page.model is not None and page.model.record(0) is not None)
    page.table.selectRow(0)
    return page


def test_a_record_is_moved_to_a_village_chosen_from_a_list(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = the_list(window)
    assert page.move_button.isVisible()
    assert not page.erase_button.isVisible()
    seen: list[str] = []

    def choose(dialog: QDialog) -> int:
        (names,) = dialog.findChildren(QListWidget)
        seen.extend(names.item(at).text() for at in range(names.count()))
        seen.extend(button.text() for button in dialog.findChildren(QPushButton))
        return QDialog.DialogCode.Accepted

    monkeypatch.setattr(QDialog, "exec", choose)
    page.move_current()
    window.rest()
    assert seen == ["歙县-深渡镇-昌中村委会", "先不办", "转过去"]
    assert window.shell.office.status is not None
    window.qtbot.waitUntil(lambda: window.shell.office.status.waiting >= 2)  # type: ignore[union-attr]


def test_only_a_deleted_record_can_be_erased_and_a_reason_is_needed(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = the_list(window)
    monkeypatch.setattr(Notice, "exec", lambda notice: _answered(notice, "登记错了"))
    page.delete_current()
    window.rest()
    page.gone.setChecked(True)
    window.qtbot.waitUntil(lambda: page.erase_button.isVisible() and page.model.rowCount() == 1)  # type: ignore[union-attr]
    page.table.selectRow(0)
    monkeypatch.setattr(Notice, "exec", lambda notice: _answered(notice, "本人要求"))
    page.erase_current()
    window.rest()
    record = page.model.record(0).key.record  # type: ignore[union-attr]
    told: list[object] = []
    window.shell.office.ask(lambda desk: desk.lists.history("volunteer", record), told.append, owner=page)
    window.rest()
    window.qtbot.waitUntil(lambda: bool(told))
    assert "13900001234" not in str(told)
    assert "样例甲" not in str(told)


def _answered(notice: Notice, text: str) -> int:
    (field,) = notice.findChildren(QLineEdit)
    (accept,) = [one for one in notice.findChildren(QPushButton) if one.isDefault()]
    if "清除" in notice.windowTitle():
        assert not accept.isEnabled()
    field.setText(text)
    assert accept.isEnabled()
    return Notice.DialogCode.Accepted
