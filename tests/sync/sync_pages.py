"""An open page of a record, as the window keeps it: it stays open over syncs, and nothing is read behind it.

It works over an open desk file by `state`, `screen`, `put_draft` and edits that name their screen, as the
window's entry does; `typed`, `left`, `ticked` and `rebased` are the seam where another page can be put.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import msgspec
from sync_ghosts import NOBODY, Uids
from sync_sight import Sight

from hsdesk.desk import values
from hsdesk.desk.records import logged
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.model.answer import DELETED, Class, Value, members
from hsdesk.records.edits import Draft, Edit, Screen
from hsdesk.records.op import NOTHING, Seen
from hsdesk.records.parts import are_equal

Shown = dict[tuple[Class, str], Uids]


@dataclass(frozen=True)
class Cell:
    """A cell being typed: what stood there when typing began, and which ops that included."""

    text: Value
    draft: Draft
    truth: Uids


@dataclass(frozen=True)
class Question:
    """A cell whose answer changed while it was typed: the value in view, asked about."""

    value: Value
    seen: Seen
    truth: Uids


@dataclass(frozen=True)
class Writing:
    """An edit, and what stood on its author's screen."""

    edit: Edit
    truth: Shown


@dataclass
class Page:
    """An open record at one desk."""

    scope: str
    record: str
    person: str
    answers: Mapping[str, Value] = field(default_factory=dict)
    screen: Screen = field(default_factory=lambda: Screen("", "", {}))
    truth: Shown = field(default_factory=dict)
    cells: dict[str, Cell] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)

    def look(self, desk: DeskFile, sight: Sight, scope: str) -> None:
        """Show the record as it lies in the file now."""
        state = desk.state(scope, self.record)
        self.scope, self.answers = scope, dict(state.answers) if state else {}
        self.screen = desk.screen(scope, self.record)
        self.truth = sight.shown(desk, scope, self.record)

    def rebased(self, desk: DeskFile, sight: Sight, scope: str) -> None:
        """Take new values where nobody types; a cell being typed becomes a question where its own changed."""
        self.look(desk, sight, scope)
        kept = {draft.path: draft for draft in desk.drafts(scope, self.record)}
        for path, known in list(self.cells.items()):
            cell = self.cells[path] = replace(known, draft=kept.get(path, known.draft))
            value, seen = self.answers.get(path), self._seen(path)
            if are_equal(value, cell.draft.base):
                self.questions.pop(path, None)
                self._keep(desk, path, cell.text, self._truth(path) | cell.truth)
            else:
                self.questions[path] = Question(value, seen, self._truth(path))

    def typed(self, desk: DeskFile, path: str, text: Value) -> None:
        """Keep a cell that is being typed; what was seen there is taken when typing begins."""
        known = self.cells.get(path)
        if known is None:
            self._keep(desk, path, text, self._truth(path))
            return
        draft = msgspec.structs.replace(known.draft, text=str(text))
        desk.put_draft(draft)
        self.cells[path] = replace(known, text=text, draft=draft)

    def left(self, desk: DeskFile, path: str, answer: str = "") -> Writing | None:
        """Leave a cell: what is to be saved. `answer` to its question: "mine", "theirs", or none."""
        cell, asked = self.cells.pop(path, None), self.questions.pop(path, None)
        if cell is None:
            return None
        if asked and answer == "theirs":
            desk.drop_draft(cell.draft.scope, self.record, path)
            return None
        seen, truth = self._of_draft(cell.draft), cell.truth
        if asked and answer == "mine":
            seen, truth = asked.seen, asked.truth | cell.truth
        screen = msgspec.structs.replace(self.screen, seen={**self.screen.seen, path: seen})
        return self.writing({path: cell.text}, screen, {(self._cls(path), path): truth})

    def ticked(self, path: str, member: str, *, on: bool) -> Writing | None:
        """Tick or untick one member of a set."""
        here = set(members(self.answers.get(path)))
        if (member in here) == on:
            return None
        return self.writing({path: tuple(sorted(here | {member} if on else here - {member}))})

    def writing(
        self,
        answers: dict[str, Value],
        screen: Screen | None = None,
        truth: Mapping[tuple[Class, str], Uids] | None = None,
        *,
        erases: bool = False,
    ) -> Writing:
        """Return an edit that names what stands on the screen, made as the desk makes it."""
        typed = values.Edit(
            "mixed", self.record, self.scope, answers, screen or self.screen, dict(self.answers)
        )
        edit = msgspec.structs.replace(logged(typed, self.person), erases=erases)
        return Writing(edit, {**self.truth, **(truth or {})})

    @property
    def is_deleted(self) -> bool:
        return self.answers.get(DELETED) is not None

    def _keep(self, desk: DeskFile, path: str, text: Value, truth: Uids) -> None:
        """Keep a cell over what stands in view."""
        draft = Draft(
            self.scope, "mixed", self.record, path, str(text), base=self.answers.get(path),
            seen=self._seen(path), server_epoch=self.screen.server_epoch,
        )  # fmt: skip
        desk.put_draft(draft)
        self.cells[path] = Cell(text, draft, truth)

    def recovered(self, desk: DeskFile, kept: Mapping[tuple[str, str, str], tuple[Value, Uids]]) -> None:
        """Take up the cells that the file kept, after the program was closed."""
        for draft in desk.drafts(self.scope, self.record):
            text, truth = kept[self.person, self.record, draft.path]
            self.cells[draft.path] = Cell(text, draft, truth)

    def _seen(self, path: str) -> Seen:
        return self.screen.seen.get(path, NOTHING)

    def _of_draft(self, draft: Draft) -> Seen:
        kept = Screen(draft.scope, draft.server_epoch, {draft.path: draft.seen})
        return kept.of(draft.path, self.screen.scope, self.screen.server_epoch)

    def _truth(self, path: str) -> Uids:
        return self.truth.get((self._cls(path), path), NOBODY)

    @staticmethod
    def _cls(path: str) -> Class:
        return "personal" if path == "phone" else "common"
