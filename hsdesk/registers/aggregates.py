"""Row predicates and figures over register tables: the expression language becomes SQL where it can."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from hsdesk.forms.naming import identifier
from hsdesk.forms.projection import fields, rosters
from hsdesk.forms.schema import Form
from hsdesk.forms.types import holding_of
from hsdesk.forms.types.columns import kinds_of
from hsdesk.language.aggregate import Aggregate
from hsdesk.language.aggregate_rows import aggregate_rows
from hsdesk.language.aggregate_sql import SqlTable, aggregate_sql, aggregates_sql, may_share
from hsdesk.language.problem import ExpressionError, NotSql
from hsdesk.language.rows import SYSTEM_KINDS, ColumnKind, RowValues, row_predicate
from hsdesk.language.sql import SqlColumn, predicate_sql
from hsdesk.language.sql_tree import DialectName, Statement
from hsdesk.model.answer import Value
from hsdesk.model.days import day_number
from hsdesk.registers.query import Predicate
from hsdesk.registers.tables import SYSTEM_COLUMNS, Column, RosterTable, quoted, register_table

_SYSTEM_COLUMNS = {"_id": "_id", "_place": "_scope", "_title": "_title"}
_ROSTER_COLUMNS = ("_place", "_record", "_id")  # as the roster's table has them: _scope, _record, _row
_KEYS = frozenset({"_id", "_place", "_record"})  # NOT NULL in every table
_CODES = msgspec.json.Decoder(tuple[str, ...])
Rows = Callable[[str], Iterable[RowValues]]  # the rows of a register, `_id` and `_place` among their values


class RowCondition(msgspec.Struct, frozen=True):
    """Which rows fit: by SQL, by a closure, or all of them."""

    sql: Predicate | None = None
    keep: Callable[[RowValues], bool] | None = None


def sql_table(form: Form) -> SqlTable:
    """Return a register's table as expressions over its rows need it."""
    tables = register_table(form)
    kinds = kinds_of(form)
    columns = {
        name: SqlColumn(column, SYSTEM_KINDS[name], is_key=name in _KEYS)
        for name, column in _SYSTEM_COLUMNS.items()
    }
    for key, column in zip(tables.keys, tables.table.columns[len(SYSTEM_COLUMNS) :], strict=True):
        if key in kinds:
            columns[key] = SqlColumn(column.name, kinds[key])
    name = tables.table.name
    if form.kind == "single":
        return SqlTable(name, columns, alive=_ALIVE + _first(name))
    return SqlTable(name, columns)


_ALIVE = '{t}."_deleted" IS NULL AND {t}."_merged_into" IS NULL'


def _first(table: str) -> str:
    """Return the condition that a place has no earlier card: of a form of one card never two are counted."""
    alive = _ALIVE.format(t='"sole"')
    earlier = '"sole"."_scope" = {t}."_scope" AND "sole"."_id" < {t}."_id"'
    return f' AND NOT EXISTS (SELECT 1 FROM {quoted(table)} AS "sole" WHERE {earlier} AND {alive})'


def _counted(rows: Rows, forms: Mapping[str, Form]) -> Rows:
    """Return what asks for the rows of a register that count; rosters as they are."""
    return lambda name: rows(name) if "/" in name else _first_only(forms[name], rows(name))


def _first_only(form: Form, rows: Iterable[RowValues]) -> Iterable[RowValues]:
    """Return the rows that count: of a form of one card for each place the first that was made."""
    if form.kind != "single":
        return rows
    found: dict[Value, RowValues] = {}
    for row in sorted(rows, key=lambda one: str(one["_id"])):
        found.setdefault(row["_place"], row)
    return found.values()


_MADE: dict[str, tuple[Form, SqlTable]] = {}  # of each register, for the form that was asked for last


def table_of(form: Form, register: str) -> SqlTable:
    """Return the table of a register of this form, or of one of its rosters (`form/roster`)."""
    made = _MADE.get(register)
    if made is None or made[0] is not form:
        made = _MADE[register] = (form, _table_of(form, register))
    return made[1]


def _table_of(form: Form, register: str) -> SqlTable:
    roster = register.partition("/")[2]
    if not roster:
        return sql_table(form)
    made, kinds = _roster(form, roster), kinds_of_roster(form, roster)
    names = (*_ROSTER_COLUMNS, *made.keys)
    columns = {
        name: SqlColumn(column.name, kinds[name], is_key=name in _KEYS)
        for name, column in zip(names, _named(made), strict=True)
        if name in kinds
    }
    return SqlTable(made.table.name, columns, id="_row", alive="1 = 1")


def _named(made: RosterTable) -> tuple[Column, ...]:
    """Return the columns of a roster's table without `_pos`."""
    return tuple(column for column in made.table.columns if column.name != "_pos")


