"""The policy text, clause by clause, against what the program carries: no holes either way."""

import csv

import make_policy_map

from hsdesk.model.resource import resource_dir
from hsdesk.reports.definitions import definitions
from hsdesk.reports.indicators import indicators

with (resource_dir() / "policy_clauses.csv").open(encoding="utf-8", newline="") as lines:
    CLAUSES = list(csv.DictReader(lines))
FORMS = {row["form_id"] for row in make_policy_map.rows("forms/index.csv")}


def named(column: str) -> set[str]:
    return {name for clause in CLAUSES for name in clause[column].split()}


def test_every_section_of_the_policy_is_there():
    assert [clause["clause"] for clause in CLAUSES] == sorted(
        (clause["clause"] for clause in CLAUSES),
        key=["总", "一(一)", "一(二)", "二", "三", "四", "五", "六"].index,
    )
    assert len({clause["clause"] for clause in CLAUSES}) == 8


def test_every_clause_has_a_form_and_a_paper():
    for clause in CLAUSES:
        assert clause["forms"].split(), clause["quote"]
        assert clause["summaries"].split(), clause["quote"]


def test_every_form_serves_a_clause_and_every_name_exists():
    assert named("forms") == FORMS


def test_every_indicator_serves_a_clause_and_every_name_exists():
    assert named("indicators") == {indicator.id for indicator in indicators()}


def test_every_print_out_serves_a_clause_and_every_name_exists():
    assert named("summaries") == {definition.name for definition in definitions()}


def test_an_indicator_stands_at_the_section_its_source_names():
    for indicator in indicators():
        source = indicator.source.removeprefix("要点 ").split()[0]
        if indicator.source.startswith("要点 ") and source != "全文":
            sections = {
                clause["clause"] for clause in CLAUSES if indicator.id in clause["indicators"].split()
            }
            assert any(section[0] == source[0] for section in sections), indicator.id


def test_the_pages_of_the_manual_are_up_to_date():
    assert make_policy_map.OUT.read_text(encoding="utf-8") == make_policy_map.page()
    assert make_policy_map.LIST.read_text(encoding="utf-8") == make_policy_map.register_list()
