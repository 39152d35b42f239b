"""Of a register with one card for each place no second is made, and of two that came one is counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from desk_world import new_desk

from hsdesk.desk import Desk
from hsdesk.desk.duplicates import DuplicateQuery
from hsdesk.desk.json_records import JsonRecord
from hsdesk.desk.opening import today
from hsdesk.desk.values import Edit
from hsdesk.errors import Refused
from hsdesk.language.aggregate import Aggregate
from hsdesk.model.identity import new_id
from hsdesk.records import edits

TODAY = date.fromisoformat(today())
PEOPLE = {"pop_resident": 900, "pop_registered": 950, "hh_registered": 300}


@pytest.fixture
def desk(home: Path) -> Iterator[Desk]:
    opened = new_desk(home)
    yield opened
    opened.close()


def scope(desk: Desk) -> str:
    return desk.status().places[0].id


def brought(desk: Desk) -> str:
    """Put a card into the file as a sync brings one that another laptop made; return its record."""
    record = new_id()
    desk._file.commit(edits.Edit(scope(desk), "community", record, dict(PEOPLE), "李四"))
    return record


def added(desk: Desk) -> str:
    (record,) = desk.bulk.add("community", [JsonRecord(1, PEOPLE)]).ids
    return record


def figure(desk: Desk, where: str = "") -> float:
    query = Aggregate("community", where, agg="sum", of="pop_resident")
    (found,) = desk._file.figures([query], (scope(desk),))
    return sum(found.values())


def found(desk: Desk) -> list[tuple[str, str]]:
    return [(one.severity, one.record) for one in desk.reports.findings("community") if one.rule == "single"]


def test_a_second_card_is_refused_with_a_sentence(desk: Desk) -> None:
    added(desk)
    (refused,) = desk.bulk.add("community", [JsonRecord(1, PEOPLE)]).rejected
    assert refused.reason.startswith("“社区(村)基本情况”每个单位只有一张，")
    with pytest.raises(Refused, match="已经有了，没有新增"):
        desk.records.save(Edit("community", new_id(), scope(desk), {"pop_resident": 1}))
    assert desk.records.entry("community").is_new is False  # 新增 opens the one that is there


def test_of_two_cards_in_one_file_the_second_is_refused(desk: Desk) -> None:
    stored = desk.bulk.add("community", [JsonRecord(1, PEOPLE), JsonRecord(2, PEOPLE)], file="two.jsonl")
    assert (len(stored.ids), [one.line for one in stored.rejected]) == (1, [2])


def test_a_card_that_came_beside_ones_own_is_found_and_never_counted(desk: Desk) -> None:
    first, second = added(desk), brought(desk)
    assert found(desk) == [("error", second)]
    assert figure(desk) == 900
    assert figure(desk, "regex(string(pop_resident), '9.*')") == 900  # not said in SQL: over the rows
    assert {row.record for row in desk._file.query("community")} == {first, second}
    answered = desk._file.answered((scope(desk),), TODAY)
    desk.records.merge("community", second, first)
    assert found(desk) == []
    assert figure(desk) == 900
    assert desk._file.answered((scope(desk),), TODAY) == answered


def test_an_open_card_is_told_of_the_other_one_so_that_they_can_be_merged(desk: Desk) -> None:
    first, second = added(desk), brought(desk)
    asked = DuplicateQuery("community", second, scope(desk), "community_name", dict(PEOPLE))
    assert [one.record for one in desk.duplicates.likely(asked).twins] == [first]


def test_the_card_that_is_left_counts_when_the_first_is_deleted(desk: Desk) -> None:
    first, _second = added(desk), brought(desk)
    desk.records.delete("community", first, "重复")
    assert (found(desk), figure(desk)) == ([], 900)
