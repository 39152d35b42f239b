"""Officials move and erase records; merged villages take theirs along: on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from city_client import Client, account
from sync_databases import KINDS, fresh
from sync_world import (
    MemoryCarrier,
    a_village,
    caller,
    mixed_form,
    new_desk,
    new_ids,
    places,
    prepared_service,
)

from hsdesk.city.http.app import make_app
from hsdesk.city.people.permission import Official, Reach, Rule, administrator, tops
from hsdesk.city.reference.publishing import publish_places
from hsdesk.city.running.erasure_and_transfer import RecordRemoval, office
from hsdesk.city.running.service import Service
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.errors import DataError, Refused
from hsdesk.model.answer import DELETED, ERASURE
from hsdesk.model.place import Place
from hsdesk.records.edits import Edit
from hsdesk.records.erasure import ErasureRequest, erasure_request
from hsdesk.sync.loop import SyncReport, synchronise

ONE, TWO = a_village(places()), a_village(places(), 1)
SECRET = "13900001234"


@pytest.fixture(params=KINDS)
def service(request: pytest.FixtureRequest, tmp_path: Path, postgres_url: str) -> Iterator[Service]:
    for database in fresh(request.param, tmp_path, postgres_url):
        opened = prepared_service(database, tmp_path / "server", mixed_form())
        yield opened
        opened.database.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskFile]:
    with new_desk(tmp_path / "desk", mixed_form()) as made:
        yield made


def sync(service: Service, desk: DeskFile, place: str = ONE) -> SyncReport:
    who = caller(service, desk.device_id(), "village", place)
    return synchronise(desk, MemoryCarrier(service, who), pause=lambda _: None)


def typed(desk: DeskFile, count: int, scope: str = ONE) -> list[str]:
    ids = new_ids(5)
    records = [next(ids) for _ in range(count)]
    desk.commit_many(
        Edit(scope, "mixed", record, {"name": f"户{n}", "count": n, "phone": SECRET}, "张三")
        for n, record in enumerate(records)
    )
    return records


def by(service: Service) -> RecordRemoval:
    return RecordRemoval(service.ledger, administrator(service.ledger.directory))


def closed(place: str, *into: str) -> tuple[Place, ...]:
    (row,) = places().versions(place)
    return (msgspec.structs.replace(row, valid_to="2020-01-01", into=" ".join(into)),)


def rows_in(service: Service, scope: str) -> int:
    with service.database.reading() as connection:
        return int(connection.all("SELECT COUNT(*) FROM mixed WHERE _scope = ?", scope)[0][0])


def test_a_merged_village_takes_its_records_along_and_its_laptop_works_on(
    service: Service, desk: DeskFile
) -> None:
    typed(desk, 700)
    sync(service, desk)
    publish_places(service.database, closed(ONE, TWO))
    assert {code: moved.done for code, moved in by(service).follow_mergers().items()} == {
        places().by_id(ONE).code: 700
    }
    assert (rows_in(service, ONE), rows_in(service, TWO)) == (0, 700)
    sync(service, desk)
    assert {row.scope for row in desk.query("mixed")} == {TWO}
    assert desk.count("mixed") == 700
    assert by(service).follow_mergers() == {}
    report = sync(service, desk)
    assert (report.pulled, report.healed) == (0, 0)


def test_what_was_typed_offline_for_a_closed_village_arrives_where_it_went(
    service: Service, desk: DeskFile
) -> None:
    sync(service, desk)
    publish_places(service.database, closed(ONE, TWO))
    (record,) = typed(desk, 1)
    report = sync(service, desk)
    assert (report.rejected, report.healed) == (0, 0)
    assert desk.scopes_of(record) == (TWO,)
    state = desk.state(TWO, record)
    assert state is not None
    assert state.answers == {"name": "户0", "count": 0, "phone": SECRET}
    with service.database.reading() as connection:
        assert connection.all("SELECT scope, cls FROM hs_state ORDER BY cls") == [
            (TWO, "common"), (TWO, "personal"),
        ]  # fmt: skip


def test_after_a_split_an_official_says_which_records_go_where(service: Service, desk: DeskFile) -> None:
    three = a_village(places(), 2)
    typed(desk, 10)
    sync(service, desk)
    publish_places(service.database, closed(ONE, TWO, three))
    assert by(service).follow_mergers() == {}
    assert by(service).move(ONE, TWO, "mixed", "count < 4").done == 4
    assert by(service).move(ONE, three).done == 6
    assert [rows_in(service, place) for place in (ONE, TWO, three)] == [0, 4, 6]
    sync(service, desk)
    assert {(row.scope == TWO, int(row.values["count"]) < 4) for row in desk.query("mixed")} == {
        (True, True), (False, False),
    }  # fmt: skip


def test_an_official_erases_a_record_wherever_it_lies(service: Service, desk: DeskFile) -> None:
    record, other = typed(desk, 2)
    sync(service, desk)
    assert by(service).erase(record, (), "本人要求清除").refused == ()
    assert by(service).erase(other, ("phone",), "写错了人").done == 1
    sync(service, desk)
    state, kept = desk.state(ONE, record), desk.state(ONE, other)
    assert state is not None
    assert kept is not None
    assert state.answers == {DELETED: "本人要求清除"}
    assert kept.answers == {"name": "户1", "count": 1}
    with service.database.reading() as connection:
        bodies = connection.all("SELECT body FROM hs_op") + connection.all("SELECT body FROM hs_state")
    assert not any(SECRET.encode() in bytes(body) for (body,) in bodies)
    with pytest.raises(DataError, match="没有这条记录"):
        by(service).erase(next(new_ids(99)), (), "没有的")
    with pytest.raises(DataError, match="原因"):
        by(service).erase(record, (), " ")


def test_only_who_may_dispose_of_both_places_moves_or_erases(service: Service, desk: DeskFile) -> None:
    (record,) = typed(desk, 1)
    sync(service, desk)
    here = service.ledger.directory
    village = Official("村里", Reach("village", (Rule(ONE),), here, "account"))
    with pytest.raises(Refused):
        RecordRemoval(service.ledger, village).move(ONE, TWO)
    with pytest.raises(DataError, match="没有这条记录"):
        RecordRemoval(service.ledger, village).erase(record, (), "想删")
    one_place = Official("县里", Reach("county", (Rule(ONE, verbs=("read", "dispose")),), here, "account"))
    with pytest.raises(Refused):
        RecordRemoval(service.ledger, one_place).move(ONE, TWO)
    assert RecordRemoval(service.ledger, one_place).erase(record, ("phone",), "写错了").done == 1


def test_officials_move_and_erase_over_the_network_where_their_verb_reaches(
    service: Service, desk: DeskFile
) -> None:
    typed(desk, 2)
    sync(service, desk)
    (city,) = tops(service.ledger.directory)
    token = account(service, "市局", "city", Rule(city))
    client = Client(make_app(service))

    def ask(path: str, **said: object) -> tuple[int, dict[str, object]]:
        answer = client.ask("POST", f"/api/v1{path}", msgspec.json.encode(said), token)
        return answer.status, msgspec.json.decode(answer.body)

    code = places().by_id(TWO).code
    done = {"done": 1, "refused": []}
    assert ask("/moves", source=ONE, target=code, register="mixed", where="count = 0") == (200, done)
    assert rows_in(service, TWO) == 1
    ((record,),) = service_rows(service, TWO)
    assert ask("/erasures", record=record, reason="写错了", fields=["phone"]) == (200, done)
    assert ask("/moves", source=ONE, target=code, register="nothing")[0] == 403
    assert ask("/moves", source=ONE, target=code, register="mixed", where="count >")[0] == 400
    assert ask("/erasures", record="nobody", reason="x")[0] == 400
    county = account(service, "县里", "county", Rule(places().by_id(places().by_id(ONE).parent).parent))
    told = msgspec.json.encode({"source": ONE, "target": TWO})
    assert client.ask("POST", "/api/v1/moves", told, county).status == 403


def test_officials_answer_requests_to_erase_over_the_network_where_their_verb_reaches(
    service: Service, desk: DeskFile
) -> None:
    record, other = typed(desk, 2)
    sync(service, desk)
    for one, request in ((record, ErasureRequest("本人要求")), (other, ErasureRequest("写错", ("phone",)))):
        desk.commit(Edit(ONE, "mixed", one, {ERASURE: request.answer()}, "张三"))
    sync(service, desk)
    (city,) = tops(service.ledger.directory)
    everywhere = account(service, "市局", "city", Rule(city))
    elsewhere = account(service, "别处", "city", Rule(TWO, verbs=("dispose",)))
    client = Client(make_app(service))

    def ask(method: str, path: str, token: str, **said: str) -> tuple[int, Any]:
        answer = client.ask(method, f"/api/v1/erasures{path}", msgspec.json.encode(said), token)
        return answer.status, msgspec.json.decode(answer.body)

    assert ask("GET", "", elsewhere) == (200, [])
    listed = ask("GET", "", everywhere)[1]
    assert {(one["id"], one["title"], *one["fields"]) for one in listed} == {
        (record, "户0"), (other, "户1", "phone"),
    }  # fmt: skip
    assert ask("POST", f"/{record}/confirm", elsewhere)[0] == 403
    assert ask("POST", f"/{record}/refuse", everywhere, reason=" ")[0] == 400
    assert ask("POST", f"/{record}/refuse", everywhere, reason="还要用") == (200, {"done": 1, "refused": []})
    assert ask("POST", f"/{other}/confirm", everywhere)[0] == 200
    assert ask("GET", "", everywhere) == (200, [])
    sync(service, desk)
    refused, gone = desk.state(ONE, record), desk.state(ONE, other)
    assert refused is not None
    assert gone is not None
    assert erasure_request(refused.answers[ERASURE]) == ErasureRequest("本人要求", refused="还要用")
    assert gone.answers == {"name": "户1", "count": 1}


def test_a_request_to_erase_goes_along_with_a_record_that_moves(service: Service, desk: DeskFile) -> None:
    (record,) = typed(desk, 1)
    sync(service, desk)
    desk.commit(Edit(ONE, "mixed", record, {ERASURE: ErasureRequest("本人要求").answer()}, "张三"))
    sync(service, desk)
    assert by(service).move(ONE, TWO).done == 1
    assert [one.place for one in by(service).requests()] == [places().by_id(TWO).code]
    assert by(service).confirm(record).refused == ()
    assert by(service).requests() == ()
    with service.database.reading() as connection:
        assert connection.all("SELECT name, phone FROM mixed") == [(None, None)]


def service_rows(service: Service, scope: str) -> list[tuple[str]]:
    with service.database.reading() as connection:
        return [(row[0],) for row in connection.all("SELECT _id FROM mixed WHERE _scope = ?", scope)]


def test_a_second_administrator_at_work_at_the_same_time_loses_nothing(
    service: Service, desk: DeskFile
) -> None:
    typed(desk, 3)
    sync(service, desk)
    again = office(service.database)
    assert by(service).move(ONE, TWO, "mixed", "count < 1").done == 1
    assert again.move(ONE, TWO).done == 2
    assert rows_in(service, TWO) == 3
