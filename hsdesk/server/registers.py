"""The register tables (台账) on the server: the same typed tables as on a desk, with the effective values.

They can always be made again from the record parts. A new version of a form makes its tables anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from hsdesk.forms.codelists import SHIPPED_LISTS, CodeLists, ListHost
from hsdesk.forms.schema import Form
from hsdesk.model.merge import Part
from hsdesk.model.op import Class, Value
from hsdesk.server.database import Connection, Parameter
from hsdesk.server.merged import Leading, note
from hsdesk.server.schema import put_setting, setting
from hsdesk.server.shape import form_shape
from hsdesk.store.leading import finding, redirected
from hsdesk.store.register import Register, RosterRows
from hsdesk.store.tables import all_tables, create_sql, drop_sql, quoted, upsert_sql

_part_of = msgspec.msgpack.Decoder(Part).decode
_AT_ONCE = 500  # records, when tables are made again

Streams = Mapping[tuple[str, Class], Mapping[str, Part]]
Parts = dict[str, dict[Class, Part]]  # of one scope, by record


class ServerRegister:
    """One form's tables, with the words of the code lists that hold."""

    def __init__(self, form: Form, lists: CodeLists = SHIPPED_LISTS) -> None:
        self.form = form
        self._host = ListHost(lists)
        self._register = Register(0, form)
        self._upsert = upsert_sql(self._register.tables.table, "sqlite")
        shape = form_shape(form)
        self.classes = frozenset({form.stream, *(field.cls for field in shape.fields.values())})

    def make_tables(self, connection: Connection, *, anew: bool = False) -> None:
        """Make the tables, anew if they were made for another version, or if asked for."""
        name = f"register {self.form.form_id}"
        if setting(connection, name) == self.form.version and not anew:
            return
        for table in all_tables(self._register.tables):
            connection.run(drop_sql(table))
            for statement in create_sql(table, connection.dialect):
                connection.run(statement)
        put_setting(connection, name, self.form.version)
        self.refill(connection)

    def refill(self, connection: Connection) -> None:
        """Make every row again from the record parts."""
        rows = connection.all(
            "SELECT DISTINCT scope, record FROM hs_state WHERE form = ? ORDER BY scope, record",
            self.form.form_id,
        )
        by_scope: dict[str, list[str]] = {}
        for scope, record in rows:
            by_scope.setdefault(scope, []).append(record)
        leading = Leading(connection)
        for scope, records in by_scope.items():
            self.remake(connection, scope, records, leading)

    def remake(self, connection: Connection, scope: str, records: list[str], leading: Leading) -> None:
        """Make the rows of records again from their parts."""
        for start in range(0, len(records), _AT_ONCE):
            parts: Parts = {record: {} for record in records[start : start + _AT_ONCE]}
            self._load(connection, scope, parts, self.classes)
            self.write(connection, scope, parts, leading)

    def referring(self, connection: Connection, form: str, records: Iterable[str]) -> dict[str, list[str]]:
        """Return by scope the records whose rows refer to one of these of a form."""
        found: dict[str, set[str]] = {}
        for statement, values in finding(self._register, form, records, connection.dialect):
            for scope, record in connection.all(statement, *values):
                found.setdefault(scope, set()).add(record)
        return {scope: sorted(mine) for scope, mine in sorted(found.items())}

    def _load(self, connection: Connection, scope: str, parts: Parts, classes: Iterable[Class]) -> None:
        for cls in classes:
            rows = connection.all_among(
                "SELECT record, body FROM hs_state WHERE scope = ? AND cls = ? AND record IN ??",
                scope,
                cls,
                among=list(parts),
            )
            for record, body in rows:
                parts[record].setdefault(cls, _part_of(body))

    def complete(self, connection: Connection, scope: str, parts: Parts) -> None:
        """Add the parts of the other classes."""
        for cls in self.classes:
            lacking: Parts = {record: held for record, held in parts.items() if cls not in held}
            if lacking:
                self._load(connection, scope, lacking, (cls,))

    def write(self, connection: Connection, scope: str, parts: Parts, leading: Leading) -> None:
        """Write the rows of records whose parts are all at hand."""
        known = leading.known(
            self._register, (part.answers for held in parts.values() for part in held.values())
        )
        rows: list[tuple[Parameter, ...]] = []
        rosters: dict[str, RosterRows] = {}
        for record, held in parts.items():
            answers: dict[str, Value] = {}
            for part in held.values():
                answers.update(part.answers)
            answers = redirected(known, self._register.references, answers)
            version = max(part.version for part in held.values())
            rev = max(part.rev for part in held.values())
            made = self._register.rows((0, scope, record), version, rev, answers, self._host)
            rows.append(made.row[1:])
            for roster in made.rosters:
                rosters.setdefault(roster.sql, RosterRows(roster.sql, [])).rows.extend(roster.rows)
        for table in all_tables(self._register.tables)[1:]:
            clear = f"DELETE FROM {quoted(table.name)} WHERE _scope = ? AND _record IN ??"
            connection.run_among(clear, scope, among=list(parts))
        connection.many(self._upsert, rows)
        for roster in rosters.values():
            connection.many(roster.sql, roster.rows)

    def leave(self, connection: Connection, scope: str, records: list[str], leading: Leading) -> None:
        """Bring the rows of records up to date of which parts left a scope; without any part they go."""
        parts: Parts = {record: {} for record in records}
        self._load(connection, scope, parts, self.classes)
        self.write(connection, scope, {record: held for record, held in parts.items() if held}, leading)
        self._remove(connection, scope, [record for record, held in parts.items() if not held])

    def _remove(self, connection: Connection, scope: str, records: list[str]) -> None:
        main, *below = all_tables(self._register.tables)
        connection.run_among(
            f"DELETE FROM {quoted(main.name)} WHERE _scope = ? AND _id IN ??", scope, among=records
        )
        for table in below:
            clear = f"DELETE FROM {quoted(table.name)} WHERE _scope = ? AND _record IN ??"
            connection.run_among(clear, scope, among=records)


def write_changed(
    connection: Connection, registers: Mapping[str, ServerRegister], changed: Streams, left: Streams
) -> None:
    """Bring the tables up to date with the parts that a chunk changed, and with those that left.

    Rows whose references lead elsewhere, as a record was merged or is no longer, are made again too.
    """
    moved, leading = note(connection, changed, left), Leading(connection)
    for (form, scope), gone in _by_form(left).items():
        registers[form].leave(connection, scope, list(gone), leading)
    for (form, scope), held in _by_form(changed).items():
        register = registers[form]
        register.complete(connection, scope, held)
        register.write(connection, scope, held, leading)
    for form, records in moved.items():
        for register in registers.values():
            for scope, mine in register.referring(connection, form, records).items():
                register.remake(connection, scope, mine, leading)


def _by_form(streams: Streams) -> dict[tuple[str, str], Parts]:
    by_form: dict[tuple[str, str], Parts] = {}
    for (scope, cls), parts in streams.items():
        for record, part in parts.items():
            by_form.setdefault((part.form, scope), {}).setdefault(record, {})[cls] = part
    return by_form
