"""PostgreSQL gives what the closures give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from test_language_sql import BOTH, COLUMNS, KINDS, NOW, aggregates, stored, tables, tests

from hsdesk.language.aggregate import Aggregate
from hsdesk.language.aggregate_rows import aggregate_rows
from hsdesk.language.aggregate_sql import SqlTable, aggregate_sql
from hsdesk.language.problem import NotSql
from hsdesk.language.rows import row_predicate
from hsdesk.language.sql import predicate_sql

TYPES = {"integer": "bigint", "decimal": "double precision"}
CALM = settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def database(postgres_url: str) -> Iterator[Any]:
    if not postgres_url:
        pytest.skip("no PostgreSQL here")
    psycopg = pytest.importorskip("psycopg")
    with psycopg.connect(postgres_url) as connection:
        for name in ("org", "活动"):
            defined = ", ".join(
                f'"{column.name}" {TYPES.get(column.kind, "text")}' for column in COLUMNS.values()
            )
            connection.execute(
                f'CREATE TEMPORARY TABLE "{name}" ({defined}, "_deleted" text, "_merged_into" text)'
            )
        yield connection
        connection.rollback()


def asked(database: Any, text: str, params: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = database.execute(
        text.replace("%", "%%").replace("?", "%s"), params
    ).fetchall()
    return found


def fill(database: Any, table: str, found: list[dict[str, Any]]) -> None:
    database.execute(f'DELETE FROM "{table}"')
    names = ", ".join(f'"{COLUMNS[name].name}"' for name in KINDS)
    marks = ", ".join(["%s"] * len(KINDS))
    for row in found:
        database.execute(
            f'INSERT INTO "{table}" ({names}) VALUES ({marks})', [stored(row.get(name)) for name in KINDS]
        )


@CALM
@given(test=tests, found=tables)
def test_a_row_predicate_means_the_same_in_postgresql(
    database: Any, test: str, found: list[dict[str, Any]]
) -> None:
    try:
        condition = predicate_sql(test, COLUMNS, "postgresql", now=NOW)
    except NotSql:
        return
    fill(database, "org", found)
    kept = {
        row[0]
        for row in asked(database, f'SELECT "_id" FROM "org" AS t WHERE {condition.text}', condition.params)
    }
    holds = row_predicate(test, KINDS, NOW)
    assert kept == {row["_id"] for row in found if holds(row)}, condition.text


@CALM
@given(query=aggregates, found=tables, others=tables, limits=BOTH)
def test_a_figure_is_the_same_in_postgresql(
    database: Any,
    query: Aggregate,
    found: list[dict[str, Any]],
    others: list[dict[str, Any]],
    limits: tuple[list[str] | None, list[str] | None],
) -> None:
    places, anywhere = limits
    fill(database, "org", found)
    fill(database, "活动", others)
    views = {name: SqlTable(name, COLUMNS) for name in ("org", "活动")}
    try:
        made = aggregate_sql(query, views, "postgresql", places=places, anywhere=anywhere, now=NOW)
    except NotSql:
        return
    by_sql = {group: value for group, value in asked(database, made.text, made.params) if value is not None}
    data = {"org": found, "活动": others}
    by_rows = aggregate_rows(
        query, data.__getitem__, {"org": KINDS, "活动": KINDS}, places=places, anywhere=anywhere, now=NOW
    )
    assert by_sql.keys() == by_rows.keys()
    for group, figure in by_rows.items():
        assert float(by_sql[group]) == pytest.approx(figure)
