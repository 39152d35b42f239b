"""Records taken in hand, changed in memory and written back together, whatever their number."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from hsdesk.model.days import days_typed
from hsdesk.model.op import MERGED_INTO, Class
from hsdesk.store import merged, search
from hsdesk.store.core import PART_BITS, Core
from hsdesk.store.leading import redirected
from hsdesk.store.likeness import numbered
from hsdesk.store.parts import (
    CLASS_NUMBER,
    CLASS_OF_NUMBER,
    HeldPart,
    decoded,
    digest,
    encoded,
    filled,
    in_order,
    joined,
)
from hsdesk.store.register import NUMBER_BITS, Register

Key = tuple[str, str]  # (scope, record)
_CHUNK = 500  # keys looked up by one statement


@dataclass(slots=True)
class Held:
    """A record in hand. `n` is 0 for a record that is not in the file yet."""

    scope: str
    record: str
    form: str
    n: int = 0
    found: int = 0  # hash of what the search index holds of it
    parts: dict[Class, HeldPart] = field(default_factory=dict)
    digests: dict[Class, int] = field(default_factory=dict)
    changed: set[Class] = field(default_factory=set)
    is_new: bool = False

    def put(self, cls: Class, part: HeldPart) -> None:
        """Replace a part; it is written with the batch."""
        self.parts[cls] = part
        self.changed.add(cls)


class Batch:
    """The records of one transaction."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._held: dict[Key, Held] = {}
        self._next: dict[int, int] = {}
        self._numbers: dict[str, int] = {}

    def take(self, keys: Iterable[Key]) -> None:
        """Read the records of these keys that are in the file."""
        by_scope: dict[str, list[str]] = {}
        for scope, record in keys:
            if (scope, record) not in self._held:
                by_scope.setdefault(scope, []).append(record)
        for scope, records in by_scope.items():
            for start in range(0, len(records), _CHUNK):
                self._take(scope, records[start : start + _CHUNK])

    def _take(self, scope: str, records: list[str]) -> None:
        marks = ",".join("?" * len(records))
        rows = self._core.all(
            f"SELECT record, n, found FROM hs_record WHERE scope = ? AND record IN ({marks})",
            (scope, *records),
        )
        by_number: dict[int, Held] = {}
        for record, n, found in rows:
            by_number[n] = self._held[scope, record] = Held(scope, record, "", n, found)
        numbers = [n << PART_BITS | c for n in by_number for c in CLASS_NUMBER.values()]
        marks = ",".join("?" * len(numbers))
        for n, rev, part_digest, body in self._core.all(
            f"SELECT n, rev, digest, body FROM hs_part WHERE n IN ({marks})", tuple(numbers)
        ):
            held = by_number[n >> PART_BITS]
            cls = CLASS_OF_NUMBER[n & (1 << PART_BITS) - 1]
            held.parts[cls] = decoded(body, rev)
            held.digests[cls] = part_digest
            held.form = held.parts[cls].form

    def held(self, scope: str, record: str, form: str) -> Held:
        """Return a record taken before, or a new one of this form."""
        held = self._held.get((scope, record))
        if held is None:
            held = self._held[scope, record] = Held(scope, record, form, self._new_number(form), is_new=True)
        return held

    def taken(self, scope: str, record: str) -> Held | None:
        """Return a record taken before; None if it is not in the file."""
        return self._held.get((scope, record))

    def _new_number(self, form: str) -> int:
        number = self._numbers.get(form)
        if number is None:
            number = self._numbers[form] = self._core.form_number(form)
            first, last = number << NUMBER_BITS, (number + 1 << NUMBER_BITS) - 1
            highest = self._core.one(
                "SELECT max(n) FROM hs_part WHERE n BETWEEN ? AND ?",
                (first << PART_BITS, (last + 1 << PART_BITS) - 1),
            )[0]
            self._next[number] = (highest >> PART_BITS if highest else first) + 1
        n = self._next[number]
        self._next[number] = n + 1
        return n

    def new_keys(self) -> frozenset[Key]:
        """Return the keys of the records that this batch makes."""
        return frozenset(key for key, held in self._held.items() if held.is_new)

    def write(self) -> tuple[Held, ...]:
        """Write what changed: parts, digests, register rows, search index. Returns the records changed."""
        changed = tuple(held for held in self._held.values() if held.changed)
        self._write_parts(changed)
        by_form: dict[str, list[Held]] = {}
        for held in changed:
            by_form.setdefault(held.form, []).append(held)
        moved = self._write_rows(by_form)
        self._write_records(changed)
        self._lead_on(moved)
        for held in changed:
            held.changed = set()
            held.is_new = False
        return changed

    def remake(self, keys: Iterable[Key]) -> None:
        """Make table rows and search entries of records again from the parts that are left of them."""
        by_form: dict[str, list[Held]] = {}
        gone: dict[str, set[str]] = {}
        for key in keys:
            held = self._held[key]
            if held.parts:
                by_form.setdefault(held.form, []).append(held)
            elif led := self._remove(held):
                gone.setdefault(self._core.form_id_of(held.n), set()).update(led)
        moved = self._write_rows(by_form)
        self._write_records(tuple(held for records in by_form.values() for held in records))
        self._lead_on(gone)
        self._lead_on(moved)

    def _write_rows(self, by_form: dict[str, list[Held]]) -> dict[str, set[str]]:
        """Write the rows by form; return the records, by form, to which references lead differently now."""
        moved: dict[str, set[str]] = {}
        for form, records in by_form.items():
            for held in records:
                into = _merged_into(held)
                if into or held.record in self._core.merged():
                    led = merged.note(self._core, held.scope, held.record, into)
                    moved.setdefault(form, set()).update(led)
        for form, records in by_form.items():
            register = self._core.find_register(form)
            if register is not None:
                write_rows(self._core, register, records)
        return moved

    def _lead_on(self, moved: dict[str, set[str]]) -> None:
        """Make the rows again that refer to records which were merged, or are no longer."""
        for form, records in moved.items():
            keys = merged.referring(self._core, form, records) if records else ()
            again = Batch(self._core)
            again.take(keys)
            again.remake(keys)

    def _remove(self, held: Held) -> frozenset[str]:
        """Remove what is left of a record without parts; return the records whose references move."""
        register = self._core.register_of(held.n)
        if register is not None:
            self._core.run(register.delete, (held.n,))
            for sql in register.clear_rosters:
                self._core.run(sql, (held.scope, held.record))
        self._core.run("DELETE FROM hs_search WHERE rowid = ?", (held.n,))
        self._core.run("DELETE FROM hs_same WHERE n = ?", (held.n,))
        self._core.run("DELETE FROM hs_record WHERE scope = ? AND record = ?", (held.scope, held.record))
        for table in ("hs_heard", "hs_draft"):  # own ops stay: a server may ask for them again
            self._core.run(f"DELETE FROM {table} WHERE scope = ? AND record = ?", (held.scope, held.record))
        if self._core.one("SELECT 1 FROM hs_record WHERE record = ?", (held.record,)) is None:
            self._core.run("DELETE FROM hs_apart WHERE record = ?", (held.record,))
        return merged.note(self._core, held.scope, held.record, "")

    def _write_parts(self, changed: tuple[Held, ...]) -> None:
        rows: list[tuple[int, int, int, bytes]] = []
        gained: dict[tuple[str, Class], int] = {}
        for held in changed:
            for cls in held.changed:
                part = held.parts[cls]
                new = digest(held.record, part)
                stream = (held.scope, cls)
                gained[stream] = gained.get(stream, 0) + new - held.digests.get(cls, 0)
                held.digests[cls] = new
                rows.append((held.n << PART_BITS | CLASS_NUMBER[cls], part.rev, new, encoded(part)))
        self._core.connection.executemany(
            "INSERT INTO hs_part (n, rev, digest, body) VALUES (?, ?, ?, ?) ON CONFLICT (n) DO UPDATE"
            " SET rev = excluded.rev, digest = excluded.digest, body = excluded.body",
            rows,
        )
        self._core.connection.executemany(
            "INSERT INTO hs_stream (scope, cls, digest) VALUES (?, ?, ?)"
            " ON CONFLICT (scope, cls) DO UPDATE SET digest = digest + excluded.digest",
            [(scope, cls, more) for (scope, cls), more in gained.items()],
        )

    def _write_records(self, changed: tuple[Held, ...]) -> None:
        self._core.connection.executemany(
            "INSERT INTO hs_record (scope, record, n, found) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (record, scope) DO UPDATE SET found = excluded.found",
            [(held.scope, held.record, held.n, held.found) for held in changed],
        )


