# one line for each indicator
"""Every indicator computed a second way, in plain Python over the rows of an invented county."""

from collections.abc import Callable, Iterator
from datetime import date
from statistics import median

import pytest
from city_world import City, Row
from golden_indicators import OFF
from registers_world import Memory
from shipped_world import DIRECTORY

from hsdesk.model.asked_day import today_is
from hsdesk.model.period import parse_period, period_of
from hsdesk.reports.indicator_values import evaluate_all
from hsdesk.reports.indicators import IndicatorValue, indicators

COUNTY = DIRECTORY.by_code("341021")
TOWNS = ("341021100", "341021101", "341021400")  # 徽城镇 with 23 villages, 深渡镇, and two units of a zone
VILLAGES = [village for code in TOWNS for village in DIRECTORY.village_level(DIRECTORY.by_code(code).id)]
CITY = City(VILLAGES)
AREAS = ("341000", "341021", "341021101", "341021101204", "341021100001")
DAYS = (date(2026, 11, 22), date(2020, 12, 31), date(2024, 2, 29))


class Second:
    """The rows of one area as of one day, and the counts that indicators are made of."""

    def __init__(self, area: str, day: date) -> None:
        place = DIRECTORY.by_code(area)
        self.inside = set(DIRECTORY.subtree(place.id))
        self.day, self.iso = day, day.isoformat()
        self.kinds = {row["_place"]: row["community_kind"] for row in CITY.rows["community"]}
        every = {village.id: village.community_kind for village in DIRECTORY.village_level()}
        self.all_kinds = every | self.kinds

    def rows(self, register: str) -> list[Row]:
        return [row for row in CITY.rows.get(register, ()) if row["_place"] in self.inside]

    def count(self, register: str, holds: Callable[[Row], object] = lambda row: True) -> int:
        return sum(bool(holds(row)) for row in self.rows(register))

    def places(self, kinds: str, holds: Callable[[str], object] = lambda place: True) -> int:
        return sum(
            kind in kinds and place in self.inside and bool(holds(place))
            for place, kind in self.all_kinds.items()
        )

    def past(self, row: Row, field: str) -> bool:
        return bool(row.get(field)) and str(row[field]) <= self.iso

    def since(self, row: Row, field: str, kind: str) -> bool:
        first = period_of(kind, self.day).first_day.isoformat()  # type: ignore[arg-type]
        return self.past(row, field) and str(row[field]) >= first

    def standing(self, row: Row) -> bool:
        """Filed and not cancelled on the day, whatever the state is today."""
        end = str(row.get("cancelled_on") or "9999")
        return self.past(row, "filed_on") and end > self.iso and (row["reg_status"] != "9" or end < "9999")

    def on_duty(self, row: Row) -> bool:
        return self.past(row, "hired_on") and str(row.get("left_on") or "9999") > self.iso

    def valid(self, row: Row) -> bool:
        return self.past(row, "valid_from") and str(row.get("valid_to") or "9999") > self.iso

    def has(self, register: str, holds: Callable[[Row], object]) -> Callable[[str], bool]:
        owners = {row["_place"] for row in CITY.rows.get(register, ()) if holds(row)}
        return lambda place: place in owners

    def named(self, register: str, field: str, holds: Callable[[Row], object]) -> set[str]:
        rows = [row for row in CITY.rows.get(register, ()) if holds(row)]
        return {place for row in rows for place in row.get(field) or ()}  # type: ignore[union-attr]

    def total(self, register: str, field: str, holds: Callable[[Row], object] = lambda row: True) -> float:
        return sum(float(row[field]) for row in self.rows(register) if holds(row) and field in row)  # type: ignore[arg-type]


Sides = tuple[float, float | None]


def organizations(s: Second, kind: str) -> Sides:
    own = [row for row in s.rows("social_org") if s.all_kinds.get(str(row["_place"])) == kind]
    return sum(s.standing(row) for row in own), s.places(kind)


def hubs(s: Second) -> Sides:
    rows = [row for row in CITY.rows["social_org"] if row["is_hub"] == "1" and s.standing(row)]
    covered = {row["_place"] for row in rows} | {
        place for row in rows for place in row.get("hub_covers") or ()
    }  # type: ignore[union-attr]
    return s.places("C", lambda place: place in covered), s.places("C")


