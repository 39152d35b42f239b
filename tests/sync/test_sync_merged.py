"""References lead on to what took the place of a merged record: alike on desks and on both servers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from merged_world import ONE, TWO, Merging, event_form
from sync_databases import KINDS, fresh
from sync_world import without_shipped_forms

from hsdesk.city.reference import stream
from hsdesk.city.reference.stream import put_form
from hsdesk.city.sql.schema import put_setting
from hsdesk.model.answer import DELETED, MERGED_INTO
from hsdesk.registers.tables import ROWS_MADE


@pytest.fixture(params=KINDS)
def world(
    request: pytest.FixtureRequest, tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Merging]:
    without_shipped_forms(monkeypatch)
    for url in fresh(request.param, tmp_path, postgres_url):
        made = Merging(url, tmp_path)
        yield made
        made.close()


def alike(world: Merging) -> None:
    """The city's rows and figures are those of the township's desk; made anew, all rows are the same."""
    world.sync()
    rows, village = world.city_rows(), world.desk_rows(world.village)
    assert rows == world.desk_rows(world.township)
    assert world.city_figures() == world.desk_figures()
    world.make_anew()
    assert (rows, rows, village) == (
        world.city_rows(), world.desk_rows(world.township), world.desk_rows(world.village),
    )  # fmt: skip


def test_a_merge_leads_on_what_came_before_it_and_what_comes_after_it(world: Merging) -> None:
    world.event("e", "b")
    world.org("b")
    world.org("a")
    world.merge("b", "a")
    assert world.shown("e") == {"a"}
    world.event("later", "b")
    assert world.shown("later") == {"a"}
    alike(world)
    assert world.city_figures() == [{"": 1}, {"": 1}, {ONE: 2}]


def test_a_merge_in_the_same_chunk_as_what_refers_leads_it_on(world: Merging) -> None:
    world.push(
        *world.referring("e", "b"),
        world.op("a", {"name": "甲"}, form="org"),
        world.op("b", {"name": "乙", MERGED_INTO: "a"}, form="org"),
    )
    assert world.shown() == {"a"}
    alike(world)


def test_a_merge_that_is_undone_lets_references_lead_back(world: Merging) -> None:
    for org in "ab":
        world.org(org)
    world.event("e", "b")
    world.event("own", "a")
    world.merge("b", "a")
    alike(world)
    world.merge("b", None)
    assert (world.shown("e"), world.shown("own")) == ({"b"}, {"a"})
    alike(world)
    assert world.city_figures() == [{"": 2}, {"": 2}, {ONE: 2}]


def test_merges_in_a_row_lead_to_the_last_in_whatever_order_they_come(world: Merging) -> None:
    for org in "abc":
        world.org(org)
    world.event("e", "a")
    world.merge("b", "c")
    world.merge("a", "b")
    assert world.shown() == {"c"}
    world.merge("b", None)
    assert world.shown() == {"b"}
    world.merge("b", "c")
    assert world.shown() == {"c"}
    alike(world)


def test_records_merged_crosswise_on_three_desks_are_shown_alike_and_come_apart_again(world: Merging) -> None:
    for org in "abc":
        world.org(org)
        world.event(f"e{org}", org)
    for org, into in zip("abc", "bca", strict=True):
        world.merge(org, into)
        alike(world)
    for org in "abc":
        world.merge(org, None)
        alike(world)
    assert [world.shown(f"e{org}") for org in "abc"] == [{"a"}, {"b"}, {"c"}]


def test_a_set_that_names_both_names_the_one_that_is_left_once(world: Merging) -> None:
    for org in "ab":
        world.org(org)
        world.event("e", org)
    world.merge("b", "a")
    assert world.shown() == {"a"}
    alike(world)


def test_references_of_another_place_lead_on_too(world: Merging) -> None:
    world.org("a")
    world.org("b", TWO)
    world.event("e", "b", TWO)
    world.move("b", TWO, ONE)
    world.merge("b", "a")
    assert world.shown() == {"a"}
    alike(world)


def test_a_merged_record_that_moves_to_another_village_leads_on_from_there(world: Merging) -> None:
    for org in "ab":
        world.org(org)
    world.event("e", "b")
    world.merge("b", "a")
    alike(world)
    assert world.city_rows((ONE,)) == world.desk_rows(world.village, (ONE,))
    for org in "ba":
        world.move(org, ONE, TWO)
        assert world.shown() == {"a"}
        alike(world)
    village = [row for rows in world.desk_rows(world.village, (ONE,)).values() for row in rows]
    assert any("b" in row for row in village)  # this desk may no longer know that b was merged
    world.move("e", ONE, TWO, "event")
    alike(world)
    world.merge("b", None, TWO)
    assert world.shown() == {"b"}
    alike(world)


def test_a_record_whose_place_was_taken_by_an_erased_one_still_leads_there(world: Merging) -> None:
    for org in "ab":
        world.org(org)
    world.event("e", "b")
    world.merge("b", "a")
    world.erase("a")
    assert world.shown() == {"a"}
    alike(world)
    assert world.city_figures() == [{"": 0}, {"": 0}, {}]


def test_when_the_merged_record_is_erased_references_lead_to_nobody_else(world: Merging) -> None:
    for org in "ab":
        world.org(org)
    world.event("e", "b")
    world.merge("b", "a")
    world.erase("b")
    assert world.shown() == {"b"}
    alike(world)


def test_deleting_and_restoring_a_merged_record_does_not_touch_its_merge(world: Merging) -> None:
    for org in "ab":
        world.org(org)
    world.event("e", "b")
    world.merge("b", "a")
    for reason in ("登记错了", None):
        world.push(world.op("b", {DELETED: reason}, form="org"))
        assert world.shown() == {"a"}
        alike(world)


def test_a_whole_chunk_of_merges_leads_on_every_row(world: Merging) -> None:
    records = [f"b{n}" for n in range(500)]
    world.push(*(op for record in records[:3] for op in world.referring(f"e{record}", record)))
    world.org("a")
    world.push(*(world.op(record, {"name": "样例"}, form="org") for record in records))
    world.push(*(world.op(record, {MERGED_INTO: "a"}, form="org") for record in records))
    assert [world.shown(f"e{record}") for record in records[:3]] == [{"a"}] * 3
    alike(world)
    world.push(*(world.op(record, {MERGED_INTO: None}, form="org") for record in records))
    assert [world.shown(f"e{record}") for record in records[:3]] == [{record} for record in records[:3]]
    alike(world)


def test_a_register_that_refers_to_itself_follows(world: Merging) -> None:
    for org in "ab":
        world.org(org)
    world.push(world.op("c", {"name": "丙", "parent": "b"}, form="org"))
    world.push(world.op("b", {"parent": "b"}, form="org"))
    world.merge("b", "a")
    with world.service.database.reading() as connection:
        assert connection.all("SELECT _id, parent FROM org WHERE parent IS NOT NULL ORDER BY _id") == [
            ("b", "a"), ("c", "a"),
        ]  # fmt: skip
    alike(world)


def test_a_reference_typed_under_an_earlier_name_of_the_answer_leads_on(world: Merging) -> None:
    for org in "ab":
        world.org(org)
    world.event("e", "b")
    with world.service.database.writing() as connection:
        put_form(connection, event_form("2", "host", was=("org",)))
    for into in ("a", None, "a"):
        world.merge("b", into)
        with world.service.database.reading() as connection:
            assert connection.all("SELECT host, _more FROM event") == [(into or "b", None)]


@pytest.mark.parametrize("path", ["org", "payer", "note"])
def test_one_answer_changed_later_leaves_every_reference_led_on(world: Merging, path: str) -> None:
    for org in "ab":
        world.org(org)
    world.merge("b", "a")
    world.event("e", "b")
    world.push(world.op("e", {path: "b"}, cls="personal" if path == "payer" else "common"))
    assert world.shown() == {"a"}
    alike(world)


def test_a_server_of_an_earlier_version_leads_references_on_when_it_starts(world: Merging) -> None:
    for org in "ab":
        world.org(org)
    world.event("e", "b")
    world.merge("b", "a")
    with world.service.database.writing() as connection:
        connection.run("DELETE FROM hs_merged")
        connection.run("UPDATE event SET org = 'b'")
        put_setting(connection, "rows_made", ROWS_MADE)
        stream.make_rows_anew(connection)
    assert world.shown() == {"a"}
    alike(world)
    world.merge("b", None)
    assert world.shown() == {"b"}


ORG, EVENT = st.sampled_from("abc"), st.sampled_from("xy")
STEPS = st.one_of(
    st.tuples(st.just("refer"), EVENT, ORG),
    st.tuples(st.just("merge"), ORG, ORG),
    st.tuples(st.just("merge"), ORG, ORG),
    st.tuples(st.just("part"), ORG, st.none()),
    st.tuples(st.just("move"), st.one_of(ORG, EVENT), st.none()),
    st.tuples(st.just("erase"), ORG, st.none()),
    st.tuples(st.just("sync"), st.none(), st.none()),
)


def do(world: Merging, places: dict[str, str], step: tuple[str, str, str], mark: str) -> None:
    what, first, second = step
    scope = places.setdefault(first, ONE)
    match what:
        case "refer":
            world.event(first + mark, second + mark, scope)
        case "merge":
            world.merge(first + mark, second + mark, scope)
        case "part":
            world.merge(first + mark, None, scope)
        case "move":
            places[first] = TWO if scope == ONE else ONE
            world.push(world.op(first + mark, {}, scope=scope, form="org" if first in "abc" else "event"))
            world.move(first + mark, scope, places[first], "org" if first in "abc" else "event")
        case "erase":
            world.erase(first + mark, scope)
        case _:
            alike(world)


def test_in_any_order_of_merging_moving_and_erasing_all_tables_end_alike(
    world: Merging, request: pytest.FixtureRequest
) -> None:
    examples = count(1)

    @settings(
        max_examples=60 if "sqlite" in request.node.name else 15,
        deadline=None,
        database=None,
        derandomize=True,
    )
    @given(steps=st.lists(STEPS, min_size=4, max_size=16))
    def any_order(steps: list[tuple[str, str, str]]) -> None:
        mark, places = str(next(examples)), dict[str, str]()  # other records in each example
        for event, org in zip("xy", "bc", strict=True):
            do(world, places, ("refer", event, org), mark)
        for step in steps:
            do(world, places, step, mark)
        alike(world)

    any_order()
