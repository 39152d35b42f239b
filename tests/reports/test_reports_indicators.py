from datetime import date

import msgspec
import pytest
from registers_world import Memory, organization
from shipped_world import DEMO_PLACES, DIRECTORY, Village

from hsdesk.model.asked_day import today_is
from hsdesk.model.place import Directory
from hsdesk.reports.indicator_values import evaluate_all
from hsdesk.reports.indicators import indicators
from hsdesk.reports.settings import settings

CITY = DIRECTORY.by_code("341000")
TODAY = date(2026, 11, 22)
RURAL = DIRECTORY.by_code("341021101204")
URBAN = DIRECTORY.by_code("341002001001")
TOWN = DIRECTORY.by_code("341021101")


def value(registers: Memory, name: str, place=CITY, as_of: date = TODAY, level: str = ""):
    return next(found for found in evaluate_all(registers, place, today_is(as_of), level) if found.id == name)


def organizations(counts: dict[str, int], **answers) -> Memory:
    return Memory(
        {
            "community": [],
            "social_org": [
                organization(place, n, **answers) for place, count in counts.items() for n in range(count)
            ],
        }
    )


def test_the_list_has_38_indicators_each_with_a_source():
    assert len(indicators()) == len({indicator.id for indicator in indicators()}) == 42
    assert all(indicator.source for indicator in indicators())


def test_every_indicator_can_be_computed_or_says_why_not():
    for indicator in indicators():
        assert bool(indicator.numerator) != bool(indicator.missing), indicator.id


@pytest.mark.parametrize(("count", "gap"), [(4, 1), (5, 0), (6, 0), (0, 5)])
def test_a_village_is_so_many_short_of_the_rural_target(count: int, gap: int):
    found = value(organizations({RURAL.id: count}), "I02", RURAL)
    assert (found.numerator, found.denominator, found.value, found.target) == (count, 1, count, 5)
    assert found.met == (gap == 0)
    assert [short.gap for short in found.short] == ([gap] if gap else [])
    assert all(short.place == RURAL.code for short in found.short)


@pytest.mark.parametrize(("count", "gap"), [(9, 1), (10, 0), (11, 0)])
def test_a_community_is_so_many_short_of_the_urban_target(count: int, gap: int):
    found = value(organizations({URBAN.id: count}), "I01", URBAN)
    assert (found.value, found.target, found.met) == (count, 10, gap == 0)
    assert sum(short.gap for short in found.short) == gap


def test_it_is_said_which_organizations_do_not_count_yet():
    dated = [organization(RURAL.id, number) for number in range(3)]
    registers = Memory({"community": [], "social_org": [*dated, organization(RURAL.id, 9, filed_on=None)]})
    found = value(registers, "I02", RURAL)
    assert (found.value, found.left_out) == (3, "有 1 家没有算进来：备案（登记）日期没有填")
    assert value(organizations({RURAL.id: 3}), "I02", RURAL).left_out == ""


def test_the_urban_average_does_not_apply_to_a_village():
    found = value(organizations({RURAL.id: 4}), "I01", RURAL)
    assert (found.value, found.met, found.short) == (None, None, ())
    assert found.reason


def test_the_city_average_is_all_organizations_by_all_villages():
    villages = [place for place in DIRECTORY.village_level() if place.community_kind == "N"]
    counts = {place.id: (number % 9) for number, place in enumerate(villages)}
    found = value(organizations(counts), "I02")
    total = sum(counts.values())
    assert (found.numerator, found.denominator) == (total, 671)
    assert found.value == pytest.approx(total / 671, abs=1e-6)
    assert len(found.short) == sum(count < 5 for count in counts.values())
    assert found.short[0].gap == 5


def test_a_city_reaches_an_average_though_single_villages_do_not():
    villages = [place for place in DIRECTORY.village_level() if place.community_kind == "N"]
    counts = {place.id: (1 if number % 2 else 10) for number, place in enumerate(villages)}
    found = value(organizations(counts), "I02")
    assert found.met
    assert len(found.short) == 335


def test_villages_like_units_are_in_no_denominator():
    kinds = [place.community_kind for place in DIRECTORY.village_level()]
    assert value(organizations({}), "I01").denominator == kinds.count("C") == 82
    assert value(organizations({}), "I04").denominator is None  # workers are not held: not known, never 0


def test_a_county_that_changed_the_kind_of_a_community_is_followed():
    profile = {"_id": "p", "_place": RURAL.id, "_title": "", "community_kind": "C"}
    registers = Memory({"community": [profile], "social_org": [organization(RURAL.id, 1)]})
    assert value(registers, "I01", RURAL).value == 1
    assert value(registers, "I02", RURAL).value is None


@pytest.mark.parametrize(
    ("as_of", "count"),
    [
        (date(2019, 4, 30), 0),  # a day before filing
        (date(2019, 5, 1), 1),
        (date(2024, 6, 29), 1),
        (date(2024, 6, 30), 0),  # the day of cancelling
        (TODAY, 0),
    ],
)
def test_a_cancelled_organization_counts_in_its_own_time(as_of: date, count: int):
    registers = organizations({RURAL.id: 1}, reg_status="9", cancelled_on="2024-06-30")
    assert value(registers, "I02", RURAL, as_of).numerator == count


