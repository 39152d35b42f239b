"""Trying the program out on invented data: marked as such, never sent, thrown away as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from ui_world import PATIENCE_MS, VILLAGE, Window, button, words

from hsdesk.desk import Desk, sample
from hsdesk.errors import Cancelled, Refused
from ui.pages.home import HomePage
from ui.parts.notice import Notice
from ui.start import trying
from ui.start.unlock import Unlock
from ui.start.wizard import Wizard


def front(window: Window, kind: type) -> object:
    window.qtbot.waitUntil(lambda: isinstance(window.shell.stack.currentWidget(), kind), timeout=PATIENCE_MS)
    return window.shell.stack.currentWidget()


def test_the_sample_is_tried_locked_left_taken_up_again_and_thrown_away(
    qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = Window(qtbot, home)
    window.open()
    button(front(window, Wizard), "先试一试（示例数据）").click()
    qtbot.waitUntil(lambda: window.shell.office.is_open, timeout=PATIENCE_MS)
    window.page(HomePage)
    (steps,) = window.shell.findChildren(Notice)
    assert "Ctrl+N" in steps.message.text()
    steps.accept()
    assert "示例：人名、电话、数字都是虚构的" in words(window.shell)
    assert window.ask(lambda desk: desk.file._file.count("social_org")) > 3
    with pytest.raises(Refused, match="不能登记和上报"):
        window.shell.office._desk.exchange.enroll("https://example.org", "123456")
    with pytest.raises(Refused, match="备份不能恢复到这里"):
        window.shell.office._desk.file.make_way(home / "any.hsbackup")

    window.shell.lock()
    door = front(window, Unlock)
    assert isinstance(door, Unlock)
    assert sample.PASSPHRASE in door.lead.text()
    assert "从备份恢复…" not in words(door)
    door.open()
    window.page(HomePage)
    window.close()

    again = Window(qtbot, home)
    again.open()
    button(front(again, Wizard), "接着试示例数据").click()
    qtbot.waitUntil(lambda: again.shell.office.is_open, timeout=PATIENCE_MS)
    again.page(HomePage)
    monkeypatch.setattr(trying, "ask", lambda *_: True)
    button(again.shell, "扔掉示例").click()
    wizard = front(again, Wizard)
    assert "先试一试（示例数据）" in words(wizard)
    assert "示例：人名" not in words(again.shell)
    assert not sample.home_of(home).exists()
    assert not again.shell.office.exists()
    again.close()


def test_a_sample_given_up_leaves_nothing_and_a_real_desk_ends_it(qtbot: QtBot, home: Path) -> None:
    home.mkdir()

    def stop(done: int, _total: int) -> None:
        if done == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        sample.try_out(home, stop)
    assert list(home.iterdir()) == []
    sample.fresh_folder(sample.home_of(home))
    window = Window(qtbot, home)
    window.open()
    codes: list[str] = []
    window.shell.office.create([VILLAGE], "汪文书", "kou-ling-2020", codes.append, lambda error: None)
    qtbot.waitUntil(lambda: bool(codes), timeout=PATIENCE_MS)
    assert not sample.home_of(home).exists()
    assert Desk.exists(home)
    window.close()
