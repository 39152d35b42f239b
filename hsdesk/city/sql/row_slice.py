"""The columns of register rows that edits can change, for forms whose columns stand for themselves."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import lru_cache

import msgspec

from hsdesk.city.sql.database import Parameter
from hsdesk.forms.host import FormHost
from hsdesk.forms.projection import ColumnReach, Held, Projector, held, plain_row, reach
from hsdesk.model.days import Marks, day_made, days_typed
from hsdesk.records.parts import Part, filled, joined
from hsdesk.registers.register import Register
from hsdesk.registers.tables import Table, upsert_sql

_KEPT = 1024  # of a form
_ALWAYS = ("_scope", "_id", "_version", "_rev", "_made")  # of every slice, in the order of the table
_COUNTS = ("_required", "_filled", "_settled", "_later")


class RowSlice(msgspec.Struct, frozen=True):
    """Some columns of a form's table. `places` are theirs in a whole row, () where none needs a whole row."""

    register: Register
    asked: Held
    places: tuple[int, ...]
    sql: str

    def row(
        self, scope: str, record: str, stamp: tuple[str, int], parts: Collection[Part], host: FormHost
    ) -> tuple[Parameter, ...]:
        """Return the values of the columns. `stamp` is the record's form version and revision."""
        if not self.places:
            own = plain_row(self.asked, joined(parts))
            return (scope, record, *stamp, day_made(marks_of(parts)), *self.register.values(own, own))
        typed = days_typed(marks_of(parts))
        answers = filled(joined(parts))
        projector = Projector(self.register.form, host)
        made = self.register.rows((0, scope, record), *stamp, answers, projector, typed=typed).row
        return tuple([made[place] for place in self.places])


def marks_of(parts: Iterable[Part]) -> list[Marks]:
    """Return who wrote the answers of a record, and when."""
    return [(part.answers, part.base, part.others) for part in parts]


def slices(register: Register) -> Callable[[frozenset[str]], RowSlice | None]:
    """Return a function from the changed answers to the columns that follow, None for the whole row."""

    @lru_cache(_KEPT)
    def found(paths: frozenset[str]) -> RowSlice | None:
        reached = reach(register.form, paths) if paths else None
        if reached is None or reached.keys & register.references.keys():
            return None  # where a reference leads is known to the whole row
        return _slice(register, paths, reached)

    return found


def _slice(register: Register, paths: frozenset[str], reached: ColumnReach) -> RowSlice:
    asked = tuple(one for one in held(register.form.children) if one[0] in paths)
    own = {register.tables.column_of(key) for key, *_ in asked}
    system = _ALWAYS + ("_title",) * reached.title + _COUNTS * reached.counts
    table = register.tables.table
    columns = tuple(column for column in table.columns if column.name in system or column in own)
    sql = upsert_sql(Table(table.name, columns, table.key), "sqlite")
    places = tuple(table.columns.index(column) + 1 for column in columns)  # the row number stands first
    return RowSlice(register, asked, places if reached.title or reached.counts else (), sql)
