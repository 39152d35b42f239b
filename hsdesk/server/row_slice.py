"""The columns of a register row that an edit can change, for forms whose columns stand for themselves."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache

import msgspec

from hsdesk.forms.host import Host
from hsdesk.forms.projection import plain_row
from hsdesk.forms.reach import Reach, narrowed, reach
from hsdesk.forms.schema import Form
from hsdesk.model.days import Marks, day_made, days_typed
from hsdesk.model.merge import Part
from hsdesk.server.database import Parameter
from hsdesk.store.register import Register
from hsdesk.store.tables import SYSTEM_COLUMNS, Column, Table, upsert_sql

_KEPT = 256  # of a form: cadres change the same few answers
_ALWAYS = ("_scope", "_id", "_version", "_rev", "_made")  # of every slice, in the order of the table
_COUNTS = ("_required", "_filled", "_settled", "_later")


class RowSlice(msgspec.Struct, frozen=True):
    """Some columns of a row, in the table of the form that asks for nothing else.

    `places` are theirs in its whole row; () for version, revision, day and all answers that it asks for.
    """

    register: Register
    places: tuple[int, ...]
    sql: str

    def row(
        self, scope: str, record: str, stamp: tuple[str, int], parts: Collection[Part], host: Host
    ) -> tuple[Parameter, ...]:
        """Return the values of the columns. `stamp` is the record's form version and revision."""
        register = self.register
        asked = register.tables.keys
        answers = {key: part.answers[key] for part in parts for key in asked if key in part.answers}
        if not self.places:
            made_on = day_made(marks_of(parts))
            return (scope, record, *stamp, made_on, *register.values(plain_row(register.form, answers)))
        typed = days_typed(marks_of(parts))
        made = register.rows((0, scope, record), *stamp, answers, host, typed=typed).row
        return tuple([made[place] for place in self.places])


def marks_of(parts: Iterable[Part]) -> list[Marks]:
    """Return who wrote the answers of a record, and when."""
    return [(part.answers, part.base, part.others) for part in parts]


def slices(form: Form, whole: Register) -> Callable[[frozenset[str]], RowSlice | None]:
    """Return a function from the changed answers to the columns that follow, None for the whole row."""

    @lru_cache(_KEPT)
    def found(paths: frozenset[str]) -> RowSlice | None:
        reached = reach(form, paths) if paths else None
        if reached is None or reached.keys & whole.references.keys():
            return None  # where a reference leads is known to the whole row
        return _made(form, whole, paths, reached)

    return found


def _made(form: Form, whole: Register, paths: frozenset[str], reached: Reach) -> RowSlice | None:
    register = Register(0, narrowed(form, reached.keys))
    keys = tuple(key for key in register.tables.keys if key in paths)
    columns = [register.tables.column_of(key) for key in keys]
    if columns != [whole.tables.column_of(key) for key in keys]:
        return None  # names that the database takes for one are told apart by their order
    system = _ALWAYS + ("_title",) * reached.title + _COUNTS * reached.counts
    return _with(register, [column for column in SYSTEM_COLUMNS if column.name in system], columns)


def _with(register: Register, system: Sequence[Column], own: Sequence[Column | None]) -> RowSlice:
    table = register.tables.table
    columns = (*system, *(column for column in own if column is not None))
    sql = upsert_sql(Table(table.name, columns, table.key), "sqlite")
    stand_alone = tuple(column.name for column in system) == _ALWAYS
    places = tuple(table.columns.index(column) + 1 for column in columns)  # the row number stands first
    return RowSlice(register, () if stand_alone else places, sql)
