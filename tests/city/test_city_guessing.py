"""Guessing codes and passwords is slowed down, and nobody else is."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue

import msgspec
import pytest
from city_client import PASSWORD, Answer, Client, account, logged_in
from sync_server import a_village, places, prepared_service

from hsdesk.city.http.app import make_app
from hsdesk.city.people import accounts
from hsdesk.city.people.permission import Rule
from hsdesk.city.people.throttle import Crowded, Throttle, TooFast, WorkSlots
from hsdesk.city.running.service import Service
from hsdesk.wire.enrolment import EnrolRequest, LoginRequest

VILLAGE = a_village(places())
OFFICE = "10.0.0.1"  # the one address of a township, where 23 villages come to sync


class Watch:
    """A clock that is set by hand, in milliseconds."""

    def __init__(self) -> None:
        self.now = 1_763_800_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    opened = prepared_service(f"sqlite:///{tmp_path}/server/city.db", tmp_path / "server")
    yield opened
    opened.database.close()


def failures(brake: Throttle, tries: int, address: str, name: str) -> int:
    """Try and fail as often as is let; return how often it was."""
    let = 0
    for _ in range(tries):
        try:
            brake.check("password", address, name)
        except TooFast:
            continue
        brake.failed("password", address, name)
        let += 1
    return let


def wait(brake: Throttle, name: str, address: str = OFFICE) -> int:
    """Return the seconds that a name has to wait."""
    try:
        brake.check("password", address, name)
    except TooFast as slowed:
        return slowed.seconds
    return 0


def test_one_name_is_slowed_after_five_failures_and_its_neighbours_are_not(watch: Watch) -> None:
    brake = Throttle(watch)
    assert failures(brake, 50, OFFICE, "王主任") == 5
    assert wait(brake, "王主任") == 1
    assert [wait(brake, f"村{number}") for number in range(23)] == [0] * 23
    assert wait(brake, "王主任", "10.0.0.2") == 0


def test_the_wait_doubles_up_to_a_minute_and_is_forgotten_after_a_quarter_of_an_hour(watch: Watch) -> None:
    brake = Throttle(watch)
    waits = []
    for _ in range(12):
        waits.append(wait(brake, "王主任"))
        watch.now += waits[-1] * 1000
        brake.failed("password", OFFICE, "王主任")
    assert waits == [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60]
    watch.now += 15 * 60_000
    assert wait(brake, "王主任") == 0
    brake.failed("password", OFFICE, "王主任")
    assert wait(brake, "王主任") == 0


def test_trying_many_names_from_one_address_is_slowed_too(watch: Watch) -> None:
    brake = Throttle(watch)
    assert sum(failures(brake, 3, OFFICE, f"猜{number}") for number in range(100)) == 60
    assert wait(brake, "没试过的") == 1
    assert wait(brake, "没试过的", "10.0.0.2") == 0


def test_who_got_it_right_before_is_not_held_up_by_a_guesser_in_the_same_office(watch: Watch) -> None:
    brake = Throttle(watch)
    brake.succeeded("password", OFFICE, "李会计")
    for number in range(100):
        failures(brake, 3, OFFICE, f"猜{number}")
    assert wait(brake, "李会计") == 0
    assert failures(brake, 50, OFFICE, "李会计") == 5  # but his own name is not to be guessed either


def test_guesses_of_a_lifetime_need_no_more_room_than_those_of_a_day(watch: Watch) -> None:
    brake = Throttle(watch)
    for number in range(30_000):
        brake.failed("code", f"10.0.{number >> 8}.{number & 255}", "device")
    assert len(brake._failures) == 20_000


def test_a_code_is_guessed_five_times_and_another_computer_enrols_beside(service: Service) -> None:
    client = Client(make_app(service), OFFICE)
    guess = msgspec.json.encode(EnrolRequest("0" * 12, "device-guess", "0" * 64, "猜"))
    answers = [client.ask("POST", "/api/v1/enroll", guess) for _ in range(7)]
    assert [a.status for a in answers] == [403] * 5 + [429] * 2
    assert answers[5].problem().title == "试错次数过多，请 1 秒后再试。已填内容都保存在本机。"
    assert int(answers[5].headers["retry-after"]) == 1
    logged_in(service, "village", Rule(VILLAGE), address=OFFICE)


def test_a_password_is_guessed_five_times_and_another_official_logs_in_beside(service: Service) -> None:
    for name in ("王主任", "李会计"):
        account(service, name, "village", Rule(VILLAGE))
    client = Client(make_app(service), OFFICE)

    def login(name: str, password: str) -> int:
        body = msgspec.json.encode(LoginRequest(name, password))
        return client.ask("POST", "/api/v1/login", body).status

    assert [login("王主任", f"猜的密码不会对{n}") for n in range(6)] == [403] * 5 + [429]
    assert login("李会计", PASSWORD) == 200
    assert login("王主任", PASSWORD) == 429  # right, but too soon: else the brake would tell what is right


def at_once(service: Service, addresses: list[str], password: str = PASSWORD) -> Queue[Answer]:
    """Log in from each address at the same time; return where the answers will be."""
    answers: Queue[Answer] = Queue()
    body = msgspec.json.encode(LoginRequest("王主任", password))
    app = make_app(service)

    def log_in(address: str) -> None:
        answers.put(Client(app, address).ask("POST", "/api/v1/login", body))

    for address in addresses:
        threading.Thread(target=log_in, args=(address,), daemon=True).start()
    return answers


def test_passwords_are_checked_in_turn_and_beyond_a_short_queue_others_come_again(service: Service) -> None:
    account(service, "王主任", "village", Rule(VILLAGE))
    with accounts._TURNS.turn("甲"):  # one is being checked
        answers = at_once(service, [f"10.0.1.{n}" for n in range(12)])
        turned_away = [answers.get(timeout=60) for _ in range(4)]
        assert {(a.status, a.headers["retry-after"]) for a in turned_away} == {(503, "5")}
        assert turned_away[0].problem().title.startswith("市级服务器正忙着核对密码")
        with pytest.raises(Empty):
            answers.get_nowait()  # the other eight wait
    assert [answers.get(timeout=60).status for _ in range(8)] == [200] * 8


def test_one_address_does_not_fill_the_queue(service: Service) -> None:
    account(service, "王主任", "village", Rule(VILLAGE))
    with accounts._TURNS.turn("甲"):
        flood = at_once(service, [OFFICE] * 9, "猜的密码不会对")
        assert [flood.get(timeout=60).status for _ in range(6)] == [503] * 6
        other = at_once(service, ["10.0.0.2"])
    assert other.get(timeout=60).status == 200
    assert [flood.get(timeout=60).status for _ in range(3)] == [403] * 3
    assert wait(service.throttle, "王主任") == 0  # turned away is not a wrong guess: three were made


def test_no_more_have_their_turn_at_the_same_time_than_may() -> None:
    turns, lock = WorkSlots(at_once=2, waiting=8, of_one=10), threading.Lock()
    inside: list[int] = []
    most: list[int] = []
    both = threading.Barrier(2)  # passed by pairs only: two do have it at once

    def work(number: int) -> None:
        with turns.turn("甲"):
            with lock:
                inside.append(number)
                most.append(len(inside))
            both.wait(timeout=60)
            with lock:
                inside.remove(number)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert (max(most), len(most), inside) == (2, 10, [])


def test_a_turn_that_went_wrong_is_given_back() -> None:
    turns = WorkSlots(at_once=1, waiting=0, of_one=1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), turns.turn("甲"):
            raise ZeroDivisionError
    with turns.turn("甲"), pytest.raises(Crowded), turns.turn("乙"):
        pass
