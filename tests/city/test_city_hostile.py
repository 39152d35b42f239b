"""Replayed, forged and poisoned requests change nothing; errors are told without saying what they held."""

from __future__ import annotations

import socket
import tracemalloc
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest
import requests
from city_client import Answer, Client
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from filled_city import RECORDS, VILLAGE, filled_city, op_for
from sync_process import start, stop

from hsdesk.city.http.app import make_app
from hsdesk.city.people.permission import Rule, administrator
from hsdesk.city.running.service import Service
from hsdesk.wire import codec
from hsdesk.wire.enrolment import (
    Challenge,
    ChallengeRequest,
    EnrolRequest,
    Me,
    ProblemDetail,
    Token,
    TokenRequest,
    challenge_text,
    hashed,
)
from hsdesk.wire.messages import Push

DEVICE = "device-of-the-village"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with filled_city(tmp_path) as opened:
        yield opened


class Laptop:
    """An enrolled device that speaks for itself, rightly or wrongly."""

    def __init__(self, service: Service) -> None:
        self.service, self.client = service, Client(make_app(service))
        self.key = Ed25519PrivateKey.generate()
        self.code = service.registrar.new_code(
            "village", (Rule(VILLAGE),), administrator(service.ledger.directory)
        ).code.secret
        assert self.enrol(DEVICE, self.key).status == 200

    def enrol(self, device: str, key: Ed25519PrivateKey) -> Answer:
        public = key.public_key().public_bytes_raw().hex()
        return self.post("/enroll", EnrolRequest(self.code, device, public, "村部电脑"))

    def post(self, path: str, message: object) -> Answer:
        return self.client.ask("POST", f"/api/v1{path}", msgspec.json.encode(message))

    def nonce(self, device: str = DEVICE) -> str:
        return msgspec.json.decode(
            self.post("/challenge", ChallengeRequest(device)).body, type=Challenge
        ).nonce

    def signed(self, nonce: str, key: Ed25519PrivateKey | None = None, fingerprint: str = "") -> TokenRequest:
        text = challenge_text(fingerprint or self.service.meta.fingerprint, DEVICE, nonce)
        return TokenRequest(DEVICE, nonce, (key or self.key).sign(text).hex())

    def token(self) -> str:
        answer = self.post("/token", self.signed(self.nonce()))
        return msgspec.json.decode(answer.body, type=Token).token


@pytest.fixture
def laptop(service: Service) -> Laptop:
    return Laptop(service)


def logged_ops(service: Service) -> int:
    with service.database.reading() as connection:
        return int(connection.all("SELECT COUNT(*) FROM hs_op")[0][0])


def test_a_push_recorded_and_played_again_changes_nothing(service: Service, laptop: Laptop) -> None:
    token, epoch = laptop.token(), service.ledger.server_epoch
    op = op_for(VILLAGE, "common", DEVICE, 1, {"name": "甲"})
    body = codec.pack_push(Push(DEVICE, 1, epoch, (op,)))
    before = logged_ops(service)
    first, again = (laptop.client.ask("POST", "/api/v1/sync/push", body, token) for _ in range(2))
    assert (first.status, again.status) == (200, 200)
    assert codec.unpack_receipt(again.body).results[0].outcome == "duplicate"
    assert logged_ops(service) == before + 1


def test_a_push_in_the_name_of_another_computer_is_refused(service: Service, laptop: Laptop) -> None:
    token, before = laptop.token(), logged_ops(service)
    for device, epoch, seq in (("writer", 1, 13), ("writer", 1, 1), ("writer", 2, 1)):
        op = msgspec.structs.replace(op_for(VILLAGE, "common", device, seq, {"name": "假"}), epoch=epoch)
        push = Push(device, epoch, service.ledger.server_epoch, (op,))
        answer = laptop.client.ask("POST", "/api/v1/sync/push", codec.pack_push(push), token)
        assert (answer.status, answer.problem().title) == (403, "数据包不是这台电脑的，没有接收。")
    assert logged_ops(service) == before


def test_a_challenge_is_answered_once_by_the_right_key_for_the_right_city(laptop: Laptop) -> None:
    once = laptop.signed(laptop.nonce())
    assert laptop.post("/token", once).status == 200
    assert laptop.post("/token", once).status == 403
    wrong = (
        laptop.signed(laptop.nonce(), key=Ed25519PrivateKey.generate()),
        laptop.signed(laptop.nonce(), fingerprint="0" * 16),
        laptop.signed(laptop.nonce("writer")),
        laptop.signed("0" * 32),
        TokenRequest(DEVICE, laptop.nonce(), ""),
        TokenRequest(DEVICE, laptop.nonce(), "不是签名"),
    )
    assert [laptop.post("/token", request).status for request in wrong] == [403] * len(wrong)