def _roster(form: Form, roster: str) -> RosterTable:
    for made in register_table(form).rosters:
        if made.roster == roster:
            return made
    raise ExpressionError(f"登记表 {form.form_id} 没有子表 {roster} 。")


def kinds_of_roster(form: Form, roster: str) -> dict[str, ColumnKind]:
    """Return the kind of every column of a roster's rows, `_id`, `_place` and `_record` included."""
    found = next((repeat for repeat in rosters(form.children) if repeat.key == roster), None)
    if found is None:
        raise ExpressionError(f"登记表 {form.form_id} 没有子表 {roster} 。")
    system: dict[str, ColumnKind] = dict.fromkeys(("_id", "_place", "_record"), "text")
    return system | {question.key: holding_of(question).column for question in fields(found.children)}


def roster_rows(
    form: Form, register: str, run: Callable[[Statement], Iterable[Sequence[Any]]]
) -> Iterator[dict[str, Value]]:
    """Yield the rows of a roster (`form/roster`), for what SQL cannot say."""
    made = _roster(form, register.partition("/")[2])
    names = (*_ROSTER_COLUMNS, *made.keys)
    columns = ", ".join(quoted(column.name) for column in _named(made))
    for row in run(Statement(f"SELECT {columns} FROM {quoted(made.table.name)}")):
        found = {name: value for name, value in zip(names, row, strict=True) if value is not None}
        yield {key: _CODES.decode(v) if key in made.multiple else v for key, v in found.items()}


def row_condition(form: Form, where: str) -> RowCondition:
    """Return the condition of a row predicate, e.g. `reg_status = '1'`. Raises ExpressionError."""
    if not where.strip():
        return RowCondition()
    try:
        made = predicate_sql(where, sql_table(form).columns, "sqlite")
    except NotSql:
        return RowCondition(keep=row_predicate(where, kinds_of(form)))
    return RowCondition(sql=Predicate(made.text, made.params))


_PACKED = 1 << 32  # required * this + filled: both in one number, so that what came later is read once
_LATE = 1 << 60  # added where a row was touched after the day; what is packed stays far below
_PRESENT: dict[DialectName, str] = {  # the packed sum of the present answers
    "sqlite": "SUM(_required * {packed} + _filled) + IFNULL(MAX(_settled) > {day}, 0) * {late}",
    "postgresql": (
        "SUM(_required * {packed} + _filled) + CASE WHEN MAX(_settled) > {day} THEN {late} ELSE 0 END"
    ),
}
_LATER: dict[DialectName, str] = {  # the packed sum of the entries after a day
    "sqlite": (
        "(SELECT SUM(json_extract(value, '$[1]') * {packed} + json_extract(value, '$[2]'))"
        " FROM json_each(_later) WHERE json_extract(value, '$[0]') > {day})"
    ),
    "postgresql": (
        "(SELECT SUM(CAST(e ->> 1 AS bigint) * {packed} + CAST(e ->> 2 AS bigint))"
        " FROM jsonb_array_elements(CAST(_later AS jsonb)) AS e WHERE CAST(e ->> 0 AS bigint) > {day})"
    ),
}


def answered(
    forms: Iterable[Form],
    places: Sequence[str],
    as_of: dt.date,
    run: Callable[[Statement], Iterable[tuple[Any, ...]]],
    dialect: DialectName = "sqlite",
    *,
    is_everywhere: bool = False,
) -> dict[str, tuple[int, int]]:
    """Return by place how many relevant answers had to be there on a day in all registers, and how many were.

    Only records of these `places` count; `is_everywhere`: there are no others. What was asked or typed later
    is taken off the present counts again; only rows that were touched after that day pay for it.
    """
    day, found, late = day_number(as_of), dict[str, int](), dict[str, list[str]]()
    present = [
        f"{quoted(identifier(form.form_id))} AS t"
        f" WHERE {table_of(form, form.form_id).alive.format(t='t')} AND _made <= {day}"
        for form in forms
    ]
    counted_up = _PRESENT[dialect].format(packed=_PACKED, late=_LATE, day=day)
    if dialect == "sqlite":
        counts = _by_seeking(present, counted_up, places, run)
    else:
        counts = _by_grouping(present, counted_up, None if is_everywhere else places, run)
    for place, of_registers in counts:
        found[place] = sum(of_registers.values())
        if found[place] >= _LATE:
            for number in (number for number, counted in of_registers.items() if counted >= _LATE):
                late.setdefault(present[number], []).append(place)
                found[place] -= _LATE
    later = _LATER[dialect].format(packed=_PACKED, day=day)
    for rows, touched in late.items():
        text = f"SELECT _scope, SUM({later}) FROM {rows} AND _settled > {day}{_of(touched)} GROUP BY _scope"
        for place, counted in run(Statement(text, tuple(touched))):
            found[place] -= int(counted or 0)
    return {place: divmod(counted, _PACKED) for place, counted in found.items()}


