"""Disks without room, files that refuse a row, and what the window says about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QLineEdit
from ui_world import PASSPHRASE, PATIENCE_MS, Window, enter, focus, typed

from hsdesk.desk import Desk
from hsdesk.desk.values import ListQuery
from ui.parts.notice import Notice
from ui.record.page import RecordPage

NAME = "定潭老年协会"
NOT_SAVED, NOT_ON_DISK, KEPT = "没有存进去", "只在屏幕上", "已留作草稿"


def roomy(window: Window) -> None:
    """Let every table take rows again."""

    def mend(desk: Desk) -> None:
        core = desk._file._connection
        for (name,) in core.all("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'no_%'"):
            core.run(f"DROP TRIGGER {name}")

    if window.shell.office.is_open:
        window.ask(mend)


def refusing(window: Window, *tables: str, holding: str = "") -> None:
    """Let tables of the file take no more rows, or none whose body holds a text: nobody reckons with it."""
    only = f"WHEN instr(NEW.body, CAST('{holding}' AS BLOB))" if holding else ""

    def spoil(desk: Desk) -> None:
        for table in tables:
            head = f"CREATE TRIGGER no_{table} BEFORE INSERT ON {table} {only}"
            desk._file._connection.run(f"{head} BEGIN SELECT RAISE(ABORT, 'no'); END")

    window.ask(spoil)


@contextmanager
def full_disk() -> Iterator[None]:
    """No file may grow."""
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def notices(window: Window) -> list[Notice]:
    QApplication.processEvents()
    return [one for one in window.shell.findChildren(Notice) if one.isVisible()]


def read_reports(window: Window) -> None:
    """Click away the reports of mistakes."""
    for notice in notices(window):
        if notice.windowTitle() == "程序出了一点问题":
            notice.accept()
    window.shell.activateWindow()
    window.qtbot.waitUntil(window.shell.isActiveWindow, timeout=PATIENCE_MS)


def pasted(field: QLineEdit, text: str) -> None:
    """Put in a long text at once."""
    event = QInputMethodEvent("", [])
    event.setCommitString(text)
    QApplication.sendEvent(field, event)


def fill(page: RecordPage, path: str, text: str) -> QLineEdit:
    """Type a whole answer and press Enter."""
    field = focus(page, path)
    assert isinstance(field, QLineEdit)
    field.selectAll()
    typed(field, text)
    enter()
    return field


def settled(window: Window, page: RecordPage) -> None:
    """Wait until everything is told that has happened."""
    window.rest()
    read_reports(window)
    page.check()


def said(page: RecordPage, path: str) -> str:
    return page.sheet.lines[path].said


def question(window: Window) -> Notice:
    """Wait for the question whether to leave."""

    def asked() -> list[Notice]:
        return [one for one in notices(window) if one.windowTitle() == "还没有存进去"]

    window.qtbot.waitUntil(lambda: bool(asked()), timeout=PATIENCE_MS)
    (notice,) = asked()
    return notice


def not_on_disk(window: Window) -> RecordPage:
    """Return the page of a record with an answer that a full disk took neither as such nor as a draft."""
    page = window.record(NAME)
    with full_disk():
        fill(page, "leader", "王五")
        settled(window, page)
    return page


def leaders(window: Window) -> list[str]:
    """Return a stored answer of every organization, in order."""

    def read(desk: Desk) -> list[str]:
        rows = desk.lists.rows("social_org", desk.lists.keys("social_org", ListQuery()))
        return sorted(str(row.values["leader"]) for row in rows)

    if window.shell.office.is_open:
        return window.ask(read)  # type: ignore[return-value]
    desk = Desk.open(window.home, PASSPHRASE)
    found = read(desk)
    desk.close()
    return found
