"""The city's register rows are those of the desks: what is empty here is empty there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sync_three_desks import NAMES, RECORDS, VILLAGE, World

from hsdesk.records.edits import Edit

RECORD = RECORDS[0]


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    try:
        yield made
    finally:
        made.close()


@pytest.mark.parametrize("erases", [False, True])
def test_a_row_of_a_roster_that_was_emptied_is_in_no_table(world: World, erases: bool) -> None:
    world.edit("a", RECORD, "members/r1/who", "样例")
    world.edit("a", RECORD, "members/r2/who", "留下")
    assert world.sync("a")
    emptied = Edit(VILLAGE, "mixed", RECORD, {"members/r1/who": None}, "a的人", erases=erases)
    world.desks["a"].commit(emptied)
    for name in NAMES:
        assert world.sync(name)
    world.check_rows()
    with world.service.database.reading() as connection:
        assert connection.all("SELECT _row, who FROM mixed__members") == [("r2", "留下")]


def test_an_answer_that_no_version_knows_and_that_was_emptied_is_on_no_shelf(world: World) -> None:
    world.edit("a", RECORD, "name", "样例")
    world.edit("a", RECORD, "unheard_of", "旧栏目")
    assert world.sync("a")
    world.edit("a", RECORD, "unheard_of", None)
    for name in NAMES:
        assert world.sync(name)
    world.check_rows()
    with world.service.database.reading() as connection:
        assert connection.all("SELECT _more FROM mixed") == [(None,)]
