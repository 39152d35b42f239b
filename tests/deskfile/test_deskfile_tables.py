"""Register tables in both dialects, on real databases."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from deskfile_forms import ORG, text

from hsdesk.forms.naming import identifier
from hsdesk.forms.schema import Form
from hsdesk.registers.tables import (
    all_tables,
    create_sql,
    drop_sql,
    quoted,
    register_table,
    upsert_numbered_sql,
    upsert_sql,
)

LONG = "很长的栏目名称" * 5
ODD = Form(
    "Odd 表",
    "1",
    "怪",
    children=(text("Name"), text("name"), text('q"uote'), text(LONG + "甲"), text(LONG + "乙")),
)
ROW = ("place", "r1", "1", None, None, "题名", 7, None, 3, 2, 20000, None, None)


def test_a_form_becomes_readable_tables() -> None:
    made = register_table(ORG)
    assert [table.name for table in all_tables(made)] == [
        "social_org",
        "social_org__staff",
        "social_org__staff__posts",
    ]
    assert {column.name: column.type for column in made.table.columns[13:]} == {
        "name": "text", "leader": "text", "phone": "text", "members": "integer",
        "funds": "real", "kinds": "text", "founded": "text", "note": "text",
    }  # fmt: skip
    assert all_tables(made)[1].key == ("_scope", "_record", "_row")
    assert made.table.key == ("_scope", "_id")


@pytest.mark.parametrize("form", [ORG, ODD])
def test_sqlite_takes_the_tables_and_writes_rows_twice(form: Form) -> None:
    database = sqlite3.connect(":memory:")
    made = register_table(form)
    for table in all_tables(made):
        for statement in create_sql(table, "sqlite"):
            database.execute(statement)
    answers = [None] * len(made.keys)
    database.execute(upsert_numbered_sql(made.table), (1, *ROW, *answers))
    database.execute(upsert_sql(made.table, "sqlite"), (*ROW[:5], "新题名", *ROW[6:], *answers))
    name = quoted(made.table.name)
    assert database.execute(f"SELECT _n, _title FROM {name}").fetchall() == [(1, "新题名")]
    for table in all_tables(made):
        database.execute(drop_sql(table))
    assert database.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    database.close()


@pytest.mark.parametrize("form", [ORG, ODD])
def test_postgresql_takes_the_same_tables(postgres_url: str, form: Form) -> None:
    if not postgres_url:
        pytest.skip("no PostgreSQL here")
    import psycopg

    made = register_table(form)
    with psycopg.connect(postgres_url) as database:
        database.execute("CREATE SCHEMA tables_test")
        database.execute("SET search_path TO tables_test")
        for table in all_tables(made):
            for statement in create_sql(table, "postgresql"):
                database.execute(statement)
        answers = [None] * len(made.keys)
        for title in ("题名", "新题名"):
            database.execute(upsert_sql(made.table, "postgresql"), (*ROW[:5], title, *ROW[6:], *answers))
        titles = database.execute(f"SELECT _title FROM {quoted(made.table.name)}").fetchall()
        columns = database.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s", (made.table.name,)
        ).fetchall()
        database.rollback()
    assert titles == [("新题名",)]
    assert {name for (name,) in columns} == set(made.table.names)


def test_names_too_long_for_a_database_stay_apart() -> None:
    first, second = identifier(LONG + "甲"), identifier(LONG + "乙")
    assert first != second
    assert max(len(name.encode()) for name in (first, second)) <= 60
    assert len({name.casefold() for name in register_table(ODD).table.names}) == len(
        register_table(ODD).table.names
    )
