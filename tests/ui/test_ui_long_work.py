"""Long work says how far it is and can be stopped; the file before stays as it was."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from ui_world import Window, button

from hsdesk.errors import Cancelled
from hsdesk.model.step import Step
from hsdesk.reports.content import Chart, PrintColumn, Summary, Table
from hsdesk.reports.evaluation import Evaluation
from hsdesk.reports.excel import write_workbook
from hsdesk.reports.indicators import Indicator, IndicatorValue
from ui.pages.indicators import IndicatorPage
from ui.painter import paint_pdf
from ui.parts.long_work import LongWork
from ui.parts.notice import Notice


def test_what_is_stopped_leaves_the_file_before_and_nothing_half(window: Window, tmp_path: Path) -> None:
    out = tmp_path / "out.pdf"
    out.write_bytes(b"before")
    summary = Summary("charts", "结构图", blocks=(Chart("类别", ()),))
    work = LongWork(window.shell, "正在存 PDF", "页")
    work._began -= 60  # it has gone on for a minute

    def press() -> None:
        assert "分钟" in work.counts.text()
        button(work, "取消").click()

    def passing(done: int) -> None:
        work._last = 0.0
        if done == 30:
            QTimer.singleShot(0, press)
        work.step(done, 90)

    with pytest.raises(Cancelled):
        paint_pdf([summary] * 90, out, passing)
    assert work.cancelled
    assert work.bar.value() < work.bar.maximum()
    assert out.read_bytes() == b"before"
    assert [one.name for one in tmp_path.iterdir() if one.name.endswith(".part")] == []
    work.close()


def test_an_export_that_is_stopped_leaves_the_file_before_and_says_so(window: Window, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    out.write_bytes(b"before")
    table = Table((PrintColumn(("名称",)),), (("甲",),) * 400)
    told: list[object] = []

    def write(_: object, step: Step) -> None:
        def slowly(done: int, total: int) -> None:
            if done == 300:
                reached.set()
                assert stopped.wait(10)
            step(done, total)

        write_workbook((Summary("roster", "名册", blocks=(table,)),), out, slowly)

    reached, stopped = threading.Event(), threading.Event()
    work = LongWork(window.shell, "导出 Excel", "行")
    work.carry(window.shell.office, write, told.append)
    window.qtbot.waitUntil(lambda: reached.is_set() and work.isVisible(), timeout=10_000)
    window.qtbot.waitUntil(lambda: "/ 400 行" in work.counts.text())
    button(work, "取消").click()
    stopped.set()
    window.rest()
    (notice,) = (one for one in window.shell.findChildren(Notice) if one.windowTitle() == "已停下")
    assert "“导出 Excel”没有做完。原来的文件没有动" in notice.message.text()
    assert told == []
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["out.xlsx"]
    assert out.read_bytes() == b"before"


def test_indicators_are_counted_in_figures_and_what_was_stopped_is_counted_again(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, stopped = threading.Event(), threading.Event()
    counted = Evaluation.one_for
    asked: list[str] = []

    def slowly(self: Evaluation, indicator: Indicator, area: str) -> IndicatorValue:
        asked.append(indicator.id)
        if len(asked) == 20:
            reached.set()
            assert stopped.wait(10)
        return counted(self, indicator, area)

    monkeypatch.setattr(Evaluation, "one_for", slowly)
    window.work.go("indicators")
    window.qtbot.waitUntil(lambda: reached.is_set() and isinstance(window.work.page, IndicatorPage))
    page = window.work.page
    assert isinstance(page, IndicatorPage)
    window.qtbot.waitUntil(lambda: page.counting.isVisible() and "正在算：" in page.counting.words.text())
    button(page, "取消").click()
    stopped.set()
    window.rest()
    assert (len(asked), page.table.rowCount()) == (20, 0)
    assert page.counting.words.text() == "已停下，没有算完，数据都在。"
    button(page, "重新算").click()
    window.rest()
    assert page.table.rowCount() == len(asked) - 20 > 20
    assert not page.counting.isVisible()


def test_what_is_quick_shows_no_dialog(window: Window, tmp_path: Path) -> None:
    summary = Summary("charts", "结构图", blocks=(Chart("类别", ()),))
    work = LongWork(window.shell, "正在存 PDF", "页")
    paint_pdf(summary, tmp_path / "out.pdf", lambda done: work.step(done, 1))
    assert not work.isVisible()
    assert (tmp_path / "out.pdf").stat().st_size > 0
    work.close()
