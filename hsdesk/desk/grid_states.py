"""What a list says of a record in words: 未填完, 两边不一样, 未上传, 已过期."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from hsdesk.desk.grid_values import STATES, State
from hsdesk.desk.opening import Opened, today
from hsdesk.forms.schema import Form
from hsdesk.registers.query import RegisterRow

if TYPE_CHECKING:
    from hsdesk.desk.reporting import Reporting


class States:
    """The states of records of an open desk."""

    def __init__(self, opened: Opened, reports: Reporting) -> None:
        self._opened = opened
        self._lists = opened.file.lists
        self._reports = reports
        self._expired: dict[str, tuple[object, frozenset[str]]] = {}

    def of_rows(self, form: Form, rows: Sequence[RegisterRow]) -> dict[int, tuple[State, ...]]:
        """Return the states of rows by number, most urgent first; rows without any are left out."""
        records = {row.record: row.key for row in rows}
        found: dict[State, set[int]] = {
            "unfinished": self._lists.unfinished(form.form_id, records.values()),
            "conflict": {records[one] for one in self._lists.in_conflict() if one in records},
            "expired": {records[one] for one in self._past(form) if one in records},
            "waiting": {records[one] for one in self._waiting(tuple(records))},
        }
        told = {n: tuple(one for one in STATES if n in found[one]) for n in records.values()}
        return {n: states for n, states in told.items() if states}

    def numbers(self, form: Form, state: State) -> set[int]:
        """Return every record of a register in a state."""
        match state:
            case "unfinished":
                return self._lists.unfinished(form.form_id)
            case "conflict":
                return self._lists.numbers_of(form.form_id, self._lists.in_conflict())
            case "expired":
                return self._lists.numbers_of(form.form_id, self._past(form))
            case "waiting":
                return self._lists.numbers_of(form.form_id, self._waiting())

    def waiting_by_place(self, form: Form) -> Counter[str]:
        """Return by place how many records wait to be sent."""
        waiting = self.numbers(form, "waiting")
        found = self._opened.file.identities(form.form_id, tuple(waiting)) if waiting else ()
        return Counter(scope for scope, _ in found)

    def _waiting(self, records: Sequence[str] | None = None) -> set[str]:
        """Return the records that wait; before a desk is enrolled (登记) nothing waits for anybody."""
        return self._lists.waiting(records) if self._opened.file.grants() else set()

    def _past(self, form: Form) -> frozenset[str]:
        """Return the records of which a day has passed that they remind of."""
        mark = (self._lists.mark(form.form_id), today())
        known = self._expired.get(form.form_id)
        if known is None or known[0] != mark:
            due = self._reports.reminders(register=form.form_id)
            known = mark, frozenset(one.record for one in due if one.left < 0)
            self._expired[form.form_id] = known
        return known[1]
