"""Table definitions for both SQL dialects: what a register (台账) looks like in SQLite and in PostgreSQL.

A form makes one register table named by its `form_id`, with one typed column per answer, and one table per
roster (子表) named `form__roster`. They hold *effective* values and can always be made again from the record
parts. The place comes first in every key; answers carry no UNIQUE and no FOREIGN KEY, because what two
laptops typed must both be kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from hsdesk.errors import FormError
from hsdesk.forms.naming import identifier, is_reserved
from hsdesk.forms.projection import fields, rosters
from hsdesk.forms.schema import Form, Question, Repeat
from hsdesk.forms.types import holding_of

Dialect = Literal["sqlite", "postgresql"]
ColumnType = Literal["text", "integer", "real", "blob"]

_TYPES: dict[Dialect, dict[ColumnType, str]] = {
    "sqlite": {"text": "TEXT", "integer": "INTEGER", "real": "REAL", "blob": "BLOB"},
    "postgresql": {"text": "text", "integer": "bigint", "real": "double precision", "blob": "bytea"},
}
ROOM = "(fillfactor = 70)"  # in each page of PostgreSQL: a row that is changed stays in its own


class Column(msgspec.Struct, frozen=True):
    name: str
    type: ColumnType = "text"
    required: bool = False


class Table(msgspec.Struct, frozen=True):
    """A table: `key` is its primary key, `number` an integer row number that only SQLite carries."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    number: str = ""
    indexes: tuple[tuple[str, ...], ...] = ()  # in SQLite only: PostgreSQL reads its pages as fast

    @property
    def names(self) -> tuple[str, ...]:
        """The column names in order, without the row number."""
        return tuple(column.name for column in self.columns)


class RosterTable(msgspec.Struct, frozen=True):
    """The table of one roster. `keys` are the storage keys of its answers, in the order of their columns."""

    roster: str  # storage key of the repeat
    table: Table
    keys: tuple[str, ...]
    multiple: frozenset[str]  # keys whose answer is a set of codes
    inner: tuple[RosterTable, ...] = ()


class RegisterTable(msgspec.Struct, frozen=True):
    """The tables of one form. `keys` are the storage keys of its answers, in the order of their columns."""

    table: Table
    keys: tuple[str, ...]
    multiple: frozenset[str]
    spoken: frozenset[str]  # keys of texts, which people look for by sound
    rosters: tuple[RosterTable, ...]

    def column_of(self, key: str) -> Column | None:
        """Return the column that holds an answer, or None if the form has no such answer."""
        return dict(zip(self.keys, self.table.columns[len(SYSTEM_COLUMNS) :], strict=True)).get(key)


NUMBER = "_n"
SYSTEM_COLUMNS = (
    Column("_scope", required=True),
    Column("_id", required=True),
    Column("_version"),  # of the form, when the record was last changed
    Column("_deleted"),  # the reason, or NULL
    Column("_merged_into"),  # the record that took this one's place, or NULL
    Column("_title"),
    Column("_rev", "integer"),  # server revision of the last change; NULL: never received
    Column("_more"),  # answers that this version of the form does not know, as JSON
    Column("_required", "integer"),  # how many relevant answers must be there, those of roster rows too
    Column("_filled", "integer"),  # how many of them are
    Column("_made", "integer"),  # the day the record was made (`model.days`), by the days in its marks
    Column("_settled", "integer"),  # the last day in `_later`
    Column("_later", "text"),  # what came after that day, as JSON: [[day, more required, more filled], …]
)
COUNTED = ("_scope", "_deleted", "_merged_into", "_made", "_settled", "_required", "_filled")  # for 完整率
ROWS_MADE = "7"  # the rules by which rows are made; raised when they change
_ROSTER_COLUMNS = (
    Column("_scope", required=True),
    Column("_record", required=True),
    Column("_row", required=True),
    Column("_pos"),
)
_INNER_COLUMNS = (
    Column("_scope", required=True),
    Column("_record", required=True),
    Column("_parent", required=True),  # the row of the outer roster
    Column("_row", required=True),
    Column("_pos"),
)


def register_table(form: Form) -> RegisterTable:
    """Return the tables of a form. Raises `FormError` when its name cannot be a table's."""
    if is_reserved(form.form_id):
        raise FormError(
            "表单编号“{form}”不能用：不能以 hs_、sqlite_、pg_ 或下划线开头，也不能以 _pkey 结尾。"
            "请改名后重新导入。",
            form=form.form_id,
        )
    asked = tuple(fields(form.children))
    columns = _columns(SYSTEM_COLUMNS, asked)
    table = Table(identifier(form.form_id), columns, ("_scope", "_id"), number=NUMBER, indexes=(COUNTED,))
    return RegisterTable(
        table,
        tuple(question.key for question in asked),
        _multiple(asked),
        frozenset(question.key for question in asked if holding_of(question).is_spoken),
        tuple(_roster_table(form.form_id, repeat) for repeat in rosters(form.children)),
    )


