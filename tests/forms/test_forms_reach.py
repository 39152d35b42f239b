"""What a form asks of one who cannot reach it is found before anybody is asked."""

from __future__ import annotations

import pytest
from tables import form_of

from hsdesk.forms.reach import Filler, fillers, receives, unreachable
from hsdesk.forms.schema import Form
from hsdesk.forms.shipped import every_form, is_off
from hsdesk.reports.checks import BalanceCheck, RowCheck, checks
from hsdesk.reports.reach import unreachable_checks

SHIPPED = {form.form_id: form for form in every_form()}


def survey(*rows: str, level: str = "village", form_id: str = "asks", **settings: str) -> Form:
    """Return a form of rows `type | name | label | required | relevant | constraint | filter | class`."""
    heads = "type | name | label | required | relevant | constraint | choice_filter | bind::hs:class"
    named = {"form_id": form_id, "attribute::hs:level": level} | {
        f"attribute::hs:{name}": word for name, word in settings.items()
    }
    return form_of(
        f"| survey |\n| | {heads} |\n" + "".join(f"| | {row} |\n" for row in rows),
        f"| settings |\n| | {' | '.join(named)} | namespaces |\n"
        f'| | {" | ".join(named.values())} | hs="urn:hsdesk:form" |\n',
    )


def told(form: Form, **others: Form) -> list[tuple[str, str]]:
    """Return severity and question of everything found."""
    return [(one.severity, one.cell) for one in unreachable(form, {**SHIPPED, **others})]


TEAM = survey("text | team_name | 名称", level="township", form_id="crew")
PUBLISHED = survey("text | team_name | 名称", level="township", form_id="crew", publish="down")


@pytest.mark.parametrize("form_id", SHIPPED)
def test_whoever_fills_a_shipped_form_reaches_what_it_asks(form_id: str) -> None:
    assert unreachable(SHIPPED[form_id], SHIPPED) == ()


def test_whatever_a_shipped_check_finds_can_be_mended_where_it_is_found() -> None:
    assert unreachable_checks(checks(), SHIPPED) == ()


def test_a_village_cannot_name_what_a_township_keeps_for_itself() -> None:
    asked = "select_one_from_file crew.csv | crew | 团队 | yes"
    (found,) = unreachable(survey(asked), {**SHIPPED, "crew": TEAM})
    assert (found.severity, found.cell) == ("error", "crew")
    assert "村（社区）收不到由乡镇（街道）填的" in found.message
    above = survey("text | a | 甲", level="township county", form_id="crew", publish="down")
    assert told(survey(asked), crew=above) == []


def test_only_a_place_without_a_township_misses_what_townships_publish() -> None:
    (found,) = unreachable(survey("select_one_from_file crew.csv | crew | 团队 | yes"), {"crew": PUBLISHED})
    assert found.message.startswith("社区（没有乡镇端的）收不到")


@pytest.mark.parametrize(
    ("required", "relevant", "found"),
    [
        ("", "", []),  # a township, which fills the registers of its villages too, can choose it
        ("count(instance('crew')/root/item) > 0", "", []),
        ("instance('here')/root/item/level = 'township'", "", []),
        ("yes", "instance('here')/root/item/level = 'township'", []),
        ("${kind} = '2'", "", [("error", "crew")]),
        ("", "false()", []),
    ],
)
def test_what_cannot_be_met_may_be_asked_where_it_can(
    required: str, relevant: str, found: list[tuple[str, str]]
) -> None:
    asked = f"select_one_from_file crew.csv | crew | 团队 | {required} | {relevant}"
    assert told(survey("text | kind | 类型", asked), crew=TEAM) == found


def test_a_county_form_may_name_what_lies_below_and_not_what_the_city_keeps() -> None:
    inner = survey("text | a | 甲", level="city", form_id="inner")
    rows = [f"select_one_from_file {name}.csv | {name} | {name} | yes" for name in ("crew", "grid", "inner")]
    assert told(survey(*rows, level="county"), crew=TEAM, inner=inner) == [("error", "inner")]


