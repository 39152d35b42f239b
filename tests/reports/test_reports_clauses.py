"""Each clause of the policy can be typed, checked, counted and printed by the level that fills it.

Five desks of four levels (a village, a community, their township, county and city) type what every clause
asks for and sync through one real city ledger. Registers that are off by default prove themselves in
test_desk_packs.py, their figures in test_desk_checkin_rate.py. Figures are computed a second way: plain
Python over the answers (`golden_indicators`).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from clause_records import PLACES, TODAY
from clause_world import DIRECTORY, ROLES, Clauses, Typed
from golden_answers import i32
from golden_indicators import GOLDEN, OFF, Golden, i30
from test_reports_policy import CLAUSES

from hsdesk.forms.shipped import index
from hsdesk.reports.definitions import definition_named

Clause = dict[str, str]
WAYS = {**GOLDEN, "I32": i32}
each_clause = pytest.mark.parametrize(
    "clause", CLAUSES, ids=lambda one: f"{one['clause']} {one['quote'][:9]}"
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clauses]:
    clauses = Clauses(tmp_path_factory.mktemp("clauses"))
    yield clauses
    clauses.close()


@pytest.fixture(scope="module")
def golden(world: Clauses) -> Golden:
    return Golden(world.made(), DIRECTORY, TODAY)


def forms_of(clause: Clause) -> list[str]:
    return [name for name in clause["forms"].split() if not index()[name].is_off]


def typed_for(world: Clauses, clause: Clause) -> list[Typed]:
    return [one for name in forms_of(clause) for one in world.of(name)]


@each_clause
def test_every_level_that_fills_a_clause_can_type_it(world: Clauses, clause: Clause) -> None:
    for name in forms_of(clause):
        of_form = world.of(name)
        assert [one.refused for one in of_form if one.refused] == []
        assert {ROLES[one.item.desk] for one in of_form} == set(index()[name].levels), name


@each_clause
def test_nothing_of_a_clause_must_be_changed_that_its_place_cannot_change(
    world: Clauses, clause: Clause
) -> None:
    records = {one.record for one in typed_for(world, clause)}
    for name in world.desks:
        asked = [found for found in world.findings(name) if found.record in records]
        assert [found for found in asked if found.severity == "error"] == []
        assert [found for found in asked if found.rule == "reference"] == []


@each_clause
def test_the_figures_of_a_clause_change_with_it_and_are_the_same_a_second_way(
    world: Clauses, golden: Golden, clause: Clause
) -> None:
    assert clause["indicators"].split()
    for name in set(clause["indicators"].split()) - OFF:
        before, after = world.before[name], world.after["city"][name]
        assert (after.numerator, after.denominator) != (before.numerator, before.denominator), name
        assert after.value is not None, name
        for desk, code in PLACES.items():
            found = world.after[desk][name]
            area = set(DIRECTORY.subtree(DIRECTORY.by_code(code).id))
            if found.numerator is None:  # 此处不知, or of another level
                continue
            if name == "I30":
                assert found.value == i30(golden, area)
                continue
            above, below = WAYS[name](golden, area)
            assert found.numerator == pytest.approx(above, abs=1e-6), (name, desk)
            assert below is None or found.denominator == pytest.approx(below, abs=1e-6), (name, desk)


@each_clause
def test_what_was_typed_for_a_clause_stands_on_its_print_outs_where_it_was_typed(
    world: Clauses, clause: Clause
) -> None:
    papers = [definition_named(name) for name in clause["summaries"].split()]
    for one in typed_for(world, clause):
        held = [
            paper.name
            for paper in papers
            if paper.register == one.item.register
            and one.item.mark in repr(world.paper(one.item.desk, paper.name))
        ]
        assert held, (one.item.desk, one.item.name, [paper.name for paper in papers])


@each_clause
def test_every_print_out_of_a_clause_is_made_at_the_city_or_where_it_is_filled(
    world: Clauses, clause: Clause
) -> None:
    for name in clause["summaries"].split():
        paper = definition_named(name)
        if index()[paper.register].is_off:
            continue
        desks = {one.item.desk for one in world.of(paper.register)}
        made = [summary for desk in desks for summary in world.paper(desk, name)]
        assert sum(summary.records for summary in made) or paper.kind not in ("roster", "card"), name
        if paper.kind == "indicators":
            shown = {row[0]: row for summary in world.paper("city", name) for row in summary.blocks[0].rows}
            for figure in clause["indicators"].split():
                assert shown[figure][4] == world.after["city"][figure].shown, figure
