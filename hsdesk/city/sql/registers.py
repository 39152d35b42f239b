"""The register tables (台账) on the server: the same typed tables as on a desk, with the effective values.

They can always be made again from the record parts. A new version of a form makes its tables anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from hsdesk.city.sql import locks
from hsdesk.city.sql.database import Connection, Parameter
from hsdesk.city.sql.redirects import Redirects, note
from hsdesk.city.sql.row_slice import marks_of, slices
from hsdesk.city.sql.schema import put_setting, setting
from hsdesk.city.sql.suited import SuitedRows
from hsdesk.city.sql.written import Paths, WrittenParts
from hsdesk.errors import DeskError
from hsdesk.forms.codelists import SHIPPED_LISTS, CodeLists, ListHost
from hsdesk.forms.projection import Projector
from hsdesk.forms.schema import Form
from hsdesk.model.answer import Class, Value
from hsdesk.model.days import days_typed
from hsdesk.records.form_shape import form_shape
from hsdesk.records.parts import Part, filled, in_order, joined
from hsdesk.registers.redirects import finding, redirected
from hsdesk.registers.register import RecordRows, Register, RosterRows
from hsdesk.registers.tables import all_tables, create_sql, drop_sql, quoted, upsert_sql

_part_of = msgspec.msgpack.Decoder(Part).decode
_AT_ONCE = 500  # records, when tables are made again

Streams = Mapping[tuple[str, Class], Mapping[str, Part]]
Parts = dict[str, dict[Class, Part]]  # of one scope, by record
NO_PATHS: Mapping[str, Paths] = {}


class ServerRegister:
    """One form's tables, with the words of the code lists that hold."""

    def __init__(self, form: Form, lists: CodeLists = SHIPPED_LISTS) -> None:
        self.form = form
        self._host = ListHost(lists)
        self._register = Register(0, form)
        self._upsert = upsert_sql(self._register.tables.table, "sqlite")
        self._slice = slices(self._register)
        self._suited = SuitedRows(self._register.tables)
        shape = form_shape(form)
        self.classes = frozenset({form.stream, *(field.cls for field in shape.fields.values())})

    def make_tables(self, connection: Connection, *, anew: bool = False) -> None:
        """Make the tables, anew if they were made for another version, or if asked for."""
        name = f"register {self.form.form_id}"
        if setting(connection, name) == self.form.version and not anew:
            return
        locks.make_tables(connection)
        for table in all_tables(self._register.tables):
            connection.run(drop_sql(table))
            for statement in create_sql(table, connection.dialect):
                connection.run(statement)
        put_setting(connection, name, self.form.version)
        self.refill(connection)

    def refill(self, connection: Connection) -> None:
        """Make every row again from the record parts."""
        locks.make_tables(connection)
        rows = connection.all(
            "SELECT DISTINCT scope, record FROM hs_state WHERE form = ? ORDER BY scope, record",
            self.form.form_id,
        )
        by_scope: dict[str, list[str]] = {}
        for scope, record in rows:
            by_scope.setdefault(scope, []).append(record)
        leading = Redirects(connection)
        for scope, records in by_scope.items():
            self.remake(connection, scope, records, leading)

    def remake(self, connection: Connection, scope: str, records: list[str], leading: Redirects) -> None:
        """Make the rows of records again from their parts."""
        for start in range(0, len(records), _AT_ONCE):
            parts: Parts = {record: {} for record in records[start : start + _AT_ONCE]}
            self._load(connection, scope, parts, self.classes)
            held = {record: one for record, one in parts.items() if one}  # none: of a class it has no more
            self.write(connection, scope, held, leading)

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
                "SELECT record, body FROM hs_state WHERE scope = ? AND cls = ? AND form = ? AND record IN ??",
                scope,
                cls,
                self.form.form_id,
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

    def write(
        self,
        connection: Connection,
        scope: str,
        parts: Parts,
        leading: Redirects,
        paths: Mapping[str, Paths] = NO_PATHS,
    ) -> None:
        """Write the rows of records whose parts are all at hand. `paths`: the only answers that changed.

        What two edits change is written of both records: it holds anyway, and one statement serves all.
        """
        whole: Parts = {}
        some: dict[bool, Parts] = {True: {}, False: {}}  # by whether title or counts follow
        for record, held in parts.items():
            piece = self._slice(paths.get(record, frozenset()))
            if piece is None:
                whole[record] = held
            else:
                some[bool(piece.places)][record] = held
        known = leading.known(self._register, (self._answers(held) for held in whole.values()))
        if whole:
            self._write_whole(connection, scope, whole, known)
        for records in filter(None, some.values()):
            piece = self._slice(frozenset().union(*(paths[record] for record in records)))
            assert piece is not None
            row, host = piece.row, self._host
            connection.many(
                piece.sql,
                [row(scope, record, _stamp(held), held.values(), host) for record, held in records.items()],
            )

    def _write_whole(
        self, connection: Connection, scope: str, parts: Parts, known: Mapping[str, str]
    ) -> None:
        rows: list[tuple[Parameter, ...]] = []
        rosters: dict[str, RosterRows] = {}
        suited, projector = self._suited.of, Projector(self.form, self._host)
        for record, held in parts.items():
            made = self._made((scope, record), held, known, projector)
            if made is None:
                projector = Projector(self.form, self._host)  # that one stopped half way
                continue
            rows.append(suited(self._upsert, made.row[1:]))
            for one in made.rosters:
                written = rosters.setdefault(one.sql, RosterRows(one.sql, [])).rows
                written.extend([suited(one.sql, row) for row in one.rows])
        for table in all_tables(self._register.tables)[1:]:
            clear = f"DELETE FROM {quoted(table.name)} WHERE _scope = ? AND _record IN ??"
            connection.run_among(clear, scope, among=list(parts))
        connection.many(self._upsert, rows)
        for roster in rosters.values():
            connection.many(roster.sql, roster.rows)

    def _made(
        self,
        key: tuple[str, str],
        held: Mapping[Class, Part],
        known: Mapping[str, str],
        projector: Projector,
    ) -> RecordRows | None:
        """Return the rows of a record, None where today's form cannot read what is stored of it."""
        answers = redirected(known, self._register.references, self._answers(held))
        typed = days_typed(marks_of(held.values()))
        try:
            return self._register.rows((0, *key), *_stamp(held), answers, projector, typed=typed)
        except (DeskError, ValueError, TypeError, ArithmeticError, LookupError):
            return None

    def is_readable(self, key: tuple[str, str], held: Mapping[Class, Part]) -> bool:
        """Tell whether every answer of a record that this form asks stands in the record's rows."""
        made = self._made(key, held, {}, Projector(self.form, self._host))
        if made is None:
            return False
        rows = [(self._upsert, made.row[1:]), *((one.sql, row) for one in made.rosters for row in one.rows)]
        return all(self._suited.of(sql, row) == row for sql, row in rows)

    def _answers(self, held: Mapping[Class, Part]) -> dict[str, Value]:
        """Return the answers of all parts of a record that are not empty, by their present names."""
        return filled(self._register.current(joined(in_order(held, self.form.stream))))

    def leave(self, connection: Connection, scope: str, records: list[str], leading: Redirects) -> None:
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
    connection: Connection, registers: Mapping[str, ServerRegister], written: WrittenParts
) -> None:
    """Bring the tables up to date with the parts that a chunk changed, and with those that left.

    Rows whose references lead elsewhere, as a record was merged or is no longer, are made again too.
    """
    locks.write_rows(connection, _with_several_classes(registers, written))
    moved, leading = note(connection, written.changed, written.left), Redirects(connection)
    for (form, scope), gone in _by_form(written.left).items():
        registers[form].leave(connection, scope, list(gone), leading)
    for (form, scope), held in _by_form(written.changed).items():
        register = registers[form]
        register.complete(connection, scope, held)
        register.write(connection, scope, held, leading, _paths_in(scope, written.paths))
    for form, records in moved.items():
        for register in registers.values():
            for scope, mine in register.referring(connection, form, records).items():
                register.remake(connection, scope, mine, leading)


