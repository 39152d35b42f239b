"""A record page without a window: opened, typed into, left and rebased as the page of the program is."""

from __future__ import annotations

from hsdesk.desk import Desk
from hsdesk.desk.values import Changes
from hsdesk.forms.views import FormChanges as Step
from hsdesk.model.answer import Value


class OpenPage:
    """One open record of a desk."""

    def __init__(self, desk: Desk, record: str, form: str = "social_org") -> None:
        self.desk, self.form, self.record = desk, form, record
        self.entry = desk.records.entry(form, record)
        for draft in self.entry.drafts:
            self.entry.recover(draft)

    def shows(self, path: str) -> Value:
        return self.entry.session.stored_value(path)

    def type(self, path: str, text: str) -> None:
        """Type text into a field and pause, so that it is kept as a draft."""
        self.desk.records.save_draft(self.entry.draft(path, text, len(text)))

    def leave(self, path: str) -> None:
        """Leave a field that was typed in."""
        self.step(self.entry.session.enter(path, self.entry.typing[path].text))

    def choose(self, path: str, value: Value) -> None:
        """Give a finished value."""
        self.step(self.entry.session.answer(path, self.entry.meant(path, value)))

    def step(self, step: Step) -> None:
        edit = self.entry.edit(step)
        if edit is not None:
            self.entry.saved(self.entry.write(edit, self.desk.records.save))

    def sync(self) -> Step:
        """Sync the desk; the page is rebased when the sync says that its record changed."""
        _, changes = self.desk.exchange.sync()
        return self.refresh(changes)

    def refresh(self, changes: Changes) -> Step:
        if (self.form, self.record) not in changes.records:
            return Step()
        return self.entry.rebase(self.desk.records.look(self.form, self.record))