def committee(s: Second, row: Row) -> bool:
    if not (row.get("chair") and 3 <= row["members_n"] <= 5 and s.past(row, "set_on")):  # type: ignore[operator]
        return False
    year, rest = str(row["set_on"])[:4], str(row["set_on"])[4:]
    return f"{int(year) + int(row['term_years'])}{rest}" > s.iso  # type: ignore[arg-type]


def supervised(s: Second) -> Sides:
    rural = s.has("self_gov_body", lambda row: row["body_type"] == "3" and committee(s, row))
    urban = s.has("self_gov_body", lambda row: row["body_type"] == "4" and committee(s, row))
    return s.places("N", rural) + s.places("C", urban), s.places("CN")


def chartered(s: Second) -> Sides:
    def now(kind: str) -> Callable[[Row], bool]:
        return lambda row: (
            row["charter_type"] == kind
            and row["status"] == row["published"] == "1"
            and s.past(row, "passed_on")
        )

    numerator = s.places("N", s.has("charter", now("2"))) + s.places("C", s.has("charter", now("3")))
    return numerator, s.places("CN")


def forbidden(s: Second) -> Sides:
    bad = {row["_id"] for row in CITY.rows["access_item"] if row.get("forbidden_code")}
    given = [row for row in s.rows("seal_use") if row["handled"] == "1" and s.since(row, "date", "month")]
    given = [row for row in given if str(row["date"]) >= "2020-04-27"]  # when the list was published
    return sum(
        row.get("item") in bad or (not row.get("item") and row.get("forbidden_text") == "1") for row in given
    ), None


def served(s: Second) -> Sides:
    members = [row for row in s.rows("member_checkin") if row["checkin_kind"] == "1"]
    there = [row["_id"] for row in members if s.past(row, "checkin_on")]
    lines = CITY.rows["member_checkin/services"]
    busy = {row["_record"] for row in lines if s.since(row, "service_on", "year")}
    return sum(member in busy for member in there), len(there)


def tasks(s: Second) -> Sides:
    done = set()
    for task in s.rows("task"):
        said = [row for row in CITY.rows["task_progress"] if row["task"] == task["_id"]]
        over = [row for row in said if parse_period(str(row["period"])).last_day <= s.day]
        last = max((parse_period(str(row["period"])).last_day for row in over), default=None)
        states = {row["status"] for row in over if parse_period(str(row["period"])).last_day == last}
        if states == {"2"}:
            done.add(task["_id"])
    return s.count("task", lambda row: row["_id"] in done), s.count("task")


def evaluated(s: Second) -> Sides:
    seen = {row["project"] for row in CITY.rows.get("project_eval", ()) if s.past(row, "eval_on")}
    ended = [
        row for row in s.rows("tri_project") if row["status"] == "2" and str(row.get("end_on") or "") <= s.iso
    ]
    return sum(row["_id"] in seen for row in ended), len(ended)


def has_all(s: Second, kinds: str, register: str, holds: Callable[[Row], object]) -> Sides:
    return s.places(kinds, s.has(register, holds)), s.places(kinds)


def six(s: Second, row: Row) -> bool:
    return row["level"] == "2" and row["pilot_kind"] in tuple("123456") and begun(s, row)


def begun(s: Second, row: Row) -> bool:
    """A pilot without a day of approval is there from its year on."""
    return int(str(row["year"])) <= s.day.year


def smart(s: Second) -> list[Row]:
    return [row for row in s.rows("pilot") if row["pilot_kind"] == "1" and begun(s, row)]


def trained(s: Second) -> Sides:
    """Those on the list at the beginning of the half-year, and those of them who study or have finished."""
    start = period_of("half", s.day).first_day.isoformat()
    courses = CITY.rows["training"]
    study = [row for row in courses if row["kind"] == "1"]
    done = [row for row in study if row["result"] == "2" and row["target_edu"] == "31"]
    graduated = {row["worker"] for row in done if str(row.get("end_on") or "") >= start}
    learning = {row["worker"] for row in study if row["result"] in ("1", "2") and s.past(row, "start_on")}
    listed = [
        row
        for row in s.rows("worker")
        if row["is_staff"] == "1"
        and str(row["hired_on"]) <= start < str(row.get("left_on") or "9999")
        and (row["below_college"] == "1" or row["_id"] in graduated)
    ]
    return sum(s.on_duty(row) and row["_id"] in learning for row in listed), len(listed)


