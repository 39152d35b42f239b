"""What claims to say the same thing does: indicators, tables, lists and checks, at every level.

The cities have communities without a township, 类似单位, a merged village, and records naming any place.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from datetime import date
from functools import cache

import msgspec
import pytest
from city import City
from city.load import RowMaker, Tables, forms
from golden_indicators import OFF
from sync_databases import KINDS, fresh
from typing_plan import marks

from hsdesk.city.ledger.granted import GrantedRegisters
from hsdesk.city.ledger.reading import CityRegisters
from hsdesk.city.people.permission import Reach, Rule
from hsdesk.city.sql.opening import open_database
from hsdesk.language.aggregate import Aggregate
from hsdesk.model.answer import Class
from hsdesk.model.asked_day import AskedDay
from hsdesk.model.place import Directory, Place, load_directory
from hsdesk.registers.contract import Registers
from hsdesk.reports.content import Summary, Table
from hsdesk.reports.counting import Counting
from hsdesk.reports.counts import Count, count_book, count_named, day_of, query_of
from hsdesk.reports.definitions import definition_named
from hsdesk.reports.indicator_values import evaluate_all
from hsdesk.reports.indicators import IndicatorValue
from hsdesk.reports.knowing import NOT_HELD
from hsdesk.reports.signing import Occasion
from hsdesk.reports.summaries import build

DIRECTORY = load_directory()
TOWNS = ("341002001", "341004198", "341004400", "341021101")  # C; C without a township; Q; N
VILLAGES = tuple(v.code for town in TOWNS for v in DIRECTORY.village_level(DIRECTORY.by_code(town).id))
CLOSED, HEIR = "341021101205", "341021101204"
DAYS = (date(2025, 9, 30), date(2022, 12, 31))
AREAS = ("341000", "341002", "341004", "341021", *TOWNS, "341002001001", "341004198001", "341004400400", HEIR)
READERS = tuple(area for area in AREAS if area not in ("341004198", "341004400"))  # those are no offices
PLACES = DIRECTORY.with_rows(
    [
        msgspec.structs.replace(
            DIRECTORY.by_code(CLOSED), valid_to="2023-01-01", into=DIRECTORY.by_code(HEIR).id
        )
    ]
)
NAMING = {
    ("social_org", "home_community"): False,
    ("social_org", "hub_covers"): True,
    ("pilot", "units"): True,
    ("tri_project", "communities"): True,
}  # answers that name places, and whether they name several


def twisted(city: City, seed: int) -> Iterator[object]:
    """Yield the records of a city, some of which name places anywhere in it: next door, far away, closed."""
    chance = random.Random(seed)
    villages = [site.place.id for site in city.villages]
    for made in city.records():
        answers = dict(made.answers)
        for (form, answer), several in NAMING.items():
            if made.form == form and answer in answers and chance.random() < 0.3:
                named = sorted(chance.sample(villages, 2))
                answers[answer] = tuple(named) if several else named[0]
        yield msgspec.structs.replace(made, answers=answers)


@contextmanager
def filled(url: str, seed: int) -> Iterator[CityRegisters]:
    city = City(0.006, seed=seed, places=VILLAGES)
    with closing(open_database(url)) as database:
        Tables(database, RowMaker(typed=marks)).fill(twisted(city, seed))
        with database.reading() as connection:
            yield CityRegisters(connection, forms(), PLACES)


@pytest.fixture(
    scope="module",
    params=[(kind, seed) for kind in KINDS for seed in (1,)]
    + [pytest.param(("sqlite", seed), marks=pytest.mark.long) for seed in range(2, 8)],
    ids=lambda param: f"{param[0]}-{param[1]}",
)
def whole(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, postgres_url: str
) -> Iterator[CityRegisters]:
    kind, seed = request.param
    with ExitStack() as stack:
        for url in fresh(kind, tmp_path_factory.mktemp("agree"), postgres_url):
            yield stack.enter_context(filled(url, seed))
            stack.close()


def reader(whole: CityRegisters, area: str, *classes: Class) -> GrantedRegisters:
    """Return the registers as somebody of a place reads them."""
    place = PLACES.by_code(area)
    rule = Rule(place.id, classes) if classes else Rule(place.id)
    return GrantedRegisters(whole, Reach(place.level, (rule,), PLACES))


def asked(day: date) -> AskedDay:
    return AskedDay(day, date(2026, 11, 28), named=True)


@cache
def values(registers: Registers, area: str, day: date) -> Mapping[str, IndicatorValue]:
    return {value.id: value for value in evaluate_all(registers, PLACES.by_code(area), asked(day))}


def below(area: str) -> list[str]:
    here = {place.code for place in map(PLACES.by_id, PLACES.subtree(PLACES.by_code(area).id))}
    return [code for code in AREAS if code in here]


@pytest.mark.parametrize("day", (DAYS[0], pytest.param(DAYS[1], marks=pytest.mark.long)), ids=str)
def test_what_a_level_says_is_what_the_city_says_or_it_says_who_knows(
    whole: CityRegisters, day: date
) -> None:
    known: dict[str, set[str]] = {}
    for at in READERS:
        registers = reader(whole, at)
        for area in below(at):
            for name, found in values(registers, area, day).items():
                full, where = values(whole, area, day)[name], f"{name} of {area} at {at}"
                if name in OFF:
                    assert found.reason == full.reason == NOT_HELD, where
                elif found.reason.startswith("此处不知"):
                    assert "由" in found.reason and found.reason.endswith("计算）"), where
                    assert (found.numerator, found.denominator, found.value) == (None, None, None), where
                else:
                    parts = [
                        (one, other)
                        for one, other in zip(found.parts, full.parts, strict=True)
                        if one.numerator is not None
                    ]
                    assert all(one == other for one, other in parts), where
                    assert msgspec.structs.replace(found, parts=()) == msgspec.structs.replace(
                        full, parts=()
                    ), where
                    known.setdefault(at, set()).add(name)
    everything = {name for name, one in values(whole, "341000", day).items() if one.value is not None}
    assert everything <= known["341000"]
    for at in READERS:
        asked = {name for name, one in values(whole, at, day).items() if one.value is not None}
        assert len(asked - known[at]) <= (4 if PLACES.by_code(at).level in ("village", "township") else 0), at
    assert "I02" in known["341021101"]


def test_a_village_does_not_say_how_many_organizations_are_at_home_in_it(whole: CityRegisters) -> None:
    for area, who in ((HEIR, "深渡镇"), ("341004198001", "徽州区")):  # the second has no township
        own, full = values(reader(whole, area), area, DAYS[0]), values(whole, area, DAYS[0])
        for name in ("I01", "I02"):  # which of them applies is by the kind that the seed gave the place
            applies = bool(full[name].denominator)
            said = f"此处不知（由{who}计算）" if applies else "没有适用的村（社区）"
            assert (own[name].value, own[name].reason) == (None, said)


def test_without_a_class_a_figure_says_whose_permission_it_takes(whole: CityRegisters) -> None:
    found = values(reader(whole, "341021", "common"), "341021", DAYS[0])
    assert found["I14"].reason.startswith("此处不知（由歙县有党务")
    assert found["I04"].value is not None


def table(whole: Registers, area: str, day: date, name: str = "social_org_quarter") -> tuple[Summary, Table]:
    unit = PLACES.by_code(area)
    (summary,) = build(definition_named(name), whole, Occasion(PLACES.subtree(unit.id), unit.id, asked(day)))
    assert isinstance(summary.blocks[0], Table)
    return summary, summary.blocks[0]


@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize("area", AREAS)
def test_the_quarter_table_says_what_the_indicators_say(whole: CityRegisters, area: str, day: date) -> None:
    summary, made = table(whole, area, day)
    pair = [values(whole, area, day)[name] for name in ("I01", "I02")]
    communities = sum(one.denominator or 0 for one in pair)
    organizations = sum((one.numerator or 0) for one in pair if one.denominator)
    assert made.totals[1:3] == (str(communities), str(organizations))
    assert made.totals[3] == (f"{round(organizations / communities, 2):.10g}" if communities else "")
    for column in (1, 2, 5, 6, 7, 8, 9, 11, 12):
        rows = sum(float(row[column] or 0) for row in made.rows)
        assert float(made.totals[column] or 0) == pytest.approx(rows), column
    units = [one for one in PLACES.village_level(PLACES.by_code(area).id) if one.community_kind == "Q"]
    assert ("类似单位不计" in summary.remark) >= bool(units and area == "341004400")


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_an_area_is_the_sum_of_its_villages(whole: CityRegisters, day: date) -> None:
    single = evaluate_all(whole, PLACES.by_code("341021101"), asked(day), "village")
    for name in ("I01", "I02", "I03", "I04", "I16", "I17", "I19", "I20", "I33", "I36"):
        found = values(whole, "341021101", day)[name]
        here = [one for one in single if one.id == name]
        assert sum(one.denominator or 0 for one in here) == found.denominator, name
        assert sum(one.numerator or 0 for one in here if one.denominator) == found.numerator, name


@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize("area", ["341000", "341021101", HEIR])
def test_lists_and_checks_are_over_the_records_that_indicators_count(
    whole: CityRegisters, area: str, day: date
) -> None:
    found, inside = values(whole, area, day), standing(area, day)
    counting = Counting(whole, PLACES.seen_on(day.isoformat()), inside)

    def counted(name: str) -> float:
        figures = counting.by_place(count_named(name), day_of(day)) or {}
        return sum(figure for place, figure in figures.items() if place in inside)

    for paper, name in (("worker_roster", "worker_on_post"), ("grid_list", "grid_standing")):
        assert len(rows_of(whole, area, day, paper)) == counted(name), paper
    assert found["I11"].denominator == found["I12"].denominator == counted("grid_standing")
    assert found["I05"].denominator == counted("worker_staff")
    assert found["I25"].denominator == counted("households")  # the right side of the check of grids
    _, grids = totals_of(whole, area, day, "grid_list")
    assert float(grids[4] or 0) == counted("grid_households")  # its left side


def standing(area: str, day: date) -> tuple[str, ...]:
    seen: Directory = PLACES.seen_on(day.isoformat())
    here: list[Place] = [seen.by_id(one) for one in seen.subtree(seen.by_code(area).id)]
    return tuple(one.id for one in here if one.is_valid_on(day.isoformat()))


def rows_of(whole: Registers, area: str, day: date, paper: str) -> tuple[tuple[str, ...], ...]:
    unit = PLACES.by_code(area)
    (summary,) = build(definition_named(paper), whole, Occasion(standing(area, day), unit.id, asked(day)))
    assert isinstance(summary.blocks[0], Table)
    return summary.blocks[0].rows


def totals_of(whole: Registers, area: str, day: date, paper: str) -> tuple[Summary, tuple[str, ...]]:
    unit = PLACES.by_code(area)
    (summary,) = build(definition_named(paper), whole, Occasion(standing(area, day), unit.id, asked(day)))
    assert isinstance(summary.blocks[0], Table)
    return summary, summary.blocks[0].totals


def reads_what_is_there(count: Count) -> bool:
    return all(related.register.partition("/")[0] in forms() for related in count.exists)


def test_figures_asked_together_are_those_asked_one_by_one(whole: CityRegisters) -> None:
    named = [count_named(name) for name in count_book().counts]
    counts = [count for count in named if count.register in forms() and reads_what_is_there(count)]
    queries = [query_of(count, day_of(DAYS[0]), whole.form(count.register)) for count in counts]
    queries += [msgspec.structs.replace(query, group_by="") for query in queries]
    queries.append(Aggregate("no_such_register"))
    places = [place.id for place in PLACES]
    alone = [whole.figures([query], places)[0] for query in queries]
    assert whole.figures(queries, places) == alone
    assert alone[-1] is None
