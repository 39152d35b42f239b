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
from hsdesk.model.place import Place
from hsdesk.records.edits import Edit
from hsdesk.registers.register import RecordRows, Register
from hsdesk.registers.tables import RegisterTable, register_table, upsert_sql

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


class Batch(msgspec.Struct, frozen=True):
    """Rows of one table of a form, and the statement that writes them."""

    form: str
    sql: str
    rows: list[tuple[Any, ...]]


class RowMaker:
    """Makes what records are in the register tables of a server."""

    def __init__(
        self, *, is_exact: bool = False, typed: Callable[[Made], DaysTyped] = lambda _made: ALWAYS
    ) -> None:
        """`is_exact`: count required answers of every register as its form does, which takes long.

        `typed`: on which days a record was typed.
        """
        self._is_exact = is_exact
        self._typed = typed
        self._registers: dict[str, Register] = {}

    def batches(self, records: Iterable[Made]) -> Iterator[Batch]:
        """Yield the rows of records, by form and table."""
        for form_id, some in groupby(records, key=lambda made: made.form):
            register = self._register(form_id)
            projector = Projector(register.form, _HOST)
            made = [self._rows(register, projector, one) for one in some]
            yield Batch(form_id, upsert_sql(register.tables.table, "sqlite"), [one.row for one in made])
            for sql, rosters in groupby(
                sorted((part for one in made for part in one.rosters), key=lambda part: part.sql),
                key=lambda part: part.sql,
            ):
                yield Batch(form_id, sql, [row for part in rosters for row in part.rows])

    def _rows(self, register: Register, projector: Projector, made: Made) -> RecordRows:
        """Return what a record is in the tables; in `PLAIN` registers without a session, which takes long."""
        typed = self._typed(made)
        if made.form in PLAIN and not self._is_exact:
            return RecordRows(_plain(register.tables, made, typed), (), ())
        version = register.form.version
        rows = register.rows((0, made.place, made.record), version, 1, made.answers, projector, typed=typed)
        return msgspec.structs.replace(rows, row=rows.row[1:])

    def _register(self, form_id: str) -> Register:
        if form_id not in self._registers:
            self._registers[form_id] = Register(0, shipped_form(form_id))
        return self._registers[form_id]


class Tables:
    """The register tables of a server's database, written as its ledger writes them, without the ops."""

    def __init__(self, database: Database, maker: RowMaker | None = None) -> None:
        from hsdesk.city.sql import migrations

        self._database = database
        self._maker = maker or RowMaker()
        self._made: set[str] = set()
        migrations.apply(database)

    def fill(self, records: Iterable[Made]) -> int:
        """Write records, those of one place in each transaction; return how many."""
        places = groupby(records, key=lambda made: made.place)
        return sum(self.write(self._maker.batches(some)) for _, some in places)

    def write(self, batches: Iterable[Batch]) -> int:
        """Write rows in one transaction; return how many records they are."""
        count = 0
        with self._database.writing() as connection:
            for batch in batches:
                count += len(batch.rows) if self._is_main(connection, batch) else 0
                connection.many(batch.sql, batch.rows)
        return count

    def _is_main(self, connection: Connection, batch: Batch) -> bool:
        """Make the tables of a form that was not met yet; tell whether these are the rows of its records."""
        from hsdesk.city.sql.registers import ServerRegister

        form = shipped_form(batch.form)
        if batch.form not in self._made:
            ServerRegister(form).make_tables(connection)
            self._made.add(batch.form)
        return batch.sql == upsert_sql(register_table(form).table, "sqlite")


def copied(batches: Iterable[Batch], one: Place, other: Place) -> Iterator[Batch]:
    """Yield the rows of a place as if they were those of another: ids end in the code of the place."""
    tail, new = (f"-{int(place.code):012x}" for place in (one, other))

    def moved(value: Any) -> Any:
        if isinstance(value, str) and len(value) >= len(one.id):
            return value.replace(tail, new).replace(one.id, other.id)
        return value

    for batch in batches:
        yield Batch(batch.form, batch.sql, [tuple(map(moved, row)) for row in batch.rows])


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
