"""An entry deleted and the rest sealed anew, and an op taken out of the log, are found by comparing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sync_databases import KINDS, fresh
from sync_server import a_village, mixed_form, new_ids, places, prepared_service, township_of
from sync_world import MemoryCarrier, caller, new_desk, put

from hsdesk.city.ledger import verifying
from hsdesk.city.ledger.verifying import KeptHead
from hsdesk.city.people import audit
from hsdesk.city.running.service import Service
from hsdesk.city.sql.database import Connection
from hsdesk.city.sql.schema import put_setting, setting
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.model.clock import wall_milliseconds
from hsdesk.records.edits import Edit
from hsdesk.sync.loop import synchronise

VILLAGE = a_village(places())
TOWNSHIP = township_of(places(), VILLAGE)
_TOLD_BEFORE = ("epoch", "last", "ops", "rejected")
RECORDS = [next(new_ids(n)) for n in range(1, 7)]


class City:
    """A city, a village that types, and a desk of the township that keeps the trail."""

    def __init__(self, service: Service, folder: Path) -> None:
        self.service = service
        self.disposes = False
        self.village = new_desk(folder / "village", mixed_form())
        self.office = new_desk(folder / "office", mixed_form())

    def type(self, *records: str) -> None:
        for record in records:
            put(self.village, VILLAGE, record, {"name": "甲"}, form="mixed")
        self._sync(self.village, "village", VILLAGE)

    def visit(self) -> list[str]:
        """Let the office sync; return the kinds of what it found."""
        self._sync(self.office, "township", TOWNSHIP)
        found = self.office.city_audit()
        assert found is not None
        return [one.kind for one in found.alarms]

    def _sync(self, desk: DeskFile, role: str, scope: str) -> None:
        who = caller(self.service, desk.device_id(), role, scope, disposes=self.disposes)  # type: ignore[arg-type]
        synchronise(desk, MemoryCarrier(self.service, who))

    def tamper(self, work: Callable[[Connection], None]) -> None:
        with self.service.database.writing() as connection:
            work(connection)

    def found(self, *kept: KeptHead) -> list[tuple[str, int]]:
        """Kind and number of everything that the server finds by itself, or against what desks keep."""
        return [(one.kind, one.seq) for one in verifying.problems(self.service.database, kept)]


@pytest.fixture(params=KINDS)
def city(request: pytest.FixtureRequest, tmp_path: Path, postgres_url: str) -> Iterator[City]:
    for database in fresh(request.param, tmp_path, postgres_url):
        service = prepared_service(database, tmp_path / "server", mixed_form())
        made = City(service, tmp_path)
        yield made
        for desk in (made.village, made.office):
            desk.close()
        service.database.close()


def as_programs_before_told_it(connection: Connection) -> None:
    """Let the entries of pushes be those of programs that told neither chain nor what needs no row."""
    told = connection.all("SELECT n, detail FROM hs_audit WHERE action = 'push'")
    for n, text in told:
        detail = {key: one for key, one in json.loads(text).items() if key in _TOLD_BEFORE}
        connection.run("UPDATE hs_audit SET detail = ? WHERE n = ?", json.dumps(detail, sort_keys=True), n)
    resealed(connection, 0)


def resealed(connection: Connection, without: int) -> None:
    """Take an entry out of the trail and seal what follows anew, as who knows the program would."""
    rows = connection.all("SELECT n, at, who, action, detail FROM hs_audit ORDER BY n")
    connection.run("DELETE FROM hs_audit")
    put_setting(connection, "audit", "0")
    for n, at, who, action, detail in rows:
        if n != without:
            end = setting(connection, "audit")
            number, _, before = end.partition(" ")
            sealed = audit._seal(before, int(number) + 1, at, (who, action, detail))
            connection.run(
                "INSERT INTO hs_audit (n, at, who, action, detail, hash) VALUES (?, ?, ?, ?, ?, ?)",
                int(number) + 1, at, who, action, detail, sealed,
            )  # fmt: skip
            put_setting(connection, "audit", f"{int(number) + 1} {sealed}")


def test_a_city_that_nobody_touched_has_nothing_to_find(city: City) -> None:
    for record in RECORDS[:3]:
        city.type(record)
        assert city.visit() == []
    kept = city.office.city_audit()
    assert kept is not None
    assert city.found(KeptHead(kept.n, kept.hash)) == []
    assert city.village.city_audit() is None  # a village keeps nothing of it


def test_an_entry_deleted_and_the_rest_sealed_anew_is_found_by_the_desk_that_kept_the_head(
    city: City,
) -> None:
    city.type(RECORDS[0])
    assert city.visit() == []
    kept = city.office.city_audit()
    assert kept is not None
    city.tamper(lambda connection: resealed(connection, 1))
    assert audit.verify(city.service.database) == kept.n - 1  # by itself the chain is whole
    assert city.found() == []
    city.type(RECORDS[1])
    assert city.found(KeptHead(kept.n, kept.hash)) == [("resealed", kept.n)]
    assert city.visit() == ["resealed"]
    city.type(RECORDS[2])
    assert city.visit() == ["resealed"]  # told once, and what was kept stays
    after = city.office.city_audit()
    assert after is not None
    assert (after.n, after.hash) == (kept.n, kept.hash)
    assert "重新封存" in after.alarms[0].text


def test_an_op_taken_out_of_the_log_is_named_by_the_server_and_missed_by_the_desk(city: City) -> None:
    city.type(*RECORDS[:3])
    assert city.visit() == []
    city.tamper(lambda connection: connection.run("DELETE FROM hs_op WHERE seq = 2") and None)
    assert city.found() == [("missing-op", 2), ("count", 0)]
    city.type(RECORDS[3])
    assert city.visit() == ["missing-op"]
    text = verifying.problems(city.service.database)[0].text
    assert city.village.device_id() in text
    assert "第 2 条" in text


def test_an_op_that_was_emptied_before_it_came_is_not_missed_and_one_taken_out_beside_it_is(
    city: City,
) -> None:
    put(city.village, VILLAGE, RECORDS[0], {"name": "甲"}, form="mixed")
    city.village.commit(Edit(VILLAGE, "mixed", RECORDS[0], {"name": None}, "张三", erases=True))
    city.type(*RECORDS[1:3])
    assert not city.village.rejected_ops()
    assert (city.found(), city.visit()) == ([], [])
    city.tamper(lambda connection: connection.run("DELETE FROM hs_op WHERE seq = 3") and None)
    assert city.found() == [("missing-op", 3), ("count", 0)]


def test_an_op_that_was_emptied_before_the_trail_told_of_such_is_not_missed(city: City) -> None:
    put(city.village, VILLAGE, RECORDS[0], {"name": "甲"}, form="mixed")
    city.village.commit(Edit(VILLAGE, "mixed", RECORDS[0], {"name": None}, "张三", erases=True))
    city.type()
    city.tamper(as_programs_before_told_it)
    city.type(*RECORDS[1:3])
    assert audit.verify(city.service.database) > 0
    assert city.found() == []
    city.tamper(lambda connection: connection.run("DELETE FROM hs_op WHERE seq = 3") and None)
    assert city.found() == [("missing-op", 3), ("count", 0)]


def test_an_op_that_is_said_to_have_been_set_aside_is_still_missed(city: City) -> None:
    city.type(*RECORDS[:3])
    device = city.village.device_id()

    def hide(connection: Connection) -> None:
        connection.run("DELETE FROM hs_op WHERE seq = 2")
        connection.run(
            "INSERT INTO hs_rejected (device, epoch, seq, received, reason) VALUES (?, 1, 2, ?, '没有权限')",
            device, wall_milliseconds(),
        )  # fmt: skip

    city.tamper(hide)
    assert city.found() == [("count", 0), ("changed-op", 3)]


def test_an_op_changed_in_place_is_named_by_its_push(city: City) -> None:
    city.type(*RECORDS[:2])
    city.type(*RECORDS[2:4])
    assert city.found() == []

    def change(connection: Connection) -> None:
        ((body,),) = connection.all("SELECT body FROM hs_op WHERE seq = 3")
        changed = bytes(body).replace("甲".encode(), "乙".encode())
        connection.run("UPDATE hs_op SET body = ? WHERE seq = 3", changed)

    city.tamper(change)
    assert city.found() == [("changed-op", 4)]
    text = verifying.problems(city.service.database)[0].text
    assert "第 3 至 4 条" in text


def test_an_erasure_changes_rows_unfound_and_a_change_beside_it_is_found(city: City) -> None:
    city.type(*RECORDS[:2])
    city.village.commit(Edit(VILLAGE, "mixed", RECORDS[0], {"name": None}, "张三", erases=True))
    city.disposes = True
    city.type(RECORDS[2])
    assert not city.village.rejected_ops()
    assert (city.found(), city.visit()) == ([], [])
    city.tamper(lambda connection: connection.run("UPDATE hs_op SET hlc = hlc + 1 WHERE seq = 2") and None)
    assert city.found() == [("changed-op", 0)]  # in the push of what was erased: found, not named


def test_a_log_of_before_is_taken_for_right_as_it_stands(city: City) -> None:
    from hsdesk.city.sql import migrations

    city.type(*RECORDS[:2])
    with city.service.database.writing() as connection:
        connection.run("DELETE FROM hs_setting WHERE name = 'log_seal'")
        put_setting(connection, migrations._NUMBER, "8")
    city.tamper(as_programs_before_told_it)
    migrations.apply(city.service.database)
    assert city.found() == []
    city.tamper(lambda connection: connection.run("UPDATE hs_op SET person = '9' WHERE seq = 1") and None)
    assert city.found() == [("changed-op", 0)]


def test_an_epoch_cut_short_in_every_table_is_found_by_the_trail(city: City) -> None:
    city.type(RECORDS[0])
    city.type(RECORDS[1])
    assert city.visit() == []

    def cut(connection: Connection) -> None:
        for table in ("hs_op", "hs_said"):
            column = "seq" if table == "hs_op" else "first"
            connection.run(f"DELETE FROM {table} WHERE {column} = 2")
        connection.run("UPDATE hs_progress SET last = 1 WHERE device = ?", city.village.device_id())
        put_setting(connection, "ops", "1")

    city.tamper(cut)
    assert city.found() == [("chain", 2)]


def test_a_database_of_before_counts_what_it_has_and_goes_on(city: City) -> None:
    from hsdesk.city.sql import migrations

    city.type(*RECORDS[:2])
    with city.service.database.writing() as connection:
        connection.run("DELETE FROM hs_setting WHERE name = 'ops'")
        latest = migrations.layout_of(connection)
        put_setting(connection, migrations._NUMBER, "3")
    migrations.apply(city.service.database, migrations=migrations.MIGRATIONS[:4])
    with city.service.database.writing() as connection:
        assert migrations.layout_of(connection) == 4
        put_setting(connection, migrations._NUMBER, str(latest))  # the steps after it were never undone
    city.type(RECORDS[2])
    assert (city.found(), city.visit()) == ([], [])


def test_a_restored_city_is_compared_from_its_restore_on(city: City) -> None:
    from hsdesk.city.ledger import epoch

    city.type(RECORDS[0])
    assert city.visit() == []
    with city.service.database.writing() as connection:
        begun = epoch.begin_at_fence(connection, "admin", wall_milliseconds())
    city.service.ledger._epoch = begun  # as if it had been started again
    city.type(RECORDS[1])
    assert city.visit() == []
