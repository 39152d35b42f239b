"""As of a day or a period: what held then counts and is listed, and what nobody can know of it is said."""

from __future__ import annotations

from datetime import date

import pytest
from registers_world import Memory, organization
from shipped_world import DIRECTORY, shipped

from hsdesk.errors import UsageError
from hsdesk.model.answer import Value
from hsdesk.model.asked_day import AskedDay, asked_day, today_is
from hsdesk.reports.content import Table
from hsdesk.reports.definitions import definition_named
from hsdesk.reports.held import Held, holds, unknown
from hsdesk.reports.indicator_values import evaluate_all
from hsdesk.reports.indicators import IndicatorValue
from hsdesk.reports.signing import Occasion
from hsdesk.reports.summaries import build
from hsdesk.reports.valid_rows import valid_rows
from hsdesk.reports.whole_register import plain_roster

COLUMNS = "各栏按今天的内容"
TODAY = date(2026, 11, 22)
RURAL = DIRECTORY.by_code("341021101204")
TOWN = DIRECTORY.by_code("341021101")
OCTOBER = "2026-10-20"


def row(number: int, **answers: Value) -> dict[str, Value]:
    own: dict[str, Value] = {"_id": f"r{number}", "_place": RURAL.id, "_title": f"r{number}"}
    return own | answers


def on(day: str) -> AskedDay:
    return asked_day(TODAY, day)


def figure(rows: dict[str, list[dict[str, Value]]], name: str, asked: AskedDay) -> IndicatorValue:
    return next(one for one in evaluate_all(Memory(rows), RURAL, asked) if one.id == name)


def worker(**answers: Value) -> dict[str, list[dict[str, Value]]]:
    return {"worker": [row(1, hired_on="2020-01-01", is_sw="1", **answers)]}


@pytest.mark.parametrize("basis", ["1", ""])
@pytest.mark.parametrize("since", ["", "2026-11-22"])
def test_a_certificate_of_october_equips_no_place_in_september(since: str, basis: str) -> None:
    rows = worker(sw_cert="1", cert_on=OCTOBER, sw_basis=basis, is_sw_from=since)
    assert [figure(rows, "I04", on(day)).value for day in ("2026-09-30", "2026-10-20")] == [0, 1]
    assert figure(rows, "I04", on("2026-10-20")).by_today == ""


def test_one_who_is_a_social_worker_by_study_was_one_before_the_certificate() -> None:
    rows = worker(sw_cert="1", cert_on=OCTOBER, sw_basis="2")
    before, now = figure(rows, "I04", on("2026-09-30")), figure(rows, "I04", today_is(TODAY))
    assert (before.value, before.by_today) == (1, "按今天的内容：有 1 条没有填起始日期")
    assert (now.value, now.by_today) == (1, "")


@pytest.mark.parametrize(
    ("name", "register", "answers", "days"),
    [
        ("I15", "post", {"quota": 2, "holders": ("a", "b")}, "holders"),
        ("I20", "open_venue", {"plaque": "1"}, "plaque"),
        ("I27", "facility", {"status": "1", "in_use_year": 2010, "op_mode": "2"}, "op"),
        ("I33", "community", {"uscc": "x"}, "uscc"),
        ("I36", "party_org", {"linked_unit": "某支部"}, "linked"),
        ("I12", "grid", {"valid_from": "2019-01-01", "party_form": "1"}, "party"),
        ("I17", "charter", {"charter_type": "2", "status": "1", "passed_on": "2019-01-01",
                            "published": "1"}, "published"),
    ],
)  # fmt: skip
def test_an_answer_counts_from_its_first_day_and_without_one_as_it_is_today(
    name: str, register: str, answers: dict[str, Value], days: str
) -> None:
    dated, bare = (
        {register: [row(1, **answers, **{f"{days}_from": OCTOBER})]},
        {register: [row(1, **answers)]},
    )
    assert [figure(dated, name, on(day)).value for day in ("2026-09-30", OCTOBER)] == [0, 1]
    assert figure(bare, name, on("2020-06-30")).value == 1
    assert "有 1 条没有填起始日期" in figure(bare, name, on("2020-06-30")).by_today
    assert figure(bare, name, today_is(TODAY)).by_today == ""


def test_an_answer_that_is_no_longer_so_counts_until_its_last_day() -> None:
    gone: dict[str, Value] = {"plaque": "0", "plaque_from": "2019-01-01", "plaque_to": OCTOBER}
    rows = {"open_venue": [row(1, **gone)]}
    days = ("2018-12-31", "2019-01-01", "2026-10-19", OCTOBER)
    assert [figure(rows, "I20", on(day)).value for day in days] == [0, 1, 1, 0]


