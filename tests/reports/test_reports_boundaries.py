"""On the edge of the targets: 4 or 5 and 9 or 10, cancelled organizations, closed villages, other days."""

from datetime import date

import msgspec
import pytest
from registers_world import Memory, organization
from shipped_world import DIRECTORY

from hsdesk.model.answer import Value
from hsdesk.model.asked_day import today_is
from hsdesk.model.place import Directory
from hsdesk.reports.content import Table
from hsdesk.reports.definitions import definition_named
from hsdesk.reports.indicator_values import evaluate_all
from hsdesk.reports.indicators import IndicatorValue
from hsdesk.reports.signing import Occasion
from hsdesk.reports.summaries import build

TODAY = date(2026, 11, 22)
RURAL = DIRECTORY.by_code("341021101204")
NEXT = DIRECTORY.by_code("341021101205")
URBAN = DIRECTORY.by_code("341002001001")
TOWN = DIRECTORY.by_code("341021101")
WENT = "2026-06-30"
BEFORE, ON = date(2026, 6, 29), date(2026, 6, 30)
LEVELS = {"I01": (URBAN, 10), "I02": (RURAL, 5)}

Rows = list[dict[str, Value]]


def held(rows: Rows, directory: Directory = DIRECTORY) -> Memory:
    return Memory({"community": [], "social_org": rows}, directory)


def value(registers: Memory, name: str, place=RURAL, as_of: date = TODAY) -> IndicatorValue:
    return next(found for found in evaluate_all(registers, place, today_is(as_of)) if found.id == name)


def closed(*places: str, day: str = WENT) -> Directory:
    return Directory(
        [msgspec.structs.replace(place, valid_to=day) if place.id in places else place for place in DIRECTORY]
    )


@pytest.mark.parametrize("name", LEVELS)
@pytest.mark.parametrize(("as_of", "gap"), [(BEFORE, 0), (ON, 1), (TODAY, 1)])
def test_one_that_is_cancelled_makes_the_place_one_short_from_that_day(name: str, as_of: date, gap: int):
    place, target = LEVELS[name]
    rows = [organization(place.id, number) for number in range(target - 1)]
    rows.append(organization(place.id, target, reg_status="9", cancelled_on=WENT))
    found = value(held(rows), name, place, as_of)
    assert found.numerator == target - gap
    assert found.met == (not gap)
    assert [one.gap for one in found.short] == ([gap] if gap else [])


@pytest.mark.parametrize("name", LEVELS)
@pytest.mark.parametrize(("as_of", "gap"), [(BEFORE, 1), (ON, 0)])
def test_one_that_is_filed_fills_the_gap_from_that_day(name: str, as_of: date, gap: int):
    place, target = LEVELS[name]
    rows = [organization(place.id, number) for number in range(target - 1)]
    rows.append(organization(place.id, target, filed_on=WENT))
    assert [one.gap for one in value(held(rows), name, place, as_of).short] == ([gap] if gap else [])


@pytest.mark.parametrize(
    ("answers", "count"),
    [
        ({"reg_status": "8"}, 1),  # 注销中 counts until it is cancelled
        ({"reg_status": "8", "cancelled_on": "2026-11-23"}, 1),
        ({"reg_status": "8", "cancelled_on": "2026-11-22"}, 0),
        ({"reg_status": "9", "cancelled_on": "2026-11-23"}, 1),  # cancelled from tomorrow on
        ({"reg_status": "9", "cancelled_on": "2026-11-22"}, 0),
        ({"reg_status": "9"}, 0),  # nobody knows when: it does not count
        ({"reg_status": "1", "filed_on": "2026-11-22"}, 1),
        ({"reg_status": "1", "filed_on": "2026-11-23"}, 0),  # tomorrow
        ({"reg_status": "2", "filed_on": None}, 0),
        ({"reg_status": "8", "filed_on": None}, 0),
        ({"reg_status": "2", "filed_on": "1949-10-01"}, 1),
        ({"reg_status": "2", "filed_on": "2024-02-29"}, 1),
    ],
)
def test_an_organization_counts_by_its_dates_in_the_indicator_and_in_the_quarter_table(
    answers: dict[str, Value], count: int
):
    registers = held([organization(RURAL.id, 1, **answers)])
    assert value(registers, "I02").numerator == count
    occasion = Occasion(places=(RURAL.id,), unit=RURAL.id, asked=today_is(TODAY))
    (summary,) = build(definition_named("社会组织季度汇总表"), registers, occasion)
    table = summary.blocks[0]
    assert isinstance(table, Table)
    assert table.totals[2] == str(count)


@pytest.mark.parametrize(("as_of", "count", "villages"), [(BEFORE, 8, 10), (ON, 3, 9)])
def test_what_a_closed_village_had_counts_until_its_last_day(as_of: date, count: int, villages: int):
    rows = [organization(RURAL.id, number) for number in range(5)]
    rows += [organization(NEXT.id, number) for number in range(3)]
    found = value(held(rows, closed(RURAL.id)), "I02", TOWN, as_of)
    assert (found.numerator, found.denominator) == (count, villages)
    named = {one.place for one in found.short}
    assert NEXT.code in named
    assert RURAL.code not in named


def test_a_closed_village_that_was_short_is_not_named_any_more():
    registers = held([organization(NEXT.id, number) for number in range(5)], closed(RURAL.id))
    assert RURAL.code in {one.place for one in value(registers, "I02", TOWN, BEFORE).short}
    assert RURAL.code not in {one.place for one in value(registers, "I02", TOWN, ON).short}


def test_without_a_village_left_there_is_no_average():
    every = [place.id for place in DIRECTORY.village_level(TOWN.id)]
    found = value(held([organization(RURAL.id, 1)], closed(*every)), "I02", TOWN, ON)
    assert (found.value, found.met, found.short) == (None, None, ())
