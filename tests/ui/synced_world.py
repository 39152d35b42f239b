"""A window enrolled at a real city server, and the township's desk that changes the same records."""

from __future__ import annotations

from pathlib import Path

import msgspec
from ui_world import PASSPHRASE, VILLAGE, Window, enter

from hsdesk.cli.journey import Server
from hsdesk.desk import Desk
from hsdesk.desk.values import ListQuery
from ui.pages.sync import SyncPage

TOWNSHIP = "341021101"


def enrolled(window: Window, server: Server) -> SyncPage:
    """Register the computer in the sync centre, as a person does."""
    window.work.go("sync")
    page = window.page(SyncPage)
    page._enrol.url.edit.setText(server.url)
    page._enrol.code.edit.setText(server.code(VILLAGE, "village"))
    page._enrol.code.edit.setFocus()
    enter()
    window.rest()
    window.qtbot.waitUntil(lambda: page._send.isVisible(), timeout=20_000)
    return page


def meet(home: Path, url: str) -> Desk:
    """Open an enrolled desk whose server answers at another address now."""
    desk = Desk.open(home, PASSPHRASE)
    enrolment = desk.exchange._enrolment()
    assert enrolment is not None
    desk.exchange._keep(msgspec.structs.replace(enrolment, url=url))
    return desk


def send(window: Window, page: SyncPage) -> str:
    """Press the big button; return what the page says afterwards."""
    page._send.press.click()
    window.qtbot.waitUntil(lambda: page._job is None, timeout=60_000)
    window.rest()
    return page._send.result.text()


def change_place(desk: Desk, text: str, name: str = "定潭老年协会") -> str:
    """Change the venue of an organization; return its record."""
    record = desk.lists.keys("social_org", ListQuery(search=name))[0].record
    entry = desk.records.entry("social_org", record)
    edit = entry.edit(entry.session.answer("place", text))
    assert edit is not None
    desk.records.save(edit)
    return record
