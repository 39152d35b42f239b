"""All indicators of an invented city on real places: a desk's file and a city server against plain Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import date
from functools import cache

import msgspec
import pytest
from city import City
from city.load import PERSON, RowMaker, Tables, forms
from golden_answers import i32
from golden_city import Golden
from golden_indicators import GOLDEN as BY_ANSWERS
from golden_indicators import OFF, i30, six_pilots
from golden_overdue import SORTS, dated
from typing_plan import marks, type_in

from hsdesk.city.ledger.reading import CityRegisters
from hsdesk.city.sql.opening import open_database
from hsdesk.desk import opening
from hsdesk.desk.listing import Listing
from hsdesk.desk.records import Records
from hsdesk.desk.reporting import DeskRegisters
from hsdesk.desk.source import DeskSource
from hsdesk.model.answer import DELETED
from hsdesk.model.asked_day import today_is
from hsdesk.model.place import Place, load_directory
from hsdesk.records.edits import Edit
from hsdesk.registers.contract import Registers
from hsdesk.reports.evaluation import Evaluation
from hsdesk.reports.indicator_values import evaluate_all
from hsdesk.reports.indicators import IndicatorValue, chosen, indicators
from hsdesk.reports.knowing import NOT_HELD
from hsdesk.reports.reminders import due, standing

DIRECTORY = load_directory()
GOLDEN = {**BY_ANSWERS, "I32": i32}
TOWNS = (
    "341002001",  # 屯溪区昱东街道: communities
    "341004198",  # 徽州区直辖村级区划: four communities without a township
    "341004400",  # 安徽徽州经济开发区: two units that are neither
    "341021101",  # 歙县深渡镇: villages
)
VILLAGES = tuple(v.code for town in TOWNS for v in DIRECTORY.village_level(DIRECTORY.by_code(town).id))
CITY = City(0.01, seed=25, places=VILLAGES)
RECORDS = tuple(CITY.records())
MERGED_ON = "2023-01-01"  # all of these as the test has it
CLOSED = "341021101205"  # merged into its neighbour
MERGED, HEIR = "341021101206", "341021101207"  # went into a village that was founded then
MOVED, NEW_TOWN = "341021101208", "341021102"  # put below another town, with another code and name
GONE = frozenset(made.record for made in RECORDS[5::97] if made.form not in ("community", "task"))
KEPT = tuple(made for made in RECORDS if made.record not in GONE)
AREAS = (
    "341000", "341004", "341021", "341004198", "341021101", "341004198001", "341021101204", "341004400400",
)  # fmt: skip
DAYS = (date(2025, 12, 31), date(2025, 9, 30), date(2022, 12, 31), date(2023, 1, 1), date(2020, 9, 30))


def changed() -> Iterator[Place]:
    """Yield the rows of the places that a reform of villages changed."""
    by_code = DIRECTORY.by_code
    replace = msgspec.structs.replace
    yield replace(by_code(CLOSED), valid_to=MERGED_ON, into=by_code("341021101204").id)
    yield replace(by_code(MERGED), valid_to=MERGED_ON, into=by_code(HEIR).id)
    yield replace(by_code(HEIR), valid_from=MERGED_ON)
    yield replace(by_code(MOVED), valid_to=MERGED_ON)
    new = {"code": "341021102299", "name": "新迁村委会", "parent": by_code(NEW_TOWN).id}
    yield replace(by_code(MOVED), valid_from=MERGED_ON, **new)


PLACES = DIRECTORY.with_rows(changed())


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registers]:
    """Return the registers of a desk that holds the whole city."""
    home = tmp_path_factory.mktemp("golden") / "home"
    opened, _ = opening.create(home, [place.code for place in DIRECTORY], "汪文书", "kou-ling-2020")
    type_in(opened.file, RECORDS)
    opened.file.commit_many(
        Edit(made.place, made.form, made.record, {DELETED: "登记重复"}, PERSON)
        for made in RECORDS
        if made.record in GONE
    )
    opened.standing = msgspec.structs.replace(opened.standing, directory=PLACES)
    source = DeskSource(opened)
    yield DeskRegisters(opened, source, Listing(opened, source, Records(opened, source)))
    opened.file.close()


@contextmanager
def server(url: str) -> Iterator[Registers]:
    """Give the registers of a city server that holds the whole city, read in one transaction."""
    with closing(open_database(url)) as database:
        Tables(database, RowMaker(is_exact=True, typed=marks)).fill(
            msgspec.structs.replace(made, answers=made.answers | {DELETED: "登记重复"})
            if made.record in GONE
            else made
            for made in RECORDS
        )
        with database.reading() as connection:
            yield CityRegisters(connection, forms(), PLACES)


@pytest.fixture(scope="module")
def sqlite_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registers]:
    with server(f"sqlite:///{tmp_path_factory.mktemp('golden') / 'city.db'}") as registers:
        yield registers


@pytest.fixture(scope="module")
def postgres_server(postgres_url: str) -> Iterator[Registers]:
    if not postgres_url:
        pytest.skip("no PostgreSQL here (HSDESK_TEST_POSTGRES)")
    with server_schema(postgres_url) as url, server(url) as registers:
        yield registers


@contextmanager
def server_schema(url: str) -> Iterator[str]:
    """Give the URL of a schema of its own, dropped at the end."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS golden CASCADE")
        connection.execute("CREATE SCHEMA golden")
    yield f"{url}?options=-csearch_path%3Dgolden"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA golden CASCADE")


