"""Bugs that cost somebody data, planted on purpose: each is found by a strategy of its own, and by chance.

Every scenario first runs on the real code, where it must end well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sync_checks import CHECKS
from sync_kernel_plants import PLANTS
from sync_machine import run_machine
from sync_plants import (
    Plant,
    bigserial_cursor,
    cursor_outside_the_page,
    early_since,
    erasure_without_fence,
    no_deduplication,
    page_cursor,
    prune_on_export,
    pull_with_waiting_ops,
    suppressed_echo_of_a_lost_conflict,
    tombstones_purged_without_fence,
)
from sync_three_desks import NAMES, RECORDS, World
from sync_world import new_ids

Scenario = Callable[[World], None]


def edits_between_two_pages(world: World) -> None:
    """B reads a long stream page by page; while it reads, A changes records of pages already read."""
    ids = new_ids(9)
    records = [next(ids) for _ in range(8)]
    for record in records:
        world.edit("a", record, "name", "早")
        world.edit("a", record, "count", 1)
    assert world.sync("a")
    world.sync("b", [("before", 3)])
    for record in records[:3]:
        world.edit("a", record, "count", 2)
    assert world.sync("a")
    assert world.sync("b")
    assert {world.answers("b", r).get("count") for r in records[:3]} == {2}
    assert {world.answers("b", r).get("name") for r in records} == {"早"}


def a_lost_acknowledgement(world: World) -> None:
    """A's chunk arrives, its receipt does not; meanwhile B overwrites knowingly; A sends again."""
    record = RECORDS[0]
    world.edit("a", record, "name", "甲")
    assert not world.sync("a", [("after", 1), ("before", 2), ("before", 3), ("before", 4), ("before", 5)])
    assert world.sync("b")
    world.edit("b", record, "name", "乙")
    assert world.sync("b")
    assert world.sync("a")
    assert world.answers("a", record)["name"] == "乙"
    assert world.desks["a"].conflicts() == ()


def a_conflict_lost_while_away(world: World) -> None:
    """A's second edit loses against one it had not seen: A must be told what holds."""
    record = RECORDS[0]
    world.edit("a", record, "name", "原来")
    assert world.sync("a")
    assert world.sync("b")
    world.set_clock("b", 2)
    world.edit("b", record, "name", "乙")
    assert world.sync("b")
    world.edit("a", record, "name", "甲")
    assert world.sync("a")
    assert world.answers("a", record)["name"] == "乙"


def typing_while_a_page_arrives(world: World) -> None:
    """B's answer comes down while A has typed another and not yet sent it."""
    record = RECORDS[0]
    world.edit("a", record, "name", "原来")
    assert world.sync("a")
    assert world.sync("b")
    world.edit("b", record, "name", "乙")
    assert world.sync("b")

    def type_then_answer(moment: str, kind: str) -> None:
        if (moment, kind) == ("after", "pull") and world.answers("a", record)["name"] == "原来":
            world.edit("a", record, "name", "甲")

    carrier = world.carriers["a"]
    carrier._fault = type_then_answer
    assert world.sync("a")
    carrier._fault = world.cable
    world.check()


def a_crash_between_rows_and_cursor(world: World) -> None:
    """B is killed while it writes a page; afterwards it must read that page again."""
    record = RECORDS[0]
    world.edit("a", record, "name", "甲")
    assert world.sync("a")
    world.die_reading("b", page=1)
    assert world.sync("b")
    assert world.answers("b", record).get("name") == "甲"


def a_push_that_takes_long(world: World) -> None:
    """While A's chunk is under way, B's comes in, and T reads all there is."""
    for name in ("a", "b", "t"):
        assert world.sync(name)
    world.edit("a", RECORDS[0], "name", "甲")
    world.edit("b", RECORDS[1], "name", "乙")

    world.sync_meanwhile("a", "before", 1, lambda: [world.sync("b"), world.sync("t")])
    assert world.sync("t")
    assert world.answers("t", RECORDS[1])["name"] == "乙"
    assert world.answers("t", RECORDS[0])["name"] == "甲"


def a_cut_before_anything_arrived(world: World) -> None:
    """The line breaks with A's chunk on its way up; A tries again later."""
    world.edit("a", RECORDS[0], "name", "甲")
    assert not world.sync("a", [("before", 1)])
    assert world.desks["a"].pending_count() == 1
    assert world.sync("a")
    assert world.sync("b")
    assert world.answers("b", RECORDS[0])["name"] == "甲"


