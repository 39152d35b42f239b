"""The work: navigation, search and the pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from hsdesk.desk.standing import Standing
from hsdesk.desk.values import Changes, Status
from ui.finder import Finder
from ui.gate import Gate
from ui.help_panel import HelpPanel
from ui.nav import Nav
from ui.office import Office
from ui.opening import Opening
from ui.pages.home import HomePage
from ui.pages.keys import KeySheet
from ui.pages.page import Page, Target
from ui.parts.plain import button, column, frame, label, row
from ui.preferences import Preferences
from ui.returning import WayBack
from ui.theme import metrics
from ui.undoing import Undoing
from ui.who import Who
from ui.words import tr

_ANY_WIDTH = (1 << 24) - 1  # the widest that Qt lays out
_PATIENCE_MS = 2000  # after the last work is done, for a page to say that it is ready


class Workspace(QWidget):
    """Shows one page at a time; pages are made when they are first asked for."""

    lock_wanted = Signal()
    restyle_wanted = Signal()

    def __init__(self, office: Office, preferences: Preferences) -> None:
        super().__init__()
        self.office, self.preferences = office, preferences
        self._pages: dict[str, Page] = {}
        self._here, self._way = Target("home"), WayBack()
        self._standing: Standing | None = None  # to be put back on the page that comes
        self.nav = Nav()
        self.finder = Finder(office)
        self.opening = Opening(office, self)
        self.opening.opened.connect(self._show_record)
        self.stack = QStackedWidget()
        self.undoing = Undoing(office, lambda: self.page)
        self.help = HelpPanel()
        self.help.shown.connect(self._make_room)
        self.gate = Gate(self)
        self.gate.slow.connect(self._speak_of_waiting)
        self.gate.given_up.connect(self._speak_of_keys)
        self.opening.given_up.connect(self.gate.reopen)
        self._net = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._net.timeout.connect(self._open_if_quiet)
        office.work.idle.connect(self._net.start)
        self.where = label("", "heading")
        self.who = Who(office, self._flush_page, lambda: self.go("settings"))
        self.waiting = label(tr("正在打开…打的字会填到打开的那一页。"), "quiet")
        self.waiting.hide()
        buttons = row(self._undo_button(), self._lock_button(), gap=10)
        bar = frame("bar", row(self.where, 8, self.who, 16, self.waiting, None, self.finder, buttons, gap=10))
        bar.layout().setContentsMargins(  # type: ignore[union-attr]
            metrics().px(20), metrics().px(8), metrics().px(12), metrics().px(8)
        )
        body = row(self.nav, gap=0)
        body.addWidget(self.stack, 1)
        body.addWidget(self.help, 1 if metrics().is_large else 0)
        layout = column(bar, gap=0)
        layout.addLayout(body, 1)
        layout.addWidget(self.undoing)
        self.setLayout(layout)
        self.nav.chosen.connect(self.show_target)
        self.finder.found.connect(self.show_target)
        office.status_changed.connect(self._show_status)
        office.changed.connect(self._refresh)
        self._keys()
        if office.status is not None:
            self._show_status(office.status)

    @property
    def page(self) -> Page:
        page = self.stack.currentWidget()
        assert isinstance(page, Page)
        return page

    def come_back(self, standing: Standing) -> None:
        """Show what stood in front when the desk was open before; the home page where that is gone."""
        from ui.standing import target_of

        def there(_: object) -> None:
            self._standing = standing
            self.show_target(target_of(standing))

        if standing.page != "record":
            there(None)
            return
        self.gate.shut()
        form, record = standing.form, standing.record
        self.office.ask(
            lambda desk: desk.records.look(form, record), there, lambda _: self.go("home"), owner=self
        )

    def stand(self, *, left: bool = False) -> None:
        """Keep where the person stands, for when the desk is opened again. `left`: it is closed now."""
        from ui.standing import standing_of

        status = self.office.status
        if status is None or status.read_only or self.stack.currentWidget() is None:
            return
        standing = standing_of(self.page, self._here, status.person, left=left)
        self.office.ask(lambda desk: desk.file.stand(standing), _nothing, _nothing, self)

    def go(self, page: str, form: str = "") -> None:
        """Show a page."""
        self.show_target(Target(page, form))

    def show_target(self, target: object) -> None:
        """Show where a Target leads once the page in front may be left; a record is read first."""
        assert isinstance(target, Target)
        self.shut_gate()
        led = self._way.led(self._here.page, target)
        self.leave(lambda: self._lead(led))

    def shut_gate(self) -> None:
        """Keep what is typed from now on for the page that comes; what was typed before is handed over first.

        While the focus is still in its field: whether a question about it stays open turns on that.
        """
        if self.stack.currentWidget() is not None:
            self.page.flush()
        self.gate.shut()

    def leave(self, then: Callable[[], None]) -> None:
        """Go on with `then` as soon as nothing is lost by leaving the page in front."""
        if self.stack.currentWidget() is None:
            then()
        else:
            self.page.leave(then)

    def _lead(self, target: Target) -> None:
        if target.page in ("record", "new"):
            self.opening.open(target)
        elif target.page == "register" and self.opening.is_single(target.form):
            self.opening.open_single(target.form)
        elif target.page == "all":
            self._front(self._made(Target("register", target.form)), Target("register", target.form))
        else:
            self._front(self._made(target), target)

    def _front(self, page: Page, target: Target) -> None:
        old = self.stack.currentWidget()
        if self.stack.indexOf(page) < 0:
            self.stack.addWidget(page)
        self.stack.setCurrentWidget(page)
        self._here = target
        self.nav.mark(target)
        page.aim(target)
        page.enter()
        if page.is_ready:
            self._lift(page)
        if isinstance(old, Page) and old is not page and old not in self._pages.values():
            self.stack.removeWidget(old)
            old.deleteLater()

    def _made(self, target: Target) -> Page:
        key = f"{target.page}:{target.form}"
        if key not in self._pages:
            page = _MAKERS[target.page](self, target)
            self._listen(page)
            self._pages[key] = page
            if self.office.status is not None:
                page.show_status(self.office.status)
        return self._pages[key]

    def _show_record(self, opened: object) -> None:
        from ui.record.page import OpenedRecord, RecordPage

        assert isinstance(opened, OpenedRecord)
        page = RecordPage(self.office, opened)
        self._listen(page)
        page.head.undo.connect(self.undoing.undo)
        target = Target("record", opened.entry.form.form_id)
        self.leave(lambda: self._front(page, target))  # typing went on while the record was read

    def _listen(self, page: Page) -> None:
        page.wanted.connect(self.show_target)
        page.ready.connect(partial(self._lift, page))
        page.stays.connect(self.gate.reopen)

    def _lift(self, page: Page) -> None:
        """Let a page that is in front and ready take the focus and what was typed for it."""
        if page is self.stack.currentWidget():
            self.gate.lift(page.take_focus)
            standing, self._standing = self._standing, None
            if standing is not None:
                from ui.standing import put_back

                put_back(page, standing)
            self.stand()

    def _open_if_quiet(self) -> None:
        """Open the gate where a page has nothing more to wait for and did not say that it is ready."""
        if self.gate.is_shut and not self.office.work.waiting and QApplication.activeModalWidget() is None:
            self._lift(self.page)

    def _speak_of_waiting(self, waits: bool) -> None:
        self.waiting.setVisible(waits)

    def _speak_of_keys(self) -> None:
        self.undoing.say(tr("刚才打的字没有填进任何地方，请再打一遍。"))

    def _show_status(self, status: Status) -> None:
        self.nav.show_status(status)
        first = status.places[0].full_name if status.places else ""
        if metrics().is_large:
            first = first.rpartition("-")[2]
        several = tr("{first} 等 {n} 处", first=first, n=len(status.places))
        self.where.setText(several if len(status.places) > 1 else first)
        self.who.show_person(status.person)
        for page in self._all_pages():
            page.show_status(status)

    def _refresh(self, changes: Changes) -> None:
        for page in self._all_pages():
            page.refresh(changes)

    def _all_pages(self) -> list[Page]:
        shown = self.stack.currentWidget()
        pages = list(self._pages.values())
        return [*pages, shown] if isinstance(shown, Page) and shown not in pages else pages

    def _undo_button(self) -> QWidget:
        return button(tr("撤销…"), self.undoing.pick, "quiet")

    def _lock_button(self) -> QWidget:
        return button(tr("锁屏"), self.lock_wanted.emit, "quiet")

    def _keys(self) -> None:
        for keys, action in (
            ("Ctrl+F", self._to_finder),
            ("Ctrl+K", self._open_palette),
            ("F1", self._help),
            ("Shift+F1", self._show_keys),
            ("Ctrl+Home", lambda: self.go("home")),
            ("Ctrl+L", self.lock_wanted.emit),
            ("Ctrl+Z", self.undoing.undo),
            ("Ctrl+Y", self.undoing.redo),
        ):
            self._shortcut(keys, action)
        for digit in range(1, 10):
            self._shortcut(f"Ctrl+{digit}", partial(self._jump, digit - 1))

    def _shortcut(self, keys: str, action: Callable[[], object]) -> None:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.activated.connect(action)

    def _to_finder(self) -> None:
        self.finder.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.finder.selectAll()

    def _flush_page(self) -> None:
        if self.stack.currentWidget() is not None:
            self.page.flush()

    def _make_room(self, for_help: bool) -> None:
        """Let the manual take the place of the work where both do not fit; the work stays as it is."""
        if metrics().is_large:
            self.stack.setMaximumWidth(1 if for_help else _ANY_WIDTH)

    def _help(self) -> None:
        """Open the manual at the part about this page; close it when it is open."""
        if self.help.isVisible():
            self.help.close_panel()
        else:
            self.help.open_about(self._here.page)

    def _show_keys(self) -> None:
        KeySheet(self.window()).exec()

    def _open_palette(self) -> None:
        from ui.palette import Palette

        commands = (
            (tr("最近做的事：撤销、重做"), self.undoing.pick),
            (tr("全部按键"), self._show_keys),
            (tr("换填报人"), self.who.choose),
            (tr("锁屏"), self.lock_wanted.emit),
        )
        palette = Palette(self.window(), self.office, commands)
        palette.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        palette.chosen.connect(self._carry_out)
        palette.open()

    def _carry_out(self, meaning: object) -> None:
        """Go where a line of the palette leads, or do what it says."""
        if isinstance(meaning, Target):
            self.show_target(meaning)
        elif callable(meaning):
            meaning()

    def _jump(self, at: int) -> None:
        target = self.nav.target(at)
        if target is not None:
            self.show_target(target)


def _nothing(_: object) -> None:
    """Hear of an outcome that changes nothing: without it one begins at the home page."""


def _home(workspace: Workspace, _: Target) -> Page:
    return HomePage(workspace.office)


def _register(workspace: Workspace, target: Target) -> Page:
    from ui.pages.register import RegisterPage
    from ui.record.grid_cell import Editing

    return RegisterPage(workspace.office, target.form, Editing)


def _sync(workspace: Workspace, _: Target) -> Page:
    from ui.pages.sync import SyncPage

    return SyncPage(workspace.office)


def _indicators(workspace: Workspace, _: Target) -> Page:
    from ui.pages.indicators import IndicatorPage

    return IndicatorPage(workspace.office)


def _prints(workspace: Workspace, _: Target) -> Page:
    from ui.pages.prints import PrintPage

    return PrintPage(workspace.office)


def _settings(workspace: Workspace, _: Target) -> Page:
    from ui.pages.settings import SettingsPage

    page = SettingsPage(workspace.office, workspace.preferences)
    page.restyle_wanted.connect(workspace.restyle_wanted)
    return page


def _help(workspace: Workspace, _: Target) -> Page:
    from ui.pages.help import HelpPage

    return HelpPage(workspace.office)


def _drafts(workspace: Workspace, _: Target) -> Page:
    from ui.pages.drafts import DraftPage

    return DraftPage(workspace.office)


_MAKERS: dict[str, Callable[[Workspace, Target], Page]] = {
    "home": _home,
    "register": _register,
    "sync": _sync,
    "indicators": _indicators,
    "prints": _prints,
    "settings": _settings,
    "help": _help,
    "drafts": _drafts,
}
