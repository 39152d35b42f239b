"""Row predicates and figures over register tables: the expression language becomes SQL where it can."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from hsdesk.forms.aggregate import Aggregate
from hsdesk.forms.schema import Form
from hsdesk.forms.xpath.aggregate_rows import aggregate_rows
from hsdesk.forms.xpath.aggregate_sql import SqlTable, aggregate_sql
from hsdesk.forms.xpath.problem import NotSql
from hsdesk.forms.xpath.rows import SYSTEM_KINDS, Row, kinds_of, row_predicate
from hsdesk.forms.xpath.sql import SqlColumn, predicate_sql
from hsdesk.forms.xpath.sql_tree import DialectName, Statement
from hsdesk.store.query import Predicate
from hsdesk.store.tables import register_table

_SYSTEM_COLUMNS = {"_id": "_id", "_place": "_scope", "_title": "_title"}
Rows = Callable[[str], Iterable[Row]]  # the rows of a register, `_id` and `_place` among their values


class Condition(msgspec.Struct, frozen=True):
    """Which rows fit: by SQL, by a closure, or all of them."""

    sql: Predicate | None = None
    keep: Callable[[Row], bool] | None = None


def sql_table(form: Form) -> SqlTable:
    """Return a register's table as expressions over its rows need it."""
    tables = register_table(form)
    kinds = kinds_of(form)
    columns = {name: SqlColumn(column, SYSTEM_KINDS[name]) for name, column in _SYSTEM_COLUMNS.items()}
    for key in tables.keys:
        column = tables.column_of(key)
        if column is not None and key in kinds:
            columns[key] = SqlColumn(column.name, kinds[key])
    return SqlTable(tables.table.name, columns)


def row_condition(form: Form, where: str) -> Condition:
    """Return the condition of a row predicate, e.g. `reg_status = '1'`. Raises ExpressionError."""
    if not where.strip():
        return Condition()
    try:
        made = predicate_sql(where, sql_table(form).columns, "sqlite")
    except NotSql:
        return Condition(keep=row_predicate(where, kinds_of(form)))
    return Condition(sql=Predicate(made.text, made.params))


def figures(
    query: Aggregate,
    forms: Mapping[str, Form],
    run: Callable[[Statement], Iterable[tuple[str, float | None]]],
    rows: Rows,
    *,
    places: Sequence[str] | None = None,
    now: dt.datetime | None = None,
    dialect: DialectName = "sqlite",
) -> dict[str, float]:
    """Return the figure of each group, by SQL or, where it cannot be said in SQL, over `rows`.

    `forms` are those of every register the query names. Raises ExpressionError.
    """
    try:
        tables = {name: sql_table(form) for name, form in forms.items()}
        statement = aggregate_sql(query, tables, dialect, places=places, now=now)
    except NotSql:
        kinds = {name: kinds_of(form) for name, form in forms.items()}
        return aggregate_rows(query, rows, kinds, places=places, now=now)
    return {group: float(figure) for group, figure in run(statement) if figure is not None}
