"""A ledger (积分流水) of 5,000 entries, 50 of them reversed: all its rules, and opening one entry.

The entry names the entry it reverses, so that the whole ledger is among its choices.
"""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from bench.table import Row

ENTRIES, REVERSED, HOUSEHOLDS, RULES, RUNS = 5_000, 50, 300, 20, 5
VILLAGE, PASSPHRASE = "341021101204", "kou-ling-2020"
LEDGER = "point_ledger"


def rows() -> list[Row]:
    """Return the figures; their floor reads every row of the ledger once, as its table holds it."""
    from hsdesk.desk import Desk
    from hsdesk.desk.values import ListQuery

    with tempfile.TemporaryDirectory() as folder:
        desk, _ = Desk.create(Path(folder) / "home", (VILLAGE,), "汪文书", PASSPHRASE)
        _fill(desk)
        record = desk.lists.keys(LEDGER, ListQuery())[0].record
        floor = _wait(lambda: list(desk._file.query(LEDGER)))
        told = f"its rows read {floor:.0f} ms ({ENTRIES:,} entries, {REVERSED} reversed)"
        taken = [
            Row(figure, target, wait, "ms", wait / floor, told)
            for figure, target, wait in (
                ("check of a ledger", "≤ 60 ×", _wait(lambda: desk.reports.findings(LEDGER), 1)),
                ("open an entry, median", "≤ 3 ×", _wait(lambda: _seen(desk, record))),
                ("open a new entry, median", "≤ 3 ×", _wait(lambda: _seen(desk, None))),
            )
        ]
        desk.close()
    return taken


def _fill(desk: Any) -> None:
    day = dt.date(2026, 1, 1)
    houses = [{"head_name": f"程某{number}", "group": "1组"} for number in range(HOUSEHOLDS)]
    points = [
        {"code": f"A{number}", "kind": "1", "item": f"事项{number}", "points": 5, "valid_from": "2026-01-01"}
        for number in range(RULES)
    ]
    households, rules = _added(desk, "household", houses), _added(desk, "point_rule", points)
    entries = _added(
        desk,
        LEDGER,
        [
            {
                "household": households[number % HOUSEHOLDS],
                "rule": rules[number % RULES],
                "happened_on": (day + dt.timedelta(days=number % 300)).isoformat(),
                "recorder": "汪文书",
                "points": 5,
            }
            for number in range(ENTRIES)
        ],
    )
    for record in entries[:REVERSED]:
        desk.records.reverse(LEDGER, record, "记错了户")


def _added(desk: Any, register: str, contents: list[dict[str, Any]]) -> tuple[str, ...]:
    from hsdesk.desk.json_records import JsonRecord

    stored = desk.bulk.add(register, [JsonRecord(line, content) for line, content in enumerate(contents, 1)])
    assert not stored.rejected
    return tuple(stored.ids)


def _seen(desk: Any, record: str | None) -> None:
    """Open an entry and read what its page shows of every answer."""
    session = desk.records.entry(LEDGER, record).session
    for path in session.effective():
        session.node(path)


def _wait(action: Callable[[], object], runs: int = RUNS) -> float:
    """Return the median wait in milliseconds."""
    waits = []
    for _ in range(runs):
        started = time.perf_counter()
        action()
        waits.append((time.perf_counter() - started) * 1000)
    return median(waits)
