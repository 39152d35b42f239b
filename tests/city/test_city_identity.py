"""Who a computer is: the server gives the numbers, and no key takes the place of one that lives."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from city_client import Client, account
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sync_databases import KINDS, fresh
from sync_server import a_village, places, prepared_service

from hsdesk.city.http.app import make_app
from hsdesk.city.people import audit
from hsdesk.city.people.devices import Device
from hsdesk.city.people.enrolment import TAKEN
from hsdesk.city.people.permission import Rule, administrator
from hsdesk.city.running.service import Service
from hsdesk.errors import Refused
from hsdesk.wire.enrolment import (
    EnrolReply,
    EnrolRequest,
    TokenRequest,
    challenge_text,
    enrolment_text,
    read_code,
)

VILLAGE, OTHER = a_village(places()), a_village(places(), 1)


@pytest.fixture(params=KINDS)
def service(request: pytest.FixtureRequest, tmp_path: Path, postgres_url: str) -> Iterator[Service]:
    for database in fresh(request.param, tmp_path, postgres_url):
        opened = prepared_service(database, tmp_path / "server")
        yield opened
        opened.database.close()


class Laptop:
    """A computer with a key of its own."""

    def __init__(self, service: Service, device: str = "") -> None:
        self.service, self.device, self.key = service, device, Ed25519PrivateKey.generate()

    @property
    def public(self) -> str:
        return self.key.public_key().public_bytes_raw().hex()

    def enrol(self, secret: str = "", device: str | None = None) -> EnrolReply:
        named = self.device if device is None else device
        secret = secret or secret_for(self.service)
        text = enrolment_text(self.service.meta.fingerprint, named, secret)
        signature = self.key.sign(text).hex() if named else ""
        reply = self.service.registrar.enrol(EnrolRequest(secret, named, self.public, "电脑", signature))
        self.device = reply.device
        return reply

    def logs_in(self) -> bool:
        registrar = self.service.registrar
        nonce = registrar.challenge(self.device)
        text = challenge_text(self.service.meta.fingerprint, self.device, nonce)
        try:
            return registrar.login(TokenRequest(self.device, nonce, self.key.sign(text).hex())).token != ""
        except Refused:
            return False


def secret_for(service: Service, place: str = VILLAGE) -> str:
    by = administrator(service.ledger.directory)
    return service.registrar.new_code("village", (Rule(place),), by).code.secret


def test_a_key_of_another_never_takes_the_number_of_a_registered_computer(service: Service) -> None:
    """The victim's number is known to all villages, and any valid code was enough to have its name."""
    victim, thief = Laptop(service), Laptop(service)
    victim.enrol()
    with pytest.raises(Refused, match="已经登记过") as refused:
        thief.enrol(secret_for(service, OTHER), victim.device)
    assert refused.value.detail == TAKEN
    assert victim.logs_in()
    thief.device = victim.device
    assert not thief.logs_in()
    assert [d.rules[0].place for d in devices(service)] == [VILLAGE]


def test_each_new_computer_gets_a_number_of_the_server_and_the_same_request_the_same_one(
    service: Service,
) -> None:
    a, b, secret = Laptop(service), Laptop(service), secret_for(service)
    first = a.enrol(secret)
    assert a.enrol(secret, "") == a.enrol(secret) == first
    with pytest.raises(Refused, match="登记码不对或已过期"):
        b.enrol(secret)
    assert b.enrol().device != first.device
    assert len(devices(service)) == 2


def test_a_registered_computer_registers_again_by_its_own_key_and_keeps_its_number(service: Service) -> None:
    a = Laptop(service)
    number = a.enrol().device
    again = a.enrol(secret_for(service, OTHER))
    assert again.device == number
    assert {grant.scope for grant in again.grants if grant.write} == {OTHER}
    assert a.logs_in()
    copied = EnrolRequest(secret_for(service), number, a.public, "没有钥匙的")  # its public half is no proof
    with pytest.raises(Refused, match="已经登记过"):
        service.registrar.enrol(copied)


def test_a_new_key_for_a_number_needs_an_officials_release_and_only_that_computer_can_use_it(
    service: Service,
) -> None:
    by = administrator(service.ledger.directory)
    lost, new, other = Laptop(service), Laptop(service), Laptop(service)
    lost.enrol()
    secret = service.registrar.release(lost.device, by).code.secret
    assert lost.logs_in(), "the release is a leave, not a stop"
    with pytest.raises(Refused, match="放行另一台电脑"):
        other.enrol(secret)
    new.enrol(secret, lost.device)
    assert new.device == lost.device
    assert new.logs_in()
    assert not lost.logs_in()
    said = [(entry.action, entry.who) for entry in audit.entries(service.database)]
    assert said[-2:] == [("release", by.name), ("enrol", new.device)]


def test_a_stopped_computer_comes_back_by_release_alone_and_one_to_be_wiped_never(
    service: Service, tmp_path: Path
) -> None:
    from hsdesk.city.people import wipes

    by = administrator(service.ledger.directory)
    a, b = Laptop(service), Laptop(service)
    a.enrol()
    b.enrol()
    service.devices.revoke(a.device, by)
    with pytest.raises(Refused, match="已被停用"):
        a.enrol()
    a.enrol(service.registrar.release(a.device, by).code.secret)
    assert a.logs_in()
    wipes.order(service.database, b.device, by, tmp_path / "server")
    with pytest.raises(Refused, match="已下令清除"):
        service.registrar.release(b.device, by)


def test_no_computer_takes_the_name_under_which_the_server_writes(service: Service) -> None:
    with pytest.raises(Refused, match="没有登记"):
        Laptop(service).enrol(device="city-server")
    assert devices(service) == []


def test_an_official_releases_over_the_network_only_computers_of_his_places(service: Service) -> None:
    a = Laptop(service)
    a.enrol()
    county = next(p.parent for p in places() if p.id == next(q.parent for q in places() if q.id == VILLAGE))
    token = account(service, "县局", "county", Rule(county))
    stranger = account(service, "别县", "county", Rule(other_county(county)))
    client = Client(make_app(service))
    refused = client.ask("POST", f"/api/v1/devices/{a.device}/release", token=stranger)
    assert refused.status == 403
    answer = client.ask("POST", f"/api/v1/devices/{a.device}/release", token=token)
    assert answer.status == 200
    code = read_code(msgspec.json.decode(answer.body)["code"])
    assert a.enrol(code.secret).device == a.device


def other_county(county: str) -> str:
    return next(p.id for p in places() if p.level == "county" and p.id != county)


def devices(service: Service) -> list[Device]:
    return list(service.devices.everyone(administrator(service.ledger.directory)))
