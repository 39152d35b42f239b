"""Keeps what is typed: a draft within a second, an answer when the field is left. There is no save button."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from hsdesk.desk import Desk, Entry
from hsdesk.desk.values import Changes as DeskChanges
from hsdesk.desk.values import Draft, Edit
from hsdesk.errors import DataError, DeskError
from hsdesk.forms.views import Changes
from hsdesk.model.op import Value
from ui.office import Office
from ui.words import error_text

DRAFT_MS = 500  # after the first unsaved keystroke; with the write itself below one second


class Keeper(QObject):
    """Turns steps of a person into session answers, saves and drafts of one record."""

    applied = Signal(object)  # forms Changes: the page shows them
    unread = Signal(str, str)  # path, why its text cannot be read
    forgotten = Signal()  # typing was given up
    saved = Signal(float)  # milliseconds from the step to its being in the file
    not_saved = Signal()  # the file could not be written; the answers wait for the next try

    def __init__(self, office: Office, entry: Entry, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.office, self.entry = office, entry
        self.own_saves = 0  # saves of ours whose echo has not come back yet
        self._typing: dict[str, tuple[str, int]] = {}
        self._drafted: set[str] = {draft.path for draft in entry.drafts}
        self.unreadable: dict[str, tuple[str, str]] = {}  # path: text that cannot be taken, and why
        self._soon = QTimer(self, singleShot=True, interval=DRAFT_MS)
        self._soon.timeout.connect(self.write_drafts)

    def typed(self, path: str, text: str, caret: int) -> None:
        """Remember a keystroke; the draft is written at most once per `DRAFT_MS`."""
        self._typing[path] = (text, caret)
        if not self._soon.isActive():
            self._soon.start()

    def enter(self, path: str, text: str) -> bool:
        """Take text that is finished. False: it cannot be read; it stays as a draft with its message."""
        try:
            changes = self.entry.session.enter(path, text)
        except DataError as error:
            self.keep(path, text, error_text(error))
            return False
        self._settle(path, changes)
        return True

    def keep(self, path: str, text: str, why: str) -> None:
        """Keep text that cannot be taken as a draft, and tell why."""
        self._typing[path] = (text, len(text))
        self.write_drafts()
        self.unreadable[path] = (text, why)
        self.unread.emit(path, why)

    def drop(self, path: str) -> None:
        """Forget what was typed: the field shows its stored answer again."""
        self._forget(path)
        self.forgotten.emit()

    def _forget(self, path: str) -> None:
        self._typing.pop(path, None)
        self.unreadable.pop(path, None)
        if path in self._drafted:
            self._drafted.discard(path)
            scope, record = self.entry.scope, self.entry.record
            self.office.note(lambda desk: desk.drop_draft(scope, record, path))

    def register_title(self, form_id: str) -> str:
        """Return the title of a register, "" when there is none with this id."""
        registers = self.office.status.registers if self.office.status is not None else ()
        return next((info.title for info in registers if info.form_id == form_id), "")

    def answer(self, path: str, value: Value) -> None:
        """Take a chosen value."""
        self._settle(path, self.entry.session.answer(path, value))

    def step(self, changes: Changes) -> None:
        """Save and show a step made on the session itself: a roster row, an undo."""
        self._settle("", changes)

    def write_drafts(self) -> None:
        """Write every cell that is being typed."""
        self._soon.stop()
        typing, self._typing = self._typing, {}
        for path, (text, caret) in typing.items():
            draft = Draft(
                scope=self.entry.scope,
                form=self.entry.form.form_id,
                record=self.entry.record,
                path=path,
                text=text,
                caret=caret,
            )
            self._drafted.add(path)
            self.office.note(partial(_write, draft))

    def _settle(self, path: str, changes: Changes) -> None:
        edit = self.entry.edit(changes)
        if edit is not None:
            self._save(edit)
            self._drafted -= set(edit.answers)
            for answered in edit.answers:
                self.unreadable.pop(answered, None)
        self._forget(path)
        self.applied.emit(changes)

    def _save(self, edit: Edit) -> None:
        started = time.perf_counter()
        self.own_saves += 1
        self.office.save(edit, lambda: self._saved(started), self._not_saved, self)

    def change(self, action: Callable[[Desk], DeskChanges], done: Callable[[], None]) -> None:
        """Change this record in another way than by an answer, such as merging it; then go on with `done`."""
        self.own_saves += 1
        self.office.change(action, lambda _: done(), self._not_changed, self)

    def _not_changed(self, error: DeskError) -> None:
        self.own_saves -= 1
        self.office.work.trouble.emit(error)

    def _not_saved(self) -> None:
        self.own_saves -= 1
        self.not_saved.emit()

    def _saved(self, started: float) -> None:
        self.saved.emit((time.perf_counter() - started) * 1000)


def _write(draft: Draft, desk: Desk) -> None:
    desk.save_draft(draft)
