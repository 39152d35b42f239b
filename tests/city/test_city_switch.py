"""The city server makes room for a register that is off by default when the first records of it come."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import msgspec
import pytest
from sync_databases import KINDS, fresh
from sync_server import Spoken, a_village, caller, new_ids, places, prepared_service

from hsdesk.city.reference import publishing, stream
from hsdesk.city.reference.current_forms import publish_shipped, standing_forms
from hsdesk.city.running import administration
from hsdesk.city.running.service import Service
from hsdesk.forms.shipped import index

FORM, OTHER, *_ = (one.form_id for one in index().values() if one.is_off and one.cls == "common")
VILLAGES = tuple(a_village(places(), n) for n in range(4))


@pytest.fixture(params=KINDS)
def service(request: pytest.FixtureRequest, tmp_path: Path, postgres_url: str) -> Iterator[Service]:
    for url in fresh(request.param, tmp_path, postgres_url):
        made = prepared_service(url, tmp_path / "keys")
        yield made
        made.database.close()


def standing(service: Service) -> set[str]:
    return {one.form for one in standing_forms(service.database)}


def told(service: Service) -> set[str]:
    with service.database.reading() as connection:
        return {head.id for head in stream.heads_after(connection, 0) if head.kind == "form"}


def desk(service: Service, number: int) -> Spoken:
    return Spoken(service, caller(service, f"desk-{number}", "village", VILLAGES[number]))


def test_many_desks_that_send_the_first_records_at_once_are_all_taken(service: Service) -> None:
    assert FORM not in standing(service)
    ids, ready = [next(new_ids(n)) for n in range(len(VILLAGES))], Barrier(len(VILLAGES))

    def send(number: int) -> str:
        spoken = desk(service, number)
        op = spoken.op({"matter": "财务"}, record=ids[number], scope=VILLAGES[number], form=FORM)
        ready.wait()
        receipt = spoken.push(op)
        return "".join(one.reason for one in receipt.results if one.outcome == "rejected")

    with ThreadPoolExecutor(len(VILLAGES)) as pool:
        assert list(pool.map(send, range(len(VILLAGES)))) == [""] * len(VILLAGES)
    assert (FORM in standing(service), OTHER in standing(service)) == (True, False)
    assert FORM not in told(service)
    publish_shipped(service.database)  # as at the next start
    assert FORM not in told(service)
    with service.database.reading() as connection:
        rows = connection.all(f"SELECT _id FROM {FORM}")
    assert {str(record) for (record,) in rows} == set(ids)


def test_what_officials_publish_in_its_place_is_told_and_so_is_its_being_taken_back(service: Service) -> None:
    publishing.switch_register(service.database, FORM, ("village",))
    assert FORM not in told(service)
    with service.database.writing() as connection:
        own = stream.latest_forms(connection)[FORM]
        stream.put_form(connection, msgspec.structs.replace(own, version="2027.1"))
    assert FORM in told(service)
    with service.database.writing() as connection:
        administration.take_back(connection, FORM)
    assert FORM in told(service)


def test_a_desk_that_names_a_form_nobody_carries_is_told_so(service: Service) -> None:
    spoken = desk(service, 0)
    op = spoken.op({"x": "1"}, record=next(new_ids(9)), scope=VILLAGES[0], form="nobody_knows")
    assert [one.outcome for one in spoken.push(op).results] == ["rejected"]