def talked(s: Second, row: Row) -> bool:
    return row["meeting_type"] in ("4", "5", "6") and s.since(row, "held_on", "quarter")


PARTS = ("c4_1", "c4_2", "c4_3", "c4_4", "portal", "platform")


def indoor(row: Row) -> bool:
    """In use, under a roof, and not inside another facility (室外活动场地 is kind 8)."""
    return row["status"] == "1" and row["kind"] != "8" and not row.get("part_of")


SECOND: dict[str, Callable[[Second], Sides]] = {
    "I01": lambda s: organizations(s, "C"),
    "I02": lambda s: organizations(s, "N"),
    "I03": hubs,
    "I04": lambda s: has_all(s, "CN", "worker", lambda row: row["is_sw"] == "1" and s.on_duty(row)),
    "I05": lambda s: (
        s.count("worker", lambda row: row["sw_cert"] != "0" and s.on_duty(row)),
        s.count("worker", lambda row: row["is_staff"] == "1" and s.on_duty(row)),
    ),
    "I06": trained,
    "I07": lambda s: (
        s.count(
            "pilot",
            lambda row: (
                row["pilot_kind"] == "7"
                and row["level"] == "3"
                and row.get("accept_result") == "1"
                and row["year"] == s.day.year
                and s.past(row, "accepted_on")
            ),
        ),
        None,
    ),
    "I08": lambda s: (
        s.places(
            "C",
            lambda place: (
                place
                in s.named(
                    "pilot",
                    "units",
                    lambda row: (
                        row["pilot_kind"] in ("7", "10")
                        and row.get("accept_result") == "1"
                        and s.past(row, "accepted_on")
                    ),
                )
            ),
        ),
        s.places("C"),
    ),
    "I09": lambda s: (
        s.count(
            "pilot",
            lambda row: (
                six(s, row)
                and row["stage"] == "5"
                and s.past(row, "accepted_on")
                and str(row["accepted_on"]) <= str(row["due_on"])
            ),
        ),
        s.count("pilot", lambda row: six(s, row)),
    ),
    "I10": lambda s: (
        sum(row[part] == "1" for row in smart(s) for part in PARTS),
        6 * len(smart(s)),
    ),
    "I11": lambda s: (
        s.count(
            "grid", lambda row: s.valid(row) and row["party_form"] in ("1", "2") and row.get("grid_leader")
        ),
        s.count("grid", s.valid),
    ),
    "I12": lambda s: (
        s.count("grid", lambda row: s.valid(row) and row["party_form"] in ("1", "2")),
        s.count("grid", s.valid),
    ),
    "I13": served,
    "I14": lambda s: (
        s.count("pledge", lambda row: row["year"] == s.day.year and row["status"] == "3"),
        s.count("pledge", lambda row: row["year"] == s.day.year and row["status"] != "0"),
    ),
    "I15": lambda s: (sum(len(row.get("holders") or ()) for row in s.rows("post")), s.total("post", "quota")),  # type: ignore[arg-type]
    "I16": supervised,
    "I16b": lambda s: has_all(
        s, "CN", "self_gov_body", lambda row: row["body_type"] == "5" and s.past(row, "set_on")
    ),
    "I16c": lambda s: has_all(
        s, "N", "self_gov_body", lambda row: row["body_type"] == "6" and s.past(row, "set_on")
    ),
    "I17": chartered,
    "I18": lambda s: (
        s.count("deliberation", lambda row: talked(s, row) and row["status"] == "8"),
        s.count("deliberation", lambda row: talked(s, row)),
    ),
    "I19": lambda s: has_all(s, "CN", "point_ledger", lambda row: CITY.stands(row, s.iso)),
    "I20": lambda s: has_all(s, "CN", "open_venue", lambda row: row["plaque"] == "1"),
    "I21": forbidden,
    "I22": lambda s: (
        s.count("volunteer", lambda row: s.past(row, "reg_on")),
        s.total("community", "pop_resident"),
    ),
    "I23": lambda s: (
        s.count("vol_activity", lambda row: row["sw_led"] == "1" and str(row["start_at"])[:10] <= s.iso),
        s.count("vol_activity", lambda row: str(row["start_at"])[:10] <= s.iso),
    ),
    "I24": lambda s: (s.count("vol_award", lambda row: s.since(row, "date", "year")), None),
    "I25": lambda s: (
        100 * s.total("facility", "area", indoor),
        s.total("community", "hh_registered"),
    ),
    "I26": lambda s: (
        s.total("facility", "resident_area", indoor),
        s.total("facility", "area", indoor),
    ),
    "I27": lambda s: (
        s.count("facility", lambda row: row["status"] == "1" and row["op_mode"] in ("2", "3", "4")),
        s.count("facility", lambda row: row["status"] == "1"),
    ),
    "I28": evaluated,
    "I29": lambda s: (
        s.total("org_support", "amount_yuan", lambda row: s.past(row, "start_on")) / 10000
        + s.total("tri_project", "paid_wan", lambda row: s.past(row, "start_on")),
        None,
    ),
    "I31": tasks,
    "I33": lambda s: has_all(s, "CN", "community", lambda row: row.get("uscc")),
    "I34": lambda s: (
        s.count(
            "policy_doc",
            lambda row: row["kind"] in ("1", "2", "3") and row["status"] == "4" and s.past(row, "issued_on"),
        ),
        3,
    ),
    "I35": lambda s: (
        s.places(
            "CNQ",
            lambda place: (
                place
                in s.named(
                    "tri_project",
                    "communities",
                    lambda row: row["level"] in ("2", "3") and s.past(row, "start_on"),
                )
            ),
        ),
        None,
    ),
    "I36": lambda s: has_all(s, "CN", "party_org", lambda row: row.get("linked_unit")),
}


