"""What of a row its table can hold: a stored answer that today's form cannot read is left out of the row.

Nothing that is stored may keep the server from starting, a form from being published, or a later op from
being taken. The answer stays in its part and in the log; `server audit verify` names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import NoneType
from typing import Any

from hsdesk.registers.tables import RegisterTable, Table, all_tables, upsert_sql

_SUITED: Mapping[str, frozenset[type]] = {
    "text": frozenset((str, NoneType)),
    "integer": frozenset((int, NoneType)),
    "real": frozenset((float, int, NoneType)),
    "blob": frozenset((bytes, NoneType)),
}
Row = tuple[Any, ...]


class SuitedRows:
    """The rows of one form's tables, without what does not suit their columns."""

    def __init__(self, tables: RegisterTable) -> None:
        self._kinds = {upsert_sql(table, "sqlite"): _kinds(table) for table in all_tables(tables)}

    def of(self, sql: str, row: Row) -> Row:
        """Return a row of the table that `sql` writes, with nothing where a value does not suit it."""
        kinds = self._kinds[sql]
        if all(map(_suits, row, kinds)):
            return row
        return tuple(value if _suits(value, kind) else None for value, kind in zip(row, kinds, strict=True))


def _kinds(table: Table) -> tuple[frozenset[type], ...]:
    return tuple(_SUITED[column.type] for column in table.columns)


def _suits(value: object, kind: frozenset[type]) -> bool:
    return type(value) in kind
