"""Attachments in the rows of a roster: the same field, under the table, for the row that is marked."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog
from tables import form_of
from ui_world import PASSPHRASE, PATIENCE_MS, VILLAGE, Window, enter, focus, press, typed, words

from hsdesk.city.running import administration
from hsdesk.cli.journey import Journey, Server, city_server
from hsdesk.desk import Desk
from hsdesk.desk.values import ListQuery
from hsdesk.forms.schema import Form
from hsdesk.model.attachment import PART_BYTES, read_attachment
from ui.pages.sync import SyncPage
from ui.record.attachment import AttachmentEditor
from ui.record.page import RecordPage
from ui.record.rosterview import RosterBox

TOWNSHIP = "341021101"
TABLE = """
| survey |
| | type | name | label | required | required_message | bind::hs:title |
| | text | road | 巡查路段 | yes | 请填写巡查路段 | yes |
| | begin_repeat | spots | 隐患点 |
| | text | what | 隐患 | | | |
| | file | paper | 整改单 | yes | 请选择整改单 | |
| | integer | days | 期限 | | | |
| | end_repeat |

| settings |
| | form_title | form_id | version | namespaces |
| | 巡查登记 | patrol | 1 | hs="urn:hsdesk:form" |
"""


@pytest.fixture
def form() -> Form:
    return form_of(TABLE, settings="")


@pytest.fixture
def papers(tmp_path: Path) -> tuple[Path, Path]:
    made = (tmp_path / "整改单一.pdf", tmp_path / "整改单二.pdf")
    for at, file in enumerate(made):
        file.write_bytes(b"%PDF-1.4 " + random.Random(at).randbytes(PART_BYTES + 9))
    return made


def choosing(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))


def roster(page: RecordPage) -> RosterBox:
    return page.sheet.rosters["spots"]


def focused_field() -> AttachmentEditor:
    """Return the attachment field that has the focus."""
    widget = QApplication.focusWidget()
    while widget is not None and not isinstance(widget, AttachmentEditor):
        widget = widget.parentWidget()
    assert isinstance(widget, AttachmentEditor)
    return widget


def seen(page: RecordPage) -> list[AttachmentEditor]:
    return [one for one in page.findChildren(AttachmentEditor) if one.isVisible()]


def cells(page: RecordPage) -> list[list[str]]:
    model = roster(page).model
    lines, parts = range(model.rowCount()), range(model.columnCount())
    return [[str(model.data(model.index(at, part))) for part in parts] for at in lines]


def attach(window: Window, editor: AttachmentEditor) -> None:
    """Press the button that has the focus and wait for the file."""
    press(Qt.Key.Key_Space)
    told(window, editor)


def told(window: Window, editor: AttachmentEditor) -> None:
    """Wait until the field says how its file stands."""
    window.qtbot.waitUntil(lambda: editor.state is not None, timeout=PATIENCE_MS)
    window.rest()


def filled(window: Window, papers: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> RecordPage:
    """Fill two rows with a paper each, by keys alone."""
    page = window.new("patrol")
    typed(focus(page, "road"), "新安江路")
    enter()
    assert roster(page).add_button.hasFocus()
    press(Qt.Key.Key_Space)
    for what, paper in zip(("护栏松动", "路灯不亮"), papers, strict=True):
        field = QApplication.focusWidget()
        assert field is not None
        typed(field, what)
        enter()
        choosing(monkeypatch, paper)
        attach(window, focused_field())
        enter()  # on to the days
        enter()  # the last cell: a new row
    roster(page).remove()
    window.rest()
    return page


def test_rows_are_filled_with_their_papers_without_a_mouse(
    window: Window, form: Form, papers: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    window.ask(lambda desk: desk.file.install(form))
    page = filled(window, papers, monkeypatch)
    assert cells(page) == [["护栏松动", "整改单一.pdf", ""], ["路灯不亮", "整改单二.pdf", ""]]
    for line, paper in zip(roster(page).model.lines, papers, strict=True):
        attachment = read_attachment(window.stored(page, f"{line}/paper"))
        assert attachment is not None
        assert (attachment.name, attachment.size) == (paper.name, paper.stat().st_size)


def test_only_the_papers_of_the_marked_row_are_seen(
    window: Window, form: Form, papers: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    window.ask(lambda desk: desk.file.install(form))
    page = filled(window, papers, monkeypatch)
    table, model = roster(page).table, roster(page).model
    for at, paper in enumerate(papers):
        table.setCurrentIndex(model.index(at, 0))
        (editor,) = seen(page)
        told(window, editor)
        assert paper.name in words(editor)
        assert f"第 {at + 1} 行" in words(roster(page)).splitlines()


def test_a_row_that_is_taken_away_takes_its_field_along_and_undo_brings_both_back(
    window: Window, form: Form, papers: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    window.ask(lambda desk: desk.file.install(form))
    page = filled(window, papers, monkeypatch)
    table, model = roster(page).table, roster(page).model
    first = model.lines[0]
    table.setCurrentIndex(model.index(0, 1))
    roster(page).remove()
    window.rest()
    assert cells(page) == [["路灯不亮", "整改单二.pdf", ""]]
    assert f"{first}/paper" not in page.sheet.lines
    window.undo()
    window.rest()
    assert len(cells(page)) == 2
    page.sheet.focus_path(f"{first}/paper")
    editor = focused_field()
    told(window, editor)
    assert "整改单一.pdf" in words(editor)


def test_what_is_missing_in_a_row_is_gone_to_by_a_key(window: Window, form: Form) -> None:
    window.ask(lambda desk: desk.file.install(form))
    page = window.new("patrol")
    typed(focus(page, "road"), "新安江路")
    enter()
    press(Qt.Key.Key_Space)
    field = QApplication.focusWidget()
    assert field is not None
    typed(field, "护栏松动")
    enter()
    page.next_finding()
    window.rest()
    assert focused_field().choose.hasFocus()
    assert "必须改：请选择整改单" in words(roster(page))


def test_a_paper_of_a_row_that_the_form_does_not_take_is_told_and_the_row_stays(
    window: Window, form: Form, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.ask(lambda desk: desk.file.install(form))
    page = window.new("patrol")
    typed(focus(page, "road"), "新安江路")
    enter()
    press(Qt.Key.Key_Space)
    roster(page).table.start(0, 1)
    wrong = tmp_path / "花名册.xlsx"
    wrong.write_bytes(b"x")
    choosing(monkeypatch, wrong)
    editor = focused_field()
    press(Qt.Key.Key_Space)
    window.qtbot.waitUntil(lambda: "“花名册.xlsx”没有添加" in words(editor), timeout=PATIENCE_MS)
    assert window.stored(page, f"{roster(page).model.lines[0]}/paper") is None


@pytest.fixture
def server(tmp_path: Path, form: Form) -> Iterator[Server]:
    """Return a city server that has published the form."""
    folder = tmp_path / "city"
    folder.mkdir()
    with city_server(Journey(folder, lambda _: None)) as running:
        administration.add_form(running.database, form)
        yield running


def test_papers_of_rows_reach_the_server_and_are_fetched_above(
    window: Window,
    server: Server,
    papers: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    window.ask(lambda desk: desk.exchange.enroll(server.url, server.code(VILLAGE, "village")))
    window.ask(lambda desk: desk.exchange.sync())  # the form comes down
    page = filled(window, papers, monkeypatch)
    answers = [str(window.stored(page, f"{line}/paper")) for line in roster(page).model.lines]
    window.work.go("sync")
    centre = window.page(SyncPage)
    centre._send.press.click()
    window.qtbot.waitUntil(lambda: centre._job is None, timeout=60_000)
    window.rest()
    assert "都已上传" in centre._send.state.text()

    home = tmp_path / "township"
    desk, _ = Desk.create(home, (TOWNSHIP,), "程专干", PASSPHRASE)
    desk.exchange.enroll(server.url, server.code(TOWNSHIP, "township"))
    desk.exchange.sync()
    (key,) = desk.lists.keys("patrol", ListQuery())
    entry = desk.records.entry("patrol", key.record)
    held = [entry.session.node(f"{line}/paper").value for line in entry.session.rows("spots")]
    assert held == answers
    for answer, paper in zip(answers, papers, strict=True):
        assert desk.attachments.fetch(answer)
        assert desk.attachments.content(answer) == paper.read_bytes()
    desk.close()


def test_a_roster_without_papers_has_nothing_under_its_table(window: Window) -> None:
    page = window.record("定潭老年协会")
    box = page.sheet.rosters["members"]
    box.add()
    assert box.fields.isHidden()
    assert [one for one in seen(page) if box.isAncestorOf(one)] == []
