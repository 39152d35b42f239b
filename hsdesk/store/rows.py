"""What a record is in the tables: register row, roster rows, search entry, keys of likeness."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from hsdesk.model.days import days_typed
from hsdesk.model.merge import Part
from hsdesk.model.op import Class
from hsdesk.store import search
from hsdesk.store.core import Core
from hsdesk.store.leading import redirected
from hsdesk.store.likeness import numbered
from hsdesk.store.parts import filled, in_order, joined
from hsdesk.store.register import Register


class Shown(Protocol):
    """A record as it is to be written. `found` is changed to what the search index now holds of it."""

    scope: str
    record: str
    n: int
    found: int
    is_new: bool

    @property
    def parts(self) -> dict[Class, Part]: ...


def write_rows(core: Core, register: Register, records: Iterable[Shown]) -> None:
    """Write register rows, roster rows, search entries and keys of likeness of records of one form."""
    rows: list[tuple[Any, ...]] = []
    old_entries: list[tuple[int]] = []
    entries: list[tuple[int, str, str, str]] = []
    same: list[tuple[int, int]] = []
    for held in records:
        parts = held.parts
        answers = filled(register.current(joined(in_order(parts, register.form.stream))))
        made = register.rows(
            (held.n, held.scope, held.record),
            _version(parts, register.form.stream),
            0,
            redirected(core.merged(), register.references, answers),
            core.host,
            typed=days_typed([(part.answers, part.base, part.others) for part in parts.values()]),
        )
        rows.append(made.row)
        _write_rosters(core, register, held, made.rosters)
        found = _fingerprint((*made.search, *made.same))
        if found != held.found:
            if held.found:
                old_entries.append((held.n,))
            held.found = found
            if found:
                entries.append((held.n, *search.entry(made.search)))
                same.extend((number, held.n) for number in numbered(made.same))
    core.connection.executemany(register.upsert, rows)
    core.connection.executemany("DELETE FROM hs_search WHERE rowid = ?", old_entries)
    core.connection.executemany(
        "INSERT INTO hs_search (rowid, words, sounds, initials) VALUES (?, ?, ?, ?)", entries
    )
    core.connection.executemany("DELETE FROM hs_same WHERE n = ?", old_entries)
    core.connection.executemany("INSERT INTO hs_same (key, n) VALUES (?, ?)", same)


def _version(parts: Mapping[Class, Part], cls: Class) -> str:
    """Return the form version of the main part, of class `cls`."""
    main = parts.get(cls) or next(iter(parts.values()))
    return main.version


def _write_rosters(core: Core, register: Register, held: Shown, rosters: Iterable[Any]) -> None:
    if not register.clear_rosters:
        return
    if not held.is_new:
        for sql in register.clear_rosters:
            core.run(sql, (held.scope, held.record))
    for roster in rosters:
        core.connection.executemany(roster.sql, roster.rows)


def _fingerprint(texts: tuple[str, ...]) -> int:
    """Return 63 bits that tell whether the search entry must be made anew; 0: nothing to find."""
    if not any(texts):
        return 0
    mark = hashlib.blake2b("\0".join(texts).encode(), digest_size=8).digest()
    return int.from_bytes(mark, "big") >> 1 or 1
