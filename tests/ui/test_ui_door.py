"""At the door: a backup put back, and an old weak passphrase."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from ui_world import PASSPHRASE, Window, button, typed

from hsdesk.desk import Desk
from hsdesk.desk.json_records import JsonRecord
from hsdesk.deskfile.keys import KeyFile
from ui.pages.settings import SettingsPage
from ui.parts.notice import Notice
from ui.start import restoring
from ui.start.unlock import Unlock


def test_a_backup_is_put_back_at_the_door(
    qtbot: QtBot, desk_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "b.hsbackup"
    desk = Desk.open(desk_home, PASSPHRASE)
    desk.file.backup(out)
    desk.file.change_passphrase(PASSPHRASE, "xin-kou-ling-2021")
    desk.close()
    (desk_home / "desk.db").write_bytes(b"damaged" * 5000)
    window = Window(qtbot, desk_home)
    window.open()
    window.rest()
    (door,) = window.shell.findChildren(Unlock)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(out), ""))
    monkeypatch.setattr(restoring, "ask", lambda *_: True)
    button(door, "从备份恢复…").click()
    window.rest()
    assert "做这份备份时的口令" in door.lead.text()
    typed(door.line.edit, PASSPHRASE)
    door.open()
    window.rest()
    assert window.shell.office.is_open
    assert len(list(desk_home.glob("replaced-*"))) == 1
    window.close()


def test_a_backup_is_put_back_from_the_settings_and_a_damaged_one_changes_nothing(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, damaged = tmp_path / "b.hsbackup", tmp_path / "damaged.hsbackup"
    window.ask(lambda desk: desk.file.backup(out))
    damaged.write_bytes(out.read_bytes()[:-3000])
    window.ask(lambda desk: desk.bulk.add("grid", [JsonRecord(1, {"grid_name": "一网格"})]))
    window.work.go("settings")
    page = window.page(SettingsPage)
    monkeypatch.setattr(restoring, "ask", lambda *_: True)
    for chosen in (damaged, out):
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, to=chosen: (str(to), ""))
        button(page, "从备份恢复…").click()
        window.rest()
        if chosen is damaged:
            (notice,) = window.shell.findChildren(Notice)
            assert "没有恢复，现有资料没有改变" in notice.message.text()
            assert window.shell.office.is_open
            notice.accept()
    door = window.shell.stack.currentWidget()
    assert isinstance(door, Unlock)
    assert "做这份备份时的口令" in door.lead.text()
    typed(door.line.edit, PASSPHRASE)
    door.open()
    window.rest()
    assert window.ask(lambda desk: desk.file._file.count("grid")) == 0
    (kept,) = (window.home / "backups").glob("*-restore.hsbackup")  # with the grid
    assert kept.stat().st_size >= out.stat().st_size


def test_an_old_weak_passphrase_is_spoken_of_once(qtbot: QtBot, desk_home: Path) -> None:
    keys = KeyFile(desk_home / "desk.keys")
    keys.rewrap(keys.unlock(PASSPHRASE), "123456", "汪文书")
    spoken = []
    for _ in range(2):
        window = Window(qtbot, desk_home)
        window.open("123456")
        window.rest()
        spoken.append([notice.windowTitle() for notice in window.shell.findChildren(Notice)])
        window.close()
    assert spoken == [["口令容易被猜到"], []]
