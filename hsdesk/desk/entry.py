"""An open record: made on the database thread, then kept beside its window; it reads nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import msgspec

from hsdesk.desk.display_values import SET_MARK
from hsdesk.desk.typing import (
    FieldQuestion,
    Typing,
    begun,
    merged,
    part_of,
    raised,
    recovered,
    rows_around,
)
from hsdesk.desk.values import Changes as DeskChanges
from hsdesk.desk.values import Draft, Edit, Look, PlaceInfo, Refusal
from hsdesk.errors import DataError
from hsdesk.forms.masking import SCREEN, shown
from hsdesk.forms.plausible import Earlier, Leap, is_compared, is_leap, last_before
from hsdesk.forms.schema import Form, Question, questions
from hsdesk.forms.session import Session
from hsdesk.forms.types import holding_of, show
from hsdesk.forms.views import FormChanges
from hsdesk.model.answer import DELETED, Value, deletions_above
from hsdesk.records.op import NOTHING, Seen


class Entry:
    """A session over one record, what its author saw, and what to give to `desk.records.save` next.

    The first edit of a new record also carries what opening wrote (defaults, once(), uuid()), so that a
    record opened and left untouched is never made.

    `look` is what was shown when the record was opened; `rebase` takes what is to be shown now, so that an
    edit always says what stood before its author. `typing` are the fields with unfinished text, `questions`
    those of them whose answer another person changed meanwhile.
    """

    def __init__(
        self,
        session: Session,
        *,
        record: str,
        look: Look,
        is_new: bool,
        drafts: tuple[Draft, ...] = (),
        others: Mapping[str, Value] | None = None,
        reversed_by: str = "",
        earlier: tuple[Earlier, ...] = (),
    ) -> None:
        self.session = session
        self.record = record
        self.look = look
        self.is_new = is_new
        self.drafts = drafts
        self.others: Mapping[str, Value] = (
            others or {}
        )  # answers this version of the form does not know 旧栏目
        self.reversed_by = reversed_by  # the entry that reverses this one (冲正), "" when none
        self.pinned: frozenset[str] = frozenset()  # answers that are kept for the next new record 沿用
        self._earlier = earlier
        self._began: dict[str, Value] = dict(look.answers)  # what stood when the page was opened
        self.screen = look.screen
        self.typing: dict[str, Typing] = {}
        self.questions: dict[str, FieldQuestion] = {}
        self.refusals = list(look.refusals)
        self._stood: dict[str, Value] = dict(look.answers)  # what the page showed before the next edit
        self._unsaved = dict(session.first_answers())
        self._kept_rows: set[str] = set()  # deleted elsewhere, kept because somebody types in them
        self._own: dict[str, tuple[int, int]] = {}  # own ops this page has saved; database thread only

    @property
    def form(self) -> Form:
        return self.session.form

    @property
    def place(self) -> PlaceInfo:
        return self.look.place

    @property
    def scope(self) -> str:
        return self.look.place.id

    @property
    def writable(self) -> bool:
        return self.look.writable

    @property
    def fixed(self) -> frozenset[str]:
        """The answers of a closed entry of a ledger (已入账)."""
        return self.look.fixed

    @property
    def is_closed(self) -> bool:
        """Tell whether this is a closed entry of a ledger: added to, reversed, but not changed."""
        return bool(self.fixed)

    @property
    def can_change(self) -> bool:
        """Tell whether this desk may change what the record says already."""
        return self.writable and not self.is_closed

    def begin_with(self, pinned: Mapping[str, Value]) -> None:
        """Take what is pinned; a new record begins with it, and is made by the first answer all the same."""
        self.pinned = frozenset(pinned)
        for path, value in pinned.items() if self.is_new and self.writable else ():
            view = self.session.node(path)
            offered = {choice.value for choice in view.choices}
            held = set(value) if isinstance(value, tuple) else {value}
            if not view.readonly and (not view.question.list_name or held <= offered):
                self._unsaved |= self.session.answer(path, value).answers

    def leap(self, path: str) -> Leap | None:
        """Return how far a figure lies from what stood before, None where that is likely enough."""
        view = self.session.node(path)
        if not is_compared(view.question) or view.value is None:
            return None
        if is_leap(view.question, self._began.get(path), view.value):
            return Leap(path, self._began[path], view.value)
        last = last_before(str(self._shown(self.form.event) or ""), self._earlier) if self._earlier else None
        if last is not None and is_leap(view.question, last.figures.get(path), view.value):
            return Leap(path, last.figures[path], view.value, last.period)
        return None

    # Saving

    def edit(self, changes: FormChanges) -> Edit | None:
        """Return what is to be saved after `changes`, or None when no answer changed.

        Defaults of a record are saved together with the first answer that a person gives. An answer that was
        being typed is given with what was seen when typing began; its question, if any, stays unanswered.
        """
        if not changes.answers:
            return None
        answers = {**self._unsaved, **changes.answers}
        self._unsaved = {}
        self.is_new = False
        seen = self._finish(answers)
        edit = Edit(
            form=self.form.form_id,
            record=self.record,
            scope=self.scope,
            answers=answers,
            screen=msgspec.structs.replace(self.screen, seen=seen),
            stood={path: self._stood[path] for path in answers if path in self._stood},
        )
        self._stood.update(answers)
        return edit

    def _finish(self, answers: dict[str, Value]) -> dict[str, Seen]:
        """End typing at these answers; return what their author has seen."""
        seen = dict(self.screen.seen)
        hidden: set[str] = set()  # deletions that were not there yet when typing began
        for path in tuple(answers):
            typed = self._forget(path)
            if typed is not None:
                known = typed.seen(path, self.screen)
                hidden |= set(deletions_above(path)) - known.keys()
                seen |= known
            for row in self._kept_rows.intersection(rows_around(path)):
                answers[f"{row}/{DELETED}"] = None  # who goes on typing in a row keeps it
                hidden.add(f"{row}/{DELETED}")
        self.screen = msgspec.structs.replace(self.screen, seen=dict(seen))
        return {path: one for path, one in seen.items() if path not in hidden}

    def write(self, edit: Edit, save: Callable[[Edit], DeskChanges]) -> DeskChanges:
        """Save an edit, on the database thread; what this page saved before has stood on it."""
        if edit.screen is not None:
            concerned = {*edit.answers, *(one for path in edit.answers for one in deletions_above(path))}
            own = {path: self._own[path] for path in concerned if path in self._own}
            screen = msgspec.structs.replace(edit.screen, seen=raised(edit.screen.seen, own))
            edit = msgspec.structs.replace(edit, screen=screen)
        done = save(edit)
        self._own |= done.own
        return done

    def saved(self, changes: DeskChanges) -> None:
        """Take note of what a save of this page has put into the file: it stands on the page."""
        self.screen = msgspec.structs.replace(self.screen, seen=raised(self.screen.seen, changes.own))
        for path in (changes.own.keys() & self.typing.keys()) - self.questions.keys():
            was = self.typing[path].was
            was = msgspec.structs.replace(was, seen=raised(was.seen, {path: changes.own[path]}))
            self.typing[path] = msgspec.structs.replace(self.typing[path], was=was)

    # Typing

    def begin_typing(self, path: str, text: str) -> None:
        """Remember what a field shows when typing begins in it; later keys change the text only."""
        typed = self.typing.get(path)
        self.typing[path] = (
            msgspec.structs.replace(typed, text=text)
            if typed is not None
            else begun(path, self._shown(path), self.screen, text)
        )

    def stop_typing(self, path: str) -> None:
        """Forget what was typed into a field."""
        self._forget(path)

    def _forget(self, path: str) -> Typing | None:
        self.questions.pop(path, None)
        return self.typing.pop(path, None)

    def draft(self, path: str, text: str, caret: int) -> Draft:
        """Return the draft cell of a field that is being typed."""
        self.begin_typing(path, text)
        return self._cell(path, text, caret, self.typing[path])

    def unsaved_draft(self, edit: Edit, path: str, text: str) -> Draft:
        """Return the draft cell of an answer that could not be saved."""
        screen = edit.screen or self.screen
        return self._cell(path, text, len(text), begun(path, edit.stood.get(path), screen))

    def _cell(self, path: str, text: str, caret: int, typed: Typing) -> Draft:
        seen, server_epoch = typed.draft(path)
        return Draft(
            scope=self.scope,
            form=self.form.form_id,
            record=self.record,
            path=path,
            text=text,
            caret=caret,
            base=typed.base,
            seen=seen,
            server_epoch=server_epoch,
        )

    def recover(self, draft: Draft) -> FieldQuestion | None:
        """Go on with the typing of a draft cell; return the question when its answer has changed since."""
        self.typing[draft.path] = recovered(draft)
        if (draft.base, draft.seen, draft.server_epoch) != (None, NOTHING, ""):  # a file that kept no base
            self._compare(draft.path)
        return self.questions.get(draft.path)

    def meant(self, path: str, value: Value) -> Value:
        """Return what a finished value comes to: of a set, what was changed of the one typing began with."""
        typed = self.typing.get(path)
        if typed is None or not self._is_set(path):
            return value
        return merged(typed.base, value, self._shown(path))

    def keep_mine(self, path: str) -> None:
        """Answer a question: the author has seen the other's answer and goes on with his own."""
        question = self.questions.pop(path, None)
        if question is not None:
            self.typing[path] = msgspec.structs.replace(
                self.typing[path], base=question.theirs, was=question.seen
            )

    def take_theirs(self, path: str) -> None:
        """Answer a question: the typing is given up, the other's answer, which the session says, stays."""
        self._forget(path)

    def is_stale(self, path: str) -> bool:
        """Tell whether a field has another answer now than when typing in it began."""
        typed = self.typing.get(path)
        return typed is not None and typed.base != self._shown(path)

    def _shown(self, path: str) -> Value:
        try:
            return self.session.stored_value(path)
        except DataError:  # its row is not there
            return None

    def _is_set(self, path: str) -> bool:
        try:
            return holding_of(self.session.node(path).question).is_set
        except DataError:
            return False

    def _compare(self, path: str) -> None:
        """Raise what was seen when the field still shows it; else ask, unless both mean the same."""
        typed, now = self.typing[path], self._shown(path)
        if now == typed.base:
            above = part_of(self.screen, path, *typed.above)
            self.typing[path] = msgspec.structs.replace(typed, was=above)
            self.questions.pop(path, None)
        elif self._is_set(path) or self._means(path, typed.text) == (now,):
            self.questions.pop(path, None)
        else:
            seen = part_of(self.screen, path, *deletions_above(path))
            self.questions[path] = FieldQuestion(path, now, seen)

    def _means(self, path: str, text: str) -> tuple[Value, ...]:
        try:
            return (self.session.meaning(path, text),)
        except DataError:
            return ()

    # What changed elsewhere

    def rebase(self, look: Look, held: Collection[str] = ()) -> FormChanges:
        """Show what the desk shows now; return what changed in view.

        Untouched answers take the new value. Answers being typed stay and, where another's came, get a
        question. `held` are the paths of edits that are not in the file yet: they stay as they are.
        """
        typed = set(self.typing) - set(held)
        around = {row for path in typed for row in rows_around(path)}
        self._kept_rows = {row for row in around if look.answers.get(f"{row}/{DELETED}")}
        changes = self.session.take(look.answers, held=held, rows=around)
        old, screen = self.screen, look.screen
        seen = {path: one for path, one in screen.seen.items() if path not in held}
        for path in held:
            if path in old.seen:
                seen[path] = old.of(path, screen.scope, screen.server_epoch)
        self._began |= {path: value for path, value in changes.values.items() if path not in held}
        self.look, self.screen = look, msgspec.structs.replace(screen, seen=seen)
        self._stood = {path: value for path, value in look.answers.items() if path not in held} | {
            path: self._stood[path] for path in held if path in self._stood
        }
        self.refusals = list(look.refusals)
        for path in typed:
            self._compare(path)
        return changes

    def close_for_writing(self) -> None:
        """The desk does not hold the record any more: what is shown stays, to be read."""
        self.look = msgspec.structs.replace(self.look, writable=False)

    # What the city did not take

    def drop_refusal(self, refusal: Refusal) -> bool:
        """Take one answer off what was refused; tell whether nothing of its op is left to look at."""
        self.refusals.remove(refusal)
        return all(one.number != refusal.number for one in self.refusals)

    def title(self) -> str:
        """Return the title from its answers as the screen shows them, "" while they are empty."""
        words = (self._word(one) for one in questions(self.form.children) if one.hs.title)
        return " ".join(word for word in words if word)

    def _word(self, question: Question) -> str:
        """Return an answer of the title as one reads it: choices by their labels, what is hidden hidden."""
        view = self.session.node(question.key)
        labels = {one.value: self.session.choice_label(question.key, one) for one in view.choices}
        held = view.value if isinstance(view.value, tuple) else (view.value,)
        words = (labels.get(str(one)) or show(question, one) for one in held)
        return shown(self.form, question, SET_MARK.join(words), SCREEN)
