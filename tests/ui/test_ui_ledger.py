"""积分流水 in the window: closed entries stay as they are, 冲正… makes the entry that undoes one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLineEdit
from ui_world import Window, button, words

from hsdesk.desk import Desk
from hsdesk.desk.json_records import JsonRecord
from hsdesk.desk.values import ListQuery
from ui.pages.page import Target
from ui.pages.register import RegisterPage
from ui.parts.notice import Notice
from ui.record.page import RecordPage

LEDGER = "point_ledger"


def filled(desk: Desk) -> tuple[str, str]:
    """Return a finished entry and a half-typed one."""
    (household,) = desk.bulk.add("household", [JsonRecord(1, {"head_name": "程大明", "group": "1组"})]).ids
    rule = {"code": "A1", "kind": "1", "item": "整洁", "points": 5, "valid_from": "2026-01-01"}
    (of_rule,) = desk.bulk.add("point_rule", [JsonRecord(1, rule)]).ids
    half = {"household": household, "rule": of_rule}
    whole = half | {"happened_on": "2026-11-01"}
    first, second = desk.bulk.add(LEDGER, [JsonRecord(1, whole), JsonRecord(2, half)]).ids
    return first, second


@pytest.fixture
def entries(window: Window) -> tuple[str, str]:
    return window.ask(filled)  # type: ignore[return-value]


def opened(window: Window, record: str) -> RecordPage:
    place = window.ask(lambda desk: desk.status().places[0].id)
    window.work.show_target(Target("record", LEDGER, record, scope=str(place)))
    return window.page(RecordPage)


def when_asked(act: Callable[[Notice], None]) -> None:
    """Do something with the next question that comes up; it waits for its answer."""
    soon = QTimer(QApplication.instance(), interval=5)

    def look() -> None:
        asked = [one for one in QApplication.topLevelWidgets() if isinstance(one, Notice) and one.isVisible()]
        if asked:
            soon.stop()
            soon.deleteLater()
            act(asked[0])

    soon.timeout.connect(look)
    soon.start()


def answer_with(reason: str) -> None:
    """Type a reason into the question that comes up, and accept it."""

    def answer(notice: Notice) -> None:
        field = notice.findChild(QLineEdit)
        assert field is not None
        field.setText(reason)
        button(notice, "冲正" if "冲正" in notice.windowTitle() else "作废").click()

    when_asked(answer)


def test_a_closed_entry_says_so_and_only_takes_what_is_still_empty(
    window: Window, entries: tuple[str, str]
) -> None:
    page = opened(window, entries[0])
    window.qtbot.waitUntil(lambda: "已入账，只增不改" in words(page))
    can = {path for path, line in page.sheet.lines.items() if line.can_be_filled}
    assert can == {"reviewer", "published", "reverse_of"}
    assert page.title.text() == "程大明 2026-11-01"


def test_a_half_typed_entry_can_be_filled(window: Window, entries: tuple[str, str]) -> None:
    page = opened(window, entries[1])
    assert page.sheet.lines["points"].can_be_filled
    assert "已入账" not in words(page)


def test_reversing_on_the_page_shows_the_new_entry_and_marks_the_old_one(
    window: Window, entries: tuple[str, str]
) -> None:
    page = opened(window, entries[0])
    window.qtbot.waitUntil(lambda: "已入账" in words(page))
    answer_with("记错了户")
    button(page, "冲正…").click()
    window.wait_for_another(page)
    made = window.page(RecordPage)
    assert made.entry.session.node("points").value == -5
    assert made.entry.session.node("remark").value == "记错了户"
    old = opened(window, entries[0])
    window.qtbot.waitUntil(lambda: "已经冲正" in words(old))
    button(old, "看冲正的那一条").click()
    window.wait_for_another(old)
    assert window.page(RecordPage).entry.record == made.entry.record


def test_the_list_reverses_a_closed_entry_and_deletes_a_half_typed_one(
    window: Window, entries: tuple[str, str]
) -> None:
    window.work.go("register", LEDGER)
    page = window.page(RegisterPage)
    window.qtbot.waitUntil(lambda: page.model is not None and page.model.rowCount() == 2)
    assert page.model is not None
    for record, reason, left in ((entries[0], "记错了户", 3), (entries[1], "不记了", 2)):
        page.table.setCurrentIndex(page.model.index(page.model.find(record), 0))
        answer_with(reason)
        button(page, "冲正…").click()
        window.qtbot.waitUntil(lambda left=left: page.model.rowCount() == left)  # type: ignore[misc, union-attr]
    keys = window.ask(lambda desk: desk.lists.keys(LEDGER, ListQuery()))
    assert len(keys) == 2  # type: ignore[arg-type]


def test_a_reversal_is_not_made_without_a_reason(window: Window, entries: tuple[str, str]) -> None:
    page = opened(window, entries[0])
    seen: list[bool] = []

    def look(notice: Notice) -> None:
        seen.append(button(notice, "冲正").isEnabled())
        notice.reject()

    when_asked(look)
    page.sitting.telling.reverse()
    window.rest()
    assert seen == [False]
    assert len(window.ask(lambda desk: desk.lists.keys(LEDGER, ListQuery()))) == 2  # type: ignore[arg-type]
