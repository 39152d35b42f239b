"""Nobody is told what is not theirs: every route, asked in every way, by devices of any grant."""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import product

import msgspec
import pytest
from city_client import PASSWORD, account, logged_in
from filled_city import (
    DIRECTORY,
    FIELDS,
    OTHER,
    RECORDS,
    STREAMS,
    TOWNSHIP,
    VILLAGE,
    attached,
    filled_city,
    op_for,
    secret,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hsdesk.city.http.app import OPERATIONS
from hsdesk.city.ledger.ledger import HistoryEntry, Status
from hsdesk.city.people.permission import Rule
from hsdesk.city.running.service import Service
from hsdesk.model.answer import GRANTED, Class
from hsdesk.wire import codec
from hsdesk.wire.enrolment import ChallengeRequest, EnrolRequest, LoginRequest, Me, TokenRequest
from hsdesk.wire.messages import Cursor, Pull, Push

Question = tuple[str, bytes]  # path, body
Stream = tuple[str, Class]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with filled_city(tmp_path_factory.mktemp("city")) as opened:
        account(opened, "secret of the county", "county", Rule(DIRECTORY.by_id(TOWNSHIP).parent))
        yield opened


class Asker:
    """A device with a grant, and all it can think of asking."""

    def __init__(self, service: Service, grants: list[tuple[str, tuple[Class, ...]]]) -> None:
        self.service = service
        self.token, self.client = logged_in(service, "village", *(Rule(*grant) for grant in grants))
        self.allowed = {(place, cls) for place, classes in grants for cls in classes}
        self.allowed |= {(place, "published") for place, _classes in grants}
        self.allowed |= {(TOWNSHIP, "published")}  # what the places above publish comes down as well
        me = msgspec.json.decode(self.client.ask("GET", "/api/v1/me", token=self.token).body, type=Me)
        self.device, self.granted = me.device, me.grants

    def ask(self, method: str, path: str, body: bytes = b"") -> bytes:
        """Return all that the answer says: status line apart, headers and body, unpacked."""
        answer = self.client.ask(method, f"/api/v1{path}", body, self.token)
        assert answer.status < 500
        told = answer.body
        with contextlib.suppress(zlib.error):
            told += zlib.decompress(answer.body)
        return told + repr(answer.headers).encode()

    def pulls(self) -> Iterator[Question]:
        """Ask for everything, and for streams by name that are not granted."""
        cursors = tuple(Cursor(scope, cls, full=True) for scope, cls in STREAMS)
        epochs = ("", self.service.ledger.server_epoch, "another")
        known = (b"", codec.grants_digest(self.granted))
        for epoch, digest, told in product(epochs, known, (None, (), cursors)):
            yield "/sync/changes", codec.pack_pull(Pull(epoch, 1, 0, b"", digest, told))

    def pushes(self) -> Iterator[Question]:
        """Write to every record, also where it may not: an answer may tell what lies there already."""
        epoch = self.service.ledger.server_epoch
        for scope, cls in STREAMS:
            if (scope, cls) not in self.allowed:
                op = op_for(scope, cls, self.device, 1, {FIELDS[cls]: "forged"})
                yield "/sync/push", codec.pack_push(Push(self.device, 1, epoch, (op,)))
                yield "/sync/push", codec.pack_push(Push("writer", 1, epoch, (op,)))


def attachments(_asker: Asker) -> list[Question]:
    """Ask for contents by their digests, which one may have heard of."""
    return [(f"/blobs/{sha256(attached(*stream)).hexdigest()}", b"") for stream in STREAMS]


def only(path: str, *messages: object) -> Callable[[Asker], list[Question]]:
    return lambda asker: [(path, msgspec.json.encode(m)) for m in messages] or [(path, b"")]


QUESTIONS: dict[tuple[str, str], Callable[[Asker], Iterator[Question] | list[Question]]] = {
    **{("GET", path): only(path) for path in (
        "/healthz", "/readyz", "/meta", "/me", "/forms", "/regions", "/sync/status", "/users", "/devices",
        "/audit", "/codelists", "/places", "/settings", "/rounds",
    )},
    **{("GET", f"/{kind}/{{id}}/{{version}}"): only(f"/{kind}/x/1") for kind in (
        "codelists", "places", "settings", "rounds",
    )},
    **{(method, "/blobs/{sha256}"): attachments for method in ("HEAD", "PATCH", "GET")},
    ("GET", "/indicators"): lambda _: [
        (f"/indicators{query}", b"") for query in ("", f"?place={TOWNSHIP}", f"?place={OTHER}&level=village")
    ],
    ("GET", "/forms/{id}/{version}"): only("/forms/mixed/1"),
    ("GET", "/records/{id}/history"): lambda _: [(f"/records/{r}/history", b"") for r in RECORDS.values()],
    ("POST", "/sync/changes"): Asker.pulls,
    ("POST", "/sync/push"): Asker.pushes,
    ("POST", "/enroll"): only("/enroll", EnrolRequest("0" * 12, "device-guess", "0" * 64, "猜")),
    ("POST", "/challenge"): only("/challenge", ChallengeRequest("writer")),
    ("POST", "/token"): only("/token", TokenRequest("writer", "0" * 32, "0" * 128)),
    ("POST", "/login"): only("/login", LoginRequest("secret of the county", "猜的不会对的密码")),
    ("POST", "/logout"): lambda _: [],  # it would end the asking; it answers with nothing
    ("POST", "/users"): only("/users", {"name": "新人", "password": PASSWORD, "scopes": [VILLAGE]}),
    ("POST", "/users/disable"): only("/users/disable", {"name": "secret of the county"}),
    ("POST", "/codes"): only("/codes", {"scopes": [VILLAGE]}),
    ("POST", "/devices/{id}/name"): only("/devices/writer/name", {"name": "forged"}),
    ("POST", "/devices/{id}/revoke"): only("/devices/writer/revoke"),
    ("POST", "/devices/{id}/wipe"): only("/devices/writer/wipe"),
    ("POST", "/devices/{id}/release"): only("/devices/writer/release"),
    ("GET", "/writers"): only("/writers"),
    ("POST", "/writers"): only("/writers", {"writers": [[123456, "forger"]]}),
    ("POST", "/writers/name"): only("/writers/name", {"device": "writer", "number": 1, "name": "forged"}),
    ("POST", "/wiped"): only("/wiped"),
    ("POST", "/backups"): only("/backups"),
    ("POST", "/moves"): only("/moves", {"source": VILLAGE, "target": OTHER}),
    ("POST", "/erasures"): lambda _: [
        ("/erasures", msgspec.json.encode({"record": one, "reason": "forged"})) for one in RECORDS.values()
    ],
    ("GET", "/erasures"): only("/erasures"),
    ("POST", "/erasures/{id}/confirm"): lambda _: [(f"/erasures/{r}/confirm", b"") for r in RECORDS.values()],
    ("POST", "/erasures/{id}/refuse"): lambda _: [
        (f"/erasures/{r}/refuse", msgspec.json.encode({"reason": "forged"})) for r in RECORDS.values()
    ],
}  # fmt: skip


def test_every_route_is_asked_for_what_it_may_not_tell() -> None:
    described = {(one.method, one.path) for one in OPERATIONS}
    assert described == QUESTIONS.keys(), "a new route needs its questions in QUESTIONS"


CLASS_SETS = st.sets(st.sampled_from(GRANTED), min_size=1).map(
    lambda chosen: tuple(c for c in GRANTED if c in chosen)
)
GRANTS = st.lists(st.tuples(st.sampled_from([VILLAGE, OTHER]), CLASS_SETS), min_size=1, max_size=2)


@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(GRANTS)
def test_no_answer_of_any_route_holds_a_row_outside_the_grant(
    service: Service, grants: list[tuple[str, tuple[Class, ...]]]
) -> None:
    asker = Asker(service, grants)
    told = b""
    for (method, _path), questions in QUESTIONS.items():
        for path, body in questions(asker):
            told += asker.ask(method, path, body)
    assert b"forged" not in told
    assert b"secret of the county" not in told
    assert {stream for stream in STREAMS if secret(*stream).encode() in told} == asker.allowed


@settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(GRANTS)
def test_what_is_granted_is_told_by_each_way_of_asking(
    service: Service, grants: list[tuple[str, tuple[Class, ...]]]
) -> None:
    asker = Asker(service, grants)
    above = {(place.id, "published") for place in DIRECTORY.ancestors(VILLAGE)}
    assert {(grant.scope, grant.cls) for grant in asker.granted} == asker.allowed | above
    known = codec.grants_digest(asker.granted)
    pull = codec.pack_pull(Pull(service.ledger.server_epoch, 1, 10**9, b"", known, ()))
    packed = asker.client.ask("POST", "/api/v1/sync/changes", pull, asker.token).body
    assert {(page.scope, page.cls) for page in codec.unpack_pulled(packed).pages} == asker.allowed
    for stream, (path, _body) in zip(STREAMS, attachments(asker), strict=True):
        answer = asker.client.ask("GET", f"/api/v1{path}", token=asker.token)
        assert (answer.body == attached(*stream)) == (stream in asker.allowed)
    body = asker.client.ask("GET", "/api/v1/sync/status", token=asker.token).body
    assert {(s.scope, s.cls) for s in msgspec.json.decode(body, type=Status).streams} == asker.allowed
    for stream, record in RECORDS.items():
        body = asker.client.ask("GET", f"/api/v1/records/{record}/history", token=asker.token).body
        entries = msgspec.json.decode(body, type=tuple[HistoryEntry, ...])
        assert bool(entries) == (stream in asker.allowed)
