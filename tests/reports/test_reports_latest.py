"""How far a task is: by the last reports on it and by all that it was broken down into."""

from __future__ import annotations

from datetime import date

import pytest
from registers_world import Memory
from shipped_world import DIRECTORY

from hsdesk.reports.counts import FigureDay
from hsdesk.reports.latest import latest_figures, latest_states
from hsdesk.reports.task_table import task_term

CITY, COUNTY, TOWN = (DIRECTORY.by_code(code).id for code in ("341000", "341021", "341021101"))
PLACES = (CITY, COUNTY, TOWN)
DAY = FigureDay(date(2026, 12, 31), date(2026, 1, 1))
Reports = dict[str, str]


def world(parents: dict[str, str], reports: Reports) -> Memory:
    """Return registers of tasks by name with the task above each, and of a report of the year on some."""
    tasks = [
        {"_id": name, "_place": PLACES[name.count(".")], "_title": name, "task_no": name, "parent": parent}
        for name, parent in parents.items()
    ]
    said = [
        {"_id": f"r{name}", "_place": TOWN, "_title": name, "task": name, "period": "2026", "status": status}
        for name, status in reports.items()
    ]
    return Memory({"task": tasks, "task_progress": said})


@pytest.mark.parametrize(
    ("reports", "done"),
    [
        ({"a.1": "2", "a.2": "2"}, True),
        ({"a.1": "2"}, False),  # of the other nothing is known
        ({"a.1": "2", "a.2": "1"}, False),
        ({"a.1": "2", "a.2": "4"}, True),  # a cancelled part is not asked
        ({"a.1": "2", "a.2": "2", "a": "1"}, False),  # a report on the whole counts as well
        ({"a.1.1": "2", "a.1": "2", "a.2": "2"}, True),
        ({"a": "2"}, False),
    ],
)
def test_a_task_is_done_when_all_its_parts_are(reports: Reports, done: bool) -> None:
    parents = {"a": "", "a.1": "a", "a.2": "a"} | ({"a.1.1": "a.1"} if "a.1.1" in reports else {})
    found = latest_figures(world(parents, reports), PLACES, task_term("task"), DAY)
    assert found == ({CITY: 1.0} if done else {})


def test_tasks_that_name_each_other_end_and_one_above_that_is_not_here_makes_no_part() -> None:
    circle = world({"a": "a.1", "a.1": "a"}, {"a": "2", "a.1": "2"})
    assert latest_figures(circle, PLACES, task_term("task"), DAY) == {}  # neither is a whole
    states = latest_states(world({"a.1": "gone"}, {"a.1": "2"}), PLACES, task_term("task"), DAY)
    assert states is not None
    assert [(one.said, one.is_part) for one in states] == [({"2"}, False)]
