"""An open record: sections at the left, the sheet in the middle, what is still wrong at the bottom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

import msgspec
import shiboken6
from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication

from hsdesk.desk import Entry
from hsdesk.desk.duplicates import Duplicate
from hsdesk.desk.values import Changes, Draft
from hsdesk.forms.masking import SCREEN, shown
from hsdesk.forms.schema import Form, Question
from hsdesk.forms.views import Finding
from hsdesk.forms.views import FormChanges as Step
from hsdesk.model.punctuation import full_width
from ui.office import Office
from ui.pages.page import Page, Target
from ui.parts.lines import add_line, list_of_sections
from ui.parts.plain import column, holder, row
from ui.record.aids import Aids
from ui.record.autosave import Autosave
from ui.record.banner import Banner, Choice
from ui.record.checking import found, tell
from ui.record.counting import LeftToDo
from ui.record.fields import show_hidden
from ui.record.head import Head
from ui.record.history import HistoryDrawer, Past
from ui.record.recovery import recover
from ui.record.remark import KEYS, PIN, press
from ui.record.sheet import Sheet
from ui.record.sitting import Sitting
from ui.theme import metrics
from ui.words import tr

CHECK_MS = 120  # the rules are looked at shortly after a step
WIDE = 1500  # pixels at 100 % from which the sections have a list beside the form
SLOW_MS = 300  # 正在保存… appears only when a save takes this long


class OpenedRecord:
    """A record as read from the desk, and the field to begin with."""

    def __init__(self, entry: Entry, path: str = "") -> None:
        self.entry, self.path = entry, path


class RecordPage(Page):
    """Fills records of one form in turn. Nothing here saves by a button and nothing asks when it closes."""

    sitting: Sitting
    step_wanted = Signal(int)  # the record before or after, in the order of the list

    def __init__(self, office: Office, form: Form) -> None:
        super().__init__(office)
        self.form = form
        self.sheet = Sheet(self._mask)
        self.sections = list_of_sections()
        self.head = Head(full_width(f"{form.title}　{form.number}".rstrip("　")))
        self.title, self.state = self.head.title, self.head.state
        self.findings: tuple[Finding, ...] = ()
        self._wanted_path = ""
        self._is_open = False
        self.notice = Banner()
        self.left_to_do = LeftToDo(self, self.next_finding, self.new)
        self.left_to_do.part_chosen.connect(self.sheet.go_to)
        self._put_together()
        self._listen()
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._begin)
        self.is_ready = False

    def prepare(self, entry: Entry) -> None:
        """Make the fields, a little at a time; nothing is shown, and nothing of the record is kept."""
        self.sheet.bind(entry, Autosave(self.office, entry, self), at_once=False)

    def bind(self, opened: OpenedRecord) -> None:
        """Show a record in the place of the one before, which nothing is waited for any more."""
        self.put_away()
        self.is_ready, self._is_open = False, True
        self.findings, self._wanted_path = (), opened.path
        self.sitting = Sitting(self, opened.entry)
        self.left_to_do.begin(opened.entry)
        self.head.begin(opened.entry.place.name)
        self._show_title()
        self._fill_sections()
        self._soon.start()

    def wait(self, waits: bool) -> None:
        if waits:
            self.head.waits()
        else:
            self._show_state()

    def put_away(self) -> None:
        """The record is left: what comes of it later concerns this page no more."""
        self._soon.stop()
        self._check_soon.stop()
        self._slow.stop()
        self.notice.hide()
        self.past.put_away()
        if self._is_open:
            self._is_open = False
            shiboken6.delete(self.sitting.autosave)  # first: nothing may be written by it from now on
            shiboken6.delete(self.sitting)

    def shows(self, target: Target) -> bool:
        """Tell whether this is the record that a target leads to."""
        return self._is_open and self.entry.record == target.record

    def aim(self, target: Target) -> None:
        self._wanted_path = target.path or self._wanted_path

    @property
    def entry(self) -> Entry:
        return self.sitting.entry

    @property
    def history(self) -> HistoryDrawer | None:
        """Return the drawer with the changes of the record, None before it was opened."""
        return self.past.drawer

    @property
    def autosave(self) -> Autosave:
        return self.sitting.autosave

    def take_focus(self) -> None:
        """Put the focus on the field that was asked for, else on the first one."""
        if self._wanted_path:
            self.sheet.focus_path(self._wanted_path)
        else:
            self.sheet.first(empty=self.entry.is_new)

    def flush(self) -> None:
        if self._is_open:
            self.sheet.flush()
            self.autosave.write_drafts()

    def leave(self, then: Callable[[], None]) -> None:
        self.sitting.leaving.leave(then)

    def refresh(self, changes: Changes) -> None:
        if not self._is_open:
            return
        self.sitting.rebasing.heard(changes)
        if changes.conflicts:
            self.left_to_do.ask_conflicts()

    def back(self) -> None:
        """Go back to the list; what is typed is saved on the way."""
        self.go("home" if self.entry.form.kind == "single" else "all", self.entry.form.form_id)

    def reopen(self) -> None:
        """Read the record again."""
        self.go("record", self.entry.form.form_id, self.entry.record, scope=self.entry.scope)

    def undoing(self) -> tuple[str, str]:
        return self.entry.scope, self.entry.record

    def has_unsaved(self) -> bool:
        return self._is_open and bool(self.autosave.unsaved)

    def next_finding(self) -> None:
        """Go to the next answer in screen order that a rule is about; after the last, to the first."""
        here = self.sheet.here()
        self.sheet.flush()
        self._tell_all()
        stops = [finding.path for finding in self.findings if finding.severity == "error"]
        stops = stops or [finding.path for finding in self.findings]
        after = [path for path in stops if self.sheet.place(path) > here]
        for path in (after or stops)[:1]:
            self.sheet.focus_path(path)

    def check(self) -> None:
        """Look at every rule; tell about fields that were visited, or all on an old record."""
        self.findings = found(self.sitting, self.sheet)
        with self.sheet.steady():
            tell(self.sitting, self.sheet, self.findings)
        self.left_to_do.show(self.findings)

    def _tell_all(self) -> None:
        """Look at every rule and tell about all, visited or not."""
        self.sitting.check_all = True
        for roster in self.sheet.known_rosters.values():
            roster.fresh.clear()
        self.check()

    def _begin(self) -> None:
        self._recover(self.entry.drafts)
        self.sitting.telling.refused()
        self.sitting.numbers.look_over()
        self.sitting.watch.look_over()
        self.sitting.aids.pinning.look_over()
        if self.entry.is_closed:
            self.sitting.telling.closed()
        self.check()
        self.left_to_do.ask_conflicts()
        self.settle()

    def _recover(self, drafts: tuple[Draft, ...]) -> None:
        """Put back what was typed when the program ended or could not be saved."""
        names = recover(self.sheet, self.autosave, self.sitting.asking, drafts)
        if drafts:
            self.say(
                tr("上次没有填完，已帮您找回：{names}", names="、".join(names)),
                (tr("知道了"), self.notice.hide),
            )

    def _put_together(self) -> None:
        self.head.back.connect(self.back)
        self.head.step.connect(self.step_wanted)
        self.sections.itemClicked.connect(lambda item: self.sheet.go_to(self.sections.row(item)))
        self._body = row(gap=0)
        self._aside = holder(column(self.sections, margin=14))
        self._body.addWidget(self._aside)
        middle = column(self.notice, gap=0)
        middle.addWidget(self.sheet, 1)
        self._middle = holder(middle)
        self._body.addWidget(self._middle, 1)
        self.past = Past(self, self._body, self._middle)
        self.past.changed.connect(self._show_aside)
        self.head.history.connect(self.past.toggle)
        layout = column(self.head, gap=0)
        layout.addLayout(self._body, 1)
        layout.addWidget(self.left_to_do.widget)
        self.setLayout(layout)

    def new(self) -> None:
        """Open the next empty record of this register."""
        if self.entry.form.kind != "single" and self.entry.writable:
            self.go("new", self.entry.form.form_id, scope=self.entry.scope)

    def _listen(self) -> None:
        self._check_soon = QTimer(self, singleShot=True, interval=CHECK_MS)
        self._check_soon.timeout.connect(self.check)
        self._slow = QTimer(self, singleShot=True, interval=SLOW_MS)
        self._slow.timeout.connect(lambda: self.state.setText(tr("正在保存…")))
        self.office.saving.connect(self._saving)
        self.office.quiet.connect(self._show_state)
        self.sheet.moved.connect(self._section_entered)
        self.sheet.finished.connect(self._at_the_end)
        self.sheet.hinted.connect(self.left_to_do.hint)
        self.sheet.whole.connect(self._whole)
        self.sheet.reveal_wanted.connect(lambda path: show_hidden(self.sheet, path))
        for keys, action in (
            ("Esc", self.back),
            ("F8", self.next_finding),
            ("Ctrl+N", self.new),
            (PIN, lambda: Aids.pin(self.sitting.aids)),
            ("F4", lambda: Aids.explain(self.sitting.aids)),
            ("F7", lambda: self.past.show(self.sitting.aids.here())),
            ("Ctrl+PgDown", lambda: self.step_wanted.emit(1)),
            ("Ctrl+PgUp", lambda: self.step_wanted.emit(-1)),
            ("PgDown", lambda: self._turn(1)),
            ("PgUp", lambda: self._turn(-1)),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(action)
        for key in KEYS:
            QShortcut(QKeySequence(key), self).activated.connect(partial(press, self, key))

    def open_twin(self, twin: Duplicate) -> None:
        """Show another record that may be the same."""
        self.go("record", twin.form, twin.record, scope=twin.scope)

    def check_soon(self) -> None:
        """Look at the rules shortly."""
        self._check_soon.start()

    def applied(self, changes: Step) -> None:
        """Show what a step of this person changed."""
        self.sitting.visited |= {path.partition("/")[0] for path in changes.answers}
        self.sheet.apply(changes)
        self._show_title()
        self._check_soon.start()

    def rebased(self, changes: Step) -> None:
        """Show what others changed; fields that are being typed in stay as they are."""
        self.sheet.apply(changes)
        self.sitting.asking.look()
        self.sitting.telling.refused()
        self._show_title()
        self._check_soon.start()

    def undone(self, changes: Step) -> None:
        """Go to what undoing has changed; a record that it took away leaves the screen."""
        self.notice.hide()
        answered = msgspec.structs.replace(changes, answers=changes.values)
        self.sitting.watch.look(answered)
        self.sitting.numbers.look(answered)
        if self.entry.look.deleted or self.entry.look.merged_into:
            self.back()
            return
        for path in [path for path in changes.values if self.sheet.is_shown(path)][:1]:
            self.sheet.focus_path(path)

    def asked(self) -> None:
        """A question about two values came or went."""
        self._show_state()
        self._make_room()
        self.sitting.asking.reveal()
        self._check_soon.start()

    def cannot_read(self, path: str, why: str) -> None:
        """Say at a field why its text cannot be taken."""
        self._check_soon.start()
        line = self.sheet.line(path)
        if line is not None:
            line.say(why)
            return
        roster = self.sheet.known_rosters.get(path.partition("/")[0])
        if roster is not None:
            roster.model.touch()
            roster.say(why)

    def _whole(self) -> None:
        """The fields below the screen show the record now: tell about them too."""
        if self.is_ready:
            self.check()

    def _saving(self) -> None:
        if not self._is_open:
            return
        self.sitting.has_given = True
        self._slow.start()

    def _show_state(self) -> None:
        """Say whether everything given is in the file, now that no save is under way."""
        self._slow.stop()
        if not self._is_open:
            return
        if told := self.autosave.unsaved.told:
            self.head.not_saved(len(told))
        elif self.sitting.asking.count:
            self.head.asks(self.sitting.asking.count)
        elif self.sitting.has_given:
            self.head.saved(datetime.now().astimezone().strftime("%H:%M:%S"))
        else:
            self.head.silent()

    def _show_title(self) -> None:
        self.title.setText(self.entry.title() or tr("新的一条"))

    def _fill_sections(self) -> None:
        self.sections.clear()
        for part in self.sheet.parts:
            add_line(
                self.sections, part.title or tr("其他"), None, width=self.sections.width() - metrics().px(40)
            )
        self.left_to_do.name_parts([part.title or tr("其他") for part in self.sheet.parts])
        self._show_aside()

    def _show_aside(self) -> None:
        """The list of sections has a column of its own on wide screens only; the foot has it always."""
        wide = self.width() >= metrics().px(WIDE)
        self._aside.setVisible(wide and not self.past.is_shown and len(self.sheet.parts) > 1)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._show_aside()
        self.left_to_do.fit(self.width())

    def _section_entered(self, at: int) -> None:
        self.sections.setCurrentRow(at)
        self.left_to_do.mark_part(at)

    def _turn(self, step: int) -> None:
        self.sheet.go_to(self.sections.currentRow() + step)

    def _at_the_end(self) -> None:
        self.flush()
        self._tell_all()
        self.left_to_do.end()

    def say(self, text: str, *choices: Choice) -> None:
        """Put a sentence above the form, with what one can do about it."""
        self.notice.say(text, *choices)
        self._make_room()

    def _make_room(self) -> None:
        """Lay the page out with its notice now, and bring the field with the focus back into view."""
        layout = self.layout()
        assert layout is not None
        layout.activate()
        self._body.activate()
        focused = QApplication.focusWidget()
        if focused is not None and self.sheet.isAncestorOf(focused):
            self.sheet.reveal(focused)

    def _mask(self, question: Question, text: str) -> str:
        return shown(self.form, question, text, SCREEN)
