"""Short ways to use the window as a person does: keys, words, pages. Everything behind it is real."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from hsdesk.desk import Desk
from hsdesk.desk.values import ListQuery
from hsdesk.model.answer import Value
from ui.launch import make_shell
from ui.pages.page import Page
from ui.record.page import RecordPage
from ui.shell import Shell
from ui.workspace import Workspace

VILLAGE = "341021101204"  # 歙县深渡镇定潭村
PASSPHRASE = "kou-ling-2020"
ORGANIZATIONS = ("定潭老年协会", "新安江护河队", "定潭红白理事会")
LEADERS = ("张三", "方丽萍", "洪静怡")
PATIENCE_MS = 20_000
P = TypeVar("P", bound=Page)


def make_sample(home: Path) -> None:
    """Make a desk with three organizations."""
    desk, _ = Desk.create(home, (VILLAGE,), "汪文书", PASSPHRASE)
    for name, leader in zip(ORGANIZATIONS, LEADERS, strict=True):
        entry = desk.records.entry("social_org")
        for path, value in {"org_name": name, "leader": leader, "member_n": 12, "category": "1"}.items():
            edit = entry.edit(entry.session.answer(path, value))
            if edit is not None:
                desk.records.save(edit)
    desk.close()


class Window:
    """The program's window in the hands of a test."""

    def __init__(self, qtbot: QtBot, home: Path) -> None:
        self.qtbot, self.home = qtbot, home
        self.shell: Shell

    def open(self, passphrase: str | None = None) -> None:
        """Start the program; with a passphrase, wait for the work page."""
        self.shell = make_shell(self.home, passphrase)
        self.shell.office.work.bug.connect(_fail)
        self.shell.resize(1366, 728)
        self.shell.show()
        self.qtbot.waitUntil(lambda: self.shell.stack.currentWidget() is not None, timeout=PATIENCE_MS)
        self.qtbot.waitUntil(self.shell.isActiveWindow, timeout=PATIENCE_MS)
        if passphrase is not None:
            self.rest()

    def close(self) -> None:
        """Close the window as a person does."""
        self.shell.close()
        self.shell.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def rest(self) -> None:
        """Wait until nothing is under way."""
        self.qtbot.waitUntil(lambda: not self.shell.office.work.waiting, timeout=PATIENCE_MS)

    def undo(self) -> None:
        """Undo the last act as the button does, and wait until the page shows it."""
        self.work.undoing.undo()
        self.rest()

    @property
    def work(self) -> Workspace:
        page = self.shell.stack.currentWidget()
        assert isinstance(page, Workspace)
        return page

    def page(self, kind: type[P]) -> P:
        """Wait until a page of this kind is in front, and return it."""
        self.qtbot.waitUntil(lambda: isinstance(self.work.page, kind), timeout=PATIENCE_MS)
        self.rest()
        page = self.work.page
        assert isinstance(page, kind)
        if isinstance(page, RecordPage):
            self.qtbot.waitUntil(lambda: page.is_ready and page.sheet.is_whole, timeout=PATIENCE_MS)
            self.rest()
        return page

    def new(self, form: str = "social_org") -> RecordPage:
        """Open an empty record."""
        self.work.go("new", form)
        return self.page(RecordPage)

    def record(self, name: str, form: str = "social_org") -> RecordPage:
        """Open the record with this title."""
        key = self.ask(lambda desk: desk.lists.keys(form, ListQuery(search=name)))[0]
        from ui.pages.page import Target

        self.work.show_target(Target("record", form, key.record, scope=key.scope))
        return self.page(RecordPage)

    def wait_for_another(self, page: RecordPage) -> None:
        """Wait until the record that is open now has been left, for another page or another record."""
        entry = page.entry
        self.qtbot.waitUntil(
            lambda: self.work.page is not page or page.entry is not entry, timeout=PATIENCE_MS
        )

    def ask(self, question: Callable[[Desk], object]) -> object:
        """Ask the open desk something, on its own thread, and wait for the answer."""
        answers: list[object] = []
        self.shell.office.ask(question, answers.append)
        self.qtbot.waitUntil(lambda: bool(answers), timeout=PATIENCE_MS)
        return answers[0]

    def stored(self, page: RecordPage, path: str) -> Value:
        """Return an answer as a fresh entry reads it from the file."""
        self.rest()
        form, record = page.entry.form.form_id, page.entry.record
        return self.ask(lambda desk: desk.records.entry(form, record).session.node(path).value)  # type: ignore[return-value]


def _fail(error: BaseException) -> None:
    raise error


def focus(page: RecordPage, path: str) -> QWidget:
    """Put the focus on a field and return what takes the keys."""
    page.sheet.focus_path(path)
    target = page.sheet.lines[path].editor.target()
    assert target.hasFocus()
    return target


def typed(widget: QWidget, text: str) -> None:
    """Type: ASCII by keys, the rest as an input method commits it."""
    if text.isascii():
        QTest.keyClicks(widget, text)
        return
    event = QInputMethodEvent("", [])
    event.setCommitString(text)
    QApplication.sendEvent(widget, event)


def press(
    key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier, text: str = ""
) -> None:
    """Press a key where the focus is."""
    widget = QApplication.focusWidget()
    assert widget is not None, "nothing has the focus"
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(widget, QKeyEvent(kind, key, modifiers, text))


def enter() -> None:
    press(Qt.Key.Key_Return)


def words(page: QWidget) -> str:
    """Return all text that a page shows, line by line."""
    QApplication.processEvents()
    shown = [one.text() for one in page.findChildren(QLabel) if one.isVisible()]
    return "\n".join(shown + [one.text() for one in page.findChildren(QPushButton) if one.isVisible()])


def button(page: QWidget, text: str) -> QPushButton:
    """Return the visible button with these words."""
    QApplication.processEvents()  # what was just put on the page is shown in the next turn
    (found,) = (one for one in page.findChildren(QPushButton) if one.isVisible() and one.text() == text)
    return found
