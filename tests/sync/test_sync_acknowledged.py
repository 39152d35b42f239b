"""What is acknowledged is stored or named as set aside, whatever becomes of disks, names and answers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from itertools import islice
from pathlib import Path
from random import Random

import pytest
from sync_checks import check_acknowledged
from sync_databases import KINDS, fresh
from sync_world import (
    KEY,
    MemoryCarrier,
    a_village,
    caller,
    mixed_form,
    new_desk,
    new_ids,
    places,
    prepared_service,
    put,
    without_shipped_forms,
)

from hsdesk.city.people import audit
from hsdesk.city.running.service import Service
from hsdesk.city.sql import said
from hsdesk.deskfile.connection import RESTORED
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.errors import Offline
from hsdesk.model.clock import reading, wall_milliseconds
from hsdesk.records.chain import new_nonce
from hsdesk.records.op import Op
from hsdesk.sync.loop import synchronise
from hsdesk.wire.messages import Push

VILLAGE, OTHER = a_village(places()), a_village(places(), 1)
DAYS, STEPS = 4, 24


@pytest.fixture(scope="module", params=KINDS)
def service(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, postgres_url: str
) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("city")
    for database in fresh(request.param, folder, postgres_url):
        with pytest.MonkeyPatch.context() as patch:
            without_shipped_forms(patch)
            opened = prepared_service(database, folder / "server", mixed_form())
        yield opened
        opened.database.close()


class Day:
    """Two desks, whose disks are copied, stolen and restored, and the city."""

    def __init__(self, service: Service, folder: Path, seed: int) -> None:
        self.service, self.folder, self.chance = service, folder, Random(seed)
        self.records = list(islice(new_ids(seed), 2))
        self.desks = {name: new_desk(folder / name, mixed_form()) for name in "ab"}
        self.kept: set[str] = set()
        self.loses = False
        self.said: list[bool] = []  # whether a sync told that another computer speaks in this one's name

    def close(self) -> None:
        for desk in self.desks.values():
            desk.close()

    def step(self) -> None:
        name = self.chance.choice(sorted(self.desks))
        deed = self.chance.choice(("type", "type", "type", "bad", "foreign", "sync", "sync", "cut", *RARE))
        getattr(self, deed)(name)

    def type(self, name: str) -> None:
        path = self.chance.choice(("name", "asked", "phone"))
        answers = {path: f"{name}{self.chance.random()}"}
        put(self.desks[name], VILLAGE, self.chance.choice(self.records), answers, person=name, form="mixed")

    def bad(self, name: str) -> None:
        """What the city does not take: a text where a number belongs."""
        put(self.desks[name], VILLAGE, self.records[0], {"count": "不是数"}, form="mixed")

    def foreign(self, name: str) -> None:
        put(self.desks[name], OTHER, self.records[1], {"name": "别村"}, form="mixed")

    def sync(self, name: str) -> None:
        desk = self.desks[name]
        who = caller(self.service, desk.device_id(), "village", VILLAGE)

        def fault(moment: str, kind: str) -> None:
            if self.loses and (moment, kind) == ("after", "push"):
                self.loses = False
                raise Offline("断了")

        with suppress(Offline):
            carrier = MemoryCarrier(self.service, who, fault)
            self.said.append(synchronise(desk, carrier, pause=lambda _: None).cloned)

    def cut(self, name: str) -> None:
        self.loses = True
        self.sync(name)
        self.loses = False

    def steal(self, name: str) -> None:
        """Somebody with the desk's key sends an op in its name."""
        desk, ledger = self.desks[name], self.service.ledger
        with self.service.database.reading() as connection:
            held = said.held(connection, desk.device_id(), desk.device_epoch())
        forged = Op(
            device=desk.device_id(), epoch=desk.device_epoch(), seq=held.last + 1, scope=VILLAGE,
            cls="common", record=self.records[0], form="mixed", version="1",
            hlc=reading(wall_milliseconds()), person="别人", answers={"name": "冒名"},
            server_epoch=ledger.server_epoch, nonce=new_nonce(),
        )  # fmt: skip
        who = caller(self.service, desk.device_id(), "village", VILLAGE)
        ledger.push(who, Push(forged.device, forged.epoch, ledger.server_epoch, (forged,), held.chain))

    def copy(self, name: str) -> None:
        """Somebody goes on with a copy of the disk."""
        twin = f"{name}c"
        if twin not in self.desks and len(name) == 1:
            self._copied(name, twin)
            self.desks[twin] = DeskFile.open(self.folder / twin, KEY)

    def keep(self, name: str) -> None:
        shutil.rmtree(self.folder / f"{name}.kept", ignore_errors=True)
        self._copied(name, f"{name}.kept")
        self.kept.add(name)

    def restore(self, name: str) -> None:
        """The desk's file of earlier takes the place of today's."""
        if name in self.kept:
            self.desks[name].close()
            shutil.rmtree(self.folder / name)
            shutil.copytree(self.folder / f"{name}.kept", self.folder / name)
            (self.folder / name / RESTORED).write_text("kept")
            self.desks[name] = DeskFile.open(self.folder / name, KEY)

    def _copied(self, name: str, other: str) -> None:
        self.desks[name].close()
        shutil.copytree(self.folder / name, self.folder / other)
        self.desks[name] = DeskFile.open(self.folder / name, KEY)


RARE = ("steal", "copy", "keep", "restore")


@pytest.mark.parametrize("seed", range(DAYS))
def test_what_is_acknowledged_lies_in_the_city_whoever_else_spoke_in_ones_name(
    service: Service, tmp_path: Path, seed: int
) -> None:
    with ExitStack() as end:
        day = Day(service, tmp_path, seed)
        end.callback(day.close)
        for _ in range(STEPS):
            day.step()
            check_acknowledged(day)
        for name in sorted(day.desks) * 2:
            day.sync(name)
        check_acknowledged(day)
        assert {name: desk.pending_count() for name, desk in day.desks.items()} == dict.fromkeys(day.desks, 0)


def test_a_theft_is_told_to_the_one_whose_name_it_was_and_written_down(
    service: Service, tmp_path: Path
) -> None:
    """The victim synced "pushed 3, waiting 0, complete", and none of its records was there."""
    with ExitStack() as end:
        day = Day(service, tmp_path, 0)
        end.callback(day.close)
        day.sync("a")
        for _ in range(3):
            day.type("a")
        victim = day.desks["a"].device_id()
        day.steal("a")
        day.sync("a")
        assert day.said == [False, True]
        assert day.desks["a"].pending_count() == 0
        check_acknowledged(day)
        with service.database.reading() as connection:
            mine = connection.all("SELECT epoch, seq FROM hs_op WHERE device = ? AND epoch > 1", victim)
        assert [seq for _epoch, seq in sorted(mine)] == [1, 2, 3]
        told = [entry.action for entry in audit.entries(service.database) if entry.who == victim]
        assert "clone" in told
