"""One contract, two databases: what a desk has seen beyond the server begins a new epoch, once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sync_databases import KINDS, fresh
from sync_server import a_village, caller, mixed_form, new_ids, places, prepared_service

from hsdesk.city.people import audit
from hsdesk.city.running.service import Service
from hsdesk.errors import Refused
from hsdesk.model.clock import reading
from hsdesk.records.op import ALL_SEEN, NOTHING, Op, Seen
from hsdesk.wire.codec import grants_digest
from hsdesk.wire.messages import Cursor, Pull, Push

NOW = 1_763_800_000_000
VILLAGE = a_village(places())
RECORD = next(new_ids(1))
DEVICE = "device-a"


@pytest.fixture(params=KINDS)
def service(request: pytest.FixtureRequest, tmp_path: Path, postgres_url: str) -> Iterator[Service]:
    for database in fresh(request.param, tmp_path, postgres_url):
        opened = prepared_service(database, tmp_path / "server", mixed_form(), now_ms=lambda: NOW)
        yield opened
        opened.database.close()


def push(service: Service, seq: int, seen: Seen = NOTHING, apart: Seen = NOTHING) -> None:
    op = Op(
        device=DEVICE, epoch=1, seq=seq, scope=VILLAGE, cls="common", record=RECORD, form="mixed",
        version="1", seen=seen, apart={"count": apart}, hlc=reading(NOW + seq), person="张三",
        answers={"name": f"值{seq}"}, server_epoch=service.ledger.server_epoch,
    )  # fmt: skip
    who = caller(service, DEVICE, "village", VILLAGE)
    service.ledger.push(who, Push(DEVICE, 1, service.ledger.server_epoch, (op,)))


def pull(service: Service, *, acked: int = 1, since: int = 0, after: int = 0) -> None:
    who = caller(service, DEVICE, "village", VILLAGE)
    told = (Cursor(VILLAGE, "common", since, after),)
    known = grants_digest(who.reach.grants)
    service.ledger.changes(who, Pull(service.ledger.server_epoch, 1, 10**9, b"", known, told, acked))


BEYOND: dict[str, Callable[[Service], None]] = {
    "a gap before a chunk": lambda service: push(service, 3),
    "a revision seen": lambda service: push(service, 2, Seen(9)),
    "a revision seen of one answer": lambda service: push(service, 2, apart=Seen(9)),
    "a stream read": lambda service: pull(service, since=9),
    "a stream half read": lambda service: pull(service, after=9),
    "a receipt": lambda service: pull(service, acked=2),
}
WITHIN: dict[str, Callable[[Service], None]] = {
    "the next chunk": lambda service: push(service, 2, Seen(1)),
    "a chunk once more": lambda service: push(service, 1),
    "the server's own op": lambda service: push(service, 2, ALL_SEEN),
    "a stream read to its end": lambda service: pull(service, since=1, after=1),
}


@pytest.mark.parametrize("seen", BEYOND)
def test_more_than_there_is_begins_a_new_epoch_once(service: Service, seen: str) -> None:
    push(service, 1)
    first = service.ledger.server_epoch
    BEYOND[seen](service)
    second = service.ledger.server_epoch
    assert second != first
    assert [(e.who, e.action) for e in audit.entries(service.database)].count((DEVICE, "went-back")) == 1
    with pytest.raises(Refused, match="重新启动服务器"):
        BEYOND["a stream read"](service)
    assert service.ledger.server_epoch == second
    assert audit.verify(service.database) > 0


@pytest.mark.parametrize("seen", WITHIN)
def test_what_there_is_begins_none(service: Service, seen: str) -> None:
    push(service, 1)
    first = service.ledger.server_epoch
    WITHIN[seen](service)
    assert service.ledger.server_epoch == first
