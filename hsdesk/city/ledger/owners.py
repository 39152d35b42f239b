"""Whose each record is: the place where it lives and its register, for every record the server knows.

`hs_owner` has one row a record, written once when it is made and once when it moves. Without it the id of
another place's record would be found only by reading all places. A record that two places hold, from a
program that did not look, belongs to the one that had it first.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from hsdesk.city.sql.database import Connection, Contended


class Owner(msgspec.Struct, frozen=True):
    """The place where a record lives, and its form."""

    scope: str
    form: str


class Owners:
    """The owners of some records while a chunk is applied. Make it after the streams are locked."""

    def __init__(self, connection: Connection, records: Iterable[str]) -> None:
        self._connection = connection
        self._known = read(connection, records)
        self._made: dict[str, Owner] = {}
        self._moved: dict[str, Owner] = {}

    def of(self, record: str) -> Owner | None:
        """Return whose a record is, None for one that is not known."""
        return self._known.get(record)

    def make(self, record: str, owner: Owner) -> None:
        """Note a new record."""
        if record not in self._known:
            self._known[record] = self._made[record] = owner

    def move(self, record: str, owner: Owner) -> None:
        """Note that a record lives elsewhere from now on."""
        self._known[record] = owner
        (self._made if record in self._made else self._moved)[record] = owner

    def was_here(self, scope: str, record: str) -> bool:
        """Tell whether a record has a part in a place, or had one before it moved away."""
        return any(
            self._connection.all(
                f"SELECT 1 FROM {table} WHERE scope = ? AND cls IN {_CLASSES} AND record = ? LIMIT 1",
                scope,
                record,
            )
            for table in ("hs_state", "hs_departure")
        )

    def write(self) -> None:
        """Write what was noted. Raises Contended where another transaction has just taken an id."""
        connection = self._connection
        rows = [(record, one.scope, one.form) for record, one in sorted(self._made.items())]
        connection.many(_PUT, rows)
        if rows and connection.dialect == "postgresql" and read(connection, self._made) != self._made:
            raise Contended("市级服务器正忙，请稍后再试。已填内容都保存在本机。")
        for record, one in sorted(self._moved.items()):
            connection.run("UPDATE hs_owner SET scope = ? WHERE record = ?", one.scope, record)


_CLASSES = "('common', 'party', 'personal', 'published')"
_PUT = "INSERT INTO hs_owner (record, scope, form) VALUES (?, ?, ?) ON CONFLICT (record) DO NOTHING"


def read(connection: Connection, records: Iterable[str]) -> dict[str, Owner]:
    """Return the owners of records, by record."""
    asked = sorted(set(records))
    if not asked:
        return {}
    rows = connection.all_among("SELECT record, scope, form FROM hs_owner WHERE record IN ??", among=asked)
    return {record: Owner(scope, form) for record, scope, form in rows}
