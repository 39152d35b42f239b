"""The work: navigation, search and the pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QWidget

from hsdesk.desk.standing import Standing
from hsdesk.desk.values import Changes, Status
from ui.directions import MAKERS
from ui.finder import Finder
from ui.following import Following
from ui.forms import Forms
from ui.gate import Gate
from ui.help_panel import HelpPanel
from ui.nav import Nav
from ui.office import Office
from ui.opening import Opening
from ui.pages.keys import KeySheet
from ui.pages.page import Page, Target
from ui.parts.plain import button, column, frame, label, row
from ui.preferences import Preferences
from ui.printable import print_from
from ui.returning import WayBack
from ui.theme import metrics
from ui.undoing import Undoing
from ui.who import Who
from ui.words import tr
from ui.workbench import Workbench

if TYPE_CHECKING:
    from ui.record.page import OpenedRecord, RecordPage

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
        self.bench = Workbench(preferences)
        self._in_front: Page | None = None
        self._open: RecordPage | None = None  # the record that lies open, in front or beside its list
        self.forms = Forms(self)
        self.following = Following(self)
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
        self._lay_out()
        self._connect()
        self._keys()
        if office.status is not None:
            self._show_status(office.status)

    def _lay_out(self) -> None:
        self.where = label("", "heading")
        self.who = Who(self.office, self._flush, lambda: self.go("settings"))
        self.waiting = label(tr("正在打开…打的字会填到打开的那一页。"), "quiet")
        self.waiting.hide()
        undo = button(tr("撤销…"), self.undoing.pick, "quiet")
        buttons = row(undo, button(tr("锁屏"), self.lock_wanted.emit, "quiet"), gap=10)
        line = row(self.where, 8, self.who, 16, self.waiting, None, self.finder, buttons, gap=10)
        self.bar = frame("bar", line)
        line.setContentsMargins(metrics().px(20), metrics().px(4), metrics().px(12), metrics().px(4))
        body = row(self.nav, gap=0)
        body.addWidget(self.bench, 1)
        body.addWidget(self.help, 1 if metrics().is_large else 0)
        layout = column(self.bar, gap=0)
        layout.addLayout(body, 1)
        layout.addWidget(self.undoing)
        self.setLayout(layout)

    def _connect(self) -> None:
        office = self.office
        self.nav.chosen.connect(self.show_target)
        self.nav.lock_wanted.connect(self.lock_wanted)
        self.nav.undo_wanted.connect(self.undoing.pick)
        self.finder.found.connect(self.show_target)
        office.status_changed.connect(self._show_status)
        office.changed.connect(self._refresh)

    @property
    def page(self) -> Page:
        """Return the page in front: where the keys go."""
        assert self._in_front is not None
        return self._in_front

    @property
    def open_record(self) -> RecordPage | None:
        """Return the page of the record that lies open, in front or beside its list."""
        return self._open

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
        if status is None or status.read_only or self._in_front is None:
            return
        standing = standing_of(self.page, self._here, status.person, left=left)
        lost = said = lambda _: None  # without it one begins at the home page
        self.office.ask(lambda desk: desk.file.stand(standing), said, lost, self)

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
        self._flush()
        self.gate.shut()

    def _flush(self) -> None:
        for page in self._open_pages():
            page.flush()

    def leave(self, then: Callable[[], None]) -> None:
        """Go on with `then` as soon as nothing is lost by leaving what lies open."""
        for page in self._open_pages():
            then = partial(page.leave, then)
        then()

    def _open_pages(self) -> list[Page]:
        """Return the page in front, and the record beside it."""
        pages = [self._in_front, self._open]
        return [page for at, page in enumerate(pages) if page is not None and page not in pages[:at]]

    def _lead(self, target: Target) -> None:
        beside = self._open if self._open is not self._in_front else None
        if target.page == "record" and beside is not None and beside.shows(target):
            self._front(beside, target)
        elif target.page in ("record", "new"):
            self.opening.open(target)
        elif target.page == "register" and self.opening.is_single(target.form):
            self.opening.open_single(target.form)
        elif target.page == "all":
            self._front(self.made(Target("register", target.form)), Target("register", target.form))
        else:
            self._front(self.made(target), target)

    def _front(self, page: Page, target: Target) -> None:
        old, self._in_front = self._in_front, page
        self.bench.bring(page)
        self._here = target
        self._keep_open(page, old)
        self.nav.mark(target, record=self._open is not None)
        self.bar.setVisible(self._open is None)  # an open record has its own bar, and needs the room
        page.aim(target)
        page.enter()
        if page.is_ready:
            self._lift(page)

    def _keep_open(self, page: Page, old: Page | None) -> None:
        """Show the record that lies open, with its list where the person wants both; else put it away."""
        ledger = self.following.ledger(self._open) if self._open is not None else None
        if self._open is not None and page not in (self._open, ledger):
            self._open.put_away()
            self._open, ledger = None, None
        if old is not None and old not in (page, self._open):
            old.put_away()
        if ledger is not None and self.bench.keeps_both:
            self.bench.bring(ledger)
        elif page is ledger and self._open is not None:
            self._open.put_away()
            self._open = None
        both = ledger is not None and self._open is not None and self.bench.keeps_both
        self.bench.arrange(page=both or page is not self._open, form=self._open is not None)

    def turn(self) -> None:
        """Arrange list and form in the next way (F9)."""
        self.bench.turn()
        if self._open is None:
            self.following.look()
        else:
            self._keep_open(self._open, None)
            self._in_front = self._open
            if not self._open.isAncestorOf(QApplication.focusWidget() or self):
                self._open.take_focus()

    def known(self, target: Target) -> Page | None:
        """Return the page of a target if it was made already."""
        return self._pages.get(f"{target.page}:{target.form}")

    def made(self, target: Target) -> Page:
        """Return the page of a target, made when it is first asked for."""
        key = f"{target.page}:{target.form}"
        if key not in self._pages:
            page = MAKERS[target.page](self, target)
            self._listen(page)
            self._pages[key] = page
            if self.office.status is not None:
                page.show_status(self.office.status)
        return self._pages[key]

    def _show_record(self, opened: object) -> None:
        from ui.record.page import OpenedRecord

        assert isinstance(opened, OpenedRecord)

        def show() -> None:
            self._front(self.bound(opened), Target("record", opened.entry.form.form_id))

        self.leave(show)  # typing went on while the record was read

    def lay_beside(self, opened: OpenedRecord) -> None:
        """Show a record beside the list in front; the keys stay there."""
        self.bound(opened)
        self._keep_open(self.page, None)
        self.nav.fold(record=True)
        self.bar.hide()

    def bound(self, opened: OpenedRecord) -> RecordPage:
        """Return the page of its form with this record on it."""
        page = self.forms.page(opened.entry.form)
        if self._open not in (None, page):
            self._open.put_away()
        page.bind(opened)
        self._open = page
        self.bench.forms.setCurrentWidget(page)
        self.following.place(page)
        return page

    def let_go(self, page: RecordPage) -> None:
        """Another form takes the place of this one."""
        page.put_away()
        if page is self._open:
            self._open = None
        self.bench.forms.removeWidget(page)
        page.deleteLater()

    def listen_to_form(self, page: RecordPage) -> None:
        """Hear what a form asks for."""
        self._listen(page)
        page.head.undo.connect(self.undoing.undo)
        page.head.print_wanted.connect(lambda: print_from(page, self.show_target))
        page.step_wanted.connect(partial(self.following.step, page))

    def _listen(self, page: Page) -> None:
        page.wanted.connect(self.show_target)
        page.ready.connect(partial(self._lift, page))
        page.stays.connect(self.gate.reopen)

    def _lift(self, page: Page) -> None:
        """Let a page that is in front and ready take the focus and what was typed for it."""
        if page is self._in_front:
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
        self.page.wait(waits)

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
        if self._open is not None:
            self.following.place(self._open)

    def _all_pages(self) -> list[Page]:
        return [*self._pages.values(), *([self._open] if self._open is not None else [])]

    def _keys(self) -> None:
        for keys, action in (
            ("Ctrl+F", self._to_finder),
            ("Ctrl+K", self._open_palette),
            ("F1", self._help),
            ("Shift+F1", self._show_keys),
            ("Ctrl+Home", lambda: self.go("home")),
            ("Ctrl+L", self.lock_wanted.emit),
            ("Ctrl+P", lambda: print_from(self.page, self.show_target)),
            ("F9", self.turn),
            ("Ctrl+Z", self.undoing.undo),
            ("Ctrl+Y", self.undoing.redo),
            *((f"Ctrl+{digit}", partial(self._jump, digit - 1)) for digit in range(1, 10)),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(action)

    def _to_finder(self) -> None:
        self.bar.show()
        self.finder.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.finder.selectAll()

    def _make_room(self, for_help: bool) -> None:
        """Let the manual take the place of the work where both do not fit; the work stays as it is."""
        if metrics().is_large:
            self.bench.setMaximumWidth(1 if for_help else _ANY_WIDTH)

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
