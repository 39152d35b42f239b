"""A cross table counts any register, each cell as a person with the list in his hand would."""

from __future__ import annotations

import random
from datetime import date

import msgspec
import pytest
from registers_world import Memory, organization
from shipped_world import DEMO_PLACES, DIRECTORY

from hsdesk.errors import DataError
from hsdesk.model.answer import Value
from hsdesk.model.asked_day import AskedDay, today_is
from hsdesk.reports.content import Table
from hsdesk.reports.definitions import Definition, GroupDefinition, definition_named
from hsdesk.reports.signing import Occasion
from hsdesk.reports.summaries import build

VILLAGE, COMMUNITY = (DIRECTORY.by_code(code) for code in DEMO_PLACES)
TODAY = date(2026, 11, 22)
OCCASION = Occasion((VILLAGE.id,), VILLAGE.id, today_is(TODAY))
SCHOOLS = ["70 71 80 81 90", "40 41 44 47 60 61", "30 31", "20 21", "10 11 14 17"]
PARTIES = ["01 02", "03", "04 05 06 07 08 09 10 11", "12", "13"]


def table(registers: Memory, definition: Definition, occasion: Occasion = OCCASION) -> Table:
    (summary,) = build(definition, registers, occasion)
    (made,) = summary.blocks
    assert isinstance(made, Table)
    return made


def staff(dice: random.Random, number: int, place: str) -> dict[str, Value]:
    row: dict[str, Value] = {"_id": f"w{place}{number}", "_place": place, "_title": f"人{number}"}
    row |= {"is_staff": dice.choice("01111"), "hired_on": dice.choice(["2015-03-01", "2026-12-01"])}
    row |= {"birth_ym": f"{dice.randint(1960, 2004)}-{dice.randint(1, 12):02}", "gender": dice.choice("12")}
    row |= {"education": dice.choice(" ".join(SCHOOLS).split()), "sw_cert": dice.choice("0123")}
    row |= {"political": dice.choice(" ".join(PARTIES).split())}
    if dice.random() < 0.2:
        row["left_on"] = dice.choice(["2026-11-22", "2027-01-01"])
    if dice.random() < 0.1:
        row["birth_ym"] = None
    return row


def age(row: dict[str, Value]) -> int | None:
    """Return how many birthdays (by month) somebody has had on the day of the table."""
    if not row["birth_ym"]:
        return None
    year, month = map(int, str(row["birth_ym"]).split("-"))
    return TODAY.year - year - (TODAY.month < month)


def in_band(row: dict[str, Value], low: int, high: int) -> bool:
    years = age(row)
    return years is not None and low <= years <= high


def by_hand(rows: list[dict[str, Value]]) -> list[int]:
    """Return one line of 队伍结构表 for these people."""
    tests = [lambda row: True, *(lambda row, sex=sex: row["gender"] == sex for sex in "12")]
    tests += [lambda row, codes=codes: row["education"] in codes.split() for codes in SCHOOLS]
    tests += [lambda row, cert=cert: row["sw_cert"] == cert for cert in "1230"]
    tests += [lambda row, codes=codes: row["political"] in codes.split() for codes in PARTIES]
    return [sum(map(test, rows)) for test in tests]


@pytest.mark.parametrize("seed", range(3))
def test_the_structure_of_the_staff_is_what_a_count_by_hand_gives(seed: int) -> None:
    dice = random.Random(seed)
    rows = [staff(dice, n, dice.choice([VILLAGE.id, COMMUNITY.id])) for n in range(120)]
    made = table(Memory({"worker": rows, "community": []}), definition_named("worker_structure"))
    here = [
        row
        for row in rows
        if row["_place"] == VILLAGE.id and row["is_staff"] == "1" and row["hired_on"] == "2015-03-01"
    ]
    here = [row for row in here if not row.get("left_on") or str(row["left_on"]) > "2026-11-22"]
    bands = [(0, 30), (31, 40), (41, 50), (51, 199)]
    wanted = [by_hand([row for row in here if in_band(row, *band)]) for band in bands]
    wanted.append(by_hand([row for row in here if not row["birth_ym"]]))
    assert [list(map(int, row[1:])) for row in made.rows] == wanted
    assert list(map(int, made.totals[1:])) == by_hand(here)
    assert [sum(column) for column in zip(*wanted, strict=True)] == by_hand(here)
    assert [row[0] for row in made.rows] == ["30岁及以下", "31—40岁", "41—50岁", "51岁及以上", "未填"]