@pytest.fixture(params=["desk", "sqlite_server", "postgres_server"])
def registers(request: pytest.FixtureRequest) -> Registers:
    found: Registers = request.getfixturevalue(request.param)
    return found


@cache
def computed(registers: Registers, area: str, day: date) -> Mapping[str, IndicatorValue]:
    """Return every indicator of an area as the program has it; nothing here changes the registers."""
    found = evaluate_all(registers, PLACES.by_code(area), today_is(day))
    return {value.id: value for value in found}


@cache
def golden_on(day: date) -> Golden:
    """Return the second way to every indicator on a day."""
    return Golden(KEPT, PLACES, day)


@cache
def counted(name: str, area: str, day: date) -> tuple[float, float | None]:
    """Return numerator and denominator of an indicator by the second way."""
    return GOLDEN[name](golden_on(day), inside(area, day))


@cache
def inside(area: str, day: date) -> set[str]:
    """Return the places at and below one on a day, from the bare rows."""
    rows = [row for row in PLACES.rows if row.is_valid_on(day.isoformat())]
    found = {PLACES.by_code(area).id}
    for _level in range(3):
        found |= {row.id for row in rows if row.parent in found}
    return found


def test_every_indicator_has_a_second_way_or_says_why_it_has_no_value() -> None:
    assert not [indicator.id for indicator in indicators() if indicator.missing]
    assert {indicator.id for indicator in indicators()} == {*GOLDEN, "I30", *OFF}


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_indicator_is_the_same_both_ways_at_every_level(registers: Registers, day: date) -> None:
    golden = golden_on(day)
    for area in AREAS:
        found = computed(registers, area, day)
        for indicator in indicators():
            value = found[indicator.id]
            where = f"{indicator.id} {area}"
            if value.level not in indicator.levels:
                assert (value.value, value.numerator) == (None, None), where
                assert value.reason, where
            elif indicator.id in OFF:
                assert (value.value, value.reason) == (None, NOT_HELD), where
            elif indicator.id == "I30":
                assert value.value == i30(golden, inside(area, day)), where
            else:
                above, below = counted(indicator.id, area, day)
                assert value.numerator == pytest.approx(above), where
                assert value.denominator == (None if below is None else pytest.approx(below)), where
                assert value.value == expected(indicator.aim, above, below), where


def expected(aim: str, above: float, below: float | None) -> object:
    if aim in ("count", "sum"):
        return pytest.approx(above)
    return pytest.approx(above / below, abs=1e-6) if below else None


def test_no_indicator_is_compared_only_where_it_is_nothing() -> None:
    for name in GOLDEN:
        pairs = [counted(name, "341000", day) for day in DAYS]
        assert any(above for above, _ in pairs), name
        assert len({above for above, _ in pairs}) > 1, name


@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize(("name", "kind", "target"), [("I01", "C", 10), ("I02", "N", 5)])
def test_a_village_is_so_many_short_of_the_average(
    registers: Registers, name: str, kind: str, target: int, day: date
) -> None:
    golden, city = golden_on(day), inside("341000", day)
    counts = {village: GOLDEN[name](golden, {village})[0] for village in golden.villages(city, kind)}
    short = {
        golden.directory.by_id(village).code: target - count
        for village, count in counts.items()
        if count < target
    }
    found = computed(registers, "341000", day)[name]
    assert {one.place: one.gap for one in found.short} == short
    assert found.value == pytest.approx(sum(counts.values()) / len(counts), abs=1e-6)
    assert found.met == (sum(counts.values()) >= target * len(counts))


@pytest.mark.parametrize(("name", "kind", "target"), [("I01", "C", 10), ("I02", "N", 5)])
def test_one_organization_less_than_the_target_is_short_and_the_target_itself_is_not(
    registers: Registers, name: str, kind: str, target: int
) -> None:
    day = DAYS[0]
    golden = golden_on(day)
    there = golden.villages({PLACES.by_code(code).id for code in VILLAGES}, kind)
    by_count = {GOLDEN[name](golden, {village})[0]: PLACES.by_id(village).code for village in sorted(there)}
    below, at = computed(registers, by_count[target - 1], day), computed(registers, by_count[target], day)
    assert (below[name].met, [one.gap for one in below[name].short]) == (False, [1])
    assert (at[name].met, at[name].short) == (True, ())


