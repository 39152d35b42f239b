"""今天要办的: by urgency, a sentence a line, its key straight to the record and its field, Esc back."""

from __future__ import annotations

import datetime as dt

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableWidget
from ui_world import VILLAGE, Window, focus, press, typed, words

from hsdesk.desk import Desk
from hsdesk.desk.json_records import JsonRecord
from ui.pages.gap import beside_words
from ui.pages.home import HomePage
from ui.pages.indicator_detail import Detail
from ui.pages.indicators import IndicatorPage
from ui.pages.tasks import MOST
from ui.record.page import RecordPage


def in_days(days: int) -> str:
    return (dt.datetime.now().astimezone().date() + dt.timedelta(days=days)).isoformat()


def add(window: Window, *days: int) -> HomePage:
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
    return home


def told(home: HomePage) -> list[str]:
    return [f"{line.word} {line.text}" for line in home.tasks.listed.lines]


def test_what_is_past_comes_first_its_key_opens_the_field_and_esc_leads_back(window: Window) -> None:
    home = add(window, 30, -5, 0)
    assert home.tasks.listed.hasFocus()
    assert [one for one in told(home) if "到期" in one] == [
        f"已过期 “到期-5”的备案有效期 {in_days(-5)} 到期，已过 5 天",
        f"已过期 “到期0”的备案有效期今天到期（{in_days(0)}）",
        f"快到期 “到期30”的备案有效期 {in_days(30)} 到期，还有 30 天",
    ]
    kinds = [line.word for line in home.tasks.listed.lines]
    order = ["已过期", "必须改", "未上传", "快到期"]
    assert [kind for kind in dict.fromkeys(kinds) if kind in order] == order
    press(Qt.Key.Key_1, text="1")
    page = window.page(RecordPage)
    assert page.entry.session.node("org_name").value == "到期-5"
    window.qtbot.waitUntil(lambda: page.sheet.lines["expire_on"].editor.target().hasFocus())
    press(Qt.Key.Key_Escape)
    assert window.page(HomePage) is home
    assert home.tasks.listed.hasFocus()


def test_many_of_a_kind_are_one_press_away(window: Window) -> None:
    home = add(window, *range(1, MOST + 4))
    assert sum(one.startswith("快到期") for one in told(home)) == MOST + 1
    assert told(home)[-1] == "快到期 还有 3 件，全部列出"
    home.tasks.listed.setCurrentRow(len(told(home)) - 1)
    press(Qt.Key.Key_Return)
    assert sum(one.startswith("快到期") for one in told(home)) == MOST + 3
    assert home.tasks.listed.hasFocus()


def test_what_must_be_changed_and_what_is_unfinished_lead_to_their_fields(window: Window) -> None:
    page = window.new("community")
    typed(focus(page, "hh_registered"), "约三百")
    press(Qt.Key.Key_Escape)
    home = window.page(HomePage)
    window.qtbot.waitUntil(lambda: any(one.startswith("未填完") for one in told(home)))
    (draft,) = (line for line in home.tasks.listed.lines if line.word == "未填完")
    assert "户籍户数" in draft.text
    home.tasks.chosen.emit(draft.target)
    page = window.page(RecordPage)
    assert page.sheet.lines["hh_registered"].editor.target().hasFocus()


def test_an_empty_desk_is_shown_its_first_step(window: Window) -> None:
    home = window.page(HomePage)
    status = window.shell.office.status
    assert status is not None
    empty = tuple(msgspec.structs.replace(one, count=0) for one in status.registers)
    home.show_status(msgspec.structs.replace(status, registers=empty, waiting=0))
    assert told(home)[0] == "第一步 先填“社区（村）基本情况”，后面的表都用得上"


def test_a_big_register_is_looked_through_in_part_and_says_so(window: Window) -> None:
    def tasks(desk: Desk) -> object:
        rows = [JsonRecord(at, {"org_name": f"组织{at}"}) for at in range(1, 320)]
        desk.bulk.add("social_org", rows, VILLAGE)
        stops = []
        (task,) = desk.todo.must_change(("social_org",), lambda: stops.append(1))
        assert len(stops) > 10
        assert desk.todo.must_change(("social_org",), lambda: None, lambda: True) == ()
        return str(task.words)

    assert str(window.ask(tasks)).startswith("“社区社会组织”前 300 条里有 ")


def test_the_overdue_share_stands_beside_the_complete_one_and_says_where(window: Window) -> None:
    add(window, 30, -5, -9)
    window.work.go("indicators")
    page = window.page(IndicatorPage)
    window.qtbot.waitUntil(lambda: page.table.rowCount() > 0)
    at = next(row for row in range(page.table.rowCount()) if page.table.item(row, 0).text() == "I32")
    assert page.table.item(at, 4).text().endswith("；逾期率 66.7%，3 条里过期 2 条")
    detail = Detail(page._values[at])
    detail.show()
    shown = words(detail)
    assert "过期的是哪些，看工作台首页「今天要办的」" in shown
    assert "逾期率：有期限的记录" in shown
    table = detail.findChildren(QTableWidget)[-1]
    assert [table.item(0, column).text() for column in (0, 1)] == ["歙县-深渡镇-定潭村委会", "2"]
    detail.close()


def test_a_share_of_nothing_is_said_to_be_none(window: Window) -> None:
    value = next(one for one in window.ask(lambda desk: desk.reports.indicators()) if one.id == "I32")
    assert (value.beside.denominator, value.beside.value) == (0, None)
    assert beside_words(value.beside) == "逾期率：不适用"
    unknown = msgspec.structs.replace(value.beside, denominator=None, shown="此处不知")
    assert beside_words(unknown) == "逾期率：此处不知"
