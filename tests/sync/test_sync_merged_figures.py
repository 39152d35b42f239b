"""A county's desk and the city server show equal indicators while duplicates are merged and parted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sync_databases import KINDS, fresh
from sync_world import MemoryCarrier, prepared_service

from hsdesk.city.ledger.reading import CityRegisters
from hsdesk.city.people.permission import Caller, Reach, Rule
from hsdesk.city.running.service import Service
from hsdesk.desk import opening
from hsdesk.desk.listing import Listing
from hsdesk.desk.opening import Opened
from hsdesk.desk.records import Records
from hsdesk.desk.reporting import DeskRegisters
from hsdesk.desk.source import DeskSource
from hsdesk.model.answer import MERGED_INTO, Class, SetDelta, Written
from hsdesk.model.asked_day import today_is
from hsdesk.model.clock import reading, wall_milliseconds
from hsdesk.model.place import load_directory
from hsdesk.records.op import ALL_SEEN, Op
from hsdesk.reports.indicator_values import evaluate_all
from hsdesk.reports.indicators import IndicatorValue
from hsdesk.sync.loop import synchronise
from hsdesk.wire.messages import Push

DIRECTORY = load_directory()
DAY = date(2026, 11, 20)
VILLAGE = DIRECTORY.by_code("341021101204").id
TOWNSHIP = DIRECTORY.by_id(VILLAGE).parent
COUNTY = DIRECTORY.by_id(TOWNSHIP).parent
WORKER = {"duties": SetDelta(add=("11",)), "education": "60", "hired_on": "2020-01-01"}
STUDY = {"kind": "1", "result": "1", "target_edu": "31", "start_on": "2026-09-01"}
PROJECT = {"status": "2", "start_on": "2025-01-01", "end_on": "2026-01-01"}
RECORDS: tuple[tuple[str, str, str, dict[str, Written]], ...] = (
    # what the county writes refers to what villages and townships write, and the other way round
    ("training", COUNTY, "study", {**STUDY, "worker": "worker2"}),
    ("worker", VILLAGE, "worker1", {"name": "样例甲", **WORKER}),
    ("worker", VILLAGE, "worker2", {"name": "样例假", **WORKER}),
    ("tri_project", TOWNSHIP, "project1", {"name": "样例项目", **PROJECT}),
    ("tri_project", TOWNSHIP, "project2", {"name": "样例项目二", **PROJECT}),
    ("project_eval", COUNTY, "eval", {"project": "project2", "eval_on": "2026-03-01"}),
    ("access_item", COUNTY, "item1", {"item": "样例证明", "access_kind": "5", "forbidden_code": "1"}),
    ("access_item", COUNTY, "item2", {"item": "样例证明二", "access_kind": "4"}),
    ("seal_use", VILLAGE, "use", {"item": "item2", "handled": "1", "date": "2026-11-02"}),
)
MERGERS = (
    ("worker", VILLAGE, "worker2", "worker1"),
    ("tri_project", TOWNSHIP, "project2", "project1"),
    ("access_item", COUNTY, "item2", "item1"),
)


class City:
    """A city server, a device that types everything, and the county's desk."""

    def __init__(self, url: str, folder: Path) -> None:
        self.service: Service = prepared_service(url, folder / "server")
        self.opened: Opened
        code = DIRECTORY.by_id(COUNTY).code
        self.opened, _ = opening.create(folder / "county", [code], "样例", "kou-ling-2020")
        self.seq = 0

    def push(self, form: str, scope: str, record: str, answers: dict[str, Written]) -> None:
        shape = self.service.ledger.shapes
        with self.service.database.reading() as connection:
            cls: Class = shape.current(connection)[form].cls
        self.seq += 1
        op = Op(
            device="typing", epoch=1, seq=self.seq, scope=scope, cls=cls, record=record, form=form,
            version="", seen=ALL_SEEN, wide=True, server_epoch=self.service.ledger.server_epoch,
            hlc=reading(wall_milliseconds()), person="样例", answers=answers,
        )  # fmt: skip
        caller = Caller("typing", Reach("township", (Rule(COUNTY),), DIRECTORY))
        receipt = self.service.ledger.push(caller, Push("typing", 1, self.service.ledger.server_epoch, (op,)))
        assert receipt.results == ()

    def figures(self) -> dict[str, IndicatorValue]:
        """The county's indicators, which desk and server agree upon."""
        file = self.opened.file
        caller = Caller(file.device_id(), Reach("county", (Rule(COUNTY),), DIRECTORY))
        synchronise(file, MemoryCarrier(self.service, caller), pause=lambda _: None)
        source = DeskSource(self.opened)
        registers = DeskRegisters(
            self.opened, source, Listing(self.opened, source, Records(self.opened, source))
        )
        here = list(evaluate_all(registers, DIRECTORY.by_id(COUNTY), today_is(DAY)))
        with self.service.database.reading() as connection:
            self.service.ledger.shapes.current(connection)
            forms = {name: one.form for name, one in self.service.ledger.shapes.registers.items()}
            city = CityRegisters(connection, forms, DIRECTORY)
            assert list(evaluate_all(city, DIRECTORY.by_id(COUNTY), today_is(DAY))) == here
        return {one.id: one for one in here}


@pytest.fixture(params=KINDS)
def city(request: pytest.FixtureRequest, tmp_path: Path, postgres_url: str) -> Iterator[City]:
    for url in fresh(request.param, tmp_path, postgres_url):
        made = City(url, tmp_path)
        yield made
        made.opened.file.close()
        made.service.database.close()


def asked(figures: dict[str, IndicatorValue]) -> list[tuple[float | None, float | None]]:
    return [(figures[name].numerator, figures[name].denominator) for name in ("I06", "I28", "I21")]


def test_indicators_over_references_count_merged_records_alike_and_part_them_again(city: City) -> None:
    for record in RECORDS:
        city.push(*record)
    apart = [(1, 2), (1, 2), (0, None)]  # who studies, what was judged, what was sealed though forbidden
    assert asked(city.figures()) == apart
    for form, scope, record, into in MERGERS:
        city.push(form, scope, record, {MERGED_INTO: into})
    assert asked(city.figures()) == [(1, 1), (1, 1), (1, None)]
    for form, scope, record, _ in MERGERS:
        city.push(form, scope, record, {MERGED_INTO: None})
    assert asked(city.figures()) == apart


def test_a_merge_that_comes_before_what_refers_counts_alike(city: City) -> None:
    kept = {(form, into) for form, _scope, _record, into in MERGERS}  # one merges into what is there alone
    for record in (one for one in RECORDS if (one[0], one[2]) in kept):
        city.push(*record)
    for form, scope, record, into in MERGERS:
        city.push(form, scope, record, {MERGED_INTO: into})
    for record in reversed([one for one in RECORDS if (one[0], one[2]) not in kept]):
        city.push(*record)
    assert asked(city.figures()) == [(1, 1), (1, 1), (1, None)]
