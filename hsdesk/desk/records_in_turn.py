"""Many records of one form read one after another: their states in bulk, one session for all of a place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from hsdesk.desk.host import DeskHost
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.forms.projection import Projector, RosterRow
from hsdesk.forms.schema import Form
from hsdesk.forms.series import SessionSeries
from hsdesk.forms.session import Session
from hsdesk.model.answer import Value
from hsdesk.records.edits import RecordState
from hsdesk.registers.query import RegisterRow

_AT_ONCE = 500


class Hosts(Protocol):
    """What answers for the records of a place."""

    def host(self, scope: str) -> DeskHost: ...


class RecordsInTurn:
    """Rows of a register and what their sessions say; a session is over when the next is asked for."""

    def __init__(self, file: DeskFile, hosts: Hosts, form: Form, rows: Sequence[RegisterRow]) -> None:
        self.rows = rows
        self._file = file
        self._hosts = hosts
        self._form = form
        self._places = {(row.scope, row.record): number for number, row in enumerate(rows)}
        self._states: dict[tuple[str, str], RecordState | None] = {}
        self._many: dict[str, tuple[DeskHost, SessionSeries, Projector]] = {}

    def session(self, row: RegisterRow) -> Session | None:
        """Return a session over what a record holds; None when it is not held here."""
        state = self._state(row)
        if state is None:
            return None
        host, series, _ = self._of_place(row.scope)
        return series.stored(state.answers, host.for_record(row.record))

    def values(self, row: RegisterRow) -> Mapping[str, Value]:
        """Return the effective answers of a row with those over other registers computed now."""
        session = self.session(row)
        if session is None:
            return row.values
        effective = session.effective()
        return {path: value for path, value in effective.items() if "/" not in path and value is not None}

    def rosters(self, row: RegisterRow) -> Mapping[str, Sequence[RosterRow]]:
        """Return the relevant rows of each roster of a record."""
        state = self._state(row)
        if state is None or not any("/" in path for path in state.answers):
            return {}
        host, _, projector = self._of_place(row.scope)
        return projector.project(state.answers, host=host.for_record(row.record)).rosters

    def _of_place(self, scope: str) -> tuple[DeskHost, SessionSeries, Projector]:
        if scope not in self._many:
            host = self._hosts.host(scope)
            self._many[scope] = host, SessionSeries(self._form), Projector(self._form, host)
        return self._many[scope]

    def _state(self, row: RegisterRow) -> RecordState | None:
        key = (row.scope, row.record)
        if key not in self._states:
            first = self._places[key]
            keys = [(one.scope, one.record) for one in self.rows[first : first + _AT_ONCE]]
            self._states = dict(zip(keys, self._file.states(keys), strict=True))
        return self._states[key]