@pytest.mark.parametrize(
    ("day", "year", "since", "area"),
    [
        ("2024-06-30", 2024, "", 100),  # some day of that year: as it is today
        ("2023-12-31", 2024, "", 0),
        ("2024-06-30", 2024, "2024-07-01", 0),
        ("2024-07-01", 2024, "2024-07-01", 100),
        ("2025-01-01", 2024, "2026-11-22", 100),  # typed late: the year is known
    ],
)
def test_a_building_counts_from_the_day_or_the_year_it_was_taken_into_use(
    day: str, year: int, since: str, area: int
) -> None:
    hall = row(1, kind="1", status="1", area=100, in_use_year=year, used_from=since)
    found = figure({"facility": [hall], "community": [row(2, hh_registered=100)]}, "I25", on(day))
    assert found.value == area


def test_a_form_of_an_earlier_version_has_no_days_and_counts_as_it_is_today() -> None:
    form = shipped("task")  # names no days
    assert holds(Held("plaque=1"), form) == unknown(Held("plaque=1"), form) == "(plaque = '1')"


def test_a_period_that_is_over_is_told_as_of_its_last_day_and_flows_are_of_the_whole_period() -> None:
    rows = {"deliberation": [
        row(n, meeting_type="4", held_on=day, status="8")
        for n, day in enumerate(("2020-01-05", "2020-03-31", "2020-04-01", "2020-11-11"))
    ]}  # fmt: skip
    counted = {
        period: figure(rows, "I18", asked_day(TODAY, period=period)).denominator
        for period in ("2020Q1", "2020M03", "2020H1", "2020")
    }
    assert counted == {"2020Q1": 2, "2020M03": 2, "2020H1": 3, "2020": 4}


@pytest.mark.parametrize("kind", ["1", "2", "3", "4", "9"])
def test_the_kinds_of_the_work_points_are_counted_beside_the_average(kind: str) -> None:
    rows = {"social_org": [organization(RURAL.id, 1, category=kind)], "community": []}
    parts = {part.name: part.numerator for part in figure(rows, "I02", today_is(TODAY)).parts}
    assert list(parts) == ["公益类", "自治类", "矛盾调处类", "娱乐类（文体）", "其他类"]
    assert list(parts.values()) == [float(kind == code) for code in "12349"]


def test_the_quarter_table_of_a_quarter_that_is_over_prints_its_kinds_and_its_name() -> None:
    rows = {"community": [], "social_org": [
        organization(RURAL.id, 1, category="1", filed_on="2020-03-31"),
        organization(RURAL.id, 2, category="4", filed_on="2020-04-01"),
        organization(RURAL.id, 3, category="3", filed_on="2019-01-01", cancelled_on="2020-03-31",
                     reg_status="9"),
    ]}  # fmt: skip
    occasion = Occasion((RURAL.id,), RURAL.id, asked_day(TODAY, period="2020Q1"))
    (summary,) = build(definition_named("社会组织季度汇总表"), Memory(rows), occasion)
    assert summary.remark == "2020年第一季度（截至2020年3月31日）；成员、办公场所按今天的内容"
    (table,) = summary.blocks
    assert isinstance(table, Table)
    at = {column.heading: place for place, column in enumerate(table.columns)}
    line = table.rows[0]
    assert line[at["社会组织", "总数"]] == "1"
    kinds = [line[at["要点类别", name]] for name in ("公益类", "自治类", "矛盾调处类", "娱乐类")]
    assert kinds == ["1", "0", "0", "0"]
    assert table.totals[at["要点类别", "公益类"]] == "1"


def test_the_table_of_indicators_says_which_of_them_are_in_part_as_they_are_today() -> None:
    memory = Memory({"open_venue": [row(1, plaque="1")], "community": []})
    occasion = Occasion((RURAL.id,), RURAL.id, on("2020-06-30"))
    (summary,) = build(definition_named("考核指标达标情况表"), memory, occasion)
    assert summary.about_day == "其中1项有的按今天的内容，见各项"
    (table,) = summary.blocks
    assert isinstance(table, Table)
    venue = next(line for line in table.rows if line[0] == "I20")
    assert venue[-1] == "按今天的内容：有 1 条没有填起始日期"


def listed(register: str, rows: list[dict[str, Value]], asked: AskedDay) -> tuple[list[str], str]:
    form, memory = shipped(register), Memory({register: rows})
    found = valid_rows(form, memory.records(register, (RURAL.id,)) or (), asked)
    return [one.id for one in found.records], found.note


def test_rows_are_those_that_stood_on_the_day() -> None:
    rows = [
        row(1, hired_on="2019-01-01"),
        row(2, hired_on="2019-01-01", left_on="2020-06-30"),
        row(3, hired_on="2020-07-01"),
        row(4),
    ]
    said = f"{COLUMNS}；另有1条没有填“到岗日期”，没有列入"
    assert listed("worker", rows, on("2020-06-30")) == (["r1"], said)
    assert listed("worker", rows, on("2020-06-29"))[0] == ["r1", "r2"]
    assert listed("worker", rows, today_is(TODAY)) == (["r1", "r2", "r3", "r4"], "")


