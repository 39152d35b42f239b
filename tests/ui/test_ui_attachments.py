"""Attachments on the record page: chosen, seen, opened, stored, removed, by keys alone."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QMimeData, QObject, QPoint, QPointF, QStandardPaths, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from ui_world import PASSPHRASE, PATIENCE_MS, VILLAGE, Window, button, enter, focus, press, words

from hsdesk.cli.journey import Journey, Server, city_server
from hsdesk.desk import Desk
from hsdesk.forms.schema import Form, Question
from hsdesk.model.attachment import PART_BYTES, read_attachment
from ui.pages.home import HomePage
from ui.pages.sync import SyncPage, state_words
from ui.record.attachment import AttachmentEditor
from ui.record.page import RecordPage

FIELD = "charter_file"
COUNTY = "341021"


@pytest.fixture
def charter(tmp_path: Path) -> Path:
    file = tmp_path / "老年协会章程.pdf"
    file.write_bytes(b"%PDF-1.4 " + random.Random(1).randbytes(PART_BYTES + 9))
    return file


class Viewer(QObject):
    """Stands in for the programs of this computer that open files."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[Path] = []

    @Slot(QUrl)
    def show(self, url: QUrl) -> None:
        self.opened.append(Path(url.toLocalFile()))


@pytest.fixture
def viewer() -> Iterator[Viewer]:
    made = Viewer()
    QDesktopServices.setUrlHandler("file", made, "show")
    yield made
    QDesktopServices.unsetUrlHandler("file")


def field(page: RecordPage, path: str = FIELD) -> AttachmentEditor:
    editor = page.sheet.lines[path].editor
    assert isinstance(editor, AttachmentEditor)
    return editor


def choosing(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    """Answer the system's file dialogs as a person does."""
    for name in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *_: (str(file), ""))


def attached(window: Window, page: RecordPage, path: str = FIELD) -> AttachmentEditor:
    editor = field(page, path)
    window.qtbot.waitUntil(lambda: editor.state is not None, timeout=PATIENCE_MS)
    window.rest()
    return editor


def test_a_paper_is_chosen_opened_stored_and_removed_without_a_mouse(
    window: Window, charter: Path, viewer: Viewer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = window.record("定潭老年协会")
    choosing(monkeypatch, charter)
    focus(page, FIELD)
    assert "按空格选择文件，也可以拖到这里。" in words(page)
    assert "doc、docx 或 pdf，不超过5MB" in words(page)  # the form's own words
    press(Qt.Key.Key_Space)
    editor = attached(window, page)
    answer = window.stored(page, FIELD)
    attachment = read_attachment(answer)
    assert attachment is not None
    assert (attachment.name, attachment.size) == (charter.name, charter.stat().st_size)
    assert "老年协会章程.pdf" in words(editor)
    assert "256 KB　未上传，下次数据同步时上传" in words(editor)
    assert "已保存" in page.state.text()
    editor.choose.setFocus()
    press(Qt.Key.Key_Right)
    assert editor.open.hasFocus()
    press(Qt.Key.Key_Space)
    window.qtbot.waitUntil(lambda: bool(viewer.opened), timeout=PATIENCE_MS)
    assert viewer.opened[0].read_bytes() == charter.read_bytes()
    assert viewer.opened[0].is_relative_to(window.home / "opened")
    out = tmp_path / "另存.pdf"
    choosing(monkeypatch, out)
    press(Qt.Key.Key_Right)
    press(Qt.Key.Key_Space)
    window.rest()
    assert out.read_bytes() == charter.read_bytes()
    assert f"已经存好：{out}" in words(editor)
    press(Qt.Key.Key_Right)
    press(Qt.Key.Key_Space)
    assert window.stored(page, FIELD) is None
    assert "已移除。按 Ctrl+Z 可以撤销。" in words(editor)
    window.undo()
    assert window.stored(page, FIELD) == answer
    assert "老年协会章程.pdf" in words(attached(window, page))
    window.shell.close()
    assert not viewer.opened[0].exists()


def test_enter_goes_past_an_attachment_and_arrows_too(window: Window) -> None:
    page = window.record("定潭老年协会")
    choose = focus(page, FIELD)
    enter()
    assert not choose.hasFocus()
    focus(page, FIELD)
    press(Qt.Key.Key_Up)
    assert not choose.hasFocus()


def test_what_the_form_does_not_take_is_told_under_the_field_and_the_old_paper_stays(
    window: Window, charter: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = window.record("定潭老年协会")
    choosing(monkeypatch, charter)
    field(page).ask_file()
    attached(window, page)
    before = window.stored(page, FIELD)
    wrong = tmp_path / "花名册.xlsx"
    wrong.write_bytes(b"x")
    choosing(monkeypatch, wrong)
    focus(page, FIELD)
    press(Qt.Key.Key_Space)
    window.rest()
    assert "只收 doc、docx、pdf 文件，“花名册.xlsx”没有添加" in words(field(page))
    assert window.stored(page, FIELD) == before
    assert button(field(page), "换一个文件…").isEnabled()
    assert field(page).choose.hasFocus()


def test_a_file_may_be_dropped_on_the_field(window: Window, charter: Path) -> None:
    page = window.record("定潭老年协会")
    editor = field(page)
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile(str(charter))])
    action, left, plain = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    coming = QDragEnterEvent(QPoint(5, 5), action, dropped, left, plain)
    QApplication.sendEvent(editor, coming)
    assert coming.isAccepted()
    QApplication.sendEvent(editor, QDropEvent(QPointF(5, 5), action, dropped, left, plain))
    attached(window, page)
    assert read_attachment(window.stored(page, FIELD)) is not None


