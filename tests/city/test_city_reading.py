"""What a desk typed arrives in the server's register tables, and reports read it there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from city import City
from city.load import PERSON, Tables, fill, forms
from city.site import FORMS
from sync_databases import KINDS, fresh
from sync_world import KEY, prepared_service

from hsdesk.city.ledger.reading import CityRegisters
from hsdesk.city.people.permission import Caller, Reach, Rule
from hsdesk.city.sql.database import Database
from hsdesk.city.sql.opening import open_database
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.language.aggregate import Aggregate, Related
from hsdesk.model.answer import DELETED
from hsdesk.model.place import load_directory
from hsdesk.records.edits import Edit
from hsdesk.registers.tables import quoted, register_table
from hsdesk.wire.messages import Push

DIRECTORY = load_directory()
VILLAGE = "341002001001"
CITY = City(0.002, seed=3, places=[VILLAGE, "341002001002"])
RECORDS = tuple(CITY.records())
SCOPES = tuple(site.place.id for site in CITY.sites())
GONE = next(made for made in RECORDS if made.form == "social_org")


@pytest.fixture(scope="module", params=KINDS)
def database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, postgres_url: str
) -> Iterator[Database]:
    """Return a server's database after a desk of the whole small city has synced all its ops."""
    folder = tmp_path_factory.mktemp("reading")
    for url in fresh(request.param, folder, postgres_url):
        service = prepared_service(url, folder / "server")
        who = Caller("desk", Reach("village", tuple(Rule(scope) for scope in SCOPES), DIRECTORY))
        for ops in typed(folder / "home"):
            receipt = service.ledger.push(who, Push("desk", 1, service.ledger.server_epoch, ops))
            assert not [result for result in receipt.results if result.outcome == "rejected"]
        yield service.database
        service.database.close()


def typed(home: Path) -> Iterator[tuple]:
    """Yield the ops of a desk's file in chunks, as if device and epoch were those of the caller."""
    with DeskFile.create(home, KEY) as file:
        file.install_forms(forms().values())
        fill(file, RECORDS)
        file.commit(Edit(GONE.place, GONE.form, GONE.record, {DELETED: "登记重复"}, PERSON))
        ops = [msgspec.structs.replace(op, device="desk", epoch=1) for op in file.pending_ops(100_000)]
    for start in range(0, len(ops), 500):
        yield tuple(ops[start : start + 500])


@pytest.fixture
def registers(database: Database) -> Iterator[CityRegisters]:
    with database.reading() as connection:
        yield CityRegisters(connection, forms(), DIRECTORY)


def table(database: Database, form_id: str) -> list[tuple]:
    made = register_table(forms()[form_id])
    names = [column.name for key in made.keys if (column := made.column_of(key))]
    columns = ", ".join(quoted(name) for name in ("_scope", "_id", *names))
    with database.reading() as connection:
        return sorted(connection.all(f"SELECT {columns} FROM {quoted(form_id)}"), key=lambda row: row[:2])


@pytest.mark.parametrize("form_id", sorted(set(FORMS) - {"volunteer"}))
def test_the_invented_city_is_in_the_tables_as_if_it_had_been_synced(
    database: Database, tmp_path: Path, form_id: str
) -> None:
    straight = open_database(f"sqlite:///{tmp_path / 'city.db'}")
    Tables(straight).fill(made for made in RECORDS if made.form == form_id)
    assert table(database, form_id) == table(straight, form_id)
    straight.close()


def test_a_figure_has_a_group_for_each_place_and_leaves_deleted_records_out(registers: CityRegisters) -> None:
    found = registers.figures([Aggregate("social_org", group_by="place")], SCOPES)[0]
    wanted = {
        site.place.id: site.counts["social_org"] - (site.place.id == GONE.place) for site in CITY.villages
    }
    assert found == wanted
    assert registers.figures([Aggregate("social_org", group_by="place")], [SCOPES[0]])[0] == {}
    everywhere = [place.id for place in DIRECTORY]
    assert registers.figures([Aggregate("social_org")], everywhere)[0] == {"": sum(wanted.values())}


def test_a_figure_follows_a_reference_to_another_place(registers: CityRegisters) -> None:
    trained = Related("training", "worker = current()/_id", "kind = '1'", anywhere=True)
    found = registers.figures([Aggregate("worker", exists=(trained,), group_by="place")], SCOPES)[0] or {}
    courses = [made for made in RECORDS if made.form == "training" and made.answers["kind"] == "1"]
    assert sum(found.values()) == len({made.answers["worker"] for made in courses}) > 0


SERVED = Related("member_checkin/services", "_record = current()/_id", "service_on <= today()")


@pytest.mark.parametrize("where", ["", "string-length(normalize-space(content)) > 0"])
def test_a_figure_looks_into_a_roster_whether_or_not_sql_can_say_it(
    registers: CityRegisters, where: str
) -> None:
    served = msgspec.structs.replace(SERVED, where=where or SERVED.where)
    found = registers.figures([Aggregate("member_checkin", exists=(served,))], SCOPES)[0] or {}
    busy = [
        made
        for made in RECORDS
        if made.form == "member_checkin" and any("/content" in path for path in made.answers)
    ]
    assert found == {"": len(busy)}
    lines = sum("/content" in path for made in busy for path in made.answers)
    assert registers.figures([Aggregate("member_checkin/services", where)], SCOPES)[0] == {"": lines}


def test_a_related_row_is_asked_what_it_has_itself(registers: CityRegisters) -> None:
    led = Related("vol_activity", "_id = current()/activity", "sw_led = '1'")
    served = Related("vol_record", "volunteer = current()/_id", exists=(led,))
    found = registers.figures([Aggregate("volunteer", exists=(served,))], SCOPES)[0] or {}
    activities = {m.record for m in RECORDS if m.form == "vol_activity" and m.answers["sw_led"] == "1"}
    records = [made for made in RECORDS if made.form == "vol_record"]
    assert (
        found[""] == len({m.answers["volunteer"] for m in records if m.answers["activity"] in activities}) > 0
    )


@pytest.mark.parametrize("where", ["org_name != ''", "string-length(normalize-space(org_name)) > 0"])
def test_records_come_with_their_values_whether_or_not_sql_can_say_the_condition(
    registers: CityRegisters, where: str
) -> None:
    found = registers.records("social_org", SCOPES, where) or ()
    wanted = {made.record: made for made in RECORDS if made.form == "social_org" and made != GONE}
    assert {record.id for record in found} == set(wanted)
    for record in found:
        assert record.place == wanted[record.id].place
        for key in ("org_name", "community", "member_n", "filed_on"):
            assert record.values.get(key) == wanted[record.id].answers.get(key)
        assert record.title


def test_a_register_that_the_server_does_not_have_is_not_known(database: Database) -> None:
    with database.reading() as connection:
        nothing = CityRegisters(connection, {}, DIRECTORY)
        assert nothing.figures([Aggregate("social_org")], SCOPES)[0] is None
        assert nothing.records("social_org", SCOPES) is None