def test_a_first_day_that_may_be_left_out_leaves_the_row_in_and_says_so() -> None:
    rows = [row(1), row(2, used_from="2021-01-01"), row(3, used_to="2020-01-01")]
    said = f"{COLUMNS}；其中1条没有填“启用日期”，按今天的内容"
    assert listed("facility", rows, on("2020-06-30")) == (["r1"], said)


def test_a_post_is_listed_in_its_year_and_without_one_as_it_is_today() -> None:
    rows = [row(1, year=2019), row(2, year=2020), row(3, year=2021), row(4)]
    said = "其中1条没有填“年度”，按今天的内容"
    assert listed("post", rows, asked_day(TODAY, period="2020Q1")) == (["r2", "r4"], said)


def test_a_building_is_listed_where_it_counts() -> None:
    rows = [
        row(1, status="1", kind="1", in_use_year=2015, used_from="2026-11-22"),
        row(2, status="1", kind="1", in_use_year=2021),
        row(3, status="1", kind="1", in_use_year=2020, used_from="2020-07-01"),
        row(4, status="1", kind="1", in_use_year=2020),
        row(5, status="3", kind="1", in_use_year=2010, used_to="2020-06-30"),
    ]
    for day in ("2014-12-31", "2019-12-31", "2020-06-29", "2020-06-30", "2020-07-01", "2022-01-01"):
        named, _ = listed("facility", rows, on(day))
        assert len(named) == figure({"facility": rows}, "I27", on(day)).denominator, day
    assert listed("facility", rows, on("2020-06-30")) == (
        ["r1", "r4"],
        f"{COLUMNS}；其中1条没有填“启用日期”，按今天的内容",
    )


def test_of_what_happened_the_rows_of_the_period_are_shown_and_up_to_a_day_all() -> None:
    rows = [
        row(n, date=day) for n, day in enumerate(("2019-12-31", "2020-01-01", "2020-03-31", "2020-04-01"))
    ]
    assert listed("seal_use", rows, asked_day(TODAY, period="2020Q1"))[0] == ["r1", "r2"]
    assert listed("seal_use", rows, on("2020-03-31"))[0] == ["r0", "r1", "r2"]


def test_rows_of_a_reporting_period_or_a_year_are_shown_in_it() -> None:
    periods = [row(n, period=one) for n, one in enumerate(("2019Q4", "2020Q1", "2020M02", "2020Q2", "2020"))]
    assert listed("integrity_stat", periods, asked_day(TODAY, period="2020Q1"))[0] == ["r1", "r2"]
    years = [row(n, year=year) for n, year in enumerate((2019, 2020, 2021))]
    assert listed("fund", years, asked_day(TODAY, period="2020Q1"))[0] == ["r1"]
    assert listed("fund", years, on("2020-03-31"))[0] == ["r0", "r1"]


def test_a_register_without_any_dates_says_on_the_sheet_that_it_is_as_it_is_today() -> None:
    memory = Memory({"household": [row(1, head_name="甲")], "community": []})
    occasion = Occasion((RURAL.id,), RURAL.id, asked_day(TODAY, period="2020Q1"))
    past = plain_roster("household", memory, occasion)
    assert past.remark == "2020年第一季度（截至2020年3月31日）；按今天的内容"
    now = plain_roster("household", memory, Occasion((RURAL.id,), RURAL.id, today_is(TODAY)))
    assert now.remark == "截至2026年11月22日"


@pytest.mark.parametrize("day", ["2020-02-30", "20200331x", "", "昨天"])
def test_a_wrong_day_is_wrong_usage(day: str) -> None:
    with pytest.raises(UsageError):
        asked_day(TODAY, day)


@pytest.mark.parametrize("period", ["2020Q5", "2020-03", "", "1020", "第一季度"])
def test_a_wrong_period_is_wrong_usage(period: str) -> None:
    with pytest.raises(UsageError):
        asked_day(TODAY, period=period)


def test_a_day_and_a_period_together_are_wrong_usage() -> None:
    with pytest.raises(UsageError, match="只能写一个"):
        asked_day(TODAY, "2020-03-31", "2020Q1")


@pytest.mark.parametrize(
    ("period", "day", "is_open"),
    [
        ("2020", "2020-12-31", False), ("2020H1", "2020-06-30", False), ("2020M02", "2020-02-29", False),
        ("2026Q4", "2026-11-22", True), ("2026M11", "2026-11-22", True), ("2026Q3", "2026-09-30", False),
        ("2027", "2026-11-22", True),
    ],
)  # fmt: skip
def test_a_period_is_told_as_of_its_last_day_or_of_today(period: str, day: str, is_open: bool) -> None:
    asked = asked_day(TODAY, period=period)
    assert (asked.day.isoformat(), asked.is_open) == (day, is_open)
    assert ("还没有结束" in asked.words) == is_open
