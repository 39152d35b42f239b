"""Named counts: each is readable, and all that claims to count the same thing names the same one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from registers_world import Memory, organization
from shipped_world import DIRECTORY, shipped

from hsdesk.language.aggregate import form_of
from hsdesk.model.asked_day import today_is
from hsdesk.reports.broken import counts_asked
from hsdesk.reports.charts import ChartDefinition, chart_definitions, charts, leans_of
from hsdesk.reports.checks import BalanceCheck, RowCheck, checks
from hsdesk.reports.content import Table
from hsdesk.reports.counting import Counting
from hsdesk.reports.counts import count_book, count_named, day_of, leans_of_count
from hsdesk.reports.definitions import definition_named, definitions
from hsdesk.reports.indicators import PlacesTerm, RecordsTerm, Term, indicators, terms_of
from hsdesk.reports.leaning import lacking
from hsdesk.reports.reminders import reminders
from hsdesk.reports.signing import Occasion
from hsdesk.reports.summaries import build

TODAY = date(2026, 11, 22)
RURAL, NEXT = DIRECTORY.by_code("341021101204"), DIRECTORY.by_code("341021101205")
FAR = DIRECTORY.by_code("341002001001")


def terms() -> Iterator[Term]:
    for indicator in indicators():
        yield from terms_of(indicator)
        for variant in indicator.variants:
            yield from (*variant.numerator, *variant.denominator)


def named() -> Iterator[str]:
    for term in terms():
        match term:
            case RecordsTerm():
                yield term.count
            case PlacesTerm():
                yield from term.having
    yield from (
        check_side
        for one in checks()
        if isinstance(one, BalanceCheck)
        for check_side in (one.left, one.right)
    )
    yield from (one.count for one in definitions() if one.count)
    yield from (one.count for one in chart_definitions())
    yield from (count for count, _register in of_rows())
    yield from counts_asked(shipped("community"))
    yield from (one.within for one in count_book().counts.values() if one.within)


def of_rows() -> Iterator[tuple[str, str]]:
    """Yield the counts whose records checks and reminders look at, and of which register they should be."""
    yield from ((one.count, one.register) for one in checks() if isinstance(one, RowCheck) and one.count)
    yield from ((one.count, one.register) for one in reminders() if one.count)


def test_what_looks_at_the_records_of_a_count_looks_at_all_of_them() -> None:
    for name, register in of_rows():
        count = count_named(name)
        assert (count.register, count.exists) == (register, ())  # a row alone must tell whether it counts


def test_every_name_is_that_of_a_count_and_every_count_is_asked_by_something() -> None:
    assert set(named()) <= count_book().counts.keys()
    sets = {term.places for term in terms() if isinstance(term, RecordsTerm | PlacesTerm)}
    assert sets - {""} == count_book().places.keys()


@pytest.mark.parametrize("name", count_book().counts)
def test_a_count_reads_answers_that_its_forms_have(name: str) -> None:
    leans = leans_of_count(count_named(name))
    assert lacking(leans, lambda register: shipped(form_of(register))) is None
    assert count_named(name).title


@pytest.mark.parametrize("chart", chart_definitions(), ids=lambda one: one.id)
def test_a_chart_reads_answers_that_its_form_has_and_splits_its_count_in_one_way(
    chart: ChartDefinition,
) -> None:
    assert lacking(leans_of(chart), lambda register: shipped(form_of(register))) is None
    assert sum(map(bool, (chart.groups, chart.ages and chart.born, chart.over))) == 1


def test_the_bars_of_a_chart_add_up_to_its_count_and_a_past_quarter_has_what_stood_then() -> None:
    rows = [
        organization(RURAL.id, 1, category="1"),
        organization(RURAL.id, 2, category="1", filed_on=f"{TODAY.year}-05-01"),
        organization(RURAL.id, 3),
    ]
    found = {
        one.title: [bar.value for bar in one.bars]
        for one in charts(Memory({"social_org": rows}), (RURAL.id,), today_is(TODAY))
    }
    assert found["社区社会组织：类别"] == [2, 0, 0, 0, 0, 1]
    assert found["社区社会组织：本年进展"] == [2, 3, 3, 3]
    assert "党员：年龄" not in found or set(found["党员：年龄"]) == {None}  # its register is not held


def test_a_narrower_count_is_never_more_than_the_one_it_narrows() -> None:
    hub = organization(RURAL.id, 1, is_hub="1")
    plain, cancelled = organization(RURAL.id, 2), organization(RURAL.id, 3, cancelled_on="2020-01-01")
    counting = Counting(Memory({"social_org": [hub, plain, cancelled]}), DIRECTORY, (RURAL.id,))
    day = day_of(TODAY)
    assert counting.by_place(count_named("org_standing"), day) == {RURAL.id: 2}
    assert counting.by_place(count_named("hub"), day) == {RURAL.id: 1}


def test_an_organization_counts_at_its_home_in_its_own_township_else_for_its_owner() -> None:
    """组织由乡镇(街道)备案: a home elsewhere would be counted where nobody below the city sees it."""
    rows = [
        organization(RURAL.id, 1, home_community=NEXT.id),
        organization(RURAL.id, 2, home_community=FAR.id),
        organization(RURAL.id, 3),
    ]
    counting = Counting(Memory({"social_org": rows}), DIRECTORY, [place.id for place in DIRECTORY])
    found = counting.by_place(count_named("org_standing"), day_of(TODAY))
    assert found == {NEXT.id: 1, RURAL.id: 2}


@pytest.mark.parametrize(
    ("paper", "register", "begins", "ends"),
    [
        ("worker_roster", "worker", "hired_on", "left_on"),
        ("grid_list", "grid", "valid_from", "valid_to"),
        ("grid_staff_roster", "grid_staff", "on_since", "off_on"),
    ],
)
def test_a_roster_lists_those_who_count_on_its_day(paper: str, register: str, begins: str, ends: str) -> None:
    def row(name: str, since: str, until: str | None = None) -> dict[str, object]:
        own = {"_id": name, "_place": RURAL.id, "_title": name, begins: since}
        return own | ({ends: until} if until else {})

    rows = [
        row("here", "2019-01-01"),
        row("leaving", "2019-01-01", "2026-12-31"),
        row("gone", "2019-01-01", "2026-11-22"),
        row("coming", "2026-12-01"),
    ]
    registers = Memory({"community": [], register: rows})
    occasion = Occasion(places=(RURAL.id,), unit=RURAL.id, asked=today_is(TODAY))
    (summary,) = build(definition_named(paper), registers, occasion)
    assert isinstance(summary.blocks[0], Table)
    assert len(summary.blocks[0].rows) == 2
