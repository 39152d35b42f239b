"""An open record: made on the database thread, then kept beside its window; it reads nothing."""

from __future__ import annotations

from collections.abc import Mapping

from hsdesk.desk.values import Draft, Edit, PlaceInfo, Screen
from hsdesk.forms.schema import Form
from hsdesk.forms.session import Session
from hsdesk.forms.views import Changes
from hsdesk.model.op import Value


class Entry:
    """A session over one record, and what to give to `Desk.save` after each step.

    The first edit of a new record also carries what opening wrote (defaults, once(), uuid()), so that a
    record opened and left untouched is never made.
    """

    def __init__(
        self,
        session: Session,
        *,
        record: str,
        place: PlaceInfo,
        is_new: bool,
        writable: bool,
        drafts: tuple[Draft, ...] = (),
        screen: Screen,
        others: Mapping[str, Value] | None = None,
        fixed: frozenset[str] = frozenset(),
        reversed_by: str = "",
    ) -> None:
        self.session = session
        self.record = record
        self.place = place
        self.is_new = is_new
        self.writable = writable
        self.drafts = drafts
        self.others: Mapping[str, Value] = (
            others or {}
        )  # answers this version of the form does not know 旧栏目
        self.fixed = fixed  # answers of a closed entry of a ledger (已入账)
        self.reversed_by = reversed_by  # the entry that reverses this one (冲正), "" when none
        self.screen = screen
        self._unsaved = dict(session.first_answers())

    @property
    def form(self) -> Form:
        return self.session.form

    @property
    def scope(self) -> str:
        return self.place.id

    @property
    def is_closed(self) -> bool:
        """Tell whether this is a closed entry of a ledger: added to, reversed, but not changed."""
        return bool(self.fixed)

    @property
    def can_change(self) -> bool:
        """Tell whether this desk may change what the record says already."""
        return self.writable and not self.is_closed

    def edit(self, changes: Changes) -> Edit | None:
        """Return what is to be saved after `changes`, or None when no answer changed.

        Defaults of a record are saved together with the first answer that a person gives.
        """
        if not changes.answers:
            return None
        answers = {**self._unsaved, **changes.answers}
        self._unsaved = {}
        self.is_new = False
        return Edit(form=self.form.form_id, record=self.record, scope=self.scope, answers=answers)

    def title(self) -> str:
        """Return the record's title from its title answers, or "" while they are empty."""
        from hsdesk.forms.schema import questions

        words = (self._word(one.key) for one in questions(self.form.children) if one.hs.title)
        return " ".join(word for word in words if word)

    def _word(self, path: str) -> str:
        """Return an answer of the title as one reads it: a choice by its label."""
        view = self.session.node(path)
        for choice in view.choices:
            if choice.value == view.value:
                return self.session.choice_label(path, choice)
        return "" if view.value is None else str(view.value)
