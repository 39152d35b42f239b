"""What a record is in the tables: register row, roster rows, search entry, keys of likeness."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from hsdesk.deskfile.connection import DeskConnection
from hsdesk.deskfile.duplicates import numbered
from hsdesk.forms.projection import Projector
from hsdesk.model.answer import Class
from hsdesk.model.days import days_typed
from hsdesk.records.parts import Part, filled, in_order, joined
from hsdesk.registers import search_words
from hsdesk.registers.redirects import redirected
from hsdesk.registers.register import Register

_ROWS_AT_ONCE = 500


class ShownRecord(Protocol):
    """A record as it is to be written. `found` is changed to what the search index now holds of it."""

    scope: str
    record: str
    n: int
    found: int
    is_new: bool

    @property
    def parts(self) -> dict[Class, Part]: ...


def write_rows(connection: DeskConnection, register: Register, records: Iterable[ShownRecord]) -> None:
    """Write register rows, roster rows, search entries and keys of likeness of records of one form."""
    rows: list[tuple[Any, ...]] = []
    known: list[tuple[Any, ...]] = []
    old_entries: list[tuple[int]] = []
    entries: list[tuple[int, str, str, str]] = []
    same: list[tuple[int, int]] = []
    projector = Projector(register.form, connection.host)
    for held in records:
        parts = held.parts
        answers = filled(register.current(joined(in_order(parts, register.form.stream))))
        made = register.rows(
            (held.n, held.scope, held.record),
            _version(parts, register.form.stream),
            0,
            redirected(connection.merged(), register.references, answers),
            projector,
            typed=days_typed([(part.answers, part.base, part.others) for part in parts.values()]),
        )
        (rows if held.is_new else known).append(made.row)
        _write_rosters(connection, register, held, made.rosters)
        found = _fingerprint((*made.search, *made.same))
        if found != held.found:
            if held.found:
                old_entries.append((held.n,))
            held.found = found
            if found:
                entries.append((held.n, *search_words.entry(made.search)))
                same.extend((number, held.n) for number in numbered(made.same))
    _write_known(connection, register, known)
    connection.many(register.upsert, rows)
    connection.orders.touch(register.number, (row[0] for row in (*known, *rows)))
    connection.many("DELETE FROM hs_search WHERE rowid = ?", old_entries)
    connection.many("INSERT INTO hs_search (rowid, words, sounds, initials) VALUES (?, ?, ?, ?)", entries)
    connection.many("DELETE FROM hs_same WHERE n = ?", old_entries)
    connection.many("INSERT INTO hs_same (key, n) VALUES (?, ?)", same)


def _write_known(connection: DeskConnection, register: Register, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write the rows of records that were here before: only the columns that changed.

    A column that is named in an UPDATE has its indexes written anew, whether its value is another or not.
    """
    before: dict[int, tuple[Any, ...]] = {}
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        numbers = tuple(row[0] for row in rows[start : start + _ROWS_AT_ONCE])
        before.update((row[0], row) for row in connection.all(register.select(len(numbers)), numbers))
    missing: list[tuple[Any, ...]] = []
    changed: dict[tuple[int, ...], list[tuple[Any, ...]]] = {}
    for row in rows:
        old = before.get(row[0])
        if old is None:
            missing.append(row)
        elif old != row:
            columns = tuple(at for at, value in enumerate(row) if value != old[at])
            changed.setdefault(columns, []).append((*(row[at] for at in columns), row[0]))
    connection.many(register.upsert, missing)
    for columns, values in changed.items():
        connection.many(register.update(columns), values)


def _version(parts: Mapping[Class, Part], cls: Class) -> str:
    """Return the form version of the main part, of class `cls`."""
    main = parts.get(cls) or next(iter(parts.values()))
    return main.version


def _write_rosters(
    connection: DeskConnection, register: Register, held: ShownRecord, rosters: Iterable[Any]
) -> None:
    if not register.clear_rosters:
        return
    if not held.is_new:
        for sql in register.clear_rosters:
            connection.run(sql, (held.scope, held.record))
    for roster in rosters:
        connection.many(roster.sql, roster.rows)


def _fingerprint(texts: tuple[str, ...]) -> int:
    """Return 63 bits that tell whether the search entry must be made anew; 0: nothing to find."""
    if not any(texts):
        return 0
    mark = hashlib.blake2b("\0".join(texts).encode(), digest_size=8).digest()
    return int.from_bytes(mark, "big") >> 1 or 1
