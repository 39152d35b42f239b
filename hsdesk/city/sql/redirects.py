"""Merged records on the city server: `hs_merged` says into which record one of a place went.

It is kept in the transaction of each chunk, with the rows that show where references lead
(`registers.redirects`). A chunk that writes no reference asks nothing; any other asks once whether anything
was ever merged. `locks` sees to it that no row is written by what another transaction is just changing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hsdesk.city.sql import locks
from hsdesk.city.sql.database import Connection
from hsdesk.forms.naming import identifier
from hsdesk.forms.schema import Form
from hsdesk.model.answer import MERGED_INTO, Class, Value
from hsdesk.records.parts import Part
from hsdesk.registers.redirects import chain, named
from hsdesk.registers.register import Register
from hsdesk.registers.tables import quoted

Streams = Mapping[tuple[str, Class], Mapping[str, Part]]
Moved = dict[str, set[str]]  # by form: the records to one of which led what now leads elsewhere

_CHAINS = (
    "WITH RECURSIVE led (record, scope, target) AS ("
    "SELECT record, scope, target FROM hs_merged WHERE record IN ??"
    " UNION SELECT m.record, m.scope, m.target FROM hs_merged AS m JOIN led ON m.record = led.target)"
    " SELECT record, scope, target FROM led"
)


class Redirects:
    """Where references lead, as one transaction sees it. It reads nothing before a row refers to a record."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._is_any: bool | None = None

    def known(self, register: Register, records: Iterable[Mapping[str, Value]]) -> Mapping[str, str]:
        """Return into which records those went that answers refer to, and these in their turn.

        Ask before any row of the register is written, also one whose references stay: a merge that is under
        way elsewhere would write over it.
        """
        if not register.references or not self._were_any():
            return {}
        asked = {one for answers in records for one in named(register.references, answers)}
        return _known(self._connection, asked)

    def _were_any(self) -> bool:
        if self._is_any is None:
            locks.refer(self._connection)
            self._is_any = bool(self._connection.all("SELECT 1 FROM hs_merged LIMIT 1"))
        return self._is_any


def note(connection: Connection, changed: Streams, left: Streams) -> Moved:
    """Remember what a chunk says of merges, before it writes rows; return for which records rows follow."""
    said: dict[tuple[str, str], tuple[str, str]] = {}
    for streams, is_here in ((left, False), (changed, True)):
        for (scope, _), parts in streams.items():
            for record, part in parts.items():
                if MERGED_INTO in part.answers:
                    into = part.answers[MERGED_INTO] if is_here else None
                    said[scope, record] = part.form, str(into or "")
    return _put(connection, said) if said else {}


def _put(connection: Connection, said: Mapping[tuple[str, str], tuple[str, str]]) -> Moved:
    locks.merge(connection)
    records = [record for _, record in said]
    before = _known(connection, records)
    for scope in {scope for scope, _ in said}:
        mine = [record for place, record in said if place == scope]
        connection.run_among("DELETE FROM hs_merged WHERE scope = ? AND record IN ??", scope, among=mine)
    connection.many(
        "INSERT INTO hs_merged (record, scope, target) VALUES (?, ?, ?)",
        [(record, scope, into) for (scope, record), (_, into) in said.items() if into],
    )
    after = _known(connection, records)
    moved: Moved = {}
    for (_, record), (form, _) in said.items():
        if before.get(record) != after.get(record):
            moved.setdefault(form, set()).update(chain(before, record))
    return moved


def _known(connection: Connection, records: Iterable[str]) -> dict[str, str]:
    """Return into which records these went, and those in their turn; of two places the last has its way."""
    rows = connection.all_among(_CHAINS, among=sorted(set(records)))
    return {record: target for record, _, target in sorted(rows)}


def know_again(connection: Connection, forms: Iterable[Form]) -> None:
    """Fill `hs_merged` from the register tables, which say it too: a version before this had none."""
    connection.run("DELETE FROM hs_merged")
    for form in forms:
        connection.run(
            "INSERT INTO hs_merged (record, scope, target) SELECT _id, _scope, _merged_into"
            f" FROM {quoted(identifier(form.form_id))} WHERE _merged_into <> ''"
            " ON CONFLICT (record, scope) DO NOTHING"
        )