def _with_several_classes(registers: Mapping[str, ServerRegister], written: WrittenParts) -> set[str]:
    """Return the scopes in which a chunk changed records that have parts in several classes."""
    return {
        scope
        for streams in (written.changed, written.left)
        for (scope, _), parts in streams.items()
        if any(len(registers[form].classes) > 1 for form in {part.form for part in parts.values()})
    }


def _paths_in(scope: str, paths: Mapping[tuple[str, Class], Mapping[str, Paths]]) -> Mapping[str, Paths]:
    """Return which answers changed by record, over the classes of a scope."""
    found: dict[str, Paths] = {}
    for (place, _), by_record in paths.items():
        for record, changed in by_record.items() if place == scope else ():
            before = found.get(record, changed)
            found[record] = before | changed if before and changed else frozenset()
    return found


def _stamp(held: Mapping[Class, Part]) -> tuple[str, int]:
    """Return the version of a record's form, and its last revision."""
    if len(held) == 1:
        (part,) = held.values()
        return part.version, part.rev
    return max(part.version for part in held.values()), max(part.rev for part in held.values())


def _by_form(streams: Streams) -> dict[tuple[str, str], Parts]:
    by_form: dict[tuple[str, str], Parts] = {}
    for (scope, cls), parts in streams.items():
        for record, part in parts.items():
            by_form.setdefault((part.form, scope), {}).setdefault(record, {})[cls] = part
    return by_form
