"""At the door: a backup put back, and an old weak passphrase."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from ui_world import PASSPHRASE, Window, button, typed

from hsdesk.desk import Desk
from hsdesk.deskfile.keys import KeyFile
from ui.parts.notice import Notice
from ui.start import unlock
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
    monkeypatch.setattr(unlock, "ask", lambda *_: True)
    button(door, "从备份恢复…").click()
    window.rest()
    assert "做这份备份时的口令" in door.lead.text()
    typed(door.line.edit, PASSPHRASE)
    door.open()
    window.rest()
    assert window.shell.office.is_open
    assert len(list(desk_home.glob("replaced-*"))) == 1
    window.close()


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
