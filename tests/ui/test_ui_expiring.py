"""快到期 on the home page: the count, what is past first, and a press opens the record."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QTableWidget
from ui_world import Window, press, words

from hsdesk.desk import Desk
from hsdesk.desk.json_records import JsonRecord
from ui.pages.expiring import MOST, when_words
from ui.pages.gap import beside_words
from ui.pages.home import HomePage
from ui.pages.indicators import Detail, IndicatorPage
from ui.record.page import RecordPage


def in_days(days: int) -> str:
    return (dt.datetime.now().astimezone().date() + dt.timedelta(days=days)).isoformat()


def add(window: Window, *days: int) -> None:
    """Add an organization whose filing ends in so many days, for each, and show the home page anew."""

    def made(desk: Desk) -> None:
        content = {"reg_status": "2", "filed_on": "2020-01-01", "founded_on": "2020-01-01"}
        lines = [
            JsonRecord(at, content | {"org_name": f"到期{day}", "expire_on": in_days(day)})
            for at, day in enumerate(days, start=1)
        ]
        assert not desk.bulk.add("social_org", lines).rejected

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


def test_the_overdue_share_stands_beside_the_complete_one_and_says_where(window: Window) -> None:
    add(window, 30, -5, -9)
    window.work.go("indicators")
    page = window.page(IndicatorPage)
    window.qtbot.waitUntil(lambda: page.table.rowCount() > 0)
    at = next(row for row in range(page.table.rowCount()) if page.table.item(row, 0).text() == "I32")
    assert page.table.item(at, 4).text().endswith("；逾期率 66.7%，3 条里过期 2 条")
    detail = Detail(page, page._values[at])
    detail.show()
    shown = words(detail)
    assert "过期的是哪些，看工作台首页的「快到期」" in shown
    assert "逾期率:有期限的记录" in shown
    table = detail.findChildren(QTableWidget)[-1]
    assert [table.item(0, column).text() for column in (0, 1)] == ["歙县-深渡镇-定潭村委会", "2"]
    detail.close()


def test_a_share_of_nothing_is_said_to_be_none(window: Window) -> None:
    value = next(one for one in window.ask(lambda desk: desk.reports.indicators()) if one.id == "I32")
    assert (value.beside.denominator, value.beside.value) == (0, None)
    assert beside_words(value.beside) == "逾期率：不适用"
    unknown = msgspec.structs.replace(value.beside, denominator=None, shown="此处不知")
    assert beside_words(unknown) == "逾期率：此处不知"
