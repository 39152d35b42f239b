"""Receipts that never arrive: what was sent again is not double, and costs no more than it must."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sync_three_desks import World
from sync_world import MemoryCarrier, new_ids

from hsdesk.errors import Offline
from hsdesk.wire.messages import Push, Receipt

RECORDS, CHUNK = 60, 5
MOST = 2.1  # times the bytes that a line without a fault carries


@pytest.fixture
def world() -> Iterator[World]:
    made = World(page_rows=3, chunk_ops=CHUNK)
    yield made
    made.close()


def type_all(world: World, name: str) -> None:
    ids = new_ids(ord(name))
    for number in range(RECORDS):
        world.edit(name, next(ids), "name", f"{name}{number}")


class LosingCarrier(MemoryCarrier):
    """Loses the receipt of every chunk once."""

    def __init__(self, plain: MemoryCarrier) -> None:
        super().__init__(plain._service, plain._who)
        self.lost: set[int] = set()

    def push(self, push: Push) -> Receipt:
        receipt = super().push(push)
        if push.ops[0].seq not in self.lost:
            self.lost.add(push.ops[0].seq)
            raise Offline("回执丢失")
        return receipt


def test_every_receipt_may_be_lost_once_for_at_most_twice_the_bytes(world: World) -> None:
    type_all(world, "a")
    losing = world.carriers["a"] = LosingCarrier(world.carriers["a"])
    while world.desks["a"].pending_count():
        world.sync("a")
    assert len(losing.lost) == RECORDS / CHUNK
    with world.service.database.reading() as connection:
        ((rev, count),) = connection.all("SELECT MAX(rev), COUNT(*) FROM hs_op")
    assert (rev, count) == (RECORDS, RECORDS)
    assert losing.traffic().bytes_up <= MOST * without_a_fault()
    world.check()


def without_a_fault() -> int:
    """Return the bytes that go up for the same answers when every receipt arrives."""
    plain = World(page_rows=3, chunk_ops=CHUNK, seed=1)
    try:
        type_all(plain, "a")
        assert plain.sync("a")
        return plain.carriers["a"].traffic().bytes_up
    finally:
        plain.close()