def test_a_merged_village_counts_until_its_last_day(registers: Registers) -> None:
    before, after = computed(registers, "341021", DAYS[2]), computed(registers, "341021", DAYS[3])
    assert (before["I02"].denominator or 0) - (after["I02"].denominator or 0) == 1
    closed = Golden(KEPT, DIRECTORY, DAYS[3]).own("grid", {PLACES.by_code(CLOSED).id})
    assert closed  # it had grids that nobody closed, and they count no more
    with_it = Golden(KEPT, DIRECTORY, DAYS[3])
    assert after["I12"].denominator != GOLDEN["I12"](with_it, inside("341021", DAYS[2]))[1]


def test_a_founded_village_counts_from_its_first_day_and_those_merged_into_it_until_then(
    registers: Registers,
) -> None:
    for code, counts_before, counts_after in ((MERGED, 1, 0), (HEIR, 0, 1)):
        before, after = computed(registers, code, DAYS[2]), computed(registers, code, DAYS[3])
        assert (before["I02"].denominator, after["I02"].denominator) == (counts_before, counts_after), code
    assert [place.code for place in registers.directory.successors(PLACES.by_code(MERGED).id)] == [HEIR]


def test_a_village_counts_in_the_town_it_belonged_to_on_the_day(registers: Registers) -> None:
    village = PLACES.by_code(MOVED).id
    for town, day in (("341021101", DAYS[2]), (NEW_TOWN, DAYS[3])):
        assert village in inside(town, day)
        found = computed(registers, town, day)["I02"]
        assert found.denominator == counted("I02", town, day)[1]
    before, after = (computed(registers, NEW_TOWN, day)["I02"].denominator or 0 for day in DAYS[2:4])
    assert after - before == 1


def test_units_that_are_neither_are_in_no_denominator(registers: Registers) -> None:
    found = computed(registers, "341004400", DAYS[0])
    for name in ("I01", "I02", "I03", "I04", "I16", "I17", "I20", "I33", "I36"):
        assert found[name].denominator == 0, name
        assert found[name].value is None, name


def test_an_organization_counts_where_it_is_at_home(registers: Registers) -> None:
    golden = golden_on(DAYS[0])
    away = [
        row for row in golden.of("social_org") if row["home_community"] != row["owner"] and golden.filed(row)
    ]
    home = PLACES.by_id(away[0]["home_community"])
    name = {"C": "I01", "N": "I02"}[golden.kinds[home.id]]
    own = sum(row["owner"] == home.id and golden.filed(row) for row in golden.of("social_org"))
    found = computed(registers, home.code, DAYS[0])[name].numerator
    assert found == GOLDEN[name](golden, {home.id})[0]
    assert own != found or any(row["owner"] == home.id for row in away)


def test_each_of_the_six_pilots_has_a_light_of_its_own(registers: Registers) -> None:
    golden = golden_on(DAYS[0])
    parts = computed(registers, "341000", DAYS[0])["I09"].parts
    for kind, part in zip("123456", parts, strict=True):
        assert (part.numerator, part.denominator) == six_pilots(golden, inside("341000", DAYS[0]), kind)


@pytest.mark.parametrize("day", (*DAYS, date(2024, 2, 29), date(2027, 3, 1)), ids=str)
@pytest.mark.parametrize("sort", ["all", "renewal", "task"])
def test_what_is_overdue_is_the_same_both_ways_at_every_level(
    registers: Registers, day: date, sort: str
) -> None:
    golden = golden_on(day)
    days = dated(golden, *(() if sort == "all" else (sort,)))
    quality = chosen(next(one for one in indicators() if one.id == "I32"), {"overdue_scope": sort})
    evaluation = Evaluation(registers, today_is(day))
    for area in AREAS:
        there = inside(area, day)
        here = [(owner, until) for owner, until in days if owner in there]
        past = Counter(golden.directory.by_id(owner).code for owner, until in here if until < golden.day)
        found = evaluation.one_for(quality, PLACES.by_code(area).id).beside
        assert found is not None
        assert (found.numerator, found.denominator) == (past.total(), len(here)), area
        assert found.value == (pytest.approx(past.total() / len(here), abs=1e-6) if here else None)
        assert {one.place: one.gap for one in found.short} == past
        assert [one.gap for one in found.short] == sorted(past.values(), reverse=True)


def test_the_overdue_are_something_of_every_sort() -> None:
    for day in DAYS:
        golden = golden_on(day)
        for sort, several in SORTS.items():
            past = [until for _, until in dated(golden, sort) if until < golden.day]
            assert 0 < len(past) < len(dated(golden, sort)) or day.year == 2020, (day, sort)
            assert all(list(find(golden)) for find in several) or day != DAYS[0], (day, sort)


def test_what_is_overdue_today_is_what_the_reminders_say(desk: Registers) -> None:
    day = date(2027, 3, 1)
    held = standing(PLACES, [place.id for place in PLACES], day)
    told = [one for one in due(desk.records, desk.form, held, day) if one.left < 0]
    found = computed(desk, "341000", day)["I32"].beside
    assert found is not None
    assert found.numerator == len(told) > 0


def test_a_figure_over_every_register_is_run_not_compiled(postgres_server: CityRegisters) -> None:
    assert postgres_server._connection.all("SHOW jit") == [("off",)]
