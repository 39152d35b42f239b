"""A diagnostic file without personal data, another person by one press, and the time that is left."""

from __future__ import annotations

import itertools
import json
import random

from PySide6.QtCore import Qt
from ui_world import LEADERS, ORGANIZATIONS, Window, focus, press, typed, words

from hsdesk import __version__
from ui.pages.about import About
from ui.pages.settings import SettingsPage
from ui.parts.pace import Pace


def test_the_diagnostic_file_names_versions_and_counts_and_nothing_of_a_person(window: Window) -> None:
    window.work.go("settings")
    (about,) = window.page(SettingsPage).findChildren(About)
    assert __version__ in words(about)
    text = about.text()
    told = json.loads(text)
    assert told["registers"]["social_org"]["records"] == len(ORGANIZATIONS)
    assert told["files"]["desk.db"] > 0
    status = window.shell.office.status
    assert status is not None
    secret = (*ORGANIZATIONS, *LEADERS, "汪文书", "定潭", status.device, str(window.home))
    assert not [one for one in secret if one in text]


def test_another_person_goes_on_by_a_press_at_the_top_and_what_was_typed_bears_the_old_name(
    window: Window,
) -> None:
    window.ask(lambda desk: desk.writers.add("李主任"))
    page = window.record("定潭老年协会")
    typed(focus(page, "leader_phone"), "0559-2123456")
    window.work.who.click()
    window.qtbot.waitUntil(lambda: window.work.who.menu_shown is not None)
    menu = window.work.who.menu_shown
    assert menu is not None
    (other,) = (one for one in menu.actions() if one.text() == "李主任")
    other.trigger()
    menu.close()
    window.rest()
    window.qtbot.waitUntil(lambda: window.work.who.text() == "李主任")
    versions = window.ask(lambda desk: desk.lists.history("social_org", page.entry.record))
    assert versions[-1].by == "汪文书"  # type: ignore[index]
    press(Qt.Key.Key_Escape)


def test_the_time_left_is_told_from_five_per_cent_on_and_never_rises_twice() -> None:
    for seed in range(50):
        wild, pace, told = random.Random(seed), Pace(), list[int | None]()
        seconds = 0.0
        for done in range(1, 201):
            seconds += wild.choice((0.01, 0.1, 3.0))
            told.append(pace.left(done, 200, seconds))
        assert told[:9] == [None] * 9
        figures = [one for one in told if one is not None]
        assert len(figures) > 180
        assert sum(later > one for one, later in itertools.pairwise(figures)) <= 1
        assert figures[-1] == 0
