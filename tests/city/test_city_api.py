"""The routes: their description, their limits, and that nobody is told what is not theirs."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from city_client import Client, logged_in
from filled_city import RECORDS, VILLAGE, filled_city

from hsdesk.city.http.app import OPERATIONS, make_app
from hsdesk.city.http.openapi import text
from hsdesk.city.people.permission import Rule
from hsdesk.city.running.service import Service
from hsdesk.model.resource import resource_dir
from hsdesk.wire import codec


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with filled_city(tmp_path_factory.mktemp("city")) as opened:
        yield opened


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