def test_a_birthday_moves_somebody_into_the_next_band_in_its_month() -> None:
    born = {"_id": "w", "_place": VILLAGE.id, "_title": "人", "is_staff": "1", "hired_on": "2015-03-01"}
    registers = Memory({"worker": [{**born, "birth_ym": "1975-11"}], "community": []})
    definition = definition_named("worker_structure")
    before = msgspec.structs.replace(OCCASION, asked=today_is(date(2026, 10, 31)))
    assert [row[1] for row in table(registers, definition, before).rows] == ["0", "0", "1", "0", "0"]
    assert [row[1] for row in table(registers, definition).rows] == ["0", "0", "0", "1", "0"]


def test_what_the_reader_is_not_granted_is_not_known_here_and_the_rest_is_counted() -> None:
    registers = Memory({"worker": [staff(random.Random(1), 1, VILLAGE.id)], "community": []})
    registers.withheld.add((VILLAGE.id, "personal"))
    made = table(registers, definition_named("worker_structure"))
    unknown = {
        column.heading[0]
        for column, cell in zip(made.columns, made.totals, strict=True)
        if cell == "此处不知"
    }
    assert unknown == {"政治面貌"}


def test_organizations_are_counted_by_both_kinds_and_cancelled_ones_are_not() -> None:
    dice = random.Random(5)
    rows = [
        organization(
            VILLAGE.id,
            n,
            category=dice.choice("12349"),
            category5=dice.choice(["1", "2", "3", "4", "5", None]),
        )
        for n in range(60)
    ]
    for row in rows[::7]:
        row["cancelled_on"], row["reg_status"] = "2026-01-01", "9"
    made = table(Memory({"social_org": rows, "community": []}), definition_named("social_org_kinds"))
    standing = [row for row in rows if not row.get("cancelled_on")]
    for line, code in zip(made.rows, ["1", "2", "3", "4", "9", ""], strict=True):
        own = [row for row in standing if (row["category"] or "") == code]
        five = [
            sum((row["category5"] or "") == kind for row in own) for kind in ["1", "2", "3", "4", "5", ""]
        ]
        assert list(map(int, line[1:])) == [len(own), *five]
    assert int(made.totals[1]) == len(standing)


def test_a_cross_table_is_made_of_any_register_and_never_a_notice() -> None:
    facilities = [
        {
            "_id": f"f{n}",
            "_place": VILLAGE.id,
            "_title": "",
            "kind": str(n % 2),
            "status": "1",
            "area": 10.0 * n,
        }
        for n in range(5)
    ]
    big = GroupDefinition(("面积", "20㎡以上"), "area > 20")
    down = tuple(GroupDefinition((f"类{n}",), f"kind = '{n}'") for n in range(2))
    definition = Definition(
        "n", "设施", "facility", "cross", down=down, across=(GroupDefinition(("个",)), big)
    )
    registers = Memory({"facility": facilities, "community": []})
    assert table(registers, definition).rows == (("类0", "3", "1"), ("类1", "2", "1"))
    with pytest.raises(DataError, match="公示"):
        build(msgspec.structs.replace(definition, use="notice"), registers, OCCASION)
    with pytest.raises(DataError, match="同步"):
        build(definition, Memory({}), OCCASION)


def test_an_answer_that_cannot_be_told_apart_is_in_the_total_alone() -> None:
    rows = [
        organization(VILLAGE.id, 1, category="1\t2", category5="1"),
        organization(VILLAGE.id, 2, category="1"),
    ]
    made = table(Memory({"social_org": rows, "community": []}), definition_named("social_org_kinds"))
    assert [row[1] for row in made.rows] == ["1", "0", "0", "0", "0", "0"]
    assert made.totals[1] == "2"


def test_for_a_past_day_it_counts_who_was_there_and_says_what_is_of_today() -> None:
    rows = [
        staff(random.Random(n), n, VILLAGE.id) | {"is_staff": "1", "birth_ym": "1990-01"} for n in range(4)
    ]
    rows[0] |= {"left_on": "2026-07-01", "hired_on": "2015-03-01", "birth_ym": "1976-08"}
    rows[1] |= {"hired_on": "2026-07-01", "left_on": None}
    for row in rows[2:]:
        row |= {"hired_on": "2015-03-01", "left_on": None}
    past = Occasion((VILLAGE.id,), VILLAGE.id, AskedDay(date(2026, 6, 30), TODAY, named=True))
    registers = Memory({"worker": rows, "community": []})
    (summary,) = build(definition_named("worker_structure"), registers, past)
    (made,) = summary.blocks
    assert isinstance(made, Table)
    assert (made.totals[1], made.rows[2][1]) == ("3", "1")  # who left in July, 49 on that day
    assert "年龄以外的分组按今天的内容" in summary.remark
    (now,) = build(definition_named("worker_structure"), registers, OCCASION)
    assert "按今天的内容" not in now.remark
