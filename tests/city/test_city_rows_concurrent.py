"""Two laptops at once on PostgreSQL: whoever is first, the rows show what both said, references led on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest
from merged_world import ONE, Merging, event_form
from sync_databases import fresh
from sync_server import caller, places, township_of, without_shipped_forms

from hsdesk.city.people import audit
from hsdesk.city.reference import stream
from hsdesk.city.sql.registers import ServerRegister
from hsdesk.errors import Locked
from hsdesk.model.answer import MERGED_INTO
from hsdesk.records.op import Op
from hsdesk.wire.messages import Push

PATIENCE = 30  # seconds


@pytest.fixture
def database(tmp_path: Path, postgres_url: str) -> Iterator[str]:
    yield from fresh("postgresql", tmp_path, postgres_url)


@pytest.fixture
def world(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Merging]:
    without_shipped_forms(monkeypatch)
    made = Merging(database, tmp_path)
    yield made
    made.close()


def pushed(world: Merging, device: str, *given: Op) -> Callable[[], None]:
    """Return the work of another laptop: to push these ops."""

    def push() -> None:
        ledger = world.service.ledger
        ops = tuple(msgspec.structs.replace(op, device=device, seq=n) for n, op in enumerate(given, 1))
        who = caller(world.service, device, "township", township_of(places(), ONE))
        assert ledger.push(who, Push(device, 1, ledger.server_epoch, ops)).last == len(ops)

    return push


def wait_until_blocked(watch: Any, count: int) -> None:
    """Wait until so many transactions of this database wait for a lock."""
    until = time.monotonic() + PATIENCE
    asked = (
        "SELECT COUNT(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    while watch.execute(asked).fetchone()[0] < count:
        assert time.monotonic() < until


def one_after_the_other(database: str, *works: Callable[[], None]) -> None:
    """Begin each work when the one before it has written everything but its end of the audit trail."""
    import psycopg

    with (
        psycopg.connect(database) as holds,
        psycopg.connect(database, autocommit=True) as watch,
        ThreadPoolExecutor(len(works)) as pool,
    ):
        holds.execute("SELECT value FROM hs_setting WHERE name = 'audit' FOR UPDATE")
        running = []
        try:
            for number, work in enumerate(works, 1):
                running.append(pool.submit(work))
                wait_until_blocked(watch, number)
        finally:
            holds.commit()
        for one in running:
            one.result()


@pytest.mark.parametrize("merge_is_first", [True, False])
def test_what_is_typed_while_a_record_is_merged_leads_on(
    world: Merging, database: str, merge_is_first: bool
) -> None:
    for org in "ab":
        world.org(org)
    works = [
        pushed(world, "merger", world.op("b", {MERGED_INTO: "a"}, form="org")),
        pushed(world, "writer", *world.referring("e", "b", ONE)),
    ]
    one_after_the_other(database, *(works if merge_is_first else reversed(works)))
    assert world.shown() == {"a"}
    rows = world.city_rows()
    world.make_anew()
    assert world.city_rows() == rows


@pytest.mark.parametrize("merge_is_first", [True, False])
def test_another_answer_typed_while_a_record_is_merged_stays(
    world: Merging, database: str, merge_is_first: bool
) -> None:
    for org in "ab":
        world.org(org)
    world.event("e", "b", ONE)
    works = [
        pushed(world, "merger", world.op("b", {MERGED_INTO: "a"}, form="org")),
        pushed(world, "writer", world.op("e", {"note": "新的"}, scope=ONE)),
    ]
    one_after_the_other(database, *(works if merge_is_first else reversed(works)))
    assert world.shown() == {"a"}
    assert ["新的" in row for row in world.city_rows()["event"]] == [True]


def test_two_classes_of_a_record_changed_at_once_both_stand_in_its_row(world: Merging, database: str) -> None:
    world.push(world.op("e", {"org": "old"}), world.op("e", {"payer": "old"}, cls="personal"))
    one_after_the_other(
        database,
        pushed(world, "writer", world.op("e", {"org": "new"})),
        pushed(world, "other", world.op("e", {"payer": "new"}, cls="personal")),
    )
    (row,) = world.city_rows()["event"]
    assert (row.count("new"), row.count("old")) == (3, 0)  # the title is one of them


def published(world: Merging) -> None:
    """The work of an official: to publish a new version of a form, for which its tables are made again."""
    with world.service.database.writing() as connection:
        assert stream.put_form(connection, event_form(version="2"))
        audit.record(connection, 0, "official", "form")


def retold(world: Merging) -> None:
    """The work of an official who publishes a code list: rows that hold its words are made again."""
    with world.service.database.writing() as connection:
        ServerRegister(event_form()).refill(connection)
        audit.record(connection, 0, "official", "codelist")


@pytest.mark.parametrize("work", [published, retold])
def test_what_is_typed_while_tables_are_made_again_stands_in_them(
    world: Merging, database: str, work: Callable[[Merging], None]
) -> None:
    world.push(world.op("e", {"note": "old"}))
    one_after_the_other(
        database, pushed(world, "writer", world.op("e", {"note": "new"})), lambda: work(world)
    )
    (row,) = world.city_rows()["event"]
    assert "new" in row


def test_a_laptop_is_told_to_wait_while_tables_are_made_again(world: Merging, database: str) -> None:
    import psycopg

    world.push(world.op("e", {"note": "old"}))
    write = pushed(world, "writer", world.op("e", {"note": "new"}))
    with (
        psycopg.connect(database) as holds,
        psycopg.connect(database, autocommit=True) as watch,
        ThreadPoolExecutor(2) as pool,
    ):
        holds.execute("SELECT value FROM hs_setting WHERE name = 'audit' FOR UPDATE")
        try:
            running = pool.submit(published, world)
            wait_until_blocked(watch, 1)
            with pytest.raises(Locked, match="请稍后再试"):
                pool.submit(write).result(PATIENCE)
        finally:
            holds.commit()
        running.result()
    write()
    (row,) = world.city_rows()["event"]
    assert "new" in row