def _by_seeking(
    present: Sequence[str],
    counted: str,
    places: Sequence[str],
    run: Callable[[Statement], Iterable[tuple[Any, ...]]],
) -> Iterable[tuple[str, dict[int, int]]]:
    """Yield what is counted of each place, by the number of the register: for SQLite.

    It finds the rows of one place by the index of `COUNTED`; to group them it would compare every row with
    the one before.
    """
    columns = "".join(f", (SELECT {counted} FROM {rows} AND t._scope = place.value)" for rows in present)
    ordered = msgspec.json.encode(sorted(places)).decode()  # as the index is: else it jumps to and fro
    text = f"SELECT place.value{columns} FROM json_each(?) AS place"
    for place, *counts in run(Statement(text, (ordered,))):
        if found := {number: one for number, one in enumerate(counts) if one is not None}:
            yield place, found


def _by_grouping(
    present: Sequence[str],
    counted: str,
    places: Sequence[str] | None,
    run: Callable[[Statement], Iterable[tuple[Any, ...]]],
) -> Iterable[tuple[str, dict[int, int]]]:
    """Return what is counted of each place, by the number of the register; None: of every place."""
    pieces = [
        f"SELECT {number} AS n, _scope, {counted} AS counts FROM {rows}{_of(places)} GROUP BY _scope"
        for number, rows in enumerate(present)
    ]
    found: dict[str, dict[int, int]] = {}
    text = " UNION ALL ".join(pieces)
    for number, place, counts in run(Statement(text, tuple(places or ()) * len(pieces))) if pieces else ():
        found.setdefault(place, {})[number] = int(counts or 0)
    return found.items()


def _of(places: Sequence[str] | None) -> str:
    return "" if places is None else f" AND _scope IN ({', '.join('?' * len(places)) or 'NULL'})"


def aggregates(
    queries: Sequence[Aggregate],
    forms: Mapping[str, Form],
    run: Callable[[Statement], Iterable[tuple[Any, ...]]],
    rows: Rows,
    *,
    places: Sequence[str] | None = None,
    anywhere: Sequence[str] | None = None,
    now: dt.datetime | None = None,
    dialect: DialectName = "sqlite",
) -> list[dict[str, float]]:
    """Return for each query the figure of each group, by SQL or, where SQL cannot say it, over `rows`.

    `forms` are those of every register and roster that the queries name (`registers_of`). Counts and sums
    over one register are found in one pass over its table. Raises ExpressionError.
    """
    tables = {name: table_of(form, name) for name, form in forms.items()}

    def alone(query: Aggregate) -> dict[str, float]:
        try:
            made = aggregate_sql(query, tables, dialect, places=places, anywhere=anywhere, now=now)
        except NotSql:
            kinds = {name: _kinds_of(form, name) for name, form in forms.items()}
            counted = _counted(rows, forms)
            return aggregate_rows(query, counted, kinds, places=places, anywhere=anywhere, now=now)
        return {group: float(figure) for group, figure in run(made) if figure is not None}

    def shared(asked: Sequence[Aggregate]) -> list[dict[str, float]]:
        if len(asked) == 1:
            return [alone(asked[0])]
        try:
            made = aggregates_sql(asked, tables, dialect, places=places, anywhere=anywhere, now=now)
        except NotSql:
            return [alone(query) for query in asked]
        return _figures_of(asked, run(made))

    found: dict[int, dict[str, float]] = {}
    for numbers in _together(queries):
        found.update(zip(numbers, shared([queries[at] for at in numbers]), strict=True))
    return [found[at] for at in range(len(queries))]


def _together(queries: Sequence[Aggregate]) -> Iterable[list[int]]:
    """Return the numbers of those queries that may share one pass over their register."""
    together: dict[tuple[str, ...], list[int]] = {}
    for at, query in enumerate(queries):
        key = (query.register, query.group_by) if may_share(query) else (str(at),)
        together.setdefault(key, []).append(at)
    return together.values()


def _kinds_of(form: Form, name: str) -> Mapping[str, ColumnKind]:
    return kinds_of_roster(form, name.partition("/")[2]) if "/" in name else kinds_of(form)


def _figures_of(queries: Sequence[Aggregate], rows: Iterable[tuple[Any, ...]]) -> list[dict[str, float]]:
    """Return the figures of queries that were asked together, without the groups where no row counts."""
    groups, *columns = tuple(zip(*rows, strict=True)) or ((), *[()] * len(queries))
    found: list[dict[str, float]] = []
    for query, figures in zip(queries, columns, strict=True):
        pairs = zip(groups, figures, strict=True)
        if query.agg == "sum":
            found.append({group: float(figure) for group, figure in pairs if figure is not None})
        else:
            found.append({group: float(figure) for group, figure in pairs if figure})
    return found
