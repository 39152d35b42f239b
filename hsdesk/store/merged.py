"""Records that another one took the place of (`_merged_into`): references to them lead to that one when read.

What was typed stays as it is, in the parts and the log; tables and open records show where a reference leads
now. When a merge comes, is taken back or arrives with a page, the rows that refer to it are made again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from hsdesk.model.op import Value
from hsdesk.store.core import Core
from hsdesk.store.register import Register, generic
from hsdesk.store.tables import RosterTable, quoted


def survivor(core: Core, record: str) -> str:
    """Return the record to which a reference to this one leads.

    Two that were merged into each other on two desks both lie among the deleted ones, to be restored.
    """
    known, seen = core.merged(), {record}
    while (into := known.get(record)) is not None and into not in seen:
        seen.add(into)
        record = into
    return record


def note(core: Core, scope: str, record: str, into: str) -> frozenset[str]:
    """Remember into which record one was merged, "" for none; return the records whose references move."""
    if not into and record not in core.merged():
        return frozenset()
    before = survivor(core, record)
    core.run("DELETE FROM hs_merged WHERE record = ? AND scope = ?", (record, scope))
    if into:
        core.run("INSERT INTO hs_merged (record, scope, target) VALUES (?, ?, ?)", (record, scope, into))
    core.forget_merged()
    after = survivor(core, record)
    return frozenset({record, before, after}) if before != after else frozenset()


def redirected(core: Core, register: Register, answers: dict[str, Value]) -> dict[str, Value]:
    """Return answers with references to merged records leading to those that took their place."""
    if not core.merged() or not register.references:
        return answers
    moved = {
        path: _leading(core, value)
        for path, value in answers.items()
        if value is not None and generic(path) in register.references
    }
    return {**answers, **moved} if moved else answers


def _leading(core: Core, value: Value) -> Value:
    if isinstance(value, tuple):
        return tuple(sorted({survivor(core, one) for one in value}))
    return survivor(core, value) if isinstance(value, str) else value


def referring(core: Core, form_id: str, records: Iterable[str]) -> set[tuple[str, str]]:
    """Return (scope, record) of every record whose row refers to one of these of a form."""
    wanted = tuple(records)
    found: set[tuple[str, str]] = set()
    for (name,) in core.all("SELECT form_id FROM hs_form WHERE body IS NOT NULL"):
        register = core.register(name)
        asked = {path for path, target in register.references.items() if target == form_id}
        for table, owner, columns in _places(register, asked):
            where, parameters = _holding(columns, wanted)
            found.update(core.all(f"SELECT _scope, {owner} FROM {quoted(table)} WHERE {where}", parameters))
    return found


def _places(register: Register, asked: set[str]) -> Iterator[tuple[str, str, dict[str, bool]]]:
    """Yield table, the column of the record's id, and the columns that refer, with whether they hold sets."""
    tables = register.tables
    own = {path for path in asked if "/" not in path}
    columns = {tables.column_of(key): key in tables.multiple for key in own}
    if columns:
        yield tables.table.name, "_id", {column.name: many for column, many in columns.items() if column}
    for roster in tables.rosters:
        yield from _roster_places(roster, roster.roster, asked)


def _roster_places(
    roster: RosterTable, front: str, asked: set[str]
) -> Iterator[tuple[str, str, dict[str, bool]]]:
    first = len(roster.table.columns) - len(roster.keys)
    columns = {
        roster.table.columns[first + at].name: key in roster.multiple
        for at, key in enumerate(roster.keys)
        if f"{front}/{key}" in asked
    }
    if columns:
        yield roster.table.name, "_record", columns
    for inner in roster.inner:
        yield from _roster_places(inner, f"{front}/{inner.roster}", asked)


def _holding(columns: Mapping[str, bool], records: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    clauses, parameters = [], []
    for column, many in columns.items():
        for record in records:
            clauses.append(f"instr({quoted(column)}, ?) > 0" if many else f"{quoted(column)} = ?")
            parameters.append(f'"{record}"' if many else record)
    return " OR ".join(clauses), tuple(parameters)
