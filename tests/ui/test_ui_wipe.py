"""A wiped desk is told in one sentence; then the window closes, and there is nothing to come back to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from ui_world import PASSPHRASE, VILLAGE, Window, press

from hsdesk.city.running import administration
from hsdesk.cli.journey import Journey, Server, city_server
from hsdesk.desk import Desk
from hsdesk.errors import Wiped
from ui.launch import make_shell
from ui.pages.sync import SyncPage
from ui.parts.notice import Notice


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    folder = tmp_path / "city"
    folder.mkdir()
    with city_server(Journey(folder, lambda _: None)) as running:
        yield running


def the_notice(window: Window) -> Notice:
    window.qtbot.waitUntil(lambda: bool(window.shell.findChildren(Notice)), timeout=20_000)
    (notice,) = window.shell.findChildren(Notice)
    return notice


def test_a_wiped_desk_says_so_and_the_window_closes(
    qtbot: QtBot, desk_home: Path, server: Server, tmp_path: Path
) -> None:
    desk = Desk.open(desk_home, PASSPHRASE)
    desk.exchange.enroll(server.url, server.code(VILLAGE, "village"))
    device = desk.status().device
    desk.close()
    administration.wipe(server.database, device, tmp_path / "city" / "server")
    window = Window(qtbot, desk_home)
    window.open(PASSPHRASE)
    window.work.go("sync")
    window.page(SyncPage).start()
    notice = the_notice(window)
    assert "钥匙已经销毁，这里的内容再也打不开" in notice.message.text()
    assert notice.isModal()
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not window.shell.isVisible(), timeout=20_000)
    window.close()
    with pytest.raises(Wiped):
        Desk.open(desk_home, PASSPHRASE)
    again = Window(qtbot, desk_home)
    again.shell = make_shell(desk_home)
    again.shell.show()
    assert "请联系系统管理员" in the_notice(again).message.text()
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not again.shell.isVisible(), timeout=20_000)
    again.close()
