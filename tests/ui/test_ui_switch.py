"""A register that is off by default is ticked in the settings, and is in the navigation at once."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot
from ui_world import PASSPHRASE, Window

from hsdesk.forms.shipped import index
from ui.pages.settings import SettingsPage

OFF = next(one for one in index().values() if one.is_off)


def box(page: SettingsPage) -> QCheckBox:
    return next(one for one in page.findChildren(QCheckBox) if f"（{OFF.number}）" in one.text())


def is_in_navigation(window: Window) -> bool:
    targets = (window.work.nav.target(at) for at in range(len(index())))
    return OFF.form_id in [one.form for one in targets if one is not None]


def test_a_register_that_is_off_is_ticked_in_the_settings_and_unticked_again(
    qtbot: QtBot, desk_home: Path
) -> None:
    window = Window(qtbot, desk_home)
    window.open(PASSPHRASE)
    window.work.go("settings")
    window.rest()
    page = window.page(SettingsPage)
    assert (box(page).isChecked(), is_in_navigation(window)) == (False, False)
    box(page).click()
    qtbot.waitUntil(lambda: is_in_navigation(window))
    assert box(page).isChecked()
    window.work.go("new", OFF.form_id)
    window.rest()
    window.work.go("settings")
    box(page).click()
    qtbot.waitUntil(lambda: not is_in_navigation(window))
    assert not box(page).isChecked()
    window.close()