def test_every_computable_indicator_has_a_second_way():
    computable = {indicator.id for indicator in indicators() if not indicator.missing}
    by_answers = {"I32", "I37", "I38", "I39"}  # over the answers of a whole city: test_indicators_golden
    assert computable == {*SECOND, "I30", *by_answers, *OFF}


def computed(area: str, day: date) -> Iterator[IndicatorValue]:
    yield from evaluate_all(Memory(CITY.rows), DIRECTORY.by_code(area), today_is(day))


@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize("area", AREAS)
def test_both_ways_agree(area: str, day: date):
    s = Second(area, day)
    levels = {indicator.id: indicator.levels for indicator in indicators()}
    for found in computed(area, day):
        if found.id not in SECOND or found.level not in levels[found.id]:
            continue
        above, below = SECOND[found.id](s)
        assert found.numerator == pytest.approx(above), found.id
        assert found.denominator == (None if below is None else pytest.approx(below)), found.id
        if below is None or found.id == "I34":
            assert found.value == pytest.approx(above), found.id
        elif below:
            assert found.value == pytest.approx(above / below, abs=1e-6), found.id
        else:
            assert found.value is None, found.id


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_median_pay_is_that_of_social_workers_on_duty(day: date):
    s = Second(COUNTY.code, day)
    pay = [row["salary_month"] for row in s.rows("worker") if row["is_sw"] == "1" and s.on_duty(row)]
    found = next(value for value in computed(COUNTY.code, day) if value.id == "I30")
    assert found.value == median(pay)  # type: ignore[type-var]
    assert found.numerator == len(pay)


@pytest.mark.parametrize(("name", "kind", "target"), [("I01", "C", 10), ("I02", "N", 5)])
def test_those_who_are_short_are_all_below_the_target_and_by_how_much(name: str, kind: str, target: int):
    s = Second(COUNTY.code, day := DAYS[0])
    counts = {place: 0 for place, has in s.all_kinds.items() if has == kind and place in s.inside}
    for row in s.rows("social_org"):
        if row["_place"] in counts and s.standing(row):
            counts[str(row["_place"])] += 1
    wanted = {
        DIRECTORY.by_id(place).code: target - count for place, count in counts.items() if count < target
    }
    found = next(value for value in computed(COUNTY.code, day) if value.id == name)
    assert {short.place: short.gap for short in found.short} == wanted


def test_the_invented_city_is_the_same_every_time():
    assert City(VILLAGES[:5]).rows == City(VILLAGES[:5]).rows
