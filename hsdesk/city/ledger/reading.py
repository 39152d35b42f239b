"""Reports read the server's register tables: figures by grouped SQL, records one register at a time.

A `CityRegisters` stands on one read transaction, so that all indicators of a report are of one moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from hsdesk.city.sql.database import Connection
from hsdesk.errors import Missing
from hsdesk.forms.schema import Form, Question, questions
from hsdesk.forms.types import show
from hsdesk.forms.types.columns import kinds_of
from hsdesk.language.aggregate import Aggregate, form_of, registers_of
from hsdesk.language.problem import NotSql
from hsdesk.language.rows import row_predicate
from hsdesk.language.sql import predicate_sql
from hsdesk.language.sql_tree import Statement
from hsdesk.model import pinyin
from hsdesk.model.answer import Class, Value
from hsdesk.model.place import Directory
from hsdesk.registers.aggregates import aggregates, answered, roster_rows, sql_table
from hsdesk.registers.contract import RegisterRecord
from hsdesk.registers.made_when_asked import MadeWhenAsked
from hsdesk.registers.tables import RegisterTable, quoted, register_table

_CODES = msgspec.json.Decoder(tuple[str, ...])
_FRONT = ("_id", "_scope", "_title")


class CityRegisters:
    """Every register of the city (`registers.contract.Registers`)."""

    def __init__(
        self,
        connection: Connection,
        forms: Mapping[str, Form],
        directory: Directory,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """`forms` are those whose tables are in the database, by form_id, in their latest version."""
        self._connection = connection
        self._forms = forms
        self._directory = directory
        self._settings = settings or {}
        self._tables: dict[str, RegisterTable] = {}

    @property
    def directory(self) -> Directory:
        return self._directory

    @property
    def settings(self) -> Mapping[str, str]:
        return self._settings

    def may_read(self, _place: str, _cls: Class) -> bool:
        """Return True: what a caller may read of it is decided by `GrantedRegisters`."""
        return True

    def readable(self, _cls: Class) -> frozenset[str]:
        """Return every place there is, as `may_read` says."""
        return frozenset(place.id for place in self._directory)

    @property
    def stands_alone(self) -> bool:
        return False

    def has(self, register: str) -> bool:
        """Return whether the server has this register."""
        return register in self._forms

    def form(self, register: str) -> Form:
        """Return a register's form. Raises Missing when the server has none of this name."""
        if register not in self._forms:
            raise Missing("服务器上没有“{name}”这张登记表。", name=register)
        return self._forms[register]

    def figures(
        self, queries: Sequence[Aggregate], places: Sequence[str], anywhere: Sequence[str] | None = None
    ) -> list[Mapping[str, float] | None]:
        """Return for each query the figure of each group over the records of these places.

        None: no such register here. `anywhere` limits the records of other places that the queries look for;
        None: those of every place.
        """
        asked = {name: form_of(name) for query in queries for name in registers_of(query)}
        known = {name: self._forms[form] for name, form in asked.items() if form in self._forms}
        numbers = [at for at, query in enumerate(queries) if registers_of(query) <= known.keys()]
        figures = aggregates(
            [queries[at] for at in numbers],
            known,
            self._run,
            self._rows,
            places=self._limit(places),
            anywhere=None if anywhere is None else self._limit(anywhere),
            dialect=self._connection.dialect,
        )
        found: list[Mapping[str, float] | None] = [None] * len(queries)
        for at, figure in zip(numbers, figures, strict=True):
            found[at] = figure
        return found

    def answered(self, places: Sequence[str], as_of: date) -> Mapping[str, tuple[int, int]]:
        """Return by place how many relevant answers had to be there on a day, and how many were."""
        return answered(
            self._forms.values(),
            tuple(places),
            as_of,
            self._run,
            self._connection.dialect,
            is_everywhere=self._limit(places) is None,
        )

    def records(
        self, register: str, places: Sequence[str], where: str = ""
    ) -> Sequence[RegisterRecord] | None:
        """Return the records of these places that fit a row predicate, in list order: by title as spoken."""
        if register not in self._forms:
            return None
        form = self._forms[register]
        limit = self._limit(places)
        try:
            rows = list(self._values(form, self._condition(form, where), limit))
        except NotSql:
            holds = row_predicate(where, kinds_of(form))
            rows = [row for row in self._values(form, Statement(""), limit) if holds(row)]
        rows.sort(key=lambda row: pinyin.sort_key(str(row["_title"])))
        by_key = {question.key: question for question in questions(form.children)}
        return tuple(_record(by_key, row) for row in rows)

    def _limit(self, places: Sequence[str]) -> tuple[str, ...] | None:
        """Return the places to look at; None when they are all there are, which spares every comparison."""
        return None if len(set(places)) == len(self._directory) else tuple(places)

    def _run(self, statement: Statement) -> list[tuple[Any, ...]]:
        return self._connection.all(statement.text, *statement.params)

    def _rows(self, register: str) -> Iterable[dict[str, Value]]:
        if "/" in register:
            return roster_rows(self._forms[form_of(register)], register, self._run)
        return self._values(self._forms[register], Statement(""), None)

    def _condition(self, form: Form, where: str) -> Statement:
        if not where.strip():
            return Statement("")
        return predicate_sql(where, sql_table(form).columns, self._connection.dialect)

    def _values(
        self, form: Form, condition: Statement, places: tuple[str, ...] | None
    ) -> Iterator[dict[str, Value]]:
        table = self._table(form)
        names = [column.name for column in map(table.column_of, table.keys) if column is not None]
        clauses, values = ["t._deleted IS NULL AND t._merged_into IS NULL"], list(condition.params)
        if condition.text:
            clauses.append(condition.text)
        if places is not None:
            clauses.append(f"t._scope IN ({', '.join('?' * len(places)) or 'NULL'})")
            values.extend(places)
        columns = ", ".join(f"t.{quoted(name)}" for name in (*_FRONT, *names))
        rows = self._connection.all(
            f"SELECT {columns} FROM {quoted(table.table.name)} AS t WHERE {' AND '.join(clauses)}"
            " ORDER BY t._title, t._id",
            *values,
        )
        return (_row(table, row) for row in rows)

    def _table(self, form: Form) -> RegisterTable:
        if form.form_id not in self._tables:
            self._tables[form.form_id] = register_table(form)
        return self._tables[form.form_id]


def _row(table: RegisterTable, row: tuple[Any, ...]) -> dict[str, Value]:
    """Return a row as expressions and reports read it: sets as tuples, empty answers left out."""
    record, place, title, *rest = row
    found: dict[str, Value] = {"_id": record, "_place": place, "_title": title or ""}
    for key, value in zip(table.keys, rest, strict=True):
        if value is not None:
            found[key] = _CODES.decode(value) if key in table.multiple else value
    return found


def _record(by_key: Mapping[str, Question], row: dict[str, Value]) -> RegisterRecord:
    values = {key: value for key, value in row.items() if key in by_key}
    texts = MadeWhenAsked(values, lambda key: show(by_key[key], values[key]))
    return RegisterRecord(str(row["_id"]), str(row["_place"]), str(row["_title"]), values, texts)
