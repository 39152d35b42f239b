"""What is seen of a person on one's own screen follows the mark of the question, wherever it is shown.

Numbers and telephones are open only in the field that has the focus; choices, references and days are open.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from said import said
from ui_world import PASSPHRASE, Window, enter, focus, press, typed

from hsdesk.desk import Desk
from hsdesk.desk.json_records import JsonRecord
from hsdesk.desk.values import Conflict, Side
from ui.pages.conflict import ConflictCard
from ui.pages.drafts import DraftPage
from ui.pages.register import RegisterPage
from ui.record.page import RecordPage

ID_NUMBER = "34102119650212001X"
HIDDEN = (ID_NUMBER, "13812345678", "13956789012")
MEMBER = {
    "name": "江红霞",
    "id_no": ID_NUMBER,
    "phone": HIDDEN[1],
    "birth_ym": "1965-02",
    "gender": "2",
    "education": "20",
    "category": "1",
    "joined_on": "1990-07-01",
    "full_on": "1991-07-01",
}
BODY = {"body_type": "1", "name": "定潭村民委员会", "members": [{"name": "方敏", "phone": HIDDEN[2]}]}


@pytest.fixture(scope="module")
def filled_home(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a closed desk with a party member and a body of one member; copied, never changed."""
    folder = tmp_path_factory.mktemp("masked") / "home"
    shutil.copytree(sample_home, folder)
    desk = Desk.open(folder, PASSPHRASE)
    assert desk.bulk.add("party_member", [JsonRecord(1, MEMBER)]).ids
    assert desk.bulk.add("self_gov_body", [JsonRecord(1, BODY)]).ids
    desk.close()
    return folder


@pytest.fixture
def desk_home(filled_home: Path, home: Path) -> Path:
    shutil.copytree(filled_home, home)
    return home


def leaks(window: Window) -> list[str]:
    """Return what is said in full and may be so only in the field with the focus."""
    return [text for text in said(window.shell) for number in HIDDEN if number in text]


def test_an_identity_number_is_covered_while_its_field_is_not_edited(window: Window) -> None:
    page = window.new("grid_staff")
    field = focus(page, "id_no")
    assert isinstance(field, QLineEdit)
    typed(field, ID_NUMBER)
    assert field.text() == ID_NUMBER
    focus(page, "name")
    assert window.stored(page, "id_no") == ID_NUMBER
    assert field.text() == "341021********001X"
    focus(page, "id_no")
    assert field.text() == ID_NUMBER


def test_a_member_is_open_but_for_numbers_in_list_record_history_and_search(window: Window) -> None:
    window.work.go("register", "party_member")
    table = window.page(RegisterPage)
    assert table.model is not None
    window.qtbot.waitUntil(lambda: table.model.record(0) is not None)  # type: ignore[union-attr]
    assert {"女", "正式党员"} <= said(table) and not leaks(window)
    page = window.record("江红霞", "party_member")
    focus(page, "name")
    page.past.toggle()
    window.rest()
    focus(page, "joined_on")
    focus(page, "name")
    assert page.title.text() == "江红霞"
    assert {"1965-02", "1990-07-01", "138****5678", "341021********001X"} <= said(page)
    assert not leaks(window) and "***" not in said(window.shell)
    focus(page, "phone")
    press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    typed(page.sheet.lines["phone"].editor.target(), "13812345679")
    enter()
    window.rest()
    window.work._to_finder()
    typed(window.work.finder, "jhx")
    window.qtbot.waitUntil(lambda: window.work.finder.is_open)
    window.rest()
    assert not [text for text in said(window.shell) if "13812345679" in text]


def test_the_rows_of_a_roster_and_unfinished_text_are_hidden_too(window: Window) -> None:
    page = window.record("定潭村民委员会", "self_gov_body")
    assert not leaks(window) and "139****9012" in said(page)
    member = window.record("江红霞", "party_member")
    field = focus(member, "phone")
    typed(field, "3")
    member.sheet.lines["phone"].editor._dirty = True  # type: ignore[attr-defined]
    member.autosave.typed("phone", HIDDEN[1], 11)
    member.autosave.write_drafts()
    window.rest()
    drafts = window.ask(lambda desk: desk.records.drafts())
    assert [one.text for one in drafts] == [HIDDEN[1]]  # type: ignore[attr-defined]
    shown = DraftPage(window.shell.office)
    window.qtbot.addWidget(shown)
    shown.enter()
    window.qtbot.waitUntil(lambda: any("138****5678" in text for text in said(shown)))
    assert not [text for text in said(shown) if HIDDEN[1] in text]


def test_the_clipboard_takes_what_the_field_shows(window: Window) -> None:
    page = window.record("江红霞", "party_member")
    line = focus(page, "phone")
    assert isinstance(line, QLineEdit)
    focus(page, "name")
    QGuiApplication.clipboard().setText("")
    line.selectAll()
    line.copy()
    assert QGuiApplication.clipboard().text() == "138****5678"
    focus(page, "phone")
    QTest.keyClick(line, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(line, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == HIDDEN[1]
    assert isinstance(page, RecordPage)


def test_another_telephone_may_be_typed_where_two_hidden_ones_differ(window: Window) -> None:
    sides = [Side(number, "138****5678", "程专干", 2, "2026-03-15T09:00:00") for number in ("1", "2")]
    found = Conflict(
        *("c", "party_member", "党员", "r", "s", "江红霞", "phone", "手机号", None, "", *sides, "a"),
        is_hidden=True,
    )
    for is_picked in (False, True):
        card = ConflictCard(window.shell.office, msgspec.structs.replace(found, is_picked=is_picked))
        window.qtbot.addWidget(card)
        assert card.own.isVisibleTo(card) is not is_picked
