"""The print page: an open record, what a list shows, the day, the place and the zoom of the pages."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from ui_world import PASSPHRASE, Window

from hsdesk.desk import Desk
from hsdesk.desk.grid_values import ColumnFilter
from hsdesk.desk.json_records import JsonRecord
from hsdesk.reports.content import Table
from ui.pages.prints import PrintPage
from ui.pages.register import RegisterPage
from ui.record.page import RecordPage

CTRL = Qt.KeyboardModifier.ControlModifier


def press(window: Window, key: Qt.Key, modifier: Qt.KeyboardModifier = CTRL) -> None:
    QTest.keyClick(window.shell, key, modifier)


def made(window: Window) -> PrintPage:
    """Wait for the print page and what it shows."""
    page = window.page(PrintPage)
    window.qtbot.waitUntil(lambda: bool(page.summaries))
    return page


def offered(page: PrintPage) -> list[str]:
    names = page.choice.names
    return [names.item(at).toolTip() for at in range(names.count())]


def choose(window: Window, page: PrintPage, title: str) -> None:
    page.choice.names.setCurrentRow(offered(page).index(title))
    window.rest()


def rows(page: PrintPage) -> list[str]:
    (table,) = page.summaries[0].blocks
    assert isinstance(table, Table)
    return [" ".join(row) for row in table.rows]


def test_an_open_record_is_printed_alone_and_esc_leads_back_to_it(window: Window) -> None:
    record = window.record("定潭老年协会").entry.record
    press(window, Qt.Key.Key_P)
    page = made(window)
    assert "社会组织季度汇总表" not in offered(page)  # made of all records
    choose(window, page, "社区社会组织花名册")
    assert len(rows(page)) == 1 and "定潭老年协会" in rows(page)[0]
    page.choice.subjects.setCurrentIndex(0)
    page.choice.subjects.activated.emit(0)
    window.rest()
    choose(window, page, "社区社会组织花名册")
    assert len(rows(page)) == 3
    press(window, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    assert window.page(RecordPage).entry.record == record
    press(window, Qt.Key.Key_P)
    assert made(window).summaries[0].name == "social_org_roster"  # what was looked at last stands again
    assert len(rows(page)) == 1


def test_what_a_list_shows_is_printed_with_its_filter_order_and_columns(
    window: Window, tmp_path: Path, monkeypatch
) -> None:
    window.work.go("register", "social_org")
    listed = window.page(RegisterPage)
    window.qtbot.waitUntil(lambda: listed.grid is not None and listed.model.count == 3)
    listed.grid.choose_columns(("member_n",))
    listed.grid.filter(ColumnFilter("", "会"))
    listed.grid.sort_by(0)
    window.rest()
    press(window, Qt.Key.Key_P)
    page = made(window)
    assert page.summaries[0].name == "social_org" and page.choice.subjects.currentText() == "列表里的 2 条"
    (table,) = page.summaries[0].blocks
    headings = [column.heading[-1] for column in table.columns]
    assert headings == ["序号", "村(社区)", "组织名称", "成员(会员)数"]
    titles = [listed.model.index(at, 0).data() for at in range(2)]
    assert [row[2] for row in table.rows] == titles
    page.back()
    listed.grid.filter(ColumnFilter("", "没有这个"))
    window.rest()
    press(window, Qt.Key.Key_P)
    window.page(PrintPage)
    assert not page.summaries and not page.presses[0].isEnabled()
    page.back()
    listed.grid.filter(ColumnFilter("", "会"))
    window.rest()
    press(window, Qt.Key.Key_P)
    page = made(window)
    out = tmp_path / "列表.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(out), ""))
    page.save_pdf()
    window.rest()
    (told,) = [one for one in window.ask(lambda desk: desk.audit.entries()) if one.kind == "print"]
    assert (told.name, told.records) == ("social_org", 2) and "#" in told.path


def test_the_day_and_the_zoom_change_the_pages(qtbot: QtBot, desk_home: Path) -> None:
    window = Window(qtbot, desk_home)
    window.open(PASSPHRASE)
    window.work.go("prints")
    page = window.page(PrintPage)
    choose(window, page, "社区社会组织花名册")
    page.choice.day.setCurrentText("2020Q1")
    page.choice.day._typed()
    window.rest()
    assert "2020年第一季度" in page.summaries[0].remark
    page.choice.day.setCurrentText("2020-13-01")
    page.choice.day._typed()
    assert not page.summaries and page.choice.asked is not None
    page.choice.day._picked(0)
    window.rest()
    width = page.preview.sheets[0].width()
    press(window, Qt.Key.Key_Plus)
    assert page.preview.sheets[0].width() == round(width * 1.25)
    window.close()
    again = Window(qtbot, desk_home)
    again.open(PASSPHRASE)
    again.work.go("prints")
    page = made(again)
    assert page.preview.zoom == 1.25 and page.summaries[0].name == "social_org_roster"
    assert page.choice.asked is None  # a day that was asked for once is not asked for again unseen
    again.close()


def test_a_list_of_two_villages_is_printed_whole_and_a_print_out_by_village(qtbot: QtBot, home: Path) -> None:
    villages = ("341021101204", "341021101203")
    desk, _ = Desk.create(home, villages, "汪文书", PASSPHRASE)
    for place, name in zip(villages, ("汪示例", "方示例"), strict=True):
        assert desk.bulk.add("worker", [JsonRecord(1, {"name": name, "hired_on": "2020-01-01"})], place).ids
    desk.close()
    window = Window(qtbot, home)
    window.open(PASSPHRASE)
    window.work.go("prints")
    page = window.page(PrintPage)
    choose(window, page, "社区工作者花名册")
    assert "汪示例" in rows(page)[0]
    page.choice.place.setCurrentIndex(1)
    page.choice.place.activated.emit(1)
    window.rest()
    assert len(rows(page)) == 1 and "方示例" in rows(page)[0]
    window.work.go("register", "worker")
    listed = window.page(RegisterPage)
    window.qtbot.waitUntil(lambda: listed.grid is not None and listed.model.count == 2)
    press(window, Qt.Key.Key_P)
    page = made(window)
    assert len(rows(page)) == 2 and page.choice.place.isHidden()
    window.close()
