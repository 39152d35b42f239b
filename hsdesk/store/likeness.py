"""Records that are alike, looked up by their keys: an index, never a walk through a register."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from hsdesk.store.core import Core
from hsdesk.store.query import RegisterRow, rows_by_key

_MOST = 200  # rows looked at for one question: more than so many of one sound tell nothing


class Likeness:
    """The keys of an open file."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def alike(self, keys: Sequence[str], form_id: str = "") -> tuple[tuple[str, RegisterRow], ...]:
        """Return (form id, row) of living records that carry one of these keys, of one register or of all."""
        by_form: dict[str, list[int]] = {}
        for n in self._numbers(keys, form_id):
            found = self._core.register_of(n)
            if found is not None:
                by_form.setdefault(found.form.form_id, []).append(n)
        return tuple(
            (name, row)
            for name, numbers in by_form.items()
            for row in rows_by_key(self._core, self._core.register(name), numbers)
            if not row.deleted and not row.merged_into
        )

    def _numbers(self, keys: Sequence[str], form_id: str) -> list[int]:
        if not keys:
            return []
        sql = f"SELECT DISTINCT n FROM hs_same WHERE key IN ({','.join('?' * len(keys))})"
        parameters: tuple[str | int, ...] = tuple(keys)
        if form_id:
            register = self._core.register(form_id)
            sql += " AND n BETWEEN ? AND ?"
            parameters += (register.first, register.last)
        return [n for (n,) in self._core.all(f"{sql} ORDER BY n LIMIT {_MOST}", parameters)]

    def set_apart(self, record: str, others: Collection[str]) -> None:
        """Remember that a person said these are not the same; both ways, on this computer only."""
        with self._core.transaction():
            for other in others:
                for pair in ((record, other), (other, record)):
                    self._core.run("INSERT OR IGNORE INTO hs_apart (record, other) VALUES (?, ?)", pair)

    def apart(self, record: str) -> frozenset[str]:
        """Return the records that a person said are not the same as this one."""
        rows = self._core.all("SELECT other FROM hs_apart WHERE record = ?", (record,))
        return frozenset(other for (other,) in rows)