@pytest.mark.parametrize("status", ["3", "4"])
def test_an_organization_that_is_not_filed_does_not_count(status: str):
    registers = organizations({RURAL.id: 3}, reg_status=status, filed_on=None)
    assert value(registers, "I02", RURAL).numerator == 0


def test_a_closed_village_leaves_the_denominator_on_its_last_day():
    places = [msgspec.structs.replace(p, valid_to="2021-01-01") if p.id == RURAL.id else p for p in DIRECTORY]
    registers = Memory({"community": [], "social_org": [organization(RURAL.id, 1)]}, Directory(places))
    before, after = date(2020, 12, 31), date(2021, 1, 1)
    assert value(registers, "I02", TOWN, before).denominator == 10
    assert value(registers, "I02", TOWN, after).denominator == 9
    assert value(registers, "I02", TOWN, after).numerator == 0


def test_a_township_is_the_sum_of_its_villages():
    counts = {place.id: 2 for place in DIRECTORY.village_level(TOWN.id)}
    registers = organizations(counts)
    found = value(registers, "I02", TOWN)
    assert (found.level, found.place, found.value) == ("township", TOWN.code, 2)
    single = [each for each in evaluate_all(registers, TOWN, today_is(TODAY), "village") if each.id == "I02"]
    assert len(single) == 12
    assert sum(each.numerator or 0 for each in single) == found.numerator


def test_posts_are_counted_in_their_own_year_and_those_of_no_year_always():
    given = ((1, 2026, "a b"), (2, 2025, "a"), (4, None, "a b c"))
    rows = [
        {
            "_id": f"p{n}",
            "_place": RURAL.id,
            "_title": "岗",
            "quota": n,
            "year": year,
            "holders": held,
        }
        for n, year, held in given
    ]
    registers = Memory({"community": [], "post": rows})
    now, before = value(registers, "I15", RURAL), value(registers, "I15", RURAL, date(2025, 12, 31))
    assert (now.numerator, now.denominator) == (5, 5)
    assert (before.numerator, before.denominator) == (4, 6)


def test_what_is_not_held_here_is_not_known():
    found = value(Memory({"social_org": []}), "I11", RURAL)
    assert (found.value, found.numerator, found.met) == (None, None, None)
    assert "不在这台电脑上" in found.reason


def test_a_hub_covers_its_own_and_named_communities():
    other = DIRECTORY.by_code("341002001002")
    hub = organization(URBAN.id, 1, is_hub="1", hub_covers=(other.id,))
    registers = Memory({"community": [], "social_org": [hub]})
    town = DIRECTORY.by_code("341002001")
    found = value(registers, "I03", town)
    assert (found.numerator, found.denominator) == (2, 4)
    assert {short.place for short in found.short} == {"341002001003", "341002001004"}


def test_open_definitions_are_settings_with_a_default():
    worker = {
        "_id": "w",
        "_place": RURAL.id,
        "_title": "",
        "is_sw": "1",
        "sw_cert": "0",
        "hired_on": "2019-01-01",
    }
    registers = Memory({"community": [], "worker": [worker]})
    strict = Memory({"community": [], "worker": [worker]}, settings={"worker_certified": "yes"})
    assert value(registers, "I04", RURAL).value == 1
    assert value(strict, "I04", RURAL).value == 0
    assert "须持职业水平证书" in value(strict, "I04", RURAL).note
    named = {variant.setting for indicator in indicators() for variant in indicator.variants}
    assert named == {setting.name for setting in settings() if setting.kind == "choice"}
    for setting in settings():
        assert setting.checked(setting.default) == setting.default
        assert setting.note.endswith("口径以市局为准")
        assert setting.indicators


def test_the_city_may_set_a_target_that_the_policy_leaves_open():
    grid = {"_id": "g", "_place": RURAL.id, "_title": "", "valid_from": "2019-01-01"}
    rows = {"community": [], "grid": [grid]}
    assert value(Memory(rows), "I11", RURAL).target is None
    set_by_city = value(Memory(rows, settings={"fused_target": "60"}), "I11", RURAL)
    assert (set_by_city.target, set_by_city.met) == (0.6, False)


def test_the_four_centres_bear_the_names_the_city_gave_them():
    county = DIRECTORY.by_code("341003")
    pilot = {"_id": "p", "_place": county.id, "_title": "", "pilot_kind": "1", "year": 2020, "c4_2": "1"}
    registers = Memory({"community": [], "pilot": [pilot]}, settings={"centre_2": "党群服务中心"})
    parts = {part.name: part.value for part in value(registers, "I10", county).parts}
    assert (parts["党群服务中心"], parts["中心一"]) == (1, 0)


