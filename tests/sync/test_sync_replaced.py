"""A replaced laptop (换了新电脑): the old one stops at once, the new one gets all that ever came from it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sync_databases import KINDS, fresh
from sync_process import Running, start, stop
from sync_world import (
    a_village,
    everything,
    mixed_form,
    new_desk,
    new_ids,
    person_form,
    places,
    put,
    township_of,
)

from hsdesk.city.running import administration
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.errors import Offline, Refused
from hsdesk.model.answer import SetDelta
from hsdesk.records.conflict import Conflict
from hsdesk.records.edits import Edit
from hsdesk.sync.carriers.http import Asking, HttpCarrier, enrol
from hsdesk.sync.loop import Progress, SyncReport, synchronise
from hsdesk.wire.enrolment import Enrolment

VILLAGE = a_village(places())
TOWNSHIP = township_of(places(), VILLAGE)
RECORDS = 2500  # three pieces


class City:
    """A city server in its own process, which can be killed and started again."""

    def __init__(self, database: str, folder: Path) -> None:
        self.database = database
        administration.init(database, folder)
        for form in (person_form(), mixed_form()):
            administration.add_form(database, form)
        self.running: Running = start(database)

    def kill(self) -> None:
        self.running.process.kill()
        self.running.process.communicate()

    def start_again(self) -> None:
        self.running = start(self.database, port=urlsplit(self.running.url).port or 0)

    def enrolled(self, desk: DeskFile, scope: str, role: str) -> Enrolment:
        code = administration.code(self.database, (scope,), role)["code"]
        return enrol(self.running.url, code, Asking(desk.device_id(), role))[0]


@pytest.fixture(params=KINDS)
def city(request: pytest.FixtureRequest, tmp_path: Path, postgres_url: str) -> Iterator[City]:
    for url in fresh(request.param, tmp_path, postgres_url):
        made = City(url, tmp_path / "server")
        yield made
        assert stop(made.running) == (0, "")


class Sync:
    """A desk with its enrolment."""

    def __init__(self, desk: DeskFile, enrolment: Enrolment) -> None:
        self.desk, self._enrolment = desk, enrolment
        self.told: list[Progress] = []

    def run(self, at_progress: object = None) -> SyncReport:
        def told(progress: Progress) -> None:
            self.told.append(progress)
            if callable(at_progress):
                at_progress(progress)

        with HttpCarrier(self._enrolment, self._keep) as carrier:
            return synchronise(self.desk, carrier, told, pause=lambda _: None)

    def _keep(self, enrolment: Enrolment) -> None:
        self._enrolment = enrolment


def fill(desk: DeskFile) -> str:
    """Many records, and one with every kind of answer; return its id."""
    ids = new_ids(4)
    desk.commit_many(
        Edit(VILLAGE, "person26", next(ids), {"name": f"人{n}", "edu": "小学"}, "张三")
        for n in range(RECORDS)
    )
    mixed = next(ids)
    answers = {
        "name": "议事会", "count": 3, "tags": SetDelta(add=("a", "b")), "phone": "1",
        "members/r1/who": "李四", "members/r1/_pos": "a0",
    }  # fmt: skip
    desk.commit(Edit(VILLAGE, "mixed", mixed, answers, "张三"))
    return mixed


def disagree(lost: Sync, township: Sync, record: str) -> Conflict:
    """Let the old laptop and the township change one answer; return the conflict that is open on both."""
    lost.run()
    township.run()
    put(lost.desk, VILLAGE, record, {"asked": "旧的"}, form="mixed")
    put(township.desk, VILLAGE, record, {"asked": "另一个"}, form="mixed", person="程专干")
    lost.run()
    assert township.run().conflicts == 1
    lost.run()
    (conflict,) = lost.desk.conflicts()
    return conflict


def load_with_a_cut(city: City, desk: Sync) -> None:
    """Let a new laptop load everything, with a server that is killed after the first piece."""
    with pytest.raises(Offline):
        desk.run(lambda progress: city.kill() if progress.phase == "pull" else None)
    first = desk.told[-1].done
    assert 0 < first < RECORDS
    city.start_again()
    report = desk.run()
    assert report.complete
    assert report.pulled == RECORDS + 2 - first  # one record is in two classes; nothing came twice
    steps = [step.done for step in desk.told if step.phase == "pull"][1:]
    assert steps == sorted(steps)
    assert steps[-1] == report.pulled


def test_a_new_laptop_gets_records_conflicts_and_forms_and_goes_on_after_a_cut(
    city: City, tmp_path: Path
) -> None:
    with (
        new_desk(tmp_path / "old", person_form(), mixed_form()) as old,
        new_desk(tmp_path / "township") as upper,
        new_desk(tmp_path / "new") as new,
    ):
        mixed = fill(old)
        lost = Sync(old, city.enrolled(old, VILLAGE, "village"))
        conflict = disagree(lost, Sync(upper, city.enrolled(upper, TOWNSHIP, "township")), mixed)
        known = everything(old, VILLAGE)
        put(old, VILLAGE, mixed, {"count": 4}, form="mixed")  # never leaves the old laptop

        administration.revoke(city.database, old.device_id())
        with pytest.raises(Refused, match="已被停用"):
            lost.run()
        assert old.pending_count() == 1
        (gone,) = (one for one in administration.devices(city.database) if one["id"] == old.device_id())
        assert (gone["revoked"], gone["last_seq"], bool(gone["seen"])) == (True, RECORDS + 3, True)

        replaced = Sync(new, city.enrolled(new, VILLAGE, "village"))
        load_with_a_cut(city, replaced)
        assert everything(new, VILLAGE) == known
        assert new.conflicts() == (conflict,)
        assert {"person26", "mixed"} <= {form.form_id for form in new.all_forms()}
        assert new.digest(VILLAGE, "common") == upper.digest(VILLAGE, "common")
        put(new, VILLAGE, mixed, {"count": 5}, form="mixed")
        assert replaced.run().pushed == 1


def test_a_token_in_use_stops_at_once(city: City, tmp_path: Path) -> None:
    with new_desk(tmp_path / "a", person_form()) as desk:
        enrolment = city.enrolled(desk, VILLAGE, "village")
        kept = [enrolment]
        with HttpCarrier(enrolment, kept.append) as carrier:
            synchronise(desk, carrier)
            put(desk, VILLAGE, next(new_ids(1)), {"name": "张三"})
            administration.revoke(city.database, desk.device_id())
            with pytest.raises(Refused, match="已被停用"):
                synchronise(desk, carrier)
            assert desk.pending_count() == 1
            admin_code = administration.code(city.database, (VILLAGE,), "village")["code"]
            with pytest.raises(Refused, match="已被停用"):
                enrol(city.running.url, admin_code, Asking(desk.device_id(), "又来"))
