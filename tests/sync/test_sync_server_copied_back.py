"""A backup put back by hand (a copied file, `pg_restore`): what desks have seen betrays it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sync_three_desks import NAMES, RECORDS, World

from hsdesk.city.sql.schema import setting
from hsdesk.errors import Refused


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.close()


def seen_and_lost(world: World) -> None:
    """What two desks type after the backup is seen by all, and gone with it."""
    world.edit("a", RECORDS[0], "name", "早")
    for name in NAMES:
        assert world.sync(name)
    world.back_up_server()
    world.edit("b", RECORDS[0], "count", 1)
    assert world.sync("b")
    assert world.sync("t")
    world.edit("t", RECORDS[0], "count", 2)
    for name in ("t", "a", "b"):
        assert world.sync(name)


def test_who_had_seen_as_many_revisions_has_not_seen_those_that_took_their_place(world: World) -> None:
    seen_and_lost(world)
    world.edit("b", RECORDS[0], "name", "乙")
    world.edit("a", RECORDS[0], "name", "甲")
    world.copy_server_back()
    for name in ("b", "a"):
        assert world.sync(name)
    world.check()
    assert world.answers("t", RECORDS[0])["count"] == 2
    assert {c.value for c in world.desks["t"].conflicts()[0].candidates} >= {"甲", "乙"}


def test_a_desk_with_nothing_to_send_offers_again_what_the_server_forgot(world: World) -> None:
    seen_and_lost(world)
    world.copy_server_back()
    for name in ("a", "t", "b"):
        assert world.sync(name)
    world.check()
    assert {world.answers(name, RECORDS[0])["count"] for name in NAMES} == {2}


def test_a_desk_that_had_read_further_than_the_server_reads_all_again(world: World) -> None:
    seen_and_lost(world)
    world.copy_server_back()
    for name in ("b", "t", "a"):
        assert world.sync(name)
    world.check()


def test_an_op_offered_again_has_not_seen_what_took_its_place(world: World) -> None:
    world.back_up_server()
    world.edit("a", RECORDS[0], "name", "早")
    for name in NAMES:
        assert world.sync(name)
    world.edit("b", RECORDS[0], "name", "乙")
    assert world.sync("b")
    world.copy_server_back()
    world.edit("t", RECORDS[0], "name", "丙")  # has seen 早, which is gone
    for name in ("t", "b", "a"):
        assert world.sync(name)
    world.check()


def lie(world: World, name: str) -> None:
    """A computer says that it has read what never was."""
    core = world.desks[name]._connection
    with core.transaction():
        core.run("UPDATE hs_stream SET since = since + 100")
        core.forget_streams()


def epoch_of(world: World) -> str:
    with world.service.database.reading() as connection:
        return setting(connection, "server_epoch")


def test_a_computer_that_lies_makes_all_read_again_once_and_is_refused_then(world: World) -> None:
    world.edit("a", RECORDS[0], "name", "早")
    for name in NAMES:
        assert world.sync(name)
    began = epoch_of(world)
    world.be_blind()  # the epoch that begins is nobody's restore
    lie(world, "a")
    assert world.sync("a")
    assert epoch_of(world) != began == world.desks["b"].server_epoch()
    with world.service.database.reading() as connection:
        said = connection.all("SELECT who, action FROM hs_audit ORDER BY n DESC LIMIT 1")
    assert said == [("device-a", "went-back")]
    began = epoch_of(world)
    lie(world, "a")
    with pytest.raises(Refused, match=r"比这台电脑上次看到的旧.*都保存在本机.*重新启动"):
        world.sync("a")
    assert epoch_of(world) == began
    for name in ("b", "t"):
        assert world.sync(name)  # nobody else is held up
        assert world.answers(name, RECORDS[0]) == {"name": "早"}
