"""Bugs that cost somebody data, planted on purpose: the check that finds nothing wrong must find each.

Every scenario first runs on the real code, where it must end well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec
import pytest
from sync_machine import RECORDS, World
from sync_world import MemoryCarrier, new_ids

from hsdesk.errors import Offline
from hsdesk.server import changes, ledger
from hsdesk.server.database import Connection
from hsdesk.store import inbox, outbox
from hsdesk.store.desk_file import DeskFile
from hsdesk.wire.messages import Page, Pull, Pulled, Push, Receipt

Plant = Callable[[pytest.MonkeyPatch], None]
Scenario = Callable[[World], None]


# --- scenarios


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
        if (moment, kind) == ("after", "pull") and not world.typed & {(record, "name", "甲")}:
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
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inbox, "_apply_rows", _killed)
        with pytest.raises(KeyboardInterrupt):
            world.sync("b")
    world.restart("b")
    assert world.sync("b")
    assert world.answers("b", record).get("name") == "甲"


def _killed(_core: object, page: Page) -> None:
    if page.rows:
        raise KeyboardInterrupt


# --- plants


def page_cursor(patch: pytest.MonkeyPatch) -> None:
    """One cursor for the session and the page."""
    pull = MemoryCarrier.pull

    def planted(self: MemoryCarrier, asked: Pull) -> Pulled:
        moved = tuple(
            msgspec.structs.replace(c, since=max(c.since, c.after), full=False) for c in asked.cursors or ()
        )
        return pull(self, msgspec.structs.replace(asked, cursors=moved))

    patch.setattr(MemoryCarrier, "pull", planted)


def early_since(patch: pytest.MonkeyPatch) -> None:
    """`since` is set to the stream's end with the first page."""
    apply = DeskFile.apply_page

    def planted(self: DeskFile, page: Page) -> bool:
        return apply(self, msgspec.structs.replace(page, done=True, after=10_000, digest=0))

    patch.setattr(DeskFile, "apply_page", planted)


def no_deduplication(patch: pytest.MonkeyPatch) -> None:
    """The server forgets which ops it has."""
    last_seq = ledger.last_seq

    def planted(connection: Connection, device: str, epoch: int, *, lock: bool = False) -> int:
        return 0 if lock else last_seq(connection, device, epoch)

    patch.setattr(ledger, "last_seq", planted)
    patch.setattr(ledger, "_refuse_clone", lambda *_a: None)


def suppressed_echo_of_a_lost_conflict(patch: pytest.MonkeyPatch) -> None:
    """What a device wrote is not told to it, even if it lost."""
    row = changes._row

    def planted(record: str, part: object, since: int, own: changes.Asker | None) -> object:
        made = row(record, part, since, own)  # type: ignore[arg-type]
        return None if own is not None and since else made

    patch.setattr(changes, "_row", planted)


def pull_with_waiting_ops(patch: pytest.MonkeyPatch) -> None:
    """Pages are applied over answers that nobody has acknowledged."""
    patch.setattr(outbox, "has_pending", lambda core: False)


def cursor_outside_the_page(patch: pytest.MonkeyPatch) -> None:
    """The cursor is saved in a transaction of its own, before the rows."""
    apply = inbox.apply_page

    def planted(core: object, page: Page) -> bool:
        apply(core, msgspec.structs.replace(page, rows=(), conflicts=()))  # type: ignore[arg-type]
        return apply(core, page)  # type: ignore[arg-type]

    patch.setattr(inbox, "apply_page", planted)


CASES: tuple[tuple[Scenario, Plant], ...] = (
    (edits_between_two_pages, page_cursor),
    (edits_between_two_pages, early_since),
    (a_lost_acknowledgement, no_deduplication),
    (a_conflict_lost_while_away, suppressed_echo_of_a_lost_conflict),
    (typing_while_a_page_arrives, pull_with_waiting_ops),
    (a_crash_between_rows_and_cursor, cursor_outside_the_page),
)


@contextmanager
def a_world(patch: pytest.MonkeyPatch) -> Iterator[World]:
    patch.setattr(changes, "PAGE_ROWS", 3)
    patch.setattr(changes.pages, "__defaults__", (3,))
    world = World()
    try:
        yield world
    finally:
        world.close()


def run(scenario: Scenario, patch: pytest.MonkeyPatch) -> None:
    with a_world(patch) as world:
        scenario(world)
        world.check()


@pytest.mark.parametrize("scenario", dict.fromkeys(case[0] for case in CASES), ids=lambda s: s.__name__)
def test_it_ends_well_as_it_is(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    run(scenario, monkeypatch)


@pytest.mark.parametrize(("scenario", "plant"), CASES, ids=lambda part: part.__name__)
def test_a_planted_bug_is_found(scenario: Scenario, plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    with pytest.raises((AssertionError, KeyError)):
        run(scenario, monkeypatch)


def test_every_chunk_may_lose_its_acknowledgement_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with a_world(monkeypatch) as world:
        monkeypatch.setattr("hsdesk.sync.plan.CHUNK_OPS", 5)
        ids = new_ids(3)
        for _ in range(60):
            world.edit("a", next(ids), "name", "甲")
        seen: set[bytes] = set()
        sent: list[int] = []
        carrier = world.carriers["a"]
        push = carrier.push

        def losing(chunk: Push) -> Receipt:
            receipt = push(chunk)
            sent.append(len(chunk.ops))
            key = msgspec.msgpack.encode(chunk.ops[0].seq)
            if key not in seen:
                seen.add(key)
                raise Offline("回执丢失")
            return receipt

        monkeypatch.setattr(carrier, "push", losing)
        world.sync("a")
        while world.desks["a"].pending_count():
            world.sync("a")
        assert sum(sent) <= 2 * 60
        with world.service.database.reading() as connection:
            ((rev, count),) = connection.all("SELECT MAX(rev), COUNT(*) FROM hs_op")
        assert (rev, count) == (60, 60)
        world.check()
