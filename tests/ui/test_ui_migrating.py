"""At the door of a desk that another version of the program wrote: refused, or brought up while one waits."""

from __future__ import annotations

import sys
from pathlib import Path

from pytestqt.qtbot import QtBot
from ui_world import PASSPHRASE, Window, typed

sys.path.insert(0, str(Path(__file__).parents[1] / "deskfile"))
from older_file import bytes_of, key_of, newer, without_number

from hsdesk.deskfile.layout import MigrationProgress
from ui.start.migrating import Migrating
from ui.start.unlock import Unlock
from ui.workspace import Workspace


def at_the_door(qtbot: QtBot, home: Path) -> tuple[Window, Unlock]:
    window = Window(qtbot, home)
    window.open()
    window.rest()
    door = window.shell.stack.currentWidget()
    assert isinstance(door, Unlock)
    return window, door


def test_a_file_of_a_newer_program_is_refused_in_plain_words_at_the_door(
    qtbot: QtBot, desk_home: Path
) -> None:
    newer(desk_home / "desk.db", key_of(desk_home, PASSPHRASE))
    before = bytes_of(desk_home)
    window = Window(qtbot, desk_home)
    window.open(PASSPHRASE)
    door = window.shell.stack.currentWidget()
    assert isinstance(door, Unlock)
    assert "更新版本的程序" in door.message.text()
    assert "请安装新版程序" in door.message.text()
    window.close()
    assert bytes_of(desk_home) == before


def test_the_start_page_shows_how_far_the_file_of_an_older_program_is(qtbot: QtBot, tmp_path: Path) -> None:
    window, door = at_the_door(qtbot, without_number(tmp_path, steps=3))
    said: list[str] = []
    window.shell.office.migrating.connect(lambda _: said.append(f"{door.title.text()} {door.lead.text()}"))
    typed(door.line.edit, PASSPHRASE)
    door.open()
    qtbot.waitUntil(lambda: isinstance(window.shell.stack.currentWidget(), Workspace), timeout=20_000)
    assert said[0].startswith("正在换成新版本的格式：第 1 步")
    assert "资料不会丢失。请不要关机" in said[0]
    window.close()


def test_a_given_passphrase_shows_the_progress_of_an_upgrade_before_any_page(
    qtbot: QtBot, desk_home: Path
) -> None:
    window, _ = at_the_door(qtbot, desk_home)
    shell = window.shell
    shell.stack.removeWidget(shell.stack.currentWidget())
    shell.office.migrating.emit(MigrationProgress(2, 4, 1, 2))
    page = shell.stack.currentWidget()
    assert isinstance(page, Migrating)
    assert page.words.text() == "正在换成新版本的格式：第 2 步，共 4 步，已完成 37%"
    assert page.bar.value() == 37
    window.close()
