"""What was done leaves a trace that names nobody: the security log, and who read S-level answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from city_client import PASSWORD, Client, account, logged_in
from filled_city import RECORDS, TOWNSHIP, VILLAGE, attached, filled_city, secret

from hsdesk.city.http.admission import Admission
from hsdesk.city.http.app import make_app
from hsdesk.city.http.limits import Limits
from hsdesk.city.http.security_log import FILE, SecurityLog
from hsdesk.city.people import audit
from hsdesk.city.people.permission import Rule
from hsdesk.city.running.service import Service
from hsdesk.errors import UsageError
from hsdesk.model.attachment import digest_of
from hsdesk.wire import blobs, codec
from hsdesk.wire.enrolment import ChallengeRequest, EnrolRequest, LoginRequest
from hsdesk.wire.messages import Cursor, Pull

NOW = 1_796_000_000.0
OFFICE = "10.0.0.1"
TYPED = ("王主任", "张三", "341021199002120018", "13812345678", PASSWORD)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with filled_city(tmp_path) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "log"


class Logged:
    """An application whose log is read back."""

    def __init__(self, service: Service, folder: Path, limits: Limits | None = None) -> None:
        self.now = NOW
        self.folder = folder
        self.log = SecurityLog(folder, now=lambda: self.now)
        self.client = Client(make_app(service, Admission(limits or Limits()), self.log), OFFICE)

    def ask(self, method: str, path: str, body: object = None, token: str = "") -> int:
        packed = msgspec.json.encode(body) if body is not None else b""
        return self.client.ask(method, f"/api/v1{path}", packed, token).status

    def lines(self) -> list[dict[str, object]]:
        self.log.close()
        return [json.loads(line) for line in (self.folder / FILE).read_text(encoding="utf-8").splitlines()]

    def told(self) -> list[tuple[object, ...]]:
        """Who, what, outcome of each line."""
        return [(one["who"], one["what"], one["outcome"]) for one in self.lines()]


def test_who_did_what_from_where_stands_in_the_log_with_its_outcome(service: Service, folder: Path) -> None:
    logged = Logged(service, folder)
    account(service, "王主任", "city", Rule(TOWNSHIP))
    token, _ = logged_in(service, "village", Rule(VILLAGE))
    device = (service.registrar.who(token) or ("",))[0]
    assert logged.ask("POST", "/login", LoginRequest("王主任", "猜的密码不会对")) == 403
    assert logged.ask("POST", "/login", LoginRequest("王主任", PASSWORD)) == 200
    assert logged.ask("POST", "/login", LoginRequest("张三 13812345678", PASSWORD)) == 403
    assert logged.ask("POST", "/enroll", EnrolRequest("0" * 12, "device-张三", "0" * 64, "张三的电脑")) == 403
    assert logged.ask("POST", "/challenge", ChallengeRequest("341021199002120018")) == 200
    assert logged.ask("GET", f"/records/{RECORDS[VILLAGE, 'common']}/history", token=token) == 200
    assert logged.ask("GET", "/users", token=token) == 403
    assert logged.ask("GET", "/me", token="guessed") == 401
    assert logged.ask("GET", "/张三/341021199002120018") == 404
    assert logged.told() == [
        ("account 1", "POST /login", 403),
        ("account 1", "POST /login", 200),
        ("", "POST /login", 403),
        ("", "POST /enroll", 403),
        ("", "POST /challenge", 200),
        (f"device {device}", "GET /records/{id}/history", 200),
        (f"device {device}", "GET /users", 403),
        ("", "GET /me", 401),
        ("", "other", 404),
    ]
    assert {one["where"] for one in logged.lines()} == {OFFICE}


def test_the_log_holds_nothing_that_anybody_typed(service: Service, folder: Path) -> None:
    logged = Logged(service, folder)
    for typed in TYPED:
        logged.ask("POST", "/login", LoginRequest(typed, typed))
        logged.ask("POST", "/enroll", EnrolRequest(typed, typed, typed, typed))
        logged.ask("POST", "/challenge", ChallengeRequest(typed))
        logged.ask("POST", "/token", {"device": typed, "nonce": typed, "signature": typed})
        logged.ask("GET", f"/records/{typed}/history?name={typed}", token="x")
        logged.ask("GET", f"/{typed}")
    logged.log.close()
    text = (folder / FILE).read_text(encoding="utf-8")
    assert len(text.splitlines()) > 8
    assert [typed for typed in TYPED if typed in text] == []
    assert re.findall(r"[\u4e00-\u9fff]|\d{11,}", text) == []
    assert (folder / FILE).stat().st_mode & 0o777 == 0o600


def test_what_is_the_same_within_a_minute_is_counted_in_one_line(service: Service, folder: Path) -> None:
    logged = Logged(service, folder, Limits(requests=40, requests_refill=0.01, refused_seconds=0))
    for _ in range(60):
        logged.ask("GET", "/me", token="guessed")
    logged.now += 61
    logged.ask("GET", "/me", token="guessed")
    lines = [(one["outcome"], one.get("times", 1)) for one in logged.lines()]
    assert lines == [(401, 1), (503, 1), (401, 39), (503, 19), (503, 1)]


def test_monitoring_is_not_logged(service: Service, folder: Path) -> None:
    logged = Logged(service, folder)
    for path in ("/healthz", "/readyz", "/meta"):
        assert logged.client.ask("GET", path).status == 200
    logged.ask("GET", "/me")
    assert [one["outcome"] for one in logged.lines()] == [401]


def test_a_day_of_the_log_is_kept_as_long_as_is_set_and_never_less_than_half_a_year(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="183"):
        SecurityLog(tmp_path, 30)
    for day in range(1, 29):
        for month in range(1, 10):
            (tmp_path / f"{FILE}.2026-{month:02}-{day:02}").touch()
    log = SecurityLog(tmp_path, 200)
    log.note(("", "", "GET /me", 401))
    log._handler.doRollover()
    kept = sorted(path.name for path in tmp_path.glob(f"{FILE}.*"))
    log.close()
    assert len(kept) == 200
    assert f"{FILE}.2026-01-01" not in kept


def reads(service: Service) -> list[tuple[str, str, int]]:
    found = [one for one in audit.entries(service.database) if one.action == "read"]
    details = [json.loads(one.detail) for one in found]
    return [(one.who, d["what"], d["rows"]) for one, d in zip(found, details, strict=True)]


def test_reading_s_level_answers_is_one_line_of_the_audit_trail_for_each_page_list_or_file(
    service: Service,
) -> None:
    token, client = logged_in(service, "township", Rule(TOWNSHIP))
    device = (service.registrar.who(token) or ("",))[0]
    told = codec.unpack_pulled(
        client.ask("POST", "/api/v1/sync/changes", codec.pack_pull(Pull("", 1, 0, b"", b"")), token).body
    )
    grants = told.grants or ()
    pull = Pull(
        told.server_epoch, 1, told.reference_rev, b"", codec.grants_digest(grants),
        tuple(Cursor(one.scope, one.cls) for one in grants), protocol=2,
    )  # fmt: skip
    assert reads(service) == []
    got = codec.unpack_pulled(client.ask("POST", "/api/v1/sync/changes", codec.pack_pull(pull), token).body)
    rows = sum(len(page.rows) for page in got.pages if page.cls == "personal")
    assert rows > 1
    assert reads(service) == [(f"device {device}", "page", rows)]
    record = RECORDS[VILLAGE, "personal"]
    client.ask("GET", f"/api/v1/records/{record}/history", token=token)
    digest = digest_of([attached(VILLAGE, "personal")])
    client.ask("GET", f"/api/v1/blobs/{digest}", token=token, **{blobs.RANGE: "bytes=0-100"})
    assert reads(service)[1:] == [
        (f"device {device}", f"history {record}", 1),
        (f"device {device}", "attachment", 1),
    ]
    assert audit.verify(service.database) > 3
    for entry in audit.entries(service.database):
        assert secret(VILLAGE, "personal") not in entry.detail


def test_reading_what_is_not_s_level_is_no_line(service: Service) -> None:
    token, client = logged_in(service, "township", Rule(TOWNSHIP, ("common", "party")))
    client.ask("GET", f"/api/v1/records/{RECORDS[VILLAGE, 'common']}/history", token=token)
    client.ask("GET", f"/api/v1/blobs/{digest_of([attached(VILLAGE, 'common')])}", token=token)
    assert reads(service) == []
