"""Where references lead once records were merged (`_merged_into`): to the record that took the place. Pure.

The desk and the city server follow this one rule. `known` tells of each merged record into which it went.
What was typed stays as it is, in the parts and the log; tables and open records show where it leads now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from hsdesk.model.answer import Value, generic
from hsdesk.registers.register import Register
from hsdesk.registers.tables import Dialect, RegisterTable, RosterTable, quoted

_MOST_CLAUSES = 400  # SQLite takes no condition of a thousand
_WITHIN: dict[Dialect, str] = {"sqlite": "instr", "postgresql": "strpos"}


def chain(known: Mapping[str, str], record: str) -> tuple[str, ...]:
    """Return a record and those that took its place, one after another: a reference leads to the last.

    Two that were merged into each other on two desks both lie among the deleted ones, to be restored.

    >>> chain({"a": "b", "b": "c"}, "a"), chain({"a": "b", "b": "a"}, "a"), chain({}, "a")
    (('a', 'b', 'c'), ('a', 'b'), ('a',))
    """
    found = {record: None}
    while (into := known.get(record)) is not None and into not in found:
        found[into] = None
        record = into
    return tuple(found)


def redirected(
    known: Mapping[str, str], references: Mapping[str, str], answers: dict[str, Value]
) -> dict[str, Value]:
    """Return answers with references to merged records leading to those that took their place.

    >>> redirected({"a": "b"}, {"org": "social_org"}, {"org": "a", "name": "a"})
    {'org': 'b', 'name': 'a'}
    """
    if not known or not references:
        return answers
    moved = {path: _leading(known, value) for path, value in _references(references, answers)}
    return {**answers, **moved} if moved else answers


def _leading(known: Mapping[str, str], value: Value) -> Value:
    if isinstance(value, tuple):
        return tuple(sorted({chain(known, one)[-1] for one in value}))
    return chain(known, value)[-1] if isinstance(value, str) else value


def _references(references: Mapping[str, str], answers: Mapping[str, Value]) -> Iterator[tuple[str, Value]]:
    for path, value in answers.items():
        if value is not None and generic(path) in references:
            yield path, value


def named(references: Mapping[str, str], answers: Mapping[str, Value]) -> Iterator[str]:
    """Yield the records that answers refer to.

    >>> list(named({"org": "social_org", "rows/who": "worker"}, {"org": "a", "rows/1/who": ("b", "c")}))
    ['a', 'b', 'c']
    """
    for _, value in _references(references, answers):
        if isinstance(value, tuple):
            yield from value
        elif isinstance(value, str):
            yield value


def finding(
    register: Register, form_id: str, records: Iterable[str], dialect: Dialect
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield statements, with values, that find (scope, record) of the rows that refer to records of a form.

    They read whole tables: an index of references would cost every write, and records are seldom merged.
    """
    wanted = sorted(set(records))
    asked = {path for path, target in register.references.items() if target == form_id}
    for table, owner, columns in _places(register.tables, asked):
        at_once = max(1, _MOST_CLAUSES // len(columns))
        for start in range(0, len(wanted), at_once):
            where, values = _holding(columns, wanted[start : start + at_once], dialect)
            yield f"SELECT _scope, {owner} FROM {quoted(table)} WHERE {where}", values


def _places(tables: RegisterTable, asked: set[str]) -> Iterator[tuple[str, str, dict[str, bool]]]:
    """Yield table, the column of the record's id, and the columns that refer, with whether they hold sets."""
    columns = {tables.column_of(key): key in tables.multiple for key in asked if "/" not in key}
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


def _holding(
    columns: Mapping[str, bool], records: Sequence[str], dialect: Dialect
) -> tuple[str, tuple[str, ...]]:
    clauses: list[str] = []
    values: list[str] = []
    for column, many in columns.items():
        if many:
            clauses += [f"{_WITHIN[dialect]}({quoted(column)}, ?) > 0"] * len(records)
            values += [f'"{record}"' for record in records]
        else:
            clauses.append(f"{quoted(column)} IN ({', '.join('?' * len(records))})")
            values += records
    return " OR ".join(clauses), tuple(values)
