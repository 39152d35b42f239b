"""Keeps an open record at what the desk shows: after a sync, and after changes made on other pages."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from hsdesk.desk.values import Changes, Look
from hsdesk.errors import DeskError, Missing
from ui.record.autosave import Autosave
from ui.record.news import News, news


class Rebasing(QObject):
    """Reads the record again when somebody else may have changed it, and has the page show the difference."""

    shown = Signal(object)  # forms Changes: answers of others came into view
    told = Signal(object)  # News: what else a person has to know
    undone = Signal(object)  # forms Changes: what undoing or redoing changed, which the person knows

    def __init__(self, autosave: Autosave, parent: QObject) -> None:
        super().__init__(parent)
        self._autosave, self._entry, self._office = autosave, autosave.entry, autosave.office
        self._again = False  # a save was under way when the record was read
        self._office.quiet.connect(self._look_again)

    def heard(self, changes: Changes) -> None:
        """Look whether a change made anywhere on this desk concerns the record."""
        ours = (self._entry.form.form_id, self._entry.record) in changes.records
        is_own = self._autosave.is_own(changes)
        if changes.broken_off or changes.forms or (ours and not is_own):
            self.look(undoing=changes.undoing)

    def look(self, *, undoing: bool = False) -> None:
        """Read what is to be shown now; a record that was never saved has nothing to be read.

        `undoing`: it is this person who undid or redid something.
        """
        form, record = self._entry.form.form_id, self._entry.record
        if not self._entry.is_new:
            take = partial(self._take, undoing=undoing)
            self._office.ask(lambda desk: desk.records.look(form, record), take, self._gone, self)

    def _look_again(self) -> None:
        if self._again:
            self._again = False
            self.look()

    def _take(self, look: Look, *, undoing: bool) -> None:
        unsaved = self._autosave.unsaved
        self._again = bool(unsaved.under_way)
        before, asked = self._entry.look, set(self._entry.questions)
        changes = self._entry.rebase(look, unsaved.under_way | unsaved.answers)
        self.shown.emit(changes)
        if undoing:
            self.undone.emit(changes)
        else:
            self.told.emit(news(before, look, changes, asked ^ self._entry.questions.keys()))

    def _gone(self, error: DeskError) -> None:
        if not isinstance(error, Missing):
            self._office.work.trouble.emit(error)
            return
        before = self._entry.look
        self._entry.close_for_writing()
        if before.writable:
            self.told.emit(News("gone"))
