"""Closures and SQL give the same answer, on random predicates, figures and data."""

from __future__ import annotations

import datetime as dt
import math
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hsdesk.language.aggregate import Aggregate, Related
from hsdesk.language.aggregate_rows import aggregate_rows
from hsdesk.language.aggregate_sql import SqlTable, aggregate_sql
from hsdesk.language.problem import ExpressionError, NotSql
from hsdesk.language.rows import SYSTEM_KINDS, ColumnKind, RowExpression, row_predicate
from hsdesk.language.sql import SqlColumn, number_sql, predicate_sql

NOW = dt.datetime(2026, 11, 22, 9, 30).astimezone()
KINDS: dict[str, ColumnKind] = {
    **SYSTEM_KINDS, "kind": "text", "名称": "text",
    "members": "integer", "area": "decimal", "filed_on": "date",
    "closed_on": "date", "tags": "set",
}  # fmt: skip
COLUMNS = {
    name: SqlColumn("_scope" if name == "_place" else name, kind, is_key=name in ("_id", "_place"))
    for name, kind in KINDS.items()
}
TYPES = {"integer": "INTEGER", "decimal": "REAL"}

texts = st.sampled_from(["", "C", "N", "1", "2.5", " 3 ", "abc", "是", "2026-01-31", "-4", "a b", "0", "r1"])
numbers = st.sampled_from(["0", "1", "-1", "2.5", "3", "100", "0.1"])
days = st.sampled_from(["2026-01-31", "2026-11-22", "2025-12-31", "2000-02-29"])
codes = st.lists(st.sampled_from(["a", "b", "ab", "1"]), unique=True, max_size=3)

rows = st.fixed_dictionaries(
    {
        "kind": st.none() | texts.filter(bool),
        "名称": st.none() | texts.filter(bool),
        "members": st.none() | st.integers(-3, 120),
        "area": st.none() | st.sampled_from([0.0, 0.1, 2.5, -1.0, 30.0]),
        "filed_on": st.none() | days,
        "closed_on": st.none() | days,
        "tags": st.none() | codes.filter(bool).map(tuple),
        "_place": st.sampled_from(["p1", "p2"]),
    }
)
tables = st.lists(rows, max_size=6).map(
    lambda found: [{**row, "_id": f"r{place}", "_title": ""} for place, row in enumerate(found)]
)


def literal(text: str) -> str:
    return f"'{text}'"


columns = st.sampled_from(["kind", "名称", "members", "area", "filed_on", "closed_on", "tags"])
constants = (
    texts.map(literal)
    | numbers
    | days.map(lambda day: f"date('{day}')")
    | st.sampled_from(["today()", "true()"])
)
texts_of = st.recursive(
    columns | texts.map(literal),
    lambda inner: (
        st.builds("concat({}, {})".format, inner, inner)
        | st.builds("string({})".format, inner)
        | st.builds("if({} = 'C', {}, 'x')".format, columns, inner)
        | st.builds(
            "format-date({}, '{}')".format,
            st.sampled_from(["filed_on", "closed_on"]),
            st.sampled_from(["%Y-%m", "%Y%m%d", "%d", "y%Y"]),
        )
    ),
    max_leaves=3,
)
scalars = st.recursive(
    columns | constants,
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*"]), inner)
        | st.builds("({} div {})".format, inner, st.sampled_from(["2", "-4"]))
        | st.builds("-{}".format, inner)
        | st.builds("{}({})".format, st.sampled_from(["number", "int", "abs", "string-length"]), inner)
    ),
    max_leaves=4,
)
tests = st.recursive(
    st.builds("{} {} {}".format, scalars, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), scalars)
    | st.builds("selected({}, {})".format, columns, st.sampled_from(["'a'", "'ab'", "'C'", "''"]))
    | st.builds(
        "{}({}, {})".format, st.sampled_from(["contains", "starts-with"]), texts_of, texts.map(literal)
    )
    | st.builds("count-selected(tags) {} {}".format, st.sampled_from(["=", ">"]), numbers)
    | st.builds("{} = {}".format, texts_of, texts_of)
    | st.builds("number({}) < {}".format, texts_of, scalars)
    | st.builds("_id {} {}".format, st.sampled_from(["=", "!="]), texts_of)
    | columns,
    lambda inner: (
        st.builds("({}) and ({})".format, inner, inner)
        | st.builds("({}) or ({})".format, inner, inner)
        | st.builds("not({})".format, inner)
        | st.builds("({}) = ({})".format, inner, inner)
    ),
    max_leaves=4,
)


@pytest.fixture(scope="module")
def database() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    for name in ("org", "活动"):
        defined = ", ".join(
            f'"{column.name}" {TYPES.get(column.kind, "TEXT")}' for column in COLUMNS.values()
        )
        connection.execute(f'CREATE TABLE "{name}" ({defined}, "_deleted" TEXT, "_merged_into" TEXT)')
    yield connection
    connection.close()


