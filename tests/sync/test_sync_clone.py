"""One disk copied to two computers: the copy is noticed, helped, and loses nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from sync_three_desks import RECORDS, World
from sync_world import KEY

from hsdesk.deskfile.desk_file import DeskFile


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.close()


def copy_disk(world: World, name: str, twin: str) -> None:
    """The twin's computer gets a copy of the disk of `name`, and of its login."""
    for one in (name, twin):
        world.desks[one].close()
    shutil.rmtree(world.folder / twin)
    shutil.copytree(world.folder / name, world.folder / twin)
    for one in (name, twin):
        world.desks[one] = DeskFile.open(world.folder / one, KEY)
    world.carriers[twin] = world.carriers[name]
    world.is_stolen = True
    paths = [str(world.desks[one]._connection.path) for one in (name, twin)]
    world.sight.copied(paths[0], paths[1])


def test_two_copies_that_both_typed_end_equal_and_keep_both_answers(world: World) -> None:
    world.edit("a", RECORDS[0], "name", "原来")
    assert world.sync("a")
    copy_disk(world, "a", "b")
    world.edit("a", RECORDS[0], "name", "甲")
    world.edit("b", RECORDS[0], "name", "乙")
    world.edit("b", RECORDS[1], "name", "另一条")
    assert world.sync("a")
    assert world.sync("b")
    assert world.desks["b"].device_epoch() > world.desks["a"].device_epoch()
    assert world.sync("a")
    world.healed = 0
    world.check()
    (conflict,) = world.desks["a"].conflicts()
    assert {candidate.value for candidate in conflict.candidates} == {"甲", "乙"}
    assert world.answers("a", RECORDS[1])["name"] == "另一条"


def test_a_copy_that_only_reads_is_told_what_the_other_wrote(world: World) -> None:
    world.edit("a", RECORDS[0], "name", "原来")
    assert world.sync("a")
    copy_disk(world, "a", "b")
    world.edit("a", RECORDS[0], "name", "甲")
    assert world.sync("a")
    assert world.sync("b")
    assert world.answers("b", RECORDS[0])["name"] == "甲"