def a_deletion_while_away(world: World) -> None:
    """A deletes a record while B is away and goes on with others: B is told, late as it is."""
    record = RECORDS[0]
    world.edit("a", record, "name", "误填的人")
    for name in ("a", "b", "t"):
        assert world.sync(name)
    world.edit("a", record, "_deleted", "误填")
    assert world.sync("a")
    world.edit("a", RECORDS[1], "name", "别人")
    for name in ("a", "b", "t"):
        assert world.sync(name)
    assert [world.answers(name, record).get("_deleted") for name in NAMES] == ["误填"] * 3


def an_edit_of_what_was_deleted_while_away(world: World) -> None:
    """B goes on with a record that A has deleted meanwhile: it is there again for all, and all are asked."""
    record = RECORDS[0]
    world.edit("a", record, "name", "搬走的人")
    for name in ("a", "b", "t"):
        assert world.sync(name)
    world.edit("a", record, "_deleted", "已搬走")
    assert world.sync("a")
    world.edit("b", record, "count", 1)
    for name in ("t", "b", "t", "a"):
        assert world.sync(name)
    for name in NAMES:
        assert world.answers(name, record).get("_deleted") is None, name
        assert world.answers(name, record).get("name") == "搬走的人", name
        assert [c.path for c in world.desks[name].conflicts()] == ["_deleted"], name


def an_answer_typed_before_an_erasure(world: World) -> None:
    """A has a record erased while B is away and goes on with it: B's late answers do not raise it again."""
    record = RECORDS[0]
    world.edit("a", record, "name", "要清除的人")
    for name in ("a", "b", "t"):
        assert world.sync(name)
    world.edit("b", record, "count", 1)
    world.erase("a", record, "")
    assert world.sync("a")
    for name in ("b", "t", "a"):
        assert world.sync(name)
    for name in ("a", "t"):
        assert not {"name", "count"} & {path for path, value in world.answers(name, record).items() if value}


CASES: tuple[tuple[Scenario, Plant], ...] = (
    (edits_between_two_pages, page_cursor),
    (edits_between_two_pages, early_since),
    (a_lost_acknowledgement, no_deduplication),
    (a_conflict_lost_while_away, suppressed_echo_of_a_lost_conflict),
    (typing_while_a_page_arrives, pull_with_waiting_ops),
    (a_crash_between_rows_and_cursor, cursor_outside_the_page),
    (a_push_that_takes_long, bigserial_cursor),
    (a_cut_before_anything_arrived, prune_on_export),
    (a_deletion_while_away, tombstones_purged_without_fence),
    (an_edit_of_what_was_deleted_while_away, tombstones_purged_without_fence),
    (an_answer_typed_before_an_erasure, erasure_without_fence),
)


@contextmanager
def a_world() -> Iterator[World]:
    world = World(page_rows=3, chunk_ops=5)
    try:
        yield world
    finally:
        world.close()


def run(scenario: Scenario) -> None:
    with a_world() as world:
        scenario(world)
        world.check()


@pytest.mark.parametrize("scenario", dict.fromkeys(case[0] for case in CASES), ids=lambda s: s.__name__)
def test_it_ends_well_as_it_is(scenario: Scenario) -> None:
    run(scenario)


def assert_a_check_found(found: pytest.ExceptionInfo[BaseException]) -> None:
    """The planted code itself did not stumble: a check of the world or of the story failed."""
    failed = found.traceback[-1]
    assert failed.path.name in (*CHECKS, "test_sync_planted.py"), failed


@pytest.mark.parametrize(("scenario", "plant"), CASES, ids=lambda part: part.__name__)
def test_a_planted_bug_is_found(scenario: Scenario, plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    with pytest.raises((AssertionError, KeyError)) as found:
        run(scenario)
    assert_a_check_found(found)


# What chance finds within a few days. The others are for the stories: they need several mishaps in a row, or
# (`page_cursor`) let a sync go on without an end.
BY_CHANCE: tuple[Plant, ...] = (
    early_since,
    suppressed_echo_of_a_lost_conflict,
    cursor_outside_the_page,
    *(PLANTS[name] for name in ("drop_at_ack", "cursor_by_receipt", "echo_all", "ack_beyond_message")),
)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("plant", BY_CHANCE, ids=lambda plant: plant.__name__)
def test_the_random_machine_finds_it_too(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError) as found:
        run_machine(300, 7, shorten=False)
    assert_a_check_found(found)