def test_a_challenge_grows_old(tmp_path: Path) -> None:
    with filled_city(tmp_path) as opened:
        laptop, now = Laptop(opened), opened.registrar._now_ms
        request = laptop.signed(laptop.nonce())
        opened.registrar._now_ms = lambda: now() + 121_000
        assert laptop.post("/token", request).status == 403


def test_a_used_code_enrols_no_other_computer_and_no_other_key(laptop: Laptop) -> None:
    assert laptop.enrol(DEVICE, laptop.key).status == 200  # the first answer may have been lost
    for device, key in (("device-another", laptop.key), (DEVICE, Ed25519PrivateKey.generate())):
        answer = laptop.enrol(device, key)
        assert (answer.status, answer.problem().detail) == (403, "wrong-code")
    assert laptop.post("/token", laptop.signed(laptop.nonce())).status == 200


def test_a_token_made_up_or_found_in_a_stolen_database_opens_nothing(laptop: Laptop) -> None:
    token = laptop.token()
    me = laptop.client.ask("GET", "/api/v1/me", token=token)
    assert msgspec.json.decode(me.body, type=Me).device == DEVICE
    for forged in (
        hashed(token),
        token[:-1],
        token + "=",
        token.swapcase(),
        "",
        "'; DROP TABLE hs_token; --",
    ):
        assert laptop.client.ask("GET", "/api/v1/me", token=forged).status == 401
    assert laptop.client.ask("GET", f"/api/v1/me?token={token}").status == 401  # never taken from a URL


def test_bombs_are_refused_before_they_fill_the_memory(laptop: Laptop) -> None:
    token = laptop.token()
    bombs = (
        zlib.compress(bytes(1 << 28), 9),
        zlib.compress(b"\x91" * (1 << 22), 9),  # four million lists, one in another
        zlib.compress(b"\xdd\xff\xff\xff\xff", 9),  # a list that claims four billion entries
        zlib.compress(zlib.compress(bytes(1 << 28), 9), 9),
    )
    tracemalloc.start()
    for bomb in bombs:
        for path in ("/sync/push", "/sync/changes"):
            assert laptop.client.ask("POST", f"/api/v1{path}", bomb, token).status == 400
    nested = b"[" * 16_000
    assert laptop.client.ask("POST", "/api/v1/enroll", nested).status == 400
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 64 << 20


_BROKEN = """
from hsdesk.city.ledger import ledger

def broken(self, caller, record):
    raise ValueError("值 of 张三, 341021199002120018")

ledger.Ledger.history = broken
"""


def get(url: str, token: str) -> requests.Response:
    return requests.get(url, headers={"Authorization": f"Bearer {token}".encode()}, timeout=20)


def test_what_a_broken_server_writes_down_holds_no_token_and_nothing_typed(
    service: Service, laptop: Laptop, tmp_path: Path
) -> None:
    token, record = laptop.token(), RECORDS[VILLAGE, "common"]
    running = start(f"sqlite:///{tmp_path}/server/city.db", before=_BROKEN)
    try:
        answer = get(f"{running.url}/api/v1/records/{record}/history", token)
        get(f"{running.url}/api/v1/records/张三", "张三")
    finally:
        _code, said = stop(running)
    problem = msgspec.json.decode(answer.content, type=ProblemDetail)
    assert (answer.status_code, problem.title[:12]) == (500, "市级服务器出了故障，没有")
    assert answer.headers["x-request-id"] == problem.request_id
    assert "ValueError" in said
    assert "broken" in said  # where it went wrong is told, what it held is not
    assert problem.request_id in said
    for held in (token, "341021199002120018", "张三", "%E5%BC%A0"):
        assert held not in said


def test_requests_that_are_none_leave_no_trace_of_what_they_held(service: Service, tmp_path: Path) -> None:
    running = start(f"sqlite:///{tmp_path}/server/city.db")
    port = urlsplit(running.url).port or 0
    for sent in (b"GET /\xe5\xbc\xa0\xe4\xb8\x89 HTTP/9\r\n\r\n", b"\x16\x03\x01secret of all\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
            line.sendall(sent)
            line.recv(1000)
    code, said = stop(running)
    assert code == 0
    assert "secret of all" not in said
    assert "张三" not in said