def stored(value: Any) -> Any:
    return "[" + ",".join(f'"{code}"' for code in value) + "]" if isinstance(value, tuple) else value


def fill(database: sqlite3.Connection, table: str, found: list[dict[str, Any]]) -> None:
    database.execute(f'DELETE FROM "{table}"')
    names = ", ".join(f'"{COLUMNS[name].name}"' for name in KINDS)
    marks = ", ".join("?" * len(KINDS))
    for row in found:
        database.execute(
            f'INSERT INTO "{table}" ({names}) VALUES ({marks})', [stored(row.get(name)) for name in KINDS]
        )


def outcome(function: Any) -> Any:
    try:
        return function()
    except ExpressionError as problem:
        return problem.message


@settings(deadline=None, max_examples=400)
@given(test=tests, found=tables)
def test_a_row_predicate_means_the_same_in_sql(
    database: sqlite3.Connection, test: str, found: list[dict[str, Any]]
) -> None:
    try:
        condition = predicate_sql(test, COLUMNS, "sqlite", now=NOW)
    except NotSql:
        return
    fill(database, "org", found)
    kept = {
        row[0]
        for row in database.execute(f'SELECT "_id" FROM "org" AS t WHERE {condition.text}', condition.params)
    }
    holds = row_predicate(test, KINDS, NOW)
    assert kept == {row["_id"] for row in found if holds(row)}, condition.text


@settings(deadline=None, max_examples=300)
@given(scalar=scalars, found=tables)
def test_a_scalar_means_the_same_in_sql(
    database: sqlite3.Connection, scalar: str, found: list[dict[str, Any]]
) -> None:
    try:
        number = number_sql(scalar, COLUMNS, "sqlite", now=NOW)
    except NotSql:
        return
    fill(database, "org", found)
    by_sql = dict(database.execute(f'SELECT "_id", {number.text} FROM "org" AS t', number.params))
    of = RowExpression(scalar, KINDS, NOW)
    for row in found:
        mine = of.number(row)
        theirs = by_sql[row["_id"]]
        assert theirs == pytest.approx(mine, abs=1e-9) if not math.isnan(mine) else theirs is None


related = st.builds(
    Related,
    st.just("活动"),
    st.sampled_from(
        ["名称 = current()/名称", "kind = current()/_id", "members > current()/members", "true()"]
    ),
    st.just("") | tests,
    absent=st.booleans(),
    anywhere=st.booleans(),
)
nested = st.builds(
    lambda outer, inner: msgspec.structs.replace(outer, exists=(inner,)), related, related
)  # what the related row must have in its turn
LIMITS = st.none() | st.just(["p1"])  # of the places looked at
BOTH = st.tuples(LIMITS, LIMITS)
aggregates = st.builds(
    Aggregate,
    st.just("org"),
    st.just("") | tests,
    st.lists(related | nested, max_size=2).map(tuple),
    st.sampled_from(["count", "sum", "avg", "min", "max", "median", "latest"]),
    st.sampled_from(["members", "area", "filed_on", "members * 2", "kind"]),
    st.sampled_from(["filed_on", "members", "area"]),
    st.sampled_from(["", "place", "kind"]),
    st.sampled_from(["", "2026-06-30"]),
)


def figures(
    database: sqlite3.Connection,
    query: Aggregate,
    places: list[str] | None,
    anywhere: list[str] | None,
) -> Mapping[str, float]:
    views = {name: SqlTable(name, COLUMNS) for name in ("org", "活动")}
    made = aggregate_sql(query, views, "sqlite", places=places, anywhere=anywhere, now=NOW)
    return {group: value for group, value in database.execute(made.text, made.params) if value is not None}


@settings(deadline=None, max_examples=400)
@given(query=aggregates, found=tables, others=tables, limits=BOTH)
def test_a_figure_is_the_same_in_sql(
    database: sqlite3.Connection,
    query: Aggregate,
    found: list[dict[str, Any]],
    others: list[dict[str, Any]],
    limits: tuple[list[str] | None, list[str] | None],
) -> None:
    places, anywhere = limits
    fill(database, "org", found)
    fill(database, "活动", others)
    try:
        by_sql = figures(database, query, places, anywhere)
    except NotSql:
        return
    data = {"org": found, "活动": others}
    by_rows = aggregate_rows(
        query, data.__getitem__, {"org": KINDS, "活动": KINDS}, places=places, anywhere=anywhere, now=NOW
    )
    assert by_sql.keys() == by_rows.keys()
    for group, figure in by_rows.items():
        assert by_sql[group] == pytest.approx(figure)