def test_townships_may_be_what_hubs_are_counted_by():
    hub = {"_id": "o", "_place": RURAL.id, "_title": "", "is_hub": "1", "filed_on": "2019-05-01"}
    rows = {"community": [], "social_org": [hub]}
    counted = value(Memory(rows, settings={"hub_scope": "township"}), "I03", TOWN)
    assert (counted.numerator, counted.denominator, counted.value) == (1, 1, 1)
    none = Memory({"community": [], "social_org": []}, settings={"hub_scope": "township"})
    assert [short.place for short in value(none, "I03", TOWN).short] == [TOWN.code]
    assert value(none, "I03", RURAL).reason == "没有适用的村（社区）"


def test_a_worker_who_left_does_not_equip_a_village():
    worker = {"_id": "w", "_place": RURAL.id, "_title": "", "is_sw": "1", "hired_on": "2019-01-01"}
    gone = Memory({"community": [], "worker": [worker | {"left_on": "2020-01-01"}]})
    assert value(gone, "I04", RURAL).numerator == 0
    assert value(gone, "I04", RURAL, date(2019, 12, 31)).numerator == 1
    assert value(gone, "I04", RURAL).short[0].gap == 1


def test_a_supervision_committee_counts_until_its_term_ends():
    body = {"_id": "b", "_place": RURAL.id, "_title": "", "body_type": "3", "chair": "汪某"}
    body |= {"members_n": 3, "set_on": "2021-03-18", "term_years": 5}
    registers = Memory({"community": [], "self_gov_body": [body]})
    assert value(registers, "I16", RURAL, date(2026, 3, 17)).numerator == 1
    assert value(registers, "I16", RURAL, date(2026, 3, 18)).numerator == 0


def test_pay_is_hidden_while_it_could_be_traced_to_persons():
    def workers(count: int) -> Memory:
        worker = {"_place": RURAL.id, "_title": "", "is_sw": "1", "hired_on": "2019-01-01"}
        rows = [worker | {"_id": str(n), "salary_month": 3000 + n * 100} for n in range(count)]
        return Memory({"community": [], "worker": rows})

    assert value(workers(4), "I30").value is None
    assert value(workers(5), "I30").value == 3200
    assert value(workers(5), "I30", RURAL).reason == "这一级不算这项指标"


def test_a_demonstration_site_of_the_county_counts_towards_four():
    county = DIRECTORY.by_code("341021")
    site = {
        "_id": "s",
        "_place": county.id,
        "_title": "",
        "pilot_kind": "7",
        "level": "3",
        "accept_result": "1",
    }
    site |= {"year": 2026, "accepted_on": "2026-10-01", "units": (RURAL.id,)}
    found = value(Memory({"community": [], "pilot": [site]}), "I07")
    assert (found.numerator, found.value, found.target, found.met) == (1, 1, 4, False)


def test_none_is_the_target_for_forbidden_proofs():
    proof = {"_id": "z", "_place": RURAL.id, "_title": "", "handled": "1", "date": "2026-11-02", "item": "a"}
    items = [{"_id": "a", "_place": "county", "_title": "", "forbidden_code": "01"}]
    none = Memory({"community": [], "seal_use": [], "access_item": items})
    one = Memory({"community": [], "seal_use": [proof], "access_item": items})
    assert (value(none, "I21", RURAL).value, value(none, "I21", RURAL).met) == (0, True)
    assert (value(one, "I21", RURAL).value, value(one, "I21", RURAL).met) == (1, False)
    april = [proof | {"_id": day, "date": f"2020-04-{day}"} for day in ("01", "26", "27", "28")]
    early = Memory({"community": [], "seal_use": april, "access_item": items})
    assert value(early, "I21", RURAL, date(2020, 4, 30)).value == 2  # the list is of 27 April 2020


@pytest.mark.parametrize(("code", "name", "gap"), [(DEMO_PLACES[0], "I02", 1), (DEMO_PLACES[1], "I01", 1)])
def test_the_sample_places_are_one_short(code: str, name: str, gap: int):
    village = Village(code)
    village.add_demo()
    found = value(Memory(village.values), name, village.place)
    assert [short.gap for short in found.short] == [gap]
    assert found.shown.endswith("家")


def test_figures_are_asked_for_once_however_many_places_there_are():
    registers = organizations({RURAL.id: 4})
    evaluate_all(registers, TOWN, today_is(TODAY), "")
    once = registers.asked
    registers.asked = 0
    evaluate_all(registers, TOWN, today_is(TODAY), "village")
    assert registers.asked <= once


def test_a_subtree_begins_with_its_root():
    inside = DIRECTORY.subtree(CITY.id)
    assert inside[0] == CITY.id
    assert len(inside) == len(set(inside)) == 881


@pytest.mark.parametrize(("filled", "light"), [(98, "green"), (97, "yellow"), (90, "yellow"), (89, "red")])
def test_the_quality_of_a_village_has_a_light(filled: int, light: str):
    registers = Memory({"community": []})
    registers.counted = {RURAL.id: (100, filled)}
    found = value(registers, "I32", RURAL)
    assert (found.value, found.light, found.met) == (filled / 100, light, light == "green")
    assert [short.gap for short in found.short] == ([] if light == "green" else [100 - filled])
    assert value(registers, "I33", RURAL).light == ""
