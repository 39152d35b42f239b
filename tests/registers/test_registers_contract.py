"""What every implementation of `registers.contract.Registers` answers alike: one suite for all of them.

A desk's file, a city server's tables on both databases, the same tables as one caller may read them, and
plain rows in memory. All hold the same invented records of two villages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import date

import pytest
from city import Made
from city.load import PERSON, Tables, forms
from registers_world import Memory
from shipped_world import DIRECTORY
from sync_databases import own_database

from hsdesk.city.ledger.granted import GrantedRegisters
from hsdesk.city.ledger.reading import CityRegisters
from hsdesk.city.people.permission import Reach, Rule
from hsdesk.city.sql.opening import open_database
from hsdesk.city.sql.registers import ServerRegister
from hsdesk.desk import opening
from hsdesk.desk.listing import Listing
from hsdesk.desk.records import Records
from hsdesk.desk.reporting import DeskRegisters
from hsdesk.desk.source import DeskSource
from hsdesk.errors import Missing
from hsdesk.language.aggregate import Aggregate, Related
from hsdesk.model.answer import DELETED, Value
from hsdesk.model.place import Directory
from hsdesk.records.edits import Edit
from hsdesk.registers.contract import Registers

DINGTAN, MIANTAN = (DIRECTORY.by_code(code).id for code in ("341021101204", "341021101205"))
BOTH = (DINGTAN, MIANTAN)
ELSEWHERE = DIRECTORY.by_code("341002001001").id
DAY = date(2026, 9, 30)


def organization(place: str, number: int, name: str, **answers: Value) -> Made:
    known: dict[str, Value] = {
        "org_name": name,
        "reg_status": "2",
        "filed_on": "2019-05-01",
        "member_n": number,
    }
    return Made(place, "social_org", f"00000000-0000-7000-8000-00000000000{number}", known | answers)


RECORDS = (
    organization(DINGTAN, 1, "志愿服务队"),
    organization(DINGTAN, 2, "阿姨合唱团", reg_status="1", filed_on=None, member_n=None),
    organization(DINGTAN, 3, "红白理事会", is_hub="1", hub_covers=BOTH),
    organization(MIANTAN, 4, "绵潭枇杷协会"),
    organization(MIANTAN, 5, "已经作废的", **{DELETED: "登记重复"}),
    Made(
        DINGTAN, "org_activity", "00000000-0000-7000-8000-000000000006",
        {"org": "00000000-0000-7000-8000-000000000001", "held_on": "2026-03-01", "title": "清理河道"},
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registers]:
    codes = [DIRECTORY.by_id(place).code for place in BOTH]
    opened, _ = opening.create(tmp_path_factory.mktemp("contract") / "home", codes, PERSON, "kou-ling-2020")
    opened.file.commit_many(
        Edit(made.place, made.form, made.record, _typed(made.answers), PERSON) for made in RECORDS
    )
    source = DeskSource(opened)
    yield DeskRegisters(opened, source, Listing(opened, source, Records(opened, source)))
    opened.file.close()


def _typed(answers: Mapping[str, Value]) -> dict[str, Value]:
    return {key: value for key, value in answers.items() if value is not None}


@contextmanager
def city(url: str) -> Iterator[CityRegisters]:
    with closing(open_database(url)) as database:
        Tables(database).fill(Made(m.place, m.form, m.record, _typed(m.answers)) for m in RECORDS)
        with database.writing() as connection:
            for form in forms().values():
                ServerRegister(form).make_tables(connection)
        with database.reading() as connection:
            yield CityRegisters(connection, forms(), DIRECTORY)


@pytest.fixture(scope="module")
def sqlite_city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CityRegisters]:
    with city(f"sqlite:///{tmp_path_factory.mktemp('contract') / 'city.db'}") as registers:
        yield registers


@pytest.fixture(scope="module")
def postgres_city(postgres_url: str) -> Iterator[Registers]:
    if not postgres_url:
        pytest.skip("no PostgreSQL here (HSDESK_TEST_POSTGRES)")
    with own_database(postgres_url) as url, city(url) as registers:
        yield registers


@pytest.fixture(scope="module")
def granted(sqlite_city: CityRegisters) -> Registers:
    return GrantedRegisters(sqlite_city, Reach("village", tuple(map(Rule, BOTH)), DIRECTORY))


@pytest.fixture(scope="module")
def memory() -> Registers:
    rows: dict[str, list[dict[str, Value]]] = {}
    for made in RECORDS:
        title = made.answers.get("org_name") or made.answers.get("title")
        row = {"_id": made.record, "_place": made.place, "_title": title, **_typed(made.answers)}
        if DELETED not in made.answers:
            rows.setdefault(made.form, []).append(row)
    return Memory(rows)


@pytest.fixture(params=["desk", "sqlite_city", "postgres_city", "granted", "memory"])
def registers(request: pytest.FixtureRequest) -> Registers:
    found: Registers = request.getfixturevalue(request.param)
    return found


def names(registers: Registers, places: tuple[str, ...], where: str = "") -> list[Value]:
    records = registers.records("social_org", places, where)
    assert records is not None
    return [record.values["org_name"] for record in records]


def test_records_that_are_not_deleted_stand_in_the_order_of_a_list(registers: Registers) -> None:
    assert names(registers, BOTH) == ["阿姨合唱团", "红白理事会", "绵潭枇杷协会", "志愿服务队"]


def test_only_the_places_asked_for_are_read(registers: Registers) -> None:
    assert names(registers, (MIANTAN,)) == ["绵潭枇杷协会"]
    assert not registers.records("social_org", ())


def test_a_condition_is_read_alike(registers: Registers) -> None:
    assert names(registers, BOTH, "reg_status = '2' and member_n > 1") == ["红白理事会", "绵潭枇杷协会"]
    assert names(registers, BOTH, "member_n = ''") == ["阿姨合唱团"]
    assert names(registers, BOTH, "string-length(org_name) = 6") == ["绵潭枇杷协会"]


def test_answers_are_codes_dates_and_sets_and_empty_ones_are_none(registers: Registers) -> None:
    records = registers.records("social_org", BOTH)
    assert records is not None
    by_name = {record.title: record for record in records}
    hub, waiting = by_name["红白理事会"].values, by_name["阿姨合唱团"].values
    assert (hub["reg_status"], hub["filed_on"], hub["member_n"]) == ("2", "2019-05-01", 3)
    assert sorted(hub["hub_covers"]) == sorted(BOTH)  # type: ignore[arg-type]
    assert (waiting.get("filed_on"), waiting.get("member_n")) == (None, None)
    assert by_name["红白理事会"].place == DINGTAN
    assert by_name["红白理事会"].texts["member_n"] == "3"


def test_the_form_of_a_register_is_told_and_an_unknown_one_named(registers: Registers) -> None:
    assert registers.form("social_org").form_id == "social_org"
    with pytest.raises(Missing, match="no_such_register"):
        registers.form("no_such_register")


def test_places_and_open_definitions_are_at_hand(registers: Registers) -> None:
    assert isinstance(registers.directory, Directory)
    assert registers.directory.by_id(DINGTAN).code == "341021101204"
    assert dict(registers.settings) == {}


@pytest.mark.parametrize(
    ("query", "figures"),
    [
        (Aggregate("social_org", group_by="place"), {DINGTAN: 3, MIANTAN: 1}),
        (Aggregate("social_org", "filed_on <= today()", as_of="2019-05-01"), {"": 3}),
        (Aggregate("social_org", "filed_on <= today()", as_of="2019-04-30"), {"": 0}),
        (Aggregate("social_org", agg="sum", of="member_n"), {"": 8}),
        (Aggregate("social_org", agg="avg", of="member_n"), {"": 8 / 3}),
        (Aggregate("social_org", agg="max", of="member_n", group_by="place"), {DINGTAN: 3, MIANTAN: 4}),
        (Aggregate("social_org", exists=(Related("org_activity", "org = current()/_id"),)), {"": 1}),
        (Aggregate("social_org", group_by="reg_status"), {"1": 1, "2": 3}),
    ],
    ids=lambda one: one.agg if isinstance(one, Aggregate) else "",
)
def test_a_figure_is_the_same_everywhere(
    registers: Registers, query: Aggregate, figures: Mapping[str, float]
) -> None:
    found = registers.figures([query], BOTH)[0]
    assert found == pytest.approx(dict(figures))


def test_a_register_that_is_not_held_has_no_figure_instead_of_none_found(registers: Registers) -> None:
    assert registers.figures([Aggregate("no_such_register")], BOTH)[0] is None


def test_a_caller_reads_nothing_of_places_that_are_not_his(sqlite_city: CityRegisters) -> None:
    his = GrantedRegisters(sqlite_city, Reach("village", (Rule(MIANTAN),), DIRECTORY))
    assert names(his, BOTH) == ["绵潭枇杷协会"]
    assert his.figures([Aggregate("social_org")], BOTH)[0] == {"": 1}
    assert not his.records("social_org", (ELSEWHERE,))


def test_a_class_that_is_not_granted_at_one_of_the_places_gives_no_figure_and_no_records(
    sqlite_city: CityRegisters,
) -> None:
    rules = (Rule(MIANTAN), Rule(DINGTAN, classes=("common",)))
    his = GrantedRegisters(sqlite_city, Reach("village", rules, DIRECTORY))
    assert his.figures([Aggregate("party_member"), Aggregate("social_org")], BOTH) == [
        None,
        GrantedRegisters(sqlite_city, Reach("village", tuple(map(Rule, BOTH)), DIRECTORY)).figures(
            [Aggregate("social_org")], BOTH
        )[0],
    ]
    assert his.records("party_member", BOTH) is None
    assert his.answered(BOTH, DAY) is None


def test_how_complete_records_are_is_told_by_place_or_not_at_all(registers: Registers) -> None:
    found = registers.answered((DINGTAN,), DAY)
    assert found is None or set(found) <= {DINGTAN}
