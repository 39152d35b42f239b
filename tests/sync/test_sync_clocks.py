"""Clocks that are years off, or run backwards: knowledge decides, the clock only breaks ties."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import pytest
from sync_three_desks import NAMES, RECORDS, World

RECORD = RECORDS[0]
YEARS = 730  # days


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.close()


def write(world: World, name: str, value: str, *, days: int) -> None:
    """A desk whose clock is off reads all there is, and writes."""
    assert world.sync(name)
    world.set_clock(name, days)
    world.edit(name, RECORD, "name", value)
    assert world.sync(name)


@pytest.mark.parametrize("days", list(permutations((-YEARS, 0, YEARS))))
def test_who_has_seen_the_other_wins_whatever_the_clocks_say(
    world: World, days: tuple[int, int, int]
) -> None:
    for name, off in zip(NAMES, days, strict=True):
        write(world, name, f"{name}知道前面的", days=off)
    world.check()
    assert world.answers("a", RECORD)["name"] == "t知道前面的"
    assert world.desks["a"].conflicts(open_only=False) == ()


def test_a_clock_set_back_between_two_edits_of_one_desk_changes_nothing(world: World) -> None:
    write(world, "a", "先", days=YEARS)
    write(world, "a", "后", days=-YEARS)
    world.edit("a", RECORD, "name", "最后")
    world.restart("a")
    world.set_clock("a", -YEARS)
    world.edit("a", RECORD, "name", "重新打开以后")
    world.check()
    assert {world.answers(name, RECORD)["name"] for name in NAMES} == {"重新打开以后"}
    assert world.desks["b"].conflicts(open_only=False) == ()


@pytest.mark.parametrize("days", [YEARS, -YEARS])
def test_two_who_have_not_seen_each_other_disagree_openly_whatever_the_clocks_say(
    world: World, days: int
) -> None:
    write(world, "a", "原来", days=0)
    assert world.sync("b")
    world.set_clock("b", days)
    world.edit("a", RECORD, "name", "甲")
    world.edit("b", RECORD, "name", "乙")
    world.check()
    (conflict,) = world.desks["t"].conflicts()
    assert {candidate.value for candidate in conflict.candidates} == {"甲", "乙"}
    assert conflict.base == "原来"
    write(world, "a", "看过两个以后", days=-YEARS)
    world.check()
    assert {world.answers(name, RECORD)["name"] for name in NAMES} == {"看过两个以后"}


def test_a_clock_years_ahead_does_not_win_every_tie_from_then_on(world: World) -> None:
    """The server takes no time later than five minutes after the receipt for a tie."""
    write(world, "a", "未来", days=YEARS)
    assert world.sync("b")
    world.set_clock("a", 0)
    for number in range(3):
        world.edit("a", RECORD, "name", f"甲{number}")
        assert world.sync("a")
        assert world.sync("b")
        world.edit("b", RECORD, "name", f"乙{number}")
        assert world.sync("b")
        assert world.sync("a")
        assert world.answers("a", RECORD)["name"] == f"乙{number}"
    world.check()
