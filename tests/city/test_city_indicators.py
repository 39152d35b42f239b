"""GET /indicators: the figures of the server's registers, within what the caller may read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice

import msgspec
import pytest
from city_client import Answer, Client, account
from sync_databases import KINDS, fresh
from sync_server import new_ids, prepared_service
from test_city_reading import SCOPES, typed

from hsdesk.city.http.app import make_app
from hsdesk.city.ledger.granted import GrantedRegisters
from hsdesk.city.ledger.ledger import Caller
from hsdesk.city.ledger.reading import CityRegisters
from hsdesk.city.people.permission import Reach, Rule, administrator, tops
from hsdesk.city.reference.publishing import publish_settings
from hsdesk.city.running.erasure_and_transfer import RecordRemoval
from hsdesk.city.running.service import Service
from hsdesk.language.aggregate import Aggregate, Related
from hsdesk.model.answer import Class
from hsdesk.model.asked_day import AskedDay
from hsdesk.model.clock import reading, wall_milliseconds
from hsdesk.model.place import load_directory
from hsdesk.records.op import Op
from hsdesk.reports.indicator_values import evaluate_all
from hsdesk.reports.indicators import IndicatorValue, indicators
from hsdesk.wire.messages import Push

DIRECTORY = load_directory()
DAY = date(2026, 11, 20)
VILLAGE = DIRECTORY.by_code("341002001001").id
TOWNSHIP = DIRECTORY.by_id(VILLAGE).parent
COUNTY = DIRECTORY.by_id(TOWNSHIP).parent
(CITY,) = tops(DIRECTORY)
OTHER = next(place.id for place in DIRECTORY.children(CITY) if place.id != COUNTY)


@pytest.fixture(scope="module", params=KINDS)
def service(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, postgres_url: str
) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("figures")
    for url in fresh(request.param, folder, postgres_url):
        opened = prepared_service(url, folder / "server")
        who = Caller("desk", Reach("village", tuple(Rule(scope) for scope in SCOPES), DIRECTORY))
        for ops in typed(folder / "home"):
            opened.ledger.push(who, Push("desk", 1, opened.ledger.server_epoch, ops))
        yield opened
        opened.database.close()


def ask(service: Service, token: str, query: str = "") -> Answer:
    return Client(make_app(service)).ask("GET", f"/api/v1/indicators?as_of={DAY}{query}", token=token)


def figures(service: Service, token: str, query: str = "") -> list[IndicatorValue]:
    answer = ask(service, token, query)
    assert answer.status == 200, answer.body
    return msgspec.json.decode(answer.body, type=list[IndicatorValue])


def all_of(service: Service, place: str) -> list[IndicatorValue]:
    """What the registers say to somebody who may read everything."""
    with service.database.reading() as connection:
        service.ledger.shapes.current(connection)
        forms = {name: one.form for name, one in service.ledger.shapes.registers.items()}
        registers = CityRegisters(connection, forms, DIRECTORY)
        asked = AskedDay(DAY, datetime.now().astimezone().date(), named=True)
        return list(evaluate_all(registers, DIRECTORY.by_id(place), asked))


def test_a_county_with_every_class_reads_what_the_registers_say(service: Service) -> None:
    token = account(service, "县局", "county", Rule(COUNTY))
    found = figures(service, token)
    assert found == all_of(service, COUNTY)
    assert len(found) == len(indicators())
    assert sum(one.value is not None for one in found) > 15
    city = account(service, "市局", "city", Rule(CITY))
    assert figures(service, city) == all_of(service, CITY)
    assert figures(service, city, f"&place={DIRECTORY.by_id(TOWNSHIP).code}") == all_of(service, TOWNSHIP)


@pytest.mark.parametrize("classes", [("common",), ("party",), ("personal",), ("common", "personal")])
def test_a_class_that_is_not_granted_leaves_a_figure_unknown_and_changes_no_other(
    service: Service, classes: tuple[Class, ...]
) -> None:
    rules = (Rule(COUNTY, classes), Rule(TOWNSHIP))  # a class granted at one township is not a county's sum
    token = account(service, "县局" + "".join(classes), "county", *rules)
    whole = {one.id: one for one in all_of(service, COUNTY)}
    unknown = set()
    for one in figures(service, token):
        full = whole[one.id]
        if one.numerator is None and one.value is None:
            unknown.add(one.id)
            assert (one.denominator, one.short, one.left_out, one.met) == (None, (), "", None)
            assert all((part.numerator, part.value) == (None, None) for part in one.parts)
        else:
            assert msgspec.structs.replace(one, parts=()) == msgspec.structs.replace(full, parts=())
            for part, known in zip(one.parts, full.parts, strict=True):
                assert part == known or part.numerator is None
    streams = {name: one.form.stream for name, one in service.ledger.shapes.registers.items()}
    for one in indicators():
        read = {streams[term.register] for term in one.numerator if hasattr(term, "register")}
        if read - {"published", *classes}:
            assert one.id in unknown, (one.id, read)


def test_a_village_reads_its_own_figures_and_no_others(service: Service) -> None:
    token = account(service, "村书记", "village", Rule(VILLAGE))
    found = {one.id: one for one in figures(service, token)}
    assert {one.place for one in found.values()} == {"341002001001"}
    whole = {one.id: one for one in all_of(service, VILLAGE)}
    assert found["I04"].value == whole["I04"].value
    township = DIRECTORY.by_id(TOWNSHIP).short_name  # its other villages may have organizations at home here
    assert (found["I01"].value, found["I01"].reason) == (None, f"此处不知（由{township}计算）")
    for foreign in (TOWNSHIP, SCOPES[1] if SCOPES[0] == VILLAGE else SCOPES[0], COUNTY):
        assert ask(service, token, f"&place={foreign}").status == 403


TRAINED = Aggregate(
    "worker", exists=(Related("training", "worker = current()/_id", "kind = '1'", anywhere=True),)
)


def trained(service: Service, reach: Reach) -> float:
    with service.database.reading() as connection:
        forms = {name: one.form for name, one in service.ledger.shapes.registers.items()}
        registers = GrantedRegisters(CityRegisters(connection, forms, DIRECTORY), reach)
        return (registers.figures([TRAINED], DIRECTORY.subtree(COUNTY))[0] or {})[""]


def test_a_record_of_a_place_that_may_not_be_read_does_not_show_in_a_figure(service: Service) -> None:
    """A worker who went to another county is still named by a training there: only the city counts it."""
    county = Reach("county", (Rule(COUNTY),), DIRECTORY)
    city = Reach("city", (Rule(CITY),), DIRECTORY)
    village = DIRECTORY.village_level(OTHER)[0].id
    other = Caller("other", Reach("county", (Rule(OTHER), Rule(village)), DIRECTORY))
    before = trained(service, county)
    assert before == trained(service, city) > 0
    ids = list(islice(new_ids(7), 2))
    said = (
        (village, "worker", {"name": "样例甲"}),
        (OTHER, "training", {"worker": ids[0], "kind": "1"}),
    )
    ops = tuple(
        Op(
            device="other", epoch=1, seq=n + 1, scope=scope, cls="common", record=ids[n], form=form,
            version=service.ledger.shapes.registers[form].form.version, hlc=reading(wall_milliseconds()),
            person="样例", answers=answers,
        )
        for n, (scope, form, answers) in enumerate(said)
    )  # fmt: skip
    assert service.ledger.push(other, Push("other", 1, service.ledger.server_epoch, ops)).results == ()
    removal = RecordRemoval(service.ledger, administrator(DIRECTORY))
    assert removal.move(village, VILLAGE, "worker", "name = '样例甲'").done == 1
    assert trained(service, county) == before
    assert trained(service, city) == before + 1


def _one(found: list[IndicatorValue], name: str) -> IndicatorValue:
    return next(one for one in found if one.id == name)


def test_a_level_gives_each_place_of_it_and_a_wrong_question_is_told(service: Service) -> None:
    token = account(service, "县局三", "county", Rule(COUNTY))
    by_township = figures(service, token, "&level=township")
    townships = {place.code for place in DIRECTORY.children(COUNTY)}
    assert {one.place for one in by_township} == townships
    assert ask(service, token, "&level=street").status == 400
    answer = Client(make_app(service)).ask("GET", "/api/v1/indicators?as_of=heute", token=token)
    assert (answer.status, "2026-03-31" in answer.problem().title) == (400, True)
    assert ask(service, token, "&place=999999999999").status == 400


def test_a_published_setting_holds_for_the_figures_at_once(service: Service) -> None:
    token = account(service, "县局四", "county", Rule(COUNTY))
    before = _one(figures(service, token), "I04")
    publish_settings(service.database, {"worker_certified": "yes"})
    after = _one(figures(service, token), "I04")
    publish_settings(service.database, {"worker_certified": "no"})
    assert (after.numerator or 0) < (before.numerator or 0)
    assert _one(figures(service, token), "I04") == before
