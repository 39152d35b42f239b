"""Who typed: an op names him by his computer's number for him, and an official alone changes the name."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sync_databases import KINDS, fresh
from sync_server import Spoken, a_village, caller, mixed_form, new_ids, places, prepared_service

from hsdesk.city.people import audit, writers
from hsdesk.city.people.permission import Official, Reach, Rule, administrator
from hsdesk.city.running.service import Service
from hsdesk.errors import Refused
from hsdesk.model.writer import MOST_WRITERS, Writer, number_of_name
from hsdesk.records.op import Op
from hsdesk.wire.messages import Push, Receipt

VILLAGE, OTHER = a_village(places()), a_village(places(), 1)
ZHANG, LI = Writer(482913, "张三"), Writer(771204, "李四")
RECORDS = list(islice(new_ids(3), 3))


@pytest.fixture(params=KINDS)
def service(request: pytest.FixtureRequest, tmp_path: Path, postgres_url: str) -> Iterator[Service]:
    for database in fresh(request.param, tmp_path, postgres_url):
        opened = prepared_service(database, tmp_path / "server", mixed_form())
        yield opened
        opened.database.close()


class Desk(Spoken):
    """A registered device whose ops name people by number."""

    def __init__(self, service: Service, device: str) -> None:
        super().__init__(service, caller(service, device, "village", VILLAGE), now=1_763_800_000_000)
        with service.database.writing() as connection:
            connection.run(
                "INSERT INTO hs_device (id, public_key, name, role, grants, created, seen, revoked)"
                " VALUES (?, ?, ?, 'village', ?, 0, 0, 0)",
                device,
                "0" * 64,
                device,
                msgspec.json.encode((Rule(VILLAGE),)),
            )

    def typed(self, person: object, record: str = RECORDS[0], **answers: Any) -> Op:
        return self.op(answers, record=record, scope=VILLAGE, person=str(person))

    def tells(self, *ops: Op, told: tuple[Writer, ...] | None = ()) -> Receipt:
        chain = self.chain(ops[0].seq - 1)
        return self.send(
            Push(self.device, self.epoch, self.service.ledger.server_epoch, ops, chain, writers=told)
        )

    def shown(self, record: str = RECORDS[0]) -> str:
        """Return by whom a reader is told that a record was written."""
        return next(row.stamp.person for row in self.page(VILLAGE).rows if row.record == record)


def stored(service: Service) -> list[str]:
    with service.database.reading() as connection:
        return [person for (person,) in connection.all("SELECT person FROM hs_op ORDER BY scope, rev")]


def test_an_op_names_its_writer_by_number_and_who_may_read_it_is_told_the_name(service: Service) -> None:
    a, b = Desk(service, "device-a"), Desk(service, "device-b")
    assert a.tells(a.typed(ZHANG.number, name="甲"), told=(ZHANG,)).results == ()
    assert stored(service) == [str(ZHANG.number)]
    assert b.shown() == "张三"
    (entry,) = service.ledger.history(b.who, RECORDS[0])
    assert (entry.by, entry.device) == ("张三", "device-a")
    assert "张三" not in "".join(e.detail for e in audit.entries(service.database))


def test_a_name_in_an_op_that_nobody_registered_is_set_aside_and_the_rest_goes(service: Service) -> None:
    """「市局局长王某」 was taken as it stood."""
    a = Desk(service, "device-a")
    receipt = a.tells(
        a.typed("市局局长王某", name="甲"),
        a.typed(LI.number, RECORDS[1], name="乙"),
        a.typed("", RECORDS[1], name="丙"),
        a.typed(ZHANG.number, RECORDS[2], name="丁"),
        told=(ZHANG,),
    )
    assert [(r.seq, r.outcome) for r in receipt.results] == [(n, "rejected") for n in (1, 2, 3)]
    assert all("填报人" in r.reason for r in receipt.results)
    assert stored(service) == [str(ZHANG.number)]


def test_a_number_of_another_computer_names_nobody_here(service: Service) -> None:
    a, b = Desk(service, "device-a"), Desk(service, "device-b")
    a.tells(a.typed(ZHANG.number, name="甲"), told=(ZHANG,))
    assert b.tells(b.typed(ZHANG.number, name="乙")).results[0].outcome == "rejected"


def test_a_name_once_registered_is_changed_by_an_official_alone(service: Service) -> None:
    a, b = Desk(service, "device-a"), Desk(service, "device-b")
    a.tells(a.typed(ZHANG.number, name="甲"), told=(ZHANG,))
    forged = Writer(ZHANG.number, "市局局长王某")
    a.tells(a.typed(ZHANG.number, RECORDS[1], name="乙"), told=(forged,))
    assert writers.tell(service.database, a.who, (forged, LI)) == (ZHANG, LI)
    assert b.shown(RECORDS[1]) == "张三"
    by = administrator(service.ledger.directory)
    writers.rename(service.database, ("device-a", ZHANG.number), "张三丰", by)
    assert b.shown() == b.shown(RECORDS[1]) == "张三丰"
    assert writers.tell(service.database, a.who, (ZHANG,))[0].name == "张三丰"
    stranger = Official("别村", Reach("county", (Rule(OTHER),), service.ledger.directory, "account"))
    with pytest.raises(Refused):
        writers.rename(service.database, ("device-a", ZHANG.number), "又改", stranger)


def test_names_of_programs_before_become_numbers_when_they_first_come_and_stay_those_after_the_upgrade(
    service: Service,
) -> None:
    a, b = Desk(service, "device-a"), Desk(service, "device-b")
    a.tells(a.typed("张三", name="甲"), told=None)
    waiting = a.typed("张三", RECORDS[1], name="乙")  # typed before the upgrade, sent after it
    number = number_of_name("device-a", "张三", ())
    assert stored(service) == [str(number)]
    told = (Writer(number, "张三"),)
    assert a.tells(waiting, a.typed(number, RECORDS[2], name="丙"), told=told).results == ()
    assert stored(service) == [str(number)] * 3
    assert {b.shown(record) for record in RECORDS} == {"张三"}
    by = administrator(service.ledger.directory)
    assert [one["name"] for one in writers.everyone(service.database, by)] == ["张三"]


def test_an_op_typed_before_the_upgrade_goes_also_when_an_official_renamed_its_writer_since(
    service: Service,
) -> None:
    a = Desk(service, "device-a")
    a.tells(a.typed("张三", name="甲"), told=None)
    number, by = number_of_name("device-a", "张三", ()), administrator(service.ledger.directory)
    writers.rename(service.database, ("device-a", number), "张三丰", by)
    assert a.tells(a.typed("张三", RECORDS[1], name="乙"), told=(Writer(number, "张三丰"),)).results == ()
    assert stored(service) == [str(number)] * 2


def test_one_computer_has_a_bounded_number_of_names(service: Service) -> None:
    a = Desk(service, "device-a")
    ops = [a.typed(f"人{n}", name=f"第{n}") for n in range(MOST_WRITERS + 2)]
    outcomes = [r.outcome for r in a.tells(*ops, told=None).results]
    assert outcomes == ["rejected", "rejected"]


def test_a_conflict_names_the_people_of_both_sides_and_who_settled_it(service: Service) -> None:
    a, b, c = (Desk(service, f"device-{name}") for name in "abc")
    a.tells(a.typed(ZHANG.number, name="甲"), told=(ZHANG,))
    b.tells(b.typed(LI.number, name="乙"), told=(LI,))
    page = c.page(VILLAGE)
    (conflict,) = page.conflicts
    assert {(one.device, one.person) for one in conflict.candidates} == {
        ("device-a", "张三"), ("device-b", "李四"),
    }  # fmt: skip
    settling = b.op(
        {"name": "乙"}, record=RECORDS[0], scope=VILLAGE, person=str(LI.number), seen=page.after,
        resolves=conflict.id, resolves_rev=conflict.rev,
    )  # fmt: skip
    b.tells(settling)
    (settled,) = c.page(VILLAGE).conflicts
    assert (settled.open, settled.settled_by) == (False, "李四")
