"""An open page of a record: the entry that the window works with, and beside it what its screen includes.

It stays open over syncs, and nothing is read behind it: the entry is rebased by what the desk says has
changed, and by nothing else. What the checker knows of the screen decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import msgspec
import pytest
from sync_ghosts import NOBODY, Uids
from sync_sight import Sight

from hsdesk.desk import Desk, Entry, records
from hsdesk.desk.typing import FieldQuestion
from hsdesk.desk.values import Changes, Edit
from hsdesk.errors import DataError, Missing
from hsdesk.forms.views import FormChanges
from hsdesk.model.answer import DELETED, Class, Value, members
from hsdesk.model.clock import moment_of
from hsdesk.records.chain import hash_of
from hsdesk.records.op import Op

Shown = dict[tuple[Class, str], Uids]
FORM = "mixed"
_ASKED = ("name", "count", "tags", "asked", "upper", "phone")


@dataclass(frozen=True)
class Writing:
    """An edit on its way to the file, and what stood on its author's screen."""

    page: Page
    edit: Edit
    truth: Shown


class Page:
    """An open record at one desk. `kept`: by path what the cells of earlier pages were typed over."""

    def __init__(
        self, desk: Desk, sight: Sight, record: str, place: str, kept: Mapping[str, Uids] | None = None
    ) -> None:
        self._desk = desk
        self._sight = sight
        self.record = record
        self.under_way: list[Writing] = []
        self._again = False  # an edit was under way when others' answers came: look again once it is saved
        self.is_gone = False  # the record left, and the page is closed once what is under way is saved
        self._unsaved: set[str] = set()  # what the desk refused to save stays on the screen
        self.entry = entry_of(self._desk, self.record, place)
        self.cells: dict[str, Uids] = {}  # being typed: which ops stood there when typing began
        self._asked: dict[str, Uids] = {}  # which ops the value includes that is asked about
        self.truth: Shown = {}
        for draft in self.entry.drafts:
            self.entry.recover(draft)
            self.cells[draft.path] = (kept or {}).get(draft.path, NOBODY)
        self._look()

    def _look(self) -> None:
        """Take note of which ops stand on the screen now. What is not in the file yet stays as it was."""
        held = {(self._cls(path), path) for path in self._held}
        now = self._sight.shown(self._desk._file, self.entry.scope, self.record)
        kept = {at: uids for at, uids in self.truth.items() if at in held}
        self.truth = {at: uids for at, uids in now.items() if at not in held} | kept
        for path in self.cells:
            self._asked.pop(path, None)
            if path in self.entry.questions:
                self._asked[path] = self._truth(path)
            elif not self.entry.is_stale(path):
                self.cells[path] |= self._truth(path)

    @property
    def _held(self) -> set[str]:
        return self._unsaved.union(*(writing.edit.answers for writing in self.under_way))

    @property
    def questions(self) -> Mapping[str, FieldQuestion]:
        return self.entry.questions

    @property
    def is_deleted(self) -> bool:
        return bool(self.entry.look.deleted)

    def shows(self, path: str) -> Value:
        return self.entry.session.stored_value(path)

    def unlike(self, answers: Mapping[str, Value]) -> list[str]:
        """Return where the page shows something else than the file, though nobody is changing it here."""
        bad = {"count"} if isinstance(answers.get("count"), str) else set()  # no page can show it
        paths = [path for path in _ASKED if path not in self._held | bad]
        return [path for path in paths if (self.shows(path) or None) != (answers.get(path) or None)]

    # What others change

    def rebased(self) -> None:
        """Take what is to be shown now, as the window does when it hears of a change."""
        self._again = bool(self.under_way)
        self.is_gone = False
        try:
            look = self._desk.records.look(FORM, self.record)
        except Missing:
            self.is_gone = not self.entry.is_new
            if self.is_gone and not self.under_way:
                self.entry.close_for_writing()
            return
        self.entry.is_new = False  # the same record was begun elsewhere
        self.entry.rebase(look, self._held)
        self._look()

    # What the person does

    def row_for(self, path: str) -> Writing | None:
        """Return what is to be saved before a cell can be typed: its row, where there is none."""
        row = path.rpartition("/")[0]
        if not row or not self.entry.writable or row in self.entry.session.rows("members"):
            return None
        if self.entry.look.answers.get(f"{row}/{DELETED}"):
            return None
        return self._step(self.entry.session.add_row("members", row=row.rpartition("/")[2]))

    def typed(self, path: str, text: str) -> bool:
        """Keep a cell that is being typed; what was seen there is taken when typing begins."""
        if not self.entry.writable or not self._is_there(path):
            return False
        self.cells.setdefault(path, self._truth(path))
        draft = self.entry.draft(path, text, len(text))
        now = moment_of(self._desk._file._connection.clock.tick()).isoformat()
        self._desk.records.save_draft(msgspec.structs.replace(draft, at=now))
        return True

    def left(self, path: str, answer: str = "") -> Writing | None:
        """Leave a cell: what is to be saved. `answer` to its question: "mine", "theirs", or none."""
        saw, asked = self.cells.pop(path), self._asked.pop(path, None)
        if asked is not None and answer == "theirs":
            self.entry.take_theirs(path)
        elif asked is not None and answer == "mine":
            self.entry.keep_mine(path)
            saw |= asked
        if path in self.entry.typing and self.entry.writable and self._is_there(path):
            writing = self._step(self.entry.session.enter(path, self.entry.typing[path].text), {path: saw})
            if writing is not None:
                return writing
        self.entry.stop_typing(path)
        self._desk.records.drop_draft(self.entry.scope, self.record, path)
        return None

    def ticked(self, path: str, member: str, *, on: bool) -> Writing | None:
        """Tick or untick one member of a set."""
        here = set(members(self.shows(path)))
        if (member in here) == on or not self.entry.writable:
            return None
        value = tuple(sorted(here | {member} if on else here - {member}))
        return self._step(self.entry.session.answer(path, self.entry.meant(path, value)))

    def unread(self, path: str, value: Value) -> Writing:
        """Return an edit of a page that reads no values, as it was before one reader did it everywhere."""
        edit = Edit(FORM, self.record, self.entry.scope, {path: value}, self.entry.screen)
        self.under_way.append(Writing(self, edit, dict(self.truth)))
        return self.under_way[-1]

    def _step(self, step: FormChanges, saw: Mapping[str, Uids] | None = None) -> Writing | None:
        edit = self.entry.edit(step)
        if edit is None:
            return None
        truth = {**self.truth, **{(self._cls(path), path): uids for path, uids in (saw or {}).items()}}
        for path in edit.answers:
            self.cells.pop(path, None)
        writing = Writing(self, edit, truth)
        self.under_way.append(writing)
        return writing

    def write(self, writing: Writing) -> Changes:
        """Write an edit of this page."""
        self.under_way.remove(writing)
        self._unsaved |= writing.edit.answers.keys()
        done = self.entry.write(writing.edit, self._desk.records.save)
        self._unsaved -= writing.edit.answers.keys()
        self.entry.saved(done)
        return done

    def wrote(self, writing: Writing, ops: Iterable[Op]) -> None:
        """Take note of the ops that an edit of this page came to: they stand on its screen, and on that of
        what was done on it since."""
        for op in ops:
            for path in op.answers:
                at, uids = (op.cls, path), frozenset({hash_of(op)})
                self.truth[at] = writing.truth.get(at, NOBODY) | uids
                for later in self.under_way:
                    later.truth[at] = later.truth.get(at, NOBODY) | uids
                if path in self.cells and path not in self.entry.questions:
                    self.cells[path] |= uids
        if self._again and not self.under_way:
            self.rebased()

    def _is_there(self, path: str) -> bool:
        try:
            self.shows(path)
        except DataError:
            return False
        return True

    def _truth(self, path: str) -> Uids:
        return self.truth.get((self._cls(path), path), NOBODY)

    @staticmethod
    def _cls(path: str) -> Class:
        return "personal" if path == "phone" else "common"


def entry_of(desk: Desk, record: str, place: str) -> Entry:
    """Open a record; one that the desk does not hold is begun there, under this id."""
    try:
        return desk.records.entry(FORM, record)
    except Missing:
        with pytest.MonkeyPatch.context() as patch:
            new_id: Callable[[], str] = lambda: record  # noqa: E731
            patch.setattr(records, "new_id", new_id)
            return desk.records.entry(FORM, place=place)
