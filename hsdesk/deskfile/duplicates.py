"""Records that are alike, looked up by their keys: an index, never a walk through a register."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence

from hsdesk.deskfile.connection import DeskConnection
from hsdesk.registers import search_words
from hsdesk.registers.query import RegisterRow, rows_by_key

_MOST = 200  # rows looked at for one question: more than so many of one sound tell nothing


def numbered(keys: Sequence[str]) -> tuple[int, ...]:
    """Return keys as the index holds them: 63 bits of a hash, so that it spells out no telephone."""
    return tuple(
        int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big") >> 1 for key in keys
    )


class DuplicateKeys:
    """The keys of an open file."""

    def __init__(self, connection: DeskConnection) -> None:
        self._connection = connection

    def alike(
        self, keys: Sequence[str], form_id: str = "", telephone: str = ""
    ) -> tuple[tuple[str, RegisterRow], ...]:
        """Return (form id, row) of living records that carry one of these keys, of one register or of all.

        With a telephone, also those that a search finds by it.
        """
        by_form: dict[str, list[int]] = {}
        numbers = dict.fromkeys([*self._numbers(keys, form_id), *self._with(telephone, form_id)])
        for n in numbers:
            register = self._connection.register_of(n)
            if register is not None:
                by_form.setdefault(register.form.form_id, []).append(n)
        return tuple(
            (name, row)
            for name, found in by_form.items()
            for row in rows_by_key(self._connection, self._connection.register(name), found)
            if not row.deleted and not row.merged_into
        )

    def _numbers(self, keys: Sequence[str], form_id: str) -> list[int]:
        if not keys:
            return []
        sql = f"SELECT DISTINCT n FROM hs_same WHERE key IN ({','.join('?' * len(keys))})"
        parameters = numbered(keys)
        if form_id:
            register = self._connection.register(form_id)
            sql += " AND n BETWEEN ? AND ?"
            parameters += (register.first, register.last)
        return [n for (n,) in self._connection.all(f"{sql} ORDER BY n LIMIT {_MOST}", parameters)]

    def _with(self, telephone: str, form_id: str) -> list[int]:
        expression = search_words.match(telephone) if telephone else ""
        if not expression:
            return []
        sql = f"SELECT rowid FROM hs_search WHERE hs_search MATCH ? LIMIT {_MOST}"
        found = [n for (n,) in self._connection.all(sql, (expression,))]
        register = self._connection.register(form_id) if form_id else None
        return [n for n in found if register is None or register.first <= n <= register.last]

    def set_apart(self, record: str, others: Collection[str]) -> None:
        """Remember that a person said these are not the same; both ways, on this computer only."""
        with self._connection.transaction():
            for other in others:
                for pair in ((record, other), (other, record)):
                    self._connection.run("INSERT OR IGNORE INTO hs_apart (record, other) VALUES (?, ?)", pair)

    def apart(self, record: str) -> frozenset[str]:
        """Return the records that a person said are not the same as this one."""
        rows = self._connection.all("SELECT other FROM hs_apart WHERE record = ?", (record,))
        return frozenset(other for (other,) in rows)
