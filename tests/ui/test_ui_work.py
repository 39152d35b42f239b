from __future__ import annotations

import threading
import weakref
from typing import Any

from PySide6.QtCore import QObject

from ui.work import Work


def test_a_save_passes_a_long_job_at_its_next_step(qtbot: Any, qapp: QObject) -> None:
    work, order = Work(), []
    asked, saved = threading.Event(), threading.Event()

    def sync() -> None:
        asked.wait(10)
        work.let_pass()
        order.append("sync ended" if saved.is_set() else "sync ended before the save")

    def save() -> None:
        order.append("saved")
        saved.set()

    work.run(sync, long=True)
    work.run(save)
    work.run(lambda: order.append("second sync"), long=True)
    asked.set()
    qtbot.waitUntil(lambda: work.waiting == 0, timeout=10_000)
    work.finish()
    assert order == ["saved", "sync ended", "second sync"]


def test_jobs_keep_their_order_behind_a_long_one_that_lets_nothing_pass(qtbot: Any, qapp: QObject) -> None:
    work, order = Work(), []
    work.run(lambda: order.append(1), long=True)
    for number in (2, 3, 4):
        work.run(lambda number=number: order.append(number))  # type: ignore[misc]
    qtbot.waitUntil(lambda: work.waiting == 0, timeout=10_000)
    work.finish()
    assert order == [1, 2, 3, 4]


class _Page:
    """What a closed page leaves: parts that hold each other, so that only the collector frees them."""

    def __init__(self) -> None:
        self.itself = self


def test_what_a_closed_page_leaves_is_freed_on_the_windows_thread(qtbot: Any, qapp: QObject) -> None:
    work, freed_on = Work(), list[threading.Thread]()
    page = _Page()
    weakref.finalize(page, lambda: freed_on.append(threading.current_thread()))
    del page

    def leave_much_behind() -> None:
        for _ in range(50_000):
            _Page()

    for _ in range(3):
        work.run(leave_much_behind)
        qtbot.waitUntil(lambda: work.waiting == 0, timeout=10_000)
    qtbot.waitUntil(lambda: bool(freed_on), timeout=10_000)
    work.finish()
    assert freed_on == [threading.main_thread()]
