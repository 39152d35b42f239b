"""Every text size on the small screen of a village office: nothing is pushed out of the window sideways."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QScrollArea
from pytestqt.qtbot import QtBot
from ui_world import PASSPHRASE, Window, enter, focus, typed, words

from ui.pages.indicators import IndicatorPage
from ui.theme import SCALES, dress, metrics


@pytest.fixture(params=SCALES)
def sized(request: pytest.FixtureRequest, qtbot: QtBot, desk_home: Path) -> Iterator[Window]:
    """Return the window on the sample desk at a text size."""
    desk_home.joinpath("window.ini").write_text(f"[General]\nscale={request.param}\n", encoding="utf-8")
    window = Window(qtbot, desk_home)
    window.open(PASSPHRASE)
    window.shell.resize(1366, 728)
    assert metrics().scale == request.param
    yield window
    window.close()
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    dress(application, 100)


def settle(window: Window) -> None:
    for _ in range(3):
        window.rest()
        QApplication.processEvents()


def sideways(window: Window) -> list[int]:
    """Return how far each scrolling part of the page can be moved sideways, in pixels."""
    areas = (area for area in window.work.page.findChildren(QScrollArea) if area.isVisible())
    return [area.horizontalScrollBar().maximum() for area in areas]


def test_pages_do_not_scroll_sideways_and_keep_their_title(sized: Window) -> None:
    for page, title in (("settings", "设置"), ("sync", "收发中心"), ("prints", "打印与导出")):
        sized.work.go(page)
        settle(sized)
        assert set(sideways(sized)) <= {0}, page
        assert title in words(sized.work.page).splitlines()
        assert sized.shell.width() == 1366, page


def test_a_remark_is_seen_and_the_field_that_is_typed_in_stays_in_view(sized: Window) -> None:
    page = sized.new()
    typed(focus(page, "org_name"), "定潭老年协会")
    enter()
    settle(sized)
    (remark,) = page.sheet.lines["org_name"].remarks.shown.values()
    viewport, field = page.sheet.viewport(), QApplication.focusWidget()
    assert field is not None
    below = remark.mapTo(viewport, remark.rect().bottomLeft()).y()
    assert 0 < below <= viewport.height()
    assert max(remark.buttons[0].mapTo(viewport, QPoint(0, 0)).y(), 0) < viewport.height()
    top = field.mapTo(viewport, QPoint(0, 0)).y()
    assert 0 <= top < viewport.height()
    assert set(sideways(sized)) <= {0}


def test_what_was_undone_is_read_whole_and_the_field_stays_in_view(sized: Window) -> None:
    page = sized.record("定潭老年协会")
    typed(focus(page, "leader_phone"), "13900000001")
    enter()
    sized.rest()
    sized.undo()
    settle(sized)
    line = sized.work.undoing
    assert "已撤销：修改“定潭老年协会”的“负责人电话”。" in words(line)
    assert not line.text.is_cut
    viewport, field = page.sheet.viewport(), page.sheet.lines["leader_phone"].editor.target()
    assert field.hasFocus()
    assert 0 <= field.mapTo(viewport, QPoint(0, 0)).y() < viewport.height()
    assert set(sideways(sized)) <= {0}
    assert sized.shell.width() == 1366


def test_name_target_and_gap_of_an_indicator_are_in_sight(sized: Window) -> None:
    sized.work.go("indicators")
    page = sized.page(IndicatorPage)
    settle(sized)
    header, width = page.table.horizontalHeader(), page.table.viewport().width()
    assert page.table.rowCount() > 0
    assert header.sectionSize(1) >= 5 * page.table.fontMetrics().horizontalAdvance("字")
    for part in (1, 2, 3, 4):
        right = header.sectionViewportPosition(part) + header.sectionSize(part)
        assert 0 < right <= width, part
