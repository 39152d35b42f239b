"""快到期 on the home page: the count, what is past first, and a press opens the record."""

from __future__ import annotations

import datetime as dt

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from ui_world import Window, press, words

from hsdesk.desk import Desk
from hsdesk.desk.intake import Incoming
from ui.pages.expiring import MOST, when_words
from ui.pages.home import HomePage
from ui.record.page import RecordPage


def in_days(days: int) -> str:
    return (dt.datetime.now().astimezone().date() + dt.timedelta(days=days)).isoformat()


def add(window: Window, *days: int) -> None:
    """Add an organization whose filing ends in so many days, for each, and show the home page anew."""

    def made(desk: Desk) -> None:
        content = {"reg_status": "2", "filed_on": "2020-01-01", "founded_on": "2020-01-01"}
        lines = [
            Incoming(at, content | {"org_name": f"到期{day}", "expire_on": in_days(day)})
            for at, day in enumerate(days, start=1)
        ]
        assert not desk.add("social_org", lines).rejected

    window.ask(made)
    home = window.page(HomePage)
    home._stale = True
    home.enter()
    window.rest()


def openers(home: HomePage) -> list[QPushButton]:
    return [
        one for one in home._expiring.findChildren(QPushButton) if one.isVisible() and one.text() == "打开"
    ]


def test_nothing_is_said_while_nothing_is_due(window: Window) -> None:
    add(window, 61)
    assert "快到期" not in words(window.page(HomePage))


def test_what_is_past_comes_first_and_enter_opens_the_record(window: Window) -> None:
    add(window, 30, -5, 0)
    home = window.page(HomePage)
    window.qtbot.waitUntil(lambda: "快到期（3）" in words(home))
    shown = words(home)
    past, now, later = (
        shown.index(f"{what}（{in_days(day)}）")
        for what, day in (("已过期 5 天", -5), ("今天到期", 0), ("还有 30 天", 30))
    )
    assert past < now < later
    openers(home)[0].setFocus()
    press(Qt.Key.Key_Return)
    page = window.page(RecordPage)
    assert page.entry.session.node("org_name").value == "到期-5"
    window.qtbot.waitUntil(lambda: page.sheet.lines["expire_on"].editor.target().hasFocus())


def test_many_are_one_press_away(window: Window) -> None:
    add(window, *range(1, MOST + 4))
    home = window.page(HomePage)
    window.qtbot.waitUntil(lambda: len(openers(home)) == MOST)
    (more,) = (one for one in home._expiring.findChildren(QPushButton) if "全部列出" in one.text())
    assert "还有 3 条" in more.text()
    more.click()
    window.qtbot.waitUntil(lambda: len(openers(home)) == MOST + 3)
    window.qtbot.waitUntil(openers(home)[MOST].hasFocus)


@pytest.mark.parametrize(
    ("left", "said"), [(1, "还有 1 天（d）"), (0, "今天到期（d）"), (-1, "已过期 1 天（d）")]
)
def test_a_day_is_told_in_plain_words(left: int, said: str) -> None:
    assert when_words(left, "d") == said
