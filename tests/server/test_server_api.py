"""The routes: their description, their limits, and that nobody is told what is not theirs."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from server_client import Client, logged_in
from sync_world import a_village, caller, mixed_form, new_ids, places, prepared_service, township_of

from hsdesk.model.clock import reading, wall_milliseconds
from hsdesk.model.op import CLASSES, GRANTED, Class, Op
from hsdesk.model.resource import resource_dir
from hsdesk.server.app import OPERATIONS, make_app
from hsdesk.server.ledger import HistoryEntry, Status
from hsdesk.server.openapi import text
from hsdesk.server.permission import Rule
from hsdesk.server.service import Service
from hsdesk.wire import codec
from hsdesk.wire.messages import Pull, Push

DIRECTORY = places()
VILLAGE, OTHER = a_village(DIRECTORY), a_village(DIRECTORY, 1)
TOWNSHIP = township_of(DIRECTORY, VILLAGE)
RECORDS = {(scope, cls): record for (scope, cls), record in zip(
    [(s, c) for s in (VILLAGE, OTHER, TOWNSHIP) for c in CLASSES], new_ids(8), strict=False
)}  # fmt: skip


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("city")
    opened = prepared_service(f"sqlite:///{folder}/server/city.db", folder / "server", mixed_form())
    _fill(opened)
    yield opened
    opened.database.close()


def _fill(service: Service) -> None:
    """One record part in every stream of two villages and their township."""
    who = caller(service, "writer", "township", TOWNSHIP)
    fields: dict[Class, str] = {
        "common": "name", "party": "unknown_party", "personal": "phone", "published": "unknown_published",
    }  # fmt: skip
    ops = tuple(
        Op(
            device="writer", epoch=1, seq=n, scope=scope, cls=cls, record=record, form="mixed", version="1",
            base_rev=0, hlc=reading(wall_milliseconds()), person="写的人",
            answers={fields[cls]: f"secret of {scope} {cls}"},
        )
        for n, ((scope, cls), record) in enumerate(RECORDS.items(), start=1)
    )  # fmt: skip
    receipt = service.ledger.push(who, Push("writer", 1, service.ledger.server_epoch, ops))
    assert (receipt.last, receipt.results) == (len(ops), ())


CLASS_SETS = st.sets(st.sampled_from(GRANTED), min_size=1).map(
    lambda chosen: tuple(c for c in GRANTED if c in chosen)
)
GRANTS = st.lists(st.tuples(st.sampled_from([VILLAGE, OTHER]), CLASS_SETS), min_size=1, max_size=2)


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(GRANTS)
def test_no_answer_of_any_route_holds_a_row_outside_the_grant(
    service: Service, grants: list[tuple[str, tuple[Class, ...]]]
) -> None:
    token, client = logged_in(service, "village", *(Rule(place, classes) for place, classes in grants))
    allowed = {(place, cls) for place, classes in grants for cls in classes}
    allowed |= {(place, "published") for place, _classes in grants}
    above = {(place.id, "published") for place in DIRECTORY.ancestors(VILLAGE)}
    allowed |= {(TOWNSHIP, "published")}  # what the places above publish comes down as well
    pull = codec.pack_pull(Pull("", 1, 10**9, b"", b"", ()))
    pulled = codec.unpack_pulled(client.ask("POST", "/api/v1/sync/changes", pull, token).body)
    assert {(grant.scope, grant.cls) for grant in pulled.grants or ()} == allowed | above
    known = codec.grants_digest(pulled.grants or ())
    pull = codec.pack_pull(Pull(pulled.server_epoch, 1, 10**9, b"", known, ()))
    packed = client.ask("POST", "/api/v1/sync/changes", pull, token).body
    assert {(page.scope, page.cls) for page in codec.unpack_pulled(packed).pages} == allowed
    status = msgspec.json.decode(client.ask("GET", "/api/v1/sync/status", token=token).body, type=Status)
    assert {(stream.scope, stream.cls) for stream in status.streams} == allowed
    bodies = [zlib.decompress(packed)]
    for (scope, cls), record in RECORDS.items():
        answer = client.ask("GET", f"/api/v1/records/{record}/history", token=token)
        entries = msgspec.json.decode(answer.body, type=tuple[HistoryEntry, ...])
        assert bool(entries) == ((scope, cls) in allowed)
        bodies.append(answer.body)
    for path in ("/me", "/forms", "/regions", "/sync/status"):
        bodies.append(client.ask("GET", f"/api/v1{path}", token=token).body)
    for scope, cls in RECORDS.keys() - allowed:
        assert not any(f"secret of {scope} {cls}".encode() in body for body in bodies)


def test_the_checked_in_description_of_the_api_is_the_one_the_routes_have() -> None:
    path = resource_dir() / "openapi.json"
    assert path.read_text(encoding="utf-8") == text(OPERATIONS), "run packaging/make_openapi.py"


CLOSED = [one for one in OPERATIONS if not one.is_open]


@pytest.mark.parametrize("one", CLOSED, ids=lambda one: one.path)
@pytest.mark.parametrize("token", ["", "guessed"])
def test_without_a_good_token_every_closed_route_says_no(service: Service, one: Any, token: str) -> None:
    path = one.path.replace("{id}", "x").replace("{version}", "1")
    answer = Client(make_app(service)).ask(one.method, f"/api/v1{path}", token=token)
    assert (answer.status, answer.problem().status) == (401, 401)
    assert answer.problem().title == "登录已过期，请再同步一次。已填内容都保存在本机。"


@pytest.mark.parametrize("one", OPERATIONS, ids=lambda one: one.path)
def test_no_body_whatever_makes_a_route_fall_over(service: Service, one: Any) -> None:
    token, client = logged_in(service, "village", Rule(VILLAGE))
    path = f"/api/v1{one.path}".replace("{id}", "x").replace("{version}", "../1")
    for body in (b"", b"{}", b"[]", b"\xff\xfe", zlib.compress(b"\x90"), zlib.compress(bytes(64 << 20))):
        answer = client.ask(one.method, path, body, token)
        assert answer.status < 500, answer.body
        assert answer.headers["x-request-id"]


def test_a_body_beyond_the_limit_is_refused(service: Service) -> None:
    token, client = logged_in(service, "village", Rule(VILLAGE))
    answer = client.ask("POST", "/api/v1/sync/push", bytes(codec.MAX_PACKED + 1), token)
    assert (answer.status, answer.problem().title) == (413, "内容超过大小限制，没有接收。")


def test_a_request_keeps_the_name_it_was_given(service: Service) -> None:
    client = Client(make_app(service))
    assert client.ask("GET", "/healthz", **{"x-request-id": "abc123"}).headers["x-request-id"] == "abc123"
    forged = client.ask("GET", "/healthz", **{"x-request-id": "a\nb"}).headers["x-request-id"]
    assert forged.isalnum()


def test_an_unknown_address_is_a_problem_in_chinese(service: Service) -> None:
    answer = Client(make_app(service)).ask("GET", "/api/v1/nowhere")
    assert (answer.status, answer.problem().title) == (404, "没有这个地址。")


def test_nothing_that_a_person_typed_and_no_token_is_logged(
    service: Service, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    with caplog.at_level(0):
        token, client = logged_in(service, "village", Rule(VILLAGE))
        client.ask("GET", f"/api/v1/records/{RECORDS[VILLAGE, 'common']}/history", token=token)
        client.ask("POST", "/api/v1/sync/push", b"garbage", token)
    said = "\n".join(record.getMessage() for record in caplog.records)
    assert "/sync/push 400" in said
    assert token not in said
    assert "secret of" not in said
