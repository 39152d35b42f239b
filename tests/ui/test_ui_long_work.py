"""Painting many pages says how far it is and can be stopped; the file before stays as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from ui_world import Window, button

from hsdesk.reports.content import Chart, Summary
from ui.painter import paint_pdf
from ui.parts.long_work import LongWork, Stopped


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

    with pytest.raises(Stopped):
        paint_pdf([summary] * 90, out, passing)
    assert work.cancelled
    assert work.bar.value() < 90
    assert out.read_bytes() == b"before"
    assert [one.name for one in tmp_path.iterdir() if one.name.endswith(".part")] == []
    work.close()


def test_what_is_quick_shows_no_dialog(window: Window, tmp_path: Path) -> None:
    summary = Summary("charts", "结构图", blocks=(Chart("类别", ()),))
    work = LongWork(window.shell, "正在存 PDF", "页")
    paint_pdf(summary, tmp_path / "out.pdf", lambda done: work.step(done, 1))
    assert not work.isVisible()
    assert (tmp_path / "out.pdf").stat().st_size > 0
    work.close()
