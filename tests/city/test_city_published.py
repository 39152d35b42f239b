"""What a place above publishes is read below and written nowhere but there, whatever a computer sends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from city_client import logged_in
from filled_city import DIRECTORY, RECORDS, TOWNSHIP, VILLAGE, filled_city, op_for, secret

from hsdesk.city.ledger.ledger import HistoryEntry
from hsdesk.city.people.permission import Rule
from hsdesk.city.running.service import Service
from hsdesk.wire import codec
from hsdesk.wire.enrolment import Me
from hsdesk.wire.messages import Push

PUBLISHED = RECORDS[TOWNSHIP, "published"]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with filled_city(tmp_path) as opened:
        yield opened


def test_a_village_writes_nothing_that_a_place_above_it_publishes(service: Service) -> None:
    token, client = logged_in(service, "village", Rule(VILLAGE))
    me = msgspec.json.decode(client.ask("GET", "/api/v1/me", token=token).body, type=Me)
    above = {place.id for place in DIRECTORY.ancestors(VILLAGE)}
    granted = {(grant.scope, grant.cls): grant.write for grant in me.grants if grant.scope in above}
    assert granted == {(place, "published"): False for place in above}
    op = op_for(TOWNSHIP, "published", me.device, 1, {"notice": "forged"})
    push = codec.pack_push(Push(me.device, 1, service.ledger.server_epoch, (op,)))
    receipt = codec.unpack_receipt(client.ask("POST", "/api/v1/sync/push", push, token).body)
    (result,) = receipt.results
    assert (result.seq, result.outcome) == (1, "rejected")
    assert result.reason == "没有填报这份数据的权限，请向上级申请。"
    body = client.ask("GET", f"/api/v1/records/{PUBLISHED}/history", token=token).body
    entries = msgspec.json.decode(body, type=tuple[HistoryEntry, ...])
    assert [entry.answers["notice"] for entry in entries] == [secret(TOWNSHIP, "published")]
