"""What a print-out shows of each answer of a record, and of small groups of persons on a notice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from hsdesk.forms.masking import ROSTER, Showing, mark_of, shown, treatment
from hsdesk.forms.schema import Form, Question, class_of, questions_by_path
from hsdesk.forms.types import type_of
from hsdesk.model.answer import Class
from hsdesk.registers.contract import RegisterRecord, Registers
from hsdesk.reports.paper_dates import DateStyle, on_paper

LEAST = 3  # persons in a group that a notice may count (公示件)


class Shown:
    """The answers of a register's records for one use, within what the reader is granted.

    `dates`: how days are written.
    """

    def __init__(self, registers: Registers, form: Form, showing: Showing, dates: DateStyle = "iso") -> None:
        self._registers = registers
        self._form = form
        self._showing = showing
        self._by_path = questions_by_path(form)
        self._dates: DateStyle = dates
        self._days = frozenset(
            path
            for path, one in self._by_path.items()
            if type_of(one).widget == "date" or mark_of(form, one) == "day"
        )
        self._grants: dict[tuple[str, Class], bool] = {}
        self._open = frozenset(  # of no person: in no use is there anything to hide
            path for path, question in self._by_path.items() if mark_of(form, question) in ("", "open")
        )

    def text(self, record: RegisterRecord, key: str) -> str:
        """Return what is shown of an answer, "" when it is empty or not one of this form."""
        question = self._by_path.get(key)
        return self._shown(record, question, record.texts.get(key, ""), key) if question else ""

    def row(self, record: RegisterRecord, roster: str, texts: Mapping[str, str]) -> dict[str, str]:
        """Return a row of a roster, by the key of its questions."""
        found = {key: (self._by_path.get(f"{roster}/{key}"), text) for key, text in texts.items()}
        return {
            key: self._shown(record, question, text, f"{roster}/{key}")
            for key, (question, text) in found.items()
            if question
        }

    def is_day(self, key: str) -> bool:
        """Tell whether an answer is a day."""
        return key in self._days

    def is_name(self, key: str) -> bool:
        """Tell whether an answer is the name of a person."""
        question = self._by_path.get(key)
        return question is not None and mark_of(self._form, question) == "name"

    def is_open(self, key: str) -> bool:
        """Tell whether an answer is shown whole, so that it may be added up."""
        question = self._by_path.get(key)
        return question is None or treatment(self._form, question, self._showing, key) == "open"

    def _shown(self, record: RegisterRecord, question: Question, text: str, path: str) -> str:
        shown = self._whole_or_hidden(record, question, text, path)
        return on_paper(shown, self._dates) if path in self._days else shown

    def _whole_or_hidden(self, record: RegisterRecord, question: Question, text: str, path: str) -> str:
        if not text or path in self._open:
            return text
        showing = self._showing
        if showing.use in ("filing", "full") and not self._granted(record.place, question):
            showing = ROSTER
        return shown(self._form, question, text, showing, path)

    def _granted(self, place: str, question: Question) -> bool:
        asked = (place, class_of(self._form, question))
        if asked not in self._grants:
            self._grants[asked] = self._registers.may_read(*asked)
        return self._grants[asked]


class Group(msgspec.Struct, frozen=True):
    """How many persons have something in common."""

    name: str
    count: int


def joined_groups(groups: Sequence[Group]) -> tuple[Group, ...]:
    """Return the groups that a notice may count: one under 3 is joined with the next, the last one backwards.

    None is left when all together are under 3: a number so small points at persons.

    >>> [(one.name, one.count) for one in joined_groups([Group("男", 4), Group("女", 1), Group("未填", 1)])]
    [('男、女、未填', 6)]
    >>> joined_groups([Group("男", 1), Group("女", 1)])
    ()
    """
    if sum(group.count for group in groups) < LEAST:
        return ()
    made = list(_gathered(groups))
    if made[-1].count < LEAST:
        *made, before, last = made
        made.append(_joined([before, last]))
    return tuple(made)


def _gathered(groups: Sequence[Group]) -> Iterator[Group]:
    held: list[Group] = []
    for group in groups:
        held.append(group)
        if sum(one.count for one in held) >= LEAST:
            yield _joined(held)
            held = []
    if held:
        yield _joined(held)


def _joined(groups: Sequence[Group]) -> Group:
    return Group("、".join(group.name for group in groups), sum(group.count for group in groups))
