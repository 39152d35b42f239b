"""Several people at one computer: who types is chosen in the settings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from ui_world import PASSPHRASE, Window

from ui.pages.settings import SettingsPage
from ui.pages.writers import WritersCard


@pytest.fixture
def window(qtbot: QtBot, desk_home: Path) -> Iterator[Window]:
    shown = Window(qtbot, desk_home)
    shown.open(PASSPHRASE)
    yield shown
    shown.close()


def people(card: WritersCard) -> dict[str, bool]:
    """Return the names that can be pressed, and which is marked."""
    return {b.text(): b.isChecked() for b in card.findChildren(QPushButton) if b.isCheckable()}


def test_somebody_new_is_added_and_what_is_typed_from_then_on_is_his(qtbot: QtBot, window: Window) -> None:
    window.work.go("settings")
    card = window.page(SettingsPage).writers
    qtbot.waitUntil(lambda: len(people(card)) == 1)
    (first,) = people(card)
    card.name.edit.setText("李四")
    card.add()
    qtbot.waitUntil(lambda: "李四" in people(card))
    assert people(card) == {first: True, "李四": False}
    next(b for b in card.findChildren(QPushButton) if b.text() == "李四").click()
    qtbot.waitUntil(lambda: people(card) == {first: False, "李四": True})
    qtbot.waitUntil(lambda: window.work.who.text() == "李四")


def test_a_name_that_is_here_already_is_told_so(qtbot: QtBot, window: Window) -> None:
    window.work.go("settings")
    card = window.page(SettingsPage).writers
    qtbot.waitUntil(lambda: len(people(card)) == 1)
    (first,) = people(card)
    card.name.edit.setText(first)
    card.add()
    qtbot.waitUntil(lambda: "已经有" in card.message.text())
    assert people(card) == {first: True}
