"""考核指标: another day or period, what lies behind a figure and the way there and back, structure charts."""

from __future__ import annotations

import datetime as dt
import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from ui_world import Window, button, press, typed, words

from hsdesk.desk import Desk
from hsdesk.desk.json_records import JsonRecord
from hsdesk.reports.content import Bar, Chart
from ui.pages.indicators import IndicatorPage
from ui.parts.chart_view import ChartView
from ui.record.page import RecordPage

GRIDS = (
    {"grid_name": "一网格", "valid_from": "2020-01-01", "party_form": "1", "party_from": "2020-01-01"},
    {"grid_name": "二网格", "valid_from": "2020-01-01"},
)


def opened(window: Window) -> IndicatorPage:
    """Make two grids, of which one is not fused, and show the indicators."""

    def made(desk: Desk) -> None:
        assert not desk.bulk.add("grid", [JsonRecord(at, dict(one)) for at, one in enumerate(GRIDS)]).rejected

    window.ask(made)
    window.work.go("indicators")
    page = window.page(IndicatorPage)
    window.qtbot.waitUntil(lambda: page.table.rowCount() > 0)
    return page


def mark(page: IndicatorPage, number: str) -> None:
    page.table.setCurrentCell([one.id for one in page._values].index(number), 0)
    page.table.setFocus()


def test_from_a_figure_to_the_record_that_does_not_count_and_back(window: Window) -> None:
    page = opened(window)
    mark(page, "I12")
    press(Qt.Key.Key_Return)
    window.rest()
    detail = page.detail_view
    assert detail is not None
    assert "算进来的：“网格（综治网格）+党建网格”1 条" in words(detail)
    (line,) = detail.lists[0].lines
    assert (line.word, line.text) == ("去补", "二网格：“党建网格形式”没有填")
    assert detail.lists[0].hasFocus()
    press(Qt.Key.Key_2, text="2")  # the keys of the second list go on from the first
    assert window.page(RecordPage).entry.session.node("grid_name").value == "一网格"
    press(Qt.Key.Key_Escape)
    assert window.page(IndicatorPage).stack.currentWidget() is detail
    press(Qt.Key.Key_1, text="1")
    record = window.page(RecordPage)
    assert record.entry.session.node("grid_name").value == "二网格"
    window.qtbot.waitUntil(lambda: record.sheet.lines["party_form"].editor.target().hasFocus())
    press(Qt.Key.Key_Escape)
    assert window.page(IndicatorPage).stack.currentWidget() is page.detail_view
    assert page.detail_view.lists[0].hasFocus()
    press(Qt.Key.Key_Escape)
    assert page.stack.currentWidget() is page.list
    assert page.table.hasFocus()


def test_that_there_is_no_target_is_said_once_and_notes_have_full_punctuation(window: Window) -> None:
    page = opened(window)
    mark(page, "I11")
    press(Qt.Key.Key_Return)
    assert page.detail_view is not None
    shown = words(page.detail_view)
    assert shown.count("参考，没有目标") == 1
    assert "目标 参考" not in shown
    assert not re.search(r"[\u4e00-\u9fff][,;:(]", shown), shown


def test_another_day_or_period_is_asked_for_and_what_cannot_be_read_is_said(window: Window) -> None:
    page = opened(window)
    line = page.asked.lineEdit()
    assert line is not None

    def ask(text: str) -> None:
        line.setFocus()
        line.selectAll()
        typed(line, text)
        press(Qt.Key.Key_Return)
        window.rest()

    ask("2019Q1")
    assert page.day.text() == "2019 年第 1 季度，截至 2019-03-31"
    assert next(one for one in page._values if one.id == "I12").value is None
    ask("20190230")
    assert "日期写法不对" in page.day.text()
    ask("今天")
    assert not page.day.isVisible()
    assert next(one for one in page._values if one.id == "I12").value == 0.5


def test_the_structure_is_drawn_and_told(window: Window) -> None:
    page = opened(window)
    page.structure.click()
    charts = {one.chart.title: one for one in page.findChildren(ChartView)}
    kinds = charts["社区社会组织：类别"].chart
    assert {bar.label: bar.value for bar in kinds.bars}["公益类"] == 0  # none of them is filed yet
    assert "公益类 0家" in charts["社区社会组织：类别"].accessibleDescription()
    assert button(page, "结构图").isChecked()


def test_a_bar_is_as_long_as_its_figure() -> None:
    chart = Chart("类别", (Bar("公益类", 4, "4家"), Bar("自治类", 1, "1家"), Bar("其他", None, "此处不知")))
    view = ChartView(chart)
    view.resize(600, view.sizeHint().height())
    image = QImage(view.size(), QImage.Format.Format_RGB32)
    view.render(image)
    dark = [
        sum(image.pixelColor(x, y).name() == "#4f8f8a" for x in range(image.width()))
        for y in range(image.height())
    ]
    lengths = sorted({length for length in dark if length > 1})
    assert len(lengths) == 2
    assert abs(lengths[1] - 4 * lengths[0]) <= 4


def test_the_last_periods_are_offered(window: Window) -> None:
    page = opened(window)
    year = dt.datetime.now().astimezone().year
    assert page.asked.itemText(0) == "今天"
    assert f"{year} 年" in [page.asked.itemText(at) for at in range(page.asked.count())]
