"""Put an invented city into a desk's file, or into the register tables of a city server."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any

import msgspec

from city.site import FORMS, Made
from hsdesk.forms.codelists import ListHost
from hsdesk.forms.projection import Projector
from hsdesk.forms.schema import Form
from hsdesk.forms.shipped import shipped_form
from hsdesk.model.answer import DELETED, MERGED_INTO
from hsdesk.model.days import ALWAYS, DaysTyped
from hsdesk.records.edits import Edit
from hsdesk.registers.register import RecordRows, Register
from hsdesk.registers.tables import RegisterTable, upsert_sql

if TYPE_CHECKING:
    from hsdesk.city.sql.database import Connection, Database
    from hsdesk.deskfile.desk_file import DeskFile

PERSON = "示例录入员"
AT_ONCE = 2000
PLAIN = frozenset({"household", "volunteer", "point_ledger", "vol_record", "visit", "redeem"})
_HOST = ListHost()
_REQUIRED = 4  # answers a record of a `PLAIN` register must have, about


def edits(records: Iterable[Made]) -> Iterator[Edit]:
    """Yield the records as a desk's file takes them."""
    for made in records:
        yield Edit(made.place, made.form, made.record, dict(made.answers), PERSON)


def fill(file: DeskFile, records: Iterable[Made]) -> int:
    """Commit records to a desk's file, some thousands in each transaction; return how many."""
    count = 0
    pending = edits(records)
    while some := tuple(islice(pending, AT_ONCE)):
        file.commit_many(some)
        count += len(some)
    return count


class Tables:
    """The register tables of a server's database, written as its ledger writes them, without the ops."""

    def __init__(
        self,
        database: Database,
        *,
        is_exact: bool = False,
        typed: Callable[[Made], DaysTyped] = lambda _made: ALWAYS,
    ) -> None:
        """`is_exact`: count required answers of every register as its form does, which takes long.

        `typed`: on which days a record was typed.
        """
        from hsdesk.city.sql import migrations

        self._database = database
        self._is_exact = is_exact
        self._typed = typed
        self._registers: dict[str, Register] = {}
        migrations.apply(database)

    def fill(self, records: Iterable[Made]) -> int:
        """Write records, those of one place in each transaction; return how many."""
        count = 0
        for _, some in groupby(records, key=lambda made: made.place):
            with self._database.writing() as connection:
                count += self._place(connection, some)
        return count

    def _place(self, connection: Connection, records: Iterable[Made]) -> int:
        count = 0
        for form_id, some in groupby(records, key=lambda made: made.form):
            register = self._register(connection, form_id)
            projector = Projector(register.form, _HOST)
            made = [self._rows(register, projector, one) for one in some]
            connection.many(upsert_sql(register.tables.table, "sqlite"), [one.row for one in made])
            for sql, rosters in groupby(
                sorted((part for one in made for part in one.rosters), key=lambda part: part.sql),
                key=lambda part: part.sql,
            ):
                connection.many(sql, [row for part in rosters for row in part.rows])
            count += len(made)
        return count

    def _rows(self, register: Register, projector: Projector, made: Made) -> RecordRows:
        """Return what a record is in the tables; in `PLAIN` registers without a session, which takes long."""
        typed = self._typed(made)
        if made.form in PLAIN and not self._is_exact:
            return RecordRows(_plain(register.tables, made, typed), (), ())
        version = register.form.version
        rows = register.rows((0, made.place, made.record), version, 1, made.answers, projector, typed=typed)
        return msgspec.structs.replace(rows, row=rows.row[1:])

    def _register(self, connection: Connection, form_id: str) -> Register:
        if form_id not in self._registers:
            from hsdesk.city.sql.registers import ServerRegister

            form = shipped_form(form_id)
            ServerRegister(form).make_tables(connection)
            self._registers[form_id] = Register(0, form)
        return self._registers[form_id]


def _plain(table: RegisterTable, made: Made, typed: DaysTyped) -> tuple[Any, ...]:
    values = [_cell(made.answers.get(key), as_set=key in table.multiple) for key in table.keys]
    gone = (made.answers.get(DELETED), made.answers.get(MERGED_INTO))
    front = (made.place, made.record, shipped_form(made.form).version, *gone, made.record, 1, None)
    return (*front, _REQUIRED, _REQUIRED, typed.made, None, None, *values)


def _cell(value: Any, *, as_set: bool) -> Any:
    return msgspec.json.encode(value).decode() if as_set and value is not None else value


def forms() -> Mapping[str, Form]:
    """Return the shipped form of every register."""
    return {form_id: shipped_form(form_id) for form_id in FORMS}