def _roster_table(prefix: str, repeat: Repeat, *, inner: bool = False) -> RosterTable:
    name = f"{prefix}__{repeat.key}"
    asked = tuple(fields(repeat.children))
    system = _INNER_COLUMNS if inner else _ROSTER_COLUMNS
    key = ("_scope", "_record", "_parent", "_row") if inner else ("_scope", "_record", "_row")
    return RosterTable(
        repeat.key,
        Table(identifier(name), _columns(system, asked), key),
        tuple(question.key for question in asked),
        _multiple(asked),
        tuple(_roster_table(name, below, inner=True) for below in rosters(repeat.children)),
    )


def _multiple(asked: Iterable[Question]) -> frozenset[str]:
    return frozenset(question.key for question in asked if holding_of(question).is_set)


def _columns(system: tuple[Column, ...], asked: tuple[Question, ...]) -> tuple[Column, ...]:
    taken = {column.name for column in system} | {NUMBER}
    columns = list(system)
    for question in asked:
        name = _free(identifier(question.key), taken)
        taken.add(name.casefold())
        columns.append(Column(name, holding_of(question).sql))
    return tuple(columns)


def _free(name: str, taken: set[str]) -> str:
    """Return a name not taken yet: SQLite does not tell upper from lower case, forms do.

    >>> _free("Name", {"name"})
    'Name~2'
    """
    free, attempt = name, 1
    while free.casefold() in taken:
        attempt += 1
        free = f"{name}~{attempt}"
    return free


def quoted(name: str) -> str:
    """Return an identifier as SQL writes it.

    >>> quoted('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'


def create_sql(table: Table, dialect: Dialect) -> tuple[str, ...]:
    """Return the statements that make a table and its indexes."""
    lines = [_column_sql(column, dialect) for column in table.columns]
    key = ", ".join(quoted(name) for name in table.key)
    if dialect == "sqlite" and table.number:
        lines = [f"{quoted(table.number)} INTEGER PRIMARY KEY", *lines, f"UNIQUE ({key})"]
        tail = ""
    else:
        lines.append(f"PRIMARY KEY ({key})")
        tail = " WITHOUT ROWID" if dialect == "sqlite" else f" WITH {ROOM}"
    body = ",\n  ".join(lines)
    return (
        f"CREATE TABLE {quoted(table.name)} (\n  {body}\n){tail}",
        *(_index_sql(table) if dialect == "sqlite" else ()),
    )


def _index_sql(table: Table) -> Iterable[str]:
    for names in table.indexes:
        index = identifier(f"{table.name}_{'_'.join(names)}")
        yield f"CREATE INDEX {quoted(index)} ON {quoted(table.name)} ({', '.join(map(quoted, names))})"


def _column_sql(column: Column, dialect: Dialect) -> str:
    tail = " NOT NULL" if column.required else ""
    return f"{quoted(column.name)} {_TYPES[dialect][column.type]}{tail}"


def drop_sql(table: Table) -> str:
    """Return the statement that removes a table if it is there."""
    return f"DROP TABLE IF EXISTS {quoted(table.name)}"


def upsert_sql(table: Table, dialect: Dialect) -> str:
    """Return the statement that writes a whole row, new or not; parameters in the order of `Table.names`."""
    mark = "?" if dialect == "sqlite" else "%s"
    return (
        f"INSERT INTO {quoted(table.name)} ({', '.join(map(quoted, table.names))}) "
        f"VALUES ({', '.join([mark] * len(table.names))}) "
        f"ON CONFLICT ({', '.join(map(quoted, table.key))}) DO UPDATE SET {_assignments(table)}"
    )


def upsert_numbered_sql(table: Table) -> str:
    """Return the SQLite statement that writes the row of a known number, which is the first parameter."""
    names = (table.number, *table.names)
    return (
        f"INSERT INTO {quoted(table.name)} ({', '.join(map(quoted, names))}) "
        f"VALUES ({', '.join('?' * len(names))}) "
        f"ON CONFLICT ({quoted(table.number)}) DO UPDATE SET {_assignments(table)}"
    )


def _assignments(table: Table) -> str:
    changed = [quoted(name) for name in table.names if name not in table.key]
    return ", ".join(f"{name} = excluded.{name}" for name in changed)


def all_tables(register: RegisterTable) -> tuple[Table, ...]:
    """Return the register table and those of its rosters, outer before inner."""

    def below(inner: tuple[RosterTable, ...]) -> Iterable[Table]:
        for roster in inner:
            yield roster.table
            yield from below(roster.inner)

    return (register.table, *below(register.rosters))
