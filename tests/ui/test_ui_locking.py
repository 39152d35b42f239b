"""Locking: by hand and after ten idle minutes; what the watch over signs of life costs."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from ui_world import PASSPHRASE, Window, typed

from ui.preferences import Preferences
from ui.start.unlock import Unlock
from ui.workspace import Workspace


def wait_for_work(window: Window) -> None:
    window.qtbot.waitUntil(lambda: isinstance(window.shell.stack.currentWidget(), Workspace), timeout=20_000)


def test_locking_closes_the_file_and_keeps_what_is_typed(window: Window, qtbot: QtBot) -> None:
    page = window.record("定潭老年协会")
    record = page.entry.record
    page.sheet.focus_path("leader")
    typed(page.sheet.lines["leader"].editor.target(), "王")
    window.shell.lock()
    qtbot.waitUntil(lambda: isinstance(window.shell.stack.currentWidget(), Unlock), timeout=20_000)
    door = window.shell.stack.currentWidget()
    assert isinstance(door, Unlock)
    assert door.title.text() == "屏幕已锁上"
    typed(door.line.edit, PASSPHRASE)
    door.open()
    wait_for_work(window)
    stored = window.ask(lambda desk: desk.records.entry("social_org", record).session.node("leader").value)
    assert "王" in str(stored)


def test_idle_minutes_lock_the_screen(window: Window, qtbot: QtBot) -> None:
    assert window.shell._idle.interval() == 10 * 60 * 1000
    window.shell.preferences.lock_minutes = 20  # chosen in 设置: it holds from the next key on
    QTest.keyClick(window.shell.windowHandle(), Qt.Key.Key_Shift)
    assert window.shell._idle.interval() == 20 * 60 * 1000
    assert Preferences(window.home).lock_minutes == 20
    window.shell._idle.start(1)
    qtbot.waitUntil(lambda: isinstance(window.shell.stack.currentWidget(), Unlock), timeout=20_000)


def test_a_key_starts_the_idle_time_anew_and_a_page_costs_the_watch_nothing(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []

    class Signs:
        def __contains__(self, kind: object) -> bool:
            seen.append(kind)
            return kind == QEvent.Type.KeyPress

    monkeypatch.setattr("ui.shell._SIGNS_OF_LIFE", Signs())
    window.new()
    assert len(seen) < 200  # a filter on the application heard 11,320 events of this page
    window.shell._idle.start(60_000)
    handle = window.shell.windowHandle()
    assert handle is not None
    QTest.keyClick(handle, Qt.Key.Key_A)
    assert QEvent.Type.KeyPress in seen
    assert window.shell._idle.remainingTime() > 59_000
