"""A server restored from yesterday's backup: desks offer again what it lost, and all end equal."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sync_three_desks import NAMES, OTHER, RECORDS, VILLAGE, World

from hsdesk.model.answer import MOVED_TO
from hsdesk.records.edits import Edit
from hsdesk.sync.loop import SyncReport, synchronise


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.close()


def restore_after(world: World, lost: list[tuple[str, str, str]]) -> None:
    """Back up, let the edits happen and be synced, and put the backup back."""
    world.back_up_server()
    for name, record, value in lost:
        world.edit(name, record, "name", value)
        assert world.sync(name)
    world.restore_server()


def test_what_the_server_forgot_comes_back_from_the_desks(world: World) -> None:
    world.edit("a", RECORDS[0], "name", "早")
    assert world.sync("a")
    assert world.sync("b")
    restore_after(world, [("a", RECORDS[0], "晚"), ("b", RECORDS[1], "新"), ("t", RECORDS[2], "乡镇")])
    world.edit("b", RECORDS[0], "count", 3)
    for name in NAMES:
        assert world.sync(name)
    world.check()
    assert world.answers("t", RECORDS[0])["name"] == "晚"
    assert world.answers("a", RECORDS[1])["name"] == "新"
    assert world.answers("b", RECORDS[2])["name"] == "乡镇"


def test_who_saw_what_the_server_forgot_does_not_overwrite_it_in_silence(world: World) -> None:
    world.edit("a", RECORDS[0], "name", "早")
    assert world.sync("a")
    restore_after(world, [("a", RECORDS[0], "晚")])
    assert world.sync("b")
    world.edit("b", RECORDS[0], "name", "乙")
    assert world.sync("b")
    assert world.sync("a")
    world.check()


def test_an_op_offered_again_has_not_seen_what_took_its_place_meanwhile(world: World) -> None:
    world.edit("a", RECORDS[0], "name", "早")
    for name in NAMES:
        assert world.sync(name)
    world.back_up_server()
    for name, value in (("b", "乙"), ("a", "甲")):
        world.edit(name, RECORDS[0], "name", value)
        assert world.sync("b")
        assert world.sync("a")
    world.restore_server()
    world.edit("t", RECORDS[0], "name", "丙")
    assert world.sync("t")
    assert world.sync("a")
    world.check()


def report_of(world: World, name: str) -> SyncReport:
    return synchronise(world.desks[name], world.carriers[name], pause=lambda _: None)


def test_what_no_laptop_offers_again_is_told_and_not_read_for_over_and_over(world: World) -> None:
    world.back_up_server()
    world.edit("a", RECORDS[0], "name", "只有甲写过")
    assert world.sync("a")
    assert world.sync("b")
    world.restore_server()  # and the laptop that wrote is away
    world.edit("t", RECORDS[0], "count", 1)
    assert world.sync("t")
    first = report_of(world, "b")
    assert (first.healed, first.differing) == (0, 0)
    assert world.answers("b", RECORDS[0]) == {"count": 1}
    assert [(one.path, one.value) for one in world.desks["b"].lost()] == [("name", "只有甲写过")]
    world.edit("t", RECORDS[1], "count", 2)
    assert world.sync("t")
    again = report_of(world, "b")
    assert (again.healed, again.differing, again.pulled) == (0, 0, 1)
    assert world.sync("a")
    report_of(world, "b")
    assert world.answers("b", RECORDS[0]) == {"name": "只有甲写过", "count": 1}
    assert world.desks["b"].lost() == ()


def test_a_stream_that_a_restored_server_has_lost_whole_is_not_shown_for_ever(world: World) -> None:
    world.back_up_server()
    world.edit("a", RECORDS[0], "name", "只有甲写过")
    for name in ("a", "b", "t"):
        assert world.sync(name)
    world.restore_server()  # nobody has written to it since, and the laptop that had is away
    for name in ("b", "t"):
        assert world.sync(name)
        assert world.answers(name, RECORDS[0]) == {}
        assert [one.value for one in world.desks[name].lost()] == ["只有甲写过"]
    world.check()
    assert world.answers("b", RECORDS[0]) == {"name": "只有甲写过"}


def move(world: World, source: str = VILLAGE, into: str = OTHER) -> None:
    world.desks["t"].commit(Edit(source, "mixed", RECORDS[0], {MOVED_TO: into}, "t的人"))


def test_answers_that_were_taken_before_a_record_moved_come_back_where_it_is(world: World) -> None:
    world.edit("a", RECORDS[0], "name", "早")
    assert world.sync("a")
    world.back_up_server()
    world.edit("a", RECORDS[0], "name", "晚")
    world.edit("a", RECORDS[0], "count", 3)
    for name in ("a", "b", "t"):
        assert world.sync(name)
    move(world)
    for name in ("t", "a", "b"):
        assert world.sync(name)
    world.restore_server()
    for name in ("t", "a", "t", "b"):  # the move is offered again first
        assert world.sync(name)
    assert world.desks["a"].rejected_ops() == ()
    assert world.answers("t", RECORDS[0], OTHER) == {"name": "晚", "count": 3}
    assert world.desks["a"].scopes_of(RECORDS[0]) == ()
    world.check()


def test_what_a_village_types_late_is_not_taken_for_an_op_offered_again(world: World) -> None:
    world.edit("a", RECORDS[0], "name", "早")
    for name in NAMES:
        assert world.sync(name)
    move(world)
    assert world.sync("t")
    world.back_up_server()
    world.restore_server()
    world.edit("a", RECORDS[0], "name", "晚")  # it had moved before the backup
    for name in NAMES:
        assert world.sync(name)
    assert [aside.reason for aside in world.desks["a"].rejected_ops()] == [
        "没有填报这份数据的权限，请向上级申请。"
    ]