def test_a_paper_that_is_not_here_offers_to_be_downloaded_and_says_what_is_missing(
    window: Window, charter: Path
) -> None:
    page = window.record("定潭老年协会")
    page.autosave.answer(FIELD, f"sha256:{'0' * 64}/1200000/章程.pdf")
    editor = attached(window, page)
    assert "1.1 MB　未下载" in words(editor)
    assert editor.open.isHidden()
    editor.fetch.setFocus()
    press(Qt.Key.Key_Space)
    window.qtbot.waitUntil(lambda: "还没有在市级服务器登记" in words(editor), timeout=PATIENCE_MS)
    assert editor.fetch.isEnabled()


def test_a_photo_shows_a_small_picture(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = Form(
        "visit", "1", "走访登记",
        children=(
            Question(name="who", key="who", type="text"),
            Question(name="photo", key="photo", type="image", data_type="binary"),
        ),
    )  # fmt: skip
    window.ask(lambda desk: desk.file.install(form))
    page = window.new("visit")
    assert "只收 jpg、jpeg、png，不超过 5 MB。" in words(page)
    photo = tmp_path / "走访.jpg"
    image = QImage(1600, 1200, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkGreen)
    assert image.save(str(photo))
    choosing(monkeypatch, photo)
    focus(page, "photo")
    QTest.keyClick(field(page, "photo").choose, Qt.Key.Key_Space)
    editor = attached(window, page, "photo")
    window.qtbot.waitUntil(lambda: not editor.picture.pixmap().isNull(), timeout=PATIENCE_MS)
    assert editor.picture.pixmap().height() <= 200
    assert editor.picture.isVisible()
    bad = tmp_path / "坏.jpg"
    bad.write_bytes(b"no picture at all")
    choosing(monkeypatch, bad)
    editor.ask_file()
    window.rest()
    window.qtbot.waitUntil(lambda: editor.name.text() == "坏.jpg", timeout=PATIENCE_MS)
    assert editor.picture.isHidden()


def test_the_dialog_begins_in_the_documents_and_offers_what_fits(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[object, ...]] = []
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *given: asked.append(given) or ("", ""))
    field(window.record("定潭老年协会")).ask_file()
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    assert asked[0][2:] == (documents, "可以添加的文件（*.doc *.docx *.pdf）")


def test_the_paper_is_there_after_the_window_was_closed(
    window: Window, charter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = window.record("定潭老年协会")
    choosing(monkeypatch, charter)
    field(page).ask_file()
    attached(window, page)
    answer = str(window.stored(page, FIELD))
    window.shell.close()
    desk = Desk.open(window.home, PASSPHRASE)
    assert desk.attachments.content(answer) == charter.read_bytes()
    desk.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    folder = tmp_path / "city"
    folder.mkdir()
    with city_server(Journey(folder, lambda _: None)) as running:
        yield running


def test_a_paper_is_sent_with_the_next_sync_and_fetched_from_the_record_page_above(
    window: Window, server: Server, charter: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = window.record("定潭老年协会")
    choosing(monkeypatch, charter)
    field(page).ask_file()
    attached(window, page)
    answer = str(window.stored(page, FIELD))
    window.ask(lambda desk: desk.exchange.enroll(server.url, server.code(VILLAGE, "village")))
    centre = enrolled_sync(window)
    assert "还有" not in centre._send.result.text()
    assert "都已上传" in centre._send.state.text()
    assert "256 KB　已上传" in words(attached(window, window.record("定潭老年协会")))
    window.close()

    home = tmp_path / "county"
    desk, _ = Desk.create(home, (COUNTY,), "县局", PASSPHRASE)
    desk.exchange.enroll(server.url, server.code(COUNTY, "county"))
    desk.exchange.sync()
    assert not desk.attachments.state(answer).here  # what it may only read does not come unasked
    desk.close()
    window.home = home
    window.open(PASSPHRASE)
    editor = attached(window, window.record("定潭老年协会"))
    assert "256 KB　未下载" in words(editor)
    assert editor.choose.isHidden()
    editor.fetch.setFocus()
    press(Qt.Key.Key_Space)
    window.qtbot.waitUntil(lambda: not editor.open.isHidden(), timeout=PATIENCE_MS)
    assert "256 KB　已上传" in words(editor)
    assert window.ask(lambda desk: desk.attachments.content(answer)) == charter.read_bytes()


def enrolled_sync(window: Window) -> SyncPage:
    """Press the big button and wait for the end."""
    window.work.go("sync")
    page = window.page(SyncPage)
    page._send.press.click()
    window.qtbot.waitUntil(lambda: page._job is None, timeout=60_000)
    window.rest()
    return page


def test_attachments_not_sent_yet_are_never_called_sent(window: Window) -> None:
    status = window.shell.office.status
    assert status is not None
    waiting = replace(status, waiting=0, drafts=0, attachments=2, server="https://city")
    assert state_words(waiting) == "未上传 2 个附件"
    home = window.page(HomePage)
    home.show_status(waiting)
    assert "还有 2 个附件没有传完" in home.tasks.listed.lines[-1].text
