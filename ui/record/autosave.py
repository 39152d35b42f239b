"""Keeps what is typed: a draft within a second, an answer when the field is left. There is no save button.

What cannot be saved stays a draft cell and is told at its field; what cannot be kept as a draft either is
`at_risk`: it is on the screen only, and the page is not left without asking.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from hsdesk.desk import Desk, Entry
from hsdesk.desk.values import Changes as DeskChanges
from hsdesk.desk.values import Draft, Edit
from hsdesk.errors import DataError, DeskError
from hsdesk.forms.types import as_typed, holding_of
from hsdesk.forms.types.shorthand import spelt_out
from hsdesk.forms.views import FormChanges, NodeView
from hsdesk.model.answer import Value
from ui.office import Office
from ui.record.editor import shown_text
from ui.record.unsaved import Failed, Save, Unsaved
from ui.words import error_text, tr

Hold = Callable[[str, str, Callable[[], object]], bool]  # path, text, how to go on with it later
DRAFT_MS = 500  # after the first unsaved keystroke; with the write itself below one second


class Autosave(QObject):
    """Turns steps of a person into session answers, saves and drafts of one record."""

    applied = Signal(object)  # forms Changes: the page shows them
    retyped = Signal(str)  # path whose unfinished text has changed
    unread = Signal(str, str)  # path, why its text cannot be read
    forgotten = Signal()  # typing was given up
    saved = Signal(float)  # milliseconds from the step to its being in the file
    unsaved_changed = Signal()  # something could not be written, or now is

    def __init__(self, office: Office, entry: Entry, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.office, self.entry = office, entry
        self.unsaved = Unsaved()
        self.hold: Hold = _never  # who decides that finished text waits for the answer to a question
        self._own: list[DeskChanges] = []  # of changes of ours whose echo has not come back yet
        self._typing: dict[str, tuple[str, int]] = {}
        self._drafted: set[str] = {draft.path for draft in entry.drafts}
        self.unreadable: dict[str, tuple[str, str]] = {}  # path: text that cannot be taken, and why
        self._soon = QTimer(self, singleShot=True, interval=DRAFT_MS)
        self._soon.timeout.connect(self.write_drafts)

    def typed(self, path: str, text: str, caret: int) -> None:
        """Remember a keystroke; the draft is written at most once per `DRAFT_MS`."""
        text = self._spelt_out(path, text)  # 今天 is another day when the draft is recovered tomorrow
        self.entry.begin_typing(path, text)
        self._typing[path] = (text, caret)
        if not self._soon.isActive():
            self._soon.start()
        self.retyped.emit(path)

    def enter(self, path: str, text: str) -> bool:
        """Take text that is finished. False: it cannot be read, or waits; it stays as a draft."""
        text = self._spelt_out(path, text)
        if self.hold(path, text, partial(self.enter, path, text)):
            return False
        session = self.entry.session
        try:
            with self._kept_when_stopped(path, text):
                changes = session.answer(path, self.entry.meant(path, session.meaning(path, text)))
        except DataError as error:
            self.keep(path, text, error_text(error))
            return False
        self._settle(path, changes)
        return True

    def _spelt_out(self, path: str, text: str) -> str:
        today = datetime.now().astimezone().date()
        try:
            return spelt_out(self.entry.session.node(path).question, text, today)
        except DataError:  # its row is gone
            return text

    @contextmanager
    def _kept_when_stopped(self, path: str, text: str) -> Iterator[None]:
        """Keep text as a draft when the form stops at it, whatever the error; the error goes on its way."""
        with ExitStack() as stopped:
            stopped.callback(self.keep, path, text, tr("没有存进去：程序读不了这一栏，请换个写法再试。"))
            yield
            stopped.pop_all()

    def keep(self, path: str, text: str, why: str) -> None:
        """Keep text that cannot be taken as a draft, and tell why."""
        self.entry.begin_typing(path, text)
        self._typing[path] = (text, len(text))
        self.write_drafts()
        self.unreadable[path] = (text, why)
        self.unread.emit(path, why)

    def drop(self, path: str) -> None:
        """Forget what was typed: the field shows its stored answer again."""
        self._forget(path)
        self.forgotten.emit()

    def _forget(self, path: str) -> None:
        self.entry.stop_typing(path)
        self._typing.pop(path, None)
        self.unreadable.pop(path, None)
        if path in self.unsaved.answers:  # the answer on the screen is not in the file: its draft stays
            self._keep_answer(path, self.unsaved.edit_of(path))
            self.save_again(path)
            return
        self.unsaved.draft_gone(path)
        if path in self._drafted:
            self._drafted.discard(path)
            scope, record = self.entry.scope, self.entry.record
            self.office.note(lambda desk: desk.records.drop_draft(scope, record, path))

    def register_title(self, form_id: str) -> str:
        """Return the title of a register, "" when there is none with this id."""
        registers = self.office.status.registers if self.office.status is not None else ()
        return next((info.title for info in registers if info.form_id == form_id), "")

    def answer(self, path: str, value: Value) -> None:
        """Take a chosen value."""
        view = self.entry.session.node(path)
        text = _as_draft(view, value)
        if self.hold(path, text, partial(self.answer, path, value)):
            return
        with self._kept_when_stopped(path, text):
            changes = self.entry.session.answer(path, self.entry.meant(path, value))
        self._settle(path, changes)

    def step(self, changes: FormChanges) -> None:
        """Save and show a step made on the session itself: a roster row, an undo."""
        self._settle("", changes)

    def write_drafts(self) -> None:
        """Write every cell that is being typed."""
        self._soon.stop()
        typing, self._typing = self._typing, {}
        for path, (text, caret) in typing.items():
            self._draft(self.entry.draft(path, text, caret))

    def _draft(self, draft: Draft) -> None:
        self._drafted.add(draft.path)
        self.office.draft(
            partial(_write, draft),
            partial(self._draft_kept, draft.path),
            partial(self._draft_not_kept, draft.path, draft.text),
            self,
        )

    def _draft_kept(self, path: str) -> None:
        self.unsaved.draft_kept(path)
        self.unsaved_changed.emit()
        if self.unsaved:  # there is room again: what had none is written as well
            self._draft_again()
            self.save_again()

    def _draft_not_kept(self, path: str, text: str, error: DeskError) -> None:
        self._drafted.discard(path)
        self.unsaved.draft_not_kept(path, text, error)
        self.unsaved_changed.emit()

    def _settle(self, path: str, changes: FormChanges) -> None:
        edit = self.entry.edit(changes)
        if edit is not None:
            self._drafted -= set(edit.answers)  # the save itself settles them
            for answered in edit.answers:
                self.unreadable.pop(answered, None)
                self.unsaved.draft_gone(answered)
            edit = self.unsaved.on_file(edit)
            self.unsaved.supersede(edit.answers)
            self.save_again()
            self._save(Save(edit, frozenset(changes.answers)))
        self._forget(path)
        self.applied.emit(changes)

    def save_again(self, path: str = "") -> None:
        """Try again to save what could not be saved, oldest first.

        What a mistake of the program stopped is only tried again when asked for: at its field, its roster.
        """

        def wanted(failed: Failed) -> bool:
            return not failed.stays or any(f"{one}/".startswith(f"{path}/") for one in failed.save.paths)

        self._send_again(wanted)

    def _send_again(self, wanted: Callable[[Failed], bool]) -> None:
        for save in self.unsaved.take(wanted):
            self._save(save)

    def write_again(self) -> None:
        """Try once more to save or keep everything that is not on the disk."""
        self._draft_again()
        self._send_again(lambda _: True)

    def _draft_again(self) -> None:
        """Try once more to keep cells as drafts; a newer text of the same cell takes its place."""
        for path, text in self.unsaved.cells.items():
            edit = self.unsaved.edit_of(path)
            if edit is None:
                self._typing.setdefault(path, (text, len(text)))
            elif path not in self._typing:
                self._draft(self.entry.unsaved_draft(edit, path, text))
        self.write_drafts()

    def _save(self, save: Save) -> None:
        started = time.perf_counter()
        self.unsaved.sent(save)
        self.office.change(
            self._noted(lambda desk: self.entry.write(save.edit, desk.records.save)),
            lambda changes: self._saved(save, changes, started),
            partial(self._not_saved, save),
            self,
        )

    def change(self, action: Callable[[Desk], DeskChanges], done: Callable[[], None]) -> None:
        """Change this record in another way than by an answer, such as merging it; then go on with `done`."""
        self.office.change(self._noted(action), lambda _: done(), owner=self)

    def _noted(self, action: Callable[[Desk], DeskChanges]) -> Callable[[Desk], DeskChanges]:
        """Return an action whose outcome is known as our own when all pages hear of it."""

        def act(desk: Desk) -> DeskChanges:
            changes = action(desk)
            self._own.append(changes)
            return changes

        return act

    def is_own(self, changes: DeskChanges) -> bool:
        """Tell whether this record's own page has made a change; asked once of each."""
        known = [at for at, one in enumerate(self._own) if one is changes]
        for at in known:
            del self._own[at]
        return bool(known)

    def _not_saved(self, save: Save, error: DeskError) -> None:
        """Keep what could not be saved as draft cells, unless something newer is kept there."""
        for path in self.unsaved.failed(save, error):
            if path not in self._drafted and path not in self._typing:
                self._keep_answer(path, save.edit)
        self.unsaved_changed.emit()

    def _keep_answer(self, path: str, edit: Edit | None) -> None:
        text = self._cell_text(path)
        if text is not None and edit is not None:
            self._draft(self.entry.unsaved_draft(edit, path, text))

    def _cell_text(self, path: str) -> str | None:
        """Return an answer as it would be typed; None for what is no answer (the place of a row)."""
        try:
            view = self.entry.session.node(path)
        except DataError:
            return None
        return _as_draft(view, view.value)

    def _saved(self, save: Save, changes: DeskChanges, started: float) -> None:
        self.entry.saved(changes)
        self.unsaved.written(save)
        for path in save.paths - self.unreadable.keys():
            self.unsaved.draft_gone(path)
        self.unsaved_changed.emit()
        self.saved.emit((time.perf_counter() - started) * 1000)


def _write(draft: Draft, desk: Desk) -> None:
    desk.records.save_draft(draft)


def _never(_path: str, _text: str, _again: Callable[[], object]) -> bool:
    return False


def _as_draft(view: NodeView, value: Value) -> str:
    """Return an answer as text that is read again: of a file what names its content, not its name alone."""
    if holding_of(view.question).is_file:
        return as_typed(value)
    return shown_text(view.question, value, view.choices)
