"""Floods against a real server: those who fill it are closed, everybody else is served."""

from __future__ import annotations

import select
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest
import requests
from sync_process import Running, start, stop
from sync_server import prepared_service

from hsdesk.wire.enrolment import EnrolRequest

_SMALL = """
from hsdesk.city.http.limits import Limits
from hsdesk.city.http.serving import Network
limits = Limits(connections=60, connections_of_address=25, head_seconds=1.5, body_seconds=1.5,
                refused_seconds=0.2, open_of_address=10)
serve = partial(serve, network=Network(PROXIES, limits))
"""
SLOW_HEAD = b"POST /api/v1/challenge HTTP/1.1\r\nHost: x\r\n"
SLOW_BODY = SLOW_HEAD + b"Content-Length: 1000\r\n\r\n{"
SLOW_PUSH = b"POST /api/v1/sync/push HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nx"


def small_server(folder: Path, proxies: tuple[str, ...] = ()) -> Iterator[Running]:
    database = f"sqlite:///{folder}/server/city.db"
    prepared_service(database, folder / "server").database.close()
    running = start(database, before=_SMALL.replace("PROXIES", repr(proxies)))
    yield running
    code, said = stop(running)
    assert (code, said) == (0, "")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    yield from small_server(tmp_path_factory.mktemp("city"))


@pytest.fixture(scope="module")
def behind_a_proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    yield from small_server(tmp_path_factory.mktemp("city"), ("127.0.0.1",))


def line(server: Running, address: str, said: bytes = b"") -> socket.socket:
    """A connection from an address of this computer that has said something, if it was let in."""
    made = socket.socket()
    made.settimeout(20)
    made.bind((address, 0))
    with suppress(ConnectionError):  # refused at the door
        made.connect(("127.0.0.1", urlsplit(server.url).port or 0))
        made.sendall(said)
    return made


def heard(one: socket.socket) -> bytes:
    """What the server says until it closes the line, "" if it was cut at once."""
    found = b""
    try:
        while piece := one.recv(65_536):
            found += piece
    except OSError:
        pass
    return found


def lives(server: Running) -> bool:
    return requests.get(f"{server.url}/healthz", timeout=20).status_code == 200


def is_open(one: socket.socket) -> bool:
    one.settimeout(0)
    try:
        return one.recv(1, socket.MSG_PEEK) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        one.settimeout(20)


@pytest.mark.parametrize(
    "said", [b"", SLOW_HEAD[:20], SLOW_BODY, SLOW_PUSH], ids=["silent", "head", "body", "push"]
)
def test_slow_connections_of_one_address_are_closed_and_hinder_nobody(server: Running, said: bytes) -> None:
    address = f"127.0.1.{len(said) + 1}"
    with ExitStack() as closing:
        flood = [closing.enter_context(line(server, address, said)) for _ in range(200)]
        assert lives(server)
        assert sum(map(is_open, flood)) <= 25
        answers = [heard(one) for one in flood]  # ends: each is closed by the server
    told = [one for one in answers if one]
    assert all(one.startswith((b"HTTP/1.1 408", b"HTTP/1.1 503", b"HTTP/1.1 401")) for one in told)
    assert all(b"connection: close" in one.lower() for one in told)
    if said == SLOW_BODY:
        assert len([one for one in told if b"retry-after" in one.lower()]) >= 5  # ten may wait, 25 are in
        assert any(one.startswith(b"HTTP/1.1 408") for one in told)


@pytest.mark.parametrize("said", [SLOW_HEAD, SLOW_BODY], ids=["head", "body"])
def test_slow_connections_from_everywhere_make_way_for_who_asks(server: Running, said: bytes) -> None:
    with ExitStack() as closing:
        flood = [closing.enter_context(line(server, f"127.0.2.{n}", said)) for n in range(1, 60)]
        assert lives(server)
        with suppress(ConnectionError):
            flood[0].sendall(b"x")  # a byte more does not make it one of the last
        flood += [closing.enter_context(line(server, f"127.0.2.{n}", said)) for n in range(60, 150)]
        assert lives(server)
        assert sum(map(is_open, flood)) <= 60
        assert not is_open(flood[0])  # the one that has waited longest goes first
        for one in flood:
            heard(one)


def test_answers_that_nobody_reads_are_not_kept_for_ever(server: Running) -> None:
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect(("127.0.0.1", urlsplit(server.url).port or 0))
        deaf.sendall(b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 200)
        cut = select.poll()
        cut.register(deaf, 0)  # errors and the end alone
        assert cut.poll(20_000) != []
    assert lives(server)


def guesses(server: Running, forwarded: list[str]) -> list[int]:
    """The answers to guesses at a code, each said to come from another address."""
    body = msgspec.json.encode(EnrolRequest("0" * 12, "device-guess", "0" * 64, "猜"))
    return [
        requests.post(
            f"{server.url}/api/v1/enroll", body, headers={"X-Forwarded-For": one}, timeout=20
        ).status_code
        for one in forwarded
    ]


EVERYWHERE = [f"10.3.{n}.1" for n in range(8)]


def test_who_says_on_this_computer_that_he_comes_from_elsewhere_is_not_believed(server: Running) -> None:
    assert guesses(server, EVERYWHERE) == [403] * 5 + [429] * 3


def test_a_proxy_that_is_named_is_believed_and_only_its_own_word(behind_a_proxy: Running) -> None:
    assert guesses(behind_a_proxy, EVERYWHERE) == [403] * 8
    assert guesses(behind_a_proxy, ["10.4.0.1"] * 7) == [403] * 5 + [429] * 2
    forged = [f"10.5.{n}.1, 10.4.0.2" for n in range(7)]  # what the client said stands before what he added
    assert guesses(behind_a_proxy, forged) == [403] * 5 + [429] * 2
