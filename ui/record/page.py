"""An open record: sections at the left, the sheet in the middle, what is still wrong at the bottom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

import msgspec
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QListWidget

from hsdesk.desk import Entry
from hsdesk.desk.duplicates import Duplicate
from hsdesk.desk.values import Changes, Draft
from hsdesk.forms.masking import SCREEN, shown
from hsdesk.forms.schema import Question
from hsdesk.forms.views import Finding
from hsdesk.forms.views import FormChanges as Step
from hsdesk.model.punctuation import full_width
from ui.office import Office
from ui.pages.page import Page
from ui.parts.lines import add_line
from ui.parts.plain import column, holder, row
from ui.record.aids import Aids
from ui.record.asking import Asking
from ui.record.autosave import Autosave
from ui.record.banner import Banner, Choice
from ui.record.counting import LeftToDo
from ui.record.fields import show_hidden
from ui.record.head import Head
from ui.record.history import HistoryDrawer
from ui.record.leaving import Leaving
from ui.record.likely import Watch
from ui.record.numbers import Numbers
from ui.record.rebasing import Rebasing
from ui.record.recovery import recover
from ui.record.refused import Refused
from ui.record.remark import KEYS, press
from ui.record.sheet import Sheet
from ui.record.telling import Telling
from ui.theme import metrics
from ui.words import tr

REMARKED = ("same", "privacy", "asked", "leap")  # each shows its own remark
CHECK_MS = 120  # the rules are looked at shortly after a step
SLOW_MS = 300  # 正在保存… appears only when a save takes this long


class OpenedRecord:
    """A record as read from the desk, and the field to begin with."""

    def __init__(self, entry: Entry, path: str = "") -> None:
        self.entry, self.path = entry, path


class RecordPage(Page):
    """Fills one record. Nothing here saves by a button and nothing asks when it closes."""

    def __init__(self, office: Office, opened: OpenedRecord) -> None:
        super().__init__(office)
        self.entry = opened.entry
        self.autosave = Autosave(office, self.entry, self)
        self.sheet = Sheet(self.entry, self.autosave, self._mask)
        self.sheet.reveal_wanted.connect(lambda path: show_hidden(self.sheet, path))
        self.sections = QListWidget()
        self.head = Head(self._register(), self.entry.place.name)
        self.title, self.state = self.head.title, self.head.state
        self.findings: tuple[Finding, ...] = ()
        self._visited: set[str] = set()
        self._has_given = False  # a save was asked for since the page was opened
        self._check_all = not self.entry.is_new
        self._wanted_path = opened.path
        self.notice = Banner()
        self.left_to_do = LeftToDo(self, self.entry, self.next_finding, self.new)
        self.history: HistoryDrawer | None = None
        self.leaving = Leaving(self, self.autosave, self.flush)
        self.leaving.stayed.connect(self.stays)
        self.asking = Asking(self.autosave, self.sheet, self)
        self.rebasing = Rebasing(self.autosave, self)
        self.watch = Watch(self.autosave, self.sheet, self)
        self.telling = Telling(self, Refused(self.autosave, self.sheet, self))
        self.numbers = Numbers(self.autosave, self.sheet, self)
        self.aids = Aids(self, self.autosave, self.sheet, self.go, self.show_history)
        self._put_together()
        self._listen()
        self._show_title()
        self._fill_sections()
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._begin)
        self._soon.start()
        self.is_ready = False

    def take_focus(self) -> None:
        """Put the focus on the field that was asked for, else on the first one."""
        if self._wanted_path:
            self.sheet.focus_path(self._wanted_path)
        else:
            self.sheet.first(empty=self.entry.is_new)

    def flush(self) -> None:
        self.sheet.flush()
        self.autosave.write_drafts()

    def leave(self, then: Callable[[], None]) -> None:
        self.leaving.leave(then)

    def refresh(self, changes: Changes) -> None:
        self.rebasing.heard(changes)
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
        return bool(self.autosave.unsaved)

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
        self.findings = self._found()
        with self.sheet.steady():
            self._tell()
        self.left_to_do.show(self.findings)

    def _tell(self) -> None:
        by_path = {one.path: one for one in self.findings if one.rule not in REMARKED}
        for path, line in self.sheet.lines.items():
            finding = by_path.get(path)
            if finding is None:
                if not line.editor.is_dirty:
                    line.say("")
            elif finding.rule == "unsaved":
                line.say(finding.message, "unsaved")
            elif finding.rule == "type" or self._check_all or path in self._visited:
                line.say(finding.message, finding.severity)
        for path, roster in self.sheet.rosters.items():
            inside = [one for at, one in by_path.items() if at.startswith(f"{path}/")]
            ripe = [one for one in inside if one.rule != "required" or not roster.is_fresh(one.path)]
            unsaved = [one for one in ripe if one.rule == "unsaved"]
            told = unsaved or (ripe if self._check_all or path in self._visited else [])
            roster.say(told[0].message if told else "")

    def _tell_all(self) -> None:
        """Look at every rule and tell about all, visited or not."""
        self._check_all = True
        for roster in self.sheet.rosters.values():
            roster.fresh.clear()
        self.check()

    def _found(self) -> tuple[Finding, ...]:
        """Return what the rules find and every text that could not be taken, in screen order."""
        unread = self.autosave.unreadable
        found = [one for one in self.entry.session.validate() if one.path not in unread]
        found += [
            Finding(path, "type", "error", why)
            for path, (_, why) in unread.items()
            if self.sheet.is_shown(path)
        ]
        unsaved = self.autosave.unsaved
        found = [one for one in found if one.path not in unsaved.told]
        found += self.asking.findings()
        found += [Finding(path, "unsaved", "error", unsaved.words(path)) for path in unsaved.told]
        found += [*self.watch.findings(), *self.numbers.findings(), *self.aids.leaps.findings()]
        return tuple(sorted(found, key=lambda one: self.sheet.place(one.path)))

    def _begin(self) -> None:
        self._recover(self.entry.drafts)
        self.telling.refused()
        self.numbers.look_over()
        self.watch.look_over()
        self.aids.pinning.look_over()
        if self.entry.is_closed:
            self.telling.closed()
        self.check()
        self.left_to_do.ask_conflicts()
        self.settle()

    def _recover(self, drafts: tuple[Draft, ...]) -> None:
        """Put back what was typed when the program ended or could not be saved."""
        names = recover(self.sheet, self.autosave, self.asking, drafts)
        if drafts:
            self.say(
                tr("上次没有填完，已帮您找回：{names}", names="、".join(names)),
                (tr("知道了"), self.notice.hide),
            )

    def _put_together(self) -> None:
        self.head.back.connect(self.back)
        self.head.history.connect(self._toggle_history)
        self.sections.setObjectName("Sections")
        self.sections.setFixedWidth(metrics().px(190))
        self.sections.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.sections.setWordWrap(True)
        self.sections.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.sections.itemClicked.connect(lambda item: self.sheet.go_to(self.sections.row(item)))
        self._body = row(gap=0)
        self._aside = holder(column(self.sections, margin=14))
        self._body.addWidget(self._aside)
        middle = column(self.notice, gap=0)
        middle.addWidget(self.sheet, 1)
        self._middle = holder(middle)
        self._body.addWidget(self._middle, 1)
        layout = column(self.head, gap=0)
        layout.addLayout(self._body, 1)
        layout.addWidget(self.left_to_do.widget)
        self.setLayout(layout)

    def new(self) -> None:
        """Open the next empty record of this register."""
        if self.entry.form.kind != "single" and self.entry.writable:
            self.go("new", self.entry.form.form_id, scope=self.entry.scope)

    def _register(self) -> str:
        form = self.entry.form
        return full_width(f"{form.title}　{form.number}".rstrip("　"))

    def _listen(self) -> None:
        self._check_soon = QTimer(self, singleShot=True, interval=CHECK_MS)
        self._check_soon.timeout.connect(self.check)
        self._slow = QTimer(self, singleShot=True, interval=SLOW_MS)
        self._slow.timeout.connect(lambda: self.state.setText(tr("正在保存…")))
        self.autosave.applied.connect(self._applied)
        self.autosave.unread.connect(self._cannot_read)
        for quiet in (
            self.autosave.forgotten,
            self.autosave.unsaved_changed,
            self.watch.changed,
            self.numbers.changed,
            self.aids.leaps.changed,
        ):
            quiet.connect(self._check_soon.start)
        self.watch.wanted.connect(self.open_twin)
        self.watch.merged.connect(self.telling.merged)
        self.asking.changed.connect(self._asked)
        self.rebasing.shown.connect(self._rebased)
        self.rebasing.told.connect(self.telling.news)
        self.rebasing.undone.connect(self._undone)
        self.office.saving.connect(self._saving)
        self.office.quiet.connect(self._show_state)
        self.sheet.moved.connect(self._section_entered)
        self.sheet.finished.connect(self._at_the_end)
        for keys, action in (
            ("Esc", self.back),
            ("F8", self.next_finding),
            ("Ctrl+N", self.new),
            ("PgDown", lambda: self._turn(1)),
            ("PgUp", lambda: self._turn(-1)),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(action)
        for key in KEYS:
            QShortcut(QKeySequence(key), self).activated.connect(partial(press, self, key))

    def open_twin(self, twin: Duplicate) -> None:
        """Show another record that may be the same."""
        self.go("record", twin.form, twin.record, scope=twin.scope)

    def _applied(self, changes: Step) -> None:
        self._visited |= {path.partition("/")[0] for path in changes.answers}
        self.sheet.apply(changes)
        self._show_title()
        self._check_soon.start()

    def _rebased(self, changes: Step) -> None:
        """Show what others changed; fields that are being typed in stay as they are."""
        self.sheet.apply(changes)
        self.asking.look()
        self.telling.refused()
        self._show_title()
        self._check_soon.start()

    def _undone(self, changes: Step) -> None:
        """Go to what undoing has changed; a record that it took away leaves the screen."""
        self.notice.hide()
        answered = msgspec.structs.replace(changes, answers=changes.values)
        self.watch.look(answered)
        self.numbers.look(answered)
        if self.entry.look.deleted or self.entry.look.merged_into:
            self.back()
            return
        for path in [path for path in changes.values if self.sheet.is_shown(path)][:1]:
            self.sheet.focus_path(path)

    def _asked(self) -> None:
        self._show_state()
        self._make_room()
        self.asking.reveal()
        self._check_soon.start()

    def _cannot_read(self, path: str, why: str) -> None:
        self._check_soon.start()
        line = self.sheet.lines.get(path)
        if line is not None:
            line.say(why)
            return
        roster = self.sheet.rosters.get(path.partition("/")[0])
        if roster is not None:
            roster.model.touch()
            roster.say(why)

    def _saving(self) -> None:
        self._has_given = True
        self._slow.start()

    def _show_state(self) -> None:
        """Say whether everything given is in the file, now that no save is under way."""
        self._slow.stop()
        if told := self.autosave.unsaved.told:
            self.head.not_saved(len(told))
        elif self.asking.count:
            self.head.asks(self.asking.count)
        elif self._has_given:
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
        self._aside.setVisible(len(self.sheet.parts) > 1 and not metrics().is_large)

    def _section_entered(self, at: int) -> None:
        self.sections.setCurrentRow(at)

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

    def _toggle_history(self) -> None:
        self._draw_history(shown=self.history is None or not self.history.isVisible())

    def show_history(self, path: str) -> None:
        """Show the changes of one answer beside the record, "" for all; what is shown already is put away."""
        shown = self.history is not None and self.history.isVisible() and self.history.path == path
        self._draw_history(path, shown=not shown)

    def _draw_history(self, path: str = "", *, shown: bool) -> None:
        if self.history is None:
            form, record = self.entry.form.form_id, self.entry.record
            drawer = HistoryDrawer(self.office, form, record, writable=self.entry.can_change)
            drawer.restored.connect(self.reopen)
            drawer.closed.connect(self._history_closed)
            self._body.addWidget(drawer)
            self.history = drawer
        self.history.setVisible(shown)
        self._aside.setVisible(not shown and not metrics().is_large)
        self._middle.setVisible(not shown or not metrics().is_large)  # large text has room for one of the two
        self.history.load(path)

    def _history_closed(self) -> None:
        self._middle.show()
        self._fill_sections()

    def _mask(self, question: Question, text: str) -> str:
        return shown(self.entry.form, question, text, SCREEN)
