"""One asker cannot take the server from the others: 503 and when to come again for him, service for them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from city_client import Answer, Client, logged_in
from sync_server import a_village, places, prepared_service

from hsdesk.city.http.admission import Admission, Greedy
from hsdesk.city.http.app import make_app
from hsdesk.city.http.bodies import Incoming, Room, TooSlow
from hsdesk.city.http.limits import Limits
from hsdesk.city.people.permission import Rule
from hsdesk.city.running.service import Service
from hsdesk.errors import Locked
from hsdesk.wire.enrolment import ChallengeRequest

VILLAGE = a_village(places())
AT_ONCE = Limits(refused_seconds=0)
ATTACKER, OFFICE = "10.9.9.9", "10.0.0.1"
ASKED = msgspec.json.encode(ChallengeRequest("device-of-nobody"))


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    opened = prepared_service(f"sqlite:///{tmp_path}/server/city.db", tmp_path / "server")
    yield opened
    opened.database.close()


def refused(answer: Answer) -> bool:
    """Whether the answer is 503 and says when to come again and that nothing is lost."""
    if answer.status != 503:
        return False
    assert int(answer.headers["retry-after"]) >= 1
    assert "已填内容都保存在本机" in answer.problem().title
    return True


def challenges(client: Client, times: int) -> list[bool]:
    return [refused(client.ask("POST", "/api/v1/challenge", ASKED)) for _ in range(times)]


def test_ten_thousand_challenges_stop_nobodys_login(service: Service) -> None:
    for number in range(10_200):
        service.registrar.challenge(f"nobody-{number}")
    logged_in(service, "village", Rule(VILLAGE))


def test_one_address_gets_only_so_many_challenges_and_the_next_one_all_it_wants(service: Service) -> None:
    limits = msgspec.structs.replace(AT_ONCE, challenges=5, challenges_refill=0.01)
    app = make_app(service, Admission(limits))
    assert challenges(Client(app, ATTACKER), 8) == [False] * 5 + [True] * 3
    assert challenges(Client(app, OFFICE), 5) == [False] * 5


def test_an_address_that_asks_without_end_is_refused_whatever_it_asks(service: Service) -> None:
    limits = msgspec.structs.replace(AT_ONCE, requests=4, requests_refill=0.01)
    app = make_app(service, Admission(limits))
    flood = Client(app, ATTACKER)
    asked = ["/nowhere", "/healthz", "/api/v1/openapi.json", "/api/v1/me", "/nowhere", "/healthz"]
    assert [refused(flood.ask("GET", path)) for path in asked] == [False] * 4 + [True] * 2
    assert Client(app, OFFICE).ask("GET", "/healthz").status == 200


def test_a_device_has_only_so_many_requests_in_hand_and_its_neighbour_in_the_same_office_too(
    service: Service,
) -> None:
    admission = Admission(AT_ONCE)
    app = make_app(service, admission)
    token, _ = logged_in(service, "village", Rule(VILLAGE))
    other, _ = logged_in(service, "village", Rule(VILLAGE))
    device = service.registrar.who(token)
    assert device is not None
    with admission.turn(OFFICE, device[0], "work"), admission.turn(OFFICE, device[0], "work"):
        assert refused(Client(app, OFFICE).ask("GET", "/api/v1/sync/status", token=token))
        assert Client(app, OFFICE).ask("GET", "/api/v1/sync/status", token=other).status == 200
    assert Client(app, OFFICE).ask("GET", "/api/v1/sync/status", token=token).status == 200


def test_processor_time_is_counted_and_a_device_that_used_its_own_waits(service: Service) -> None:
    now = [1000.0]
    admission = Admission(AT_ONCE, lambda: now[0])
    app = make_app(service, admission)
    token, _ = logged_in(service, "village", Rule(VILLAGE))
    other, _ = logged_in(service, "village", Rule(VILLAGE))
    before = admission._of_device._left.copy()
    assert Client(app, OFFICE).ask("GET", "/api/v1/sync/status", token=token).status == 200
    (device,) = admission._of_device._left.keys() - before.keys()
    assert 0 < admission.limits.seconds_of_device - admission._of_device._left[device][0] < 5
    admission._of_device.spend(device, 65.0)
    answer = Client(app, OFFICE).ask("GET", "/api/v1/sync/status", token=token)
    assert refused(answer)
    assert 15 < int(answer.headers["retry-after"]) < 45
    assert Client(app, OFFICE).ask("GET", "/api/v1/sync/status", token=other).status == 200
    now[0] += int(answer.headers["retry-after"])
    assert Client(app, OFFICE).ask("GET", "/api/v1/sync/status", token=token).status == 200


def test_who_sends_what_no_program_of_ours_makes_soon_waits_and_nobody_else(service: Service) -> None:
    app = make_app(service, Admission(AT_ONCE, lambda: 0.0))
    token, _ = logged_in(service, "village", Rule(VILLAGE))
    other, _ = logged_in(service, "village", Rule(VILLAGE))
    answers = [Client(app, OFFICE).ask("POST", "/api/v1/sync/push", b"x", token).status for _ in range(15)]
    assert answers == [400] * 12 + [503] * 3
    assert Client(app, OFFICE).ask("GET", "/api/v1/sync/status", token=other).status == 200


def test_a_device_that_sends_attachments_without_end_waits_and_its_data_goes_on(service: Service) -> None:
    now = [1000.0]
    limits = msgspec.structs.replace(AT_ONCE, attached_of_device=10, attached_of_device_refill=2)
    app = make_app(service, Admission(limits, lambda: now[0]))
    token, _ = logged_in(service, "village", Rule(VILLAGE))
    other, _ = logged_in(service, "village", Rule(VILLAGE))

    def sent(by: str) -> Any:
        return Client(app, OFFICE).ask("PATCH", f"/api/v1/blobs/{'0' * 64}", b"12345678", by)

    assert not refused(sent(token))
    answer = sent(token)
    assert refused(answer)
    assert answer.headers["retry-after"] == "3"
    assert not refused(sent(other))
    assert Client(app, OFFICE).ask("GET", "/api/v1/sync/status", token=token).status == 200
    now[0] += 3
    assert not refused(sent(token))


def test_more_work_than_can_wait_is_told_to_come_again(service: Service) -> None:
    admission = Admission(msgspec.structs.replace(AT_ONCE, working=1, waiting=1))
    with admission.turn("a", "1", "work"), admission.turn("b", "2", "work"):
        with pytest.raises(Locked, match="正忙"), admission.turn("c", "3", "work"):
            pass
        with admission.turn("c", "3", "light"):
            pass
    with admission.turn("c", "3", "work"):
        pass


def test_a_budget_forgets_the_oldest_keys_and_never_owes_more_than_it_refills() -> None:
    admission = Admission(Limits(challenges=1, challenges_refill=1), lambda: 0.0)
    for number in range(30_000):
        admission.challenge(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(admission._challenges._left) == 20_000
    with pytest.raises(Greedy):
        admission.challenge("10.0.117.47")


def asked_with(app: Any, path: str, pieces: list[bytes], token: str = "") -> tuple[int, int]:
    """POST a body piece by piece; return the status and how many pieces were taken."""
    taken, sent = [0], list[dict[str, Any]]()
    scope = {
        "type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": [(b"authorization", f"Bearer {token}".encode())], "client": (ATTACKER, 1),
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        taken[0] += 1
        if taken[0] > len(pieces):
            await asyncio.Event().wait()
        return {"type": "http.request", "body": pieces[taken[0] - 1], "more_body": True}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    closing = dict(sent[0]["headers"]).get(b"connection")
    assert closing == b"close"  # what is still to come shall not hold the line
    return sent[0]["status"], taken[0]


def test_who_asks_is_known_before_a_byte_of_the_body_is_kept(service: Service) -> None:
    app = make_app(service, Admission(msgspec.structs.replace(AT_ONCE, bodies=0)))
    status, taken = asked_with(app, "/api/v1/sync/push", [bytes(1 << 16)] * 100, "x")
    assert status == 401  # kept, it would have been 503: there is no room for one byte
    assert taken <= 17  # a megabyte is let pass, so that the answer is heard


def test_a_body_that_stops_in_the_middle_is_told_that_it_was_too_slow(service: Service) -> None:
    limits = msgspec.structs.replace(AT_ONCE, body_seconds=0.05)
    assert asked_with(make_app(service, Admission(limits)), "/api/v1/challenge", [b"{"])[0] == 408


class SlowNetwork(asyncio.SelectorEventLoop):
    """A loop whose clock goes on by a second with each piece that arrives."""

    now = 0.0

    def time(self) -> float:
        return self.now

    def read(self, pieces: list[bytes]) -> int:
        """Return the bytes of a body whose pieces come one a second."""
        coming = iter([*pieces, b""])

        async def receive() -> dict[str, Any]:
            self.now += 1
            for _ in range(2):  # let what is due come before the piece
                turn = self.create_future()
                self.call_soon(turn.set_result, None)
                await turn
            piece = next(coming)
            return {"type": "http.request", "body": piece, "more_body": bool(piece)}

        async def read() -> int:
            with Room(1 << 20).visitor() as share:
                return len(await Incoming(receive, Limits()).read(1 << 20, share))

        return self.run_until_complete(read())


def test_a_body_may_be_slow_if_it_keeps_the_pace() -> None:
    """1 kB/s was served well before there were limits, and still is; 200 bytes a second are no network."""
    with contextlib.closing(SlowNetwork()) as network:
        assert network.read([b"x" * 1000] * 260) == 260_000
    with contextlib.closing(SlowNetwork()) as network, pytest.raises(TooSlow):
        network.read([b"x" * 200] * 100)


def test_the_bodies_of_all_have_a_limit_together_and_give_their_room_back() -> None:
    room = Room(100)
    with room.visitor() as one, room.visitor() as other:
        one.hold(60)
        with pytest.raises(Locked, match="正忙"):
            other.hold(50)
        other.hold(40)
    assert room._held == 0
