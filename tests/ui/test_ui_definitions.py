"""The home page says which definitions were set aside, and that nothing else waits for them."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot
from ui_world import PASSPHRASE, Window

from hsdesk.desk import Desk
from hsdesk.wire.messages import ReferenceHead, ReferenceItem
from ui.pages.home import HomePage


def test_the_home_page_says_which_form_of_the_city_cannot_be_used_here(qtbot: QtBot, desk_home: Path) -> None:
    desk = Desk.open(desk_home, PASSPHRASE)
    head = ReferenceHead("form", "future", "3", "d1", "city")
    desk._file.take_reference((ReferenceItem(head, b'{"form_id": "future"'),), 1)
    desk.close()
    window = Window(qtbot, desk_home)
    window.open(PASSPHRASE)
    window.rest()
    line = window.page(HomePage).tasks.listed.lines[-1]
    assert line.word == "没有采用"
    assert "“future”（版本 3）在这台电脑上用不了" in line.text
    window.close()
