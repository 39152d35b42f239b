"""What it costs to decide whether an op is taken, beside a bare loop that only applies it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

from bench import floors
from bench.server import ops_of
from bench.table import Row
from bench.workload import N, form, place, taken, workload


def rows() -> list[Row]:
    """Return the processor time of the table per op, for creates of 26 answers and for edits of one."""
    given, village = workload(), place()
    bare = 1e6 / floors.bare_edits_per_second(given.records)
    creates, edits = ops_of(given, village.id, "t0")
    return [
        _row("creates of 26 answers", creates, bare, "≤ 0.2 ×"),
        _row("edits of one answer", edits, bare, "≤ 0.1 ×"),
    ]


def _row(kind: str, ops: list[Any], bare: float, target: str) -> Row:
    micros = _micros(ops)
    floor = f"bare apply loop {bare:.1f} µs"
    return Row(f"validation of an op: {kind}", target, micros, "µs per op", micros / bare, floor)


def _micros(ops: list[Any]) -> float:
    """Return the processor time per op of both looks: at the op itself, and beside what the ledger holds."""
    from hsdesk.city.ledger.owners import Owner, Owners
    from hsdesk.city.ledger.validation import Standing, Validation
    from hsdesk.city.people.permission import Reach, Rule
    from hsdesk.city.sql.sqlite_database import SqliteConnection
    from hsdesk.model.place import load_directory
    from hsdesk.records.form_shape import form_shape

    places = load_directory()
    reach = Reach("village", (Rule(place().id),), places)
    shape = form_shape(form())
    nothing = Standing(None, {})
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE hs_owner (record TEXT PRIMARY KEY, scope TEXT, form TEXT)")
        owners = Owners(SqliteConnection(connection), ())
        if len(ops[0].answers) == 1:
            for op in ops:
                owners.make(op.record, Owner(op.scope, op.form))

        def judged() -> None:
            for start in range(0, N, 500):
                validation = Validation(reach, {shape.form_id: shape}, places)
                for op in ops[start : start + 500]:
                    assert not validation.refused(op)
                    assert not validation.refused_beside(op, shape, nothing, owners)

        _, seconds = taken(judged)
    return seconds / N * 1e6