def _merged_into(held: Held) -> str:
    for part in held.parts.values():
        if into := part.answers.get(MERGED_INTO):
            return str(into)
    return ""


def write_rows(core: Core, register: Register, records: Iterable[Held]) -> None:
    """Write register rows, roster rows, search entries and keys of likeness of records of one form."""
    rows: list[tuple[Any, ...]] = []
    old_entries: list[tuple[int]] = []
    entries: list[tuple[int, str, str, str]] = []
    same: list[tuple[int, int]] = []
    for held in records:
        version, rev = _version(held, register.form.stream)
        answers = filled(register.current(joined(in_order(held.parts, register.form.stream))))
        made = register.rows(
            (held.n, held.scope, held.record),
            version,
            rev,
            redirected(core.merged(), register.references, answers),
            core.host,
            typed=days_typed([(part.answers, part.stamp, part.others) for part in held.parts.values()]),
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


def _version(held: Held, cls: Class) -> tuple[str, int]:
    """Return the form version of the main part, of class `cls`, and the last revision of any part."""
    parts = held.parts
    main = parts.get(cls) or next(iter(parts.values()))
    return main.version, max(part.rev for part in parts.values())


def _write_rosters(core: Core, register: Register, held: Held, rosters: Iterable[Any]) -> None:
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