def test_what_names_a_party_register_takes_over_its_class() -> None:
    row = "select_one_from_file party_org.csv | org | 党组织 | {} | | | | {}"
    assert told(survey(row.format("yes", ""))) == [("error", "org")]
    assert told(survey(row.format("", ""))) == [("warning", "org")]
    assert told(survey(row.format("yes", "party"))) == []
    assert told(survey(row.format("yes", ""), **{"class": "party"})) == []


def test_a_form_that_is_there_does_not_require_one_that_is_off() -> None:
    off = next(form_id for form_id in SHIPPED if is_off(form_id) and SHIPPED[form_id].level == "village")
    asked = f"select_one_from_file {off}.csv | one | 选一条 | {{}}"
    assert told(survey(asked.format("yes"))) == [("error", "one")]
    assert told(survey(asked.format(""))) == []


def test_one_population_is_not_asked_where_another_may_answer() -> None:
    party = "select_multiple_from_file party_member.csv | members | 走访人(党员) | | | | | party"
    staff = "select_multiple_from_file grid_staff.csv | staff | 走访人 | {}"
    assert told(survey(staff.format("yes"), party)) == [("error", "staff")]
    assert told(survey(staff.format("${members} = ''"), party)) == []


def test_a_filter_or_a_rule_that_fits_no_place_of_a_kind_is_found() -> None:
    here = "instance('here')/root/item/community_kind"
    kinds = "select_one_from_file community_kind.csv | kind | 类型 | yes | | | {}"
    assert told(survey(kinds.format(f"name = 'N' and {here} = 'N'"))) == [("error", "kind")]
    assert told(survey(kinds.format(f"name = {here}"))) == []
    (found,) = unreachable(survey(f"text | seal | 印章 | | | {here} != 'Q' and . != ''"), SHIPPED)
    assert found.message == "类似单位不管怎样填，“印章”都不合要求。"


def test_a_default_that_breaks_its_own_rule_at_a_kind_of_place_is_found() -> None:
    older = SHIPPED["community"]
    broken = form_of(
        "| survey |\n| | type | name | label | default | constraint | bind::hs:severity |\n"
        "| | text | name | 全称 | instance('here')/root/item/legal_name | ends-with(., '委员会') | warn |\n"
    )
    (found,) = unreachable(broken, SHIPPED)
    assert (found.severity, found.message[:4]) == ("warning", "类似单位")
    assert unreachable(older, SHIPPED) == ()


def test_a_check_must_point_where_the_filler_can_write() -> None:
    wanted = RowCheck("x", "visit", "没有团队", "team", "team = '' and visit_kind = '2'")
    (found,) = {one.remedy for one in unreachable_checks((wanted,), SHIPPED)}
    assert "_kind" in found
    other = RowCheck("x", "visit", "没有网格", "grid", "grid = '' and visit_kind = '2'")
    assert unreachable_checks((other,), SHIPPED) == ()


def test_a_balance_compares_what_one_place_fills() -> None:
    def balance(register: str) -> BalanceCheck:
        return BalanceCheck("x", register, "", "grid_households", "task", "{left} {right}")

    assert {one.cell for one in unreachable_checks((balance("community"),), SHIPPED)} == {"x"}


def test_every_kind_of_village_fills_a_village_form() -> None:
    assert [(one.kind, one.has_office) for one in fillers(SHIPPED["grid"])] == [
        ("C", True), ("N", True), ("Q", True), ("C", False),
    ]  # fmt: skip
    assert [one.level for one in fillers(SHIPPED["task"])] == ["city", "county", "township"]
    assert receives(Filler("village", "N"), SHIPPED["task"])
    assert not receives(Filler("village", "N"), SHIPPED["exchange"])
