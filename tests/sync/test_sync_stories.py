"""The stories of the record kernel end well; with the mistake of the same name planted, a check finds it."""

from __future__ import annotations

import pytest
from sync_checks import CHECKS
from sync_kernel_plants import PLANTS
from sync_stories import STORIES, told
from sync_three_desks import World

SMALL_PAGES = {"drop_at_page": 1, "echo_in_whole": 1, "early_since": 1}  # by story: rows of a page


def run(name: str) -> None:
    world = World(page_rows=SMALL_PAGES.get(name, 1000), chunk_ops=9, wide=True)
    try:
        told(world, STORIES[name])
    finally:
        world.close()


@pytest.mark.parametrize("name", STORIES)
def test_it_ends_well(name: str) -> None:
    run(name)


@pytest.mark.parametrize("name", STORIES)
def test_the_mistake_that_it_is_about_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    PLANTS[name](monkeypatch)
    with pytest.raises(AssertionError) as found:
        run(name)
    assert found.traceback[-1].path.name in CHECKS, found.traceback[-1]  # the planted code did not stumble


def test_every_mistake_has_its_story() -> None:
    assert PLANTS.keys() == STORIES.keys()
