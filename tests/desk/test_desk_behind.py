"""What lies behind an indicator: the records that are listed are those that were counted."""

from __future__ import annotations

import json
from pathlib import Path

from desk_world import new_desk

from hsdesk.cli.journey import COMMUNITY
from hsdesk.desk import Desk
from hsdesk.desk.json_records import JsonRecord
from hsdesk.desk.sample import ORDER
from hsdesk.model.resource import resource_dir
from hsdesk.reports.counts import count_named
from hsdesk.reports.indicators import IndicatorValue, RecordsTerm, indicators


def sample(home: Path) -> Desk:
    """Return a desk with the sample records of a community."""
    desk = new_desk(home, COMMUNITY)
    for form in ORDER:
        path = resource_dir() / "demo" / COMMUNITY / f"{form}.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines()
        desk.bulk.add(form, [JsonRecord(at, json.loads(line)) for at, line in enumerate(lines, 1)])
    return desk


def counts_records(value: IndicatorValue) -> bool:
    (found,) = (one for one in indicators() if one.id == value.id)
    terms = found.numerator
    return bool(terms) and all(
        isinstance(term, RecordsTerm)
        and term.factor == 1
        and count_named(term.count).agg == "count"
        and "/" not in count_named(term.count).register
        for term in terms
    )


def test_the_records_behind_every_indicator_are_as_many_as_were_counted(home: Path) -> None:
    desk = sample(home)
    compared = 0
    for value in desk.reports.indicators():
        if value.value is not None and counts_records(value):
            behind = desk.reports.behind(value.id)
            assert sum(part.counted_number for part in behind) == value.numerator, value.id
            for part in behind:
                shown = {one.record for one in part.counted}
                assert not shown & {one.record for one in part.left}, value.id
            compared += bool(value.numerator)
    assert compared >= 3
    (kinds,) = (part for part in desk.reports.behind("I01"))
    assert kinds.counted_number + kinds.left_number == 12
    assert {one.label for one in kinds.left if one.is_empty} == {"备案/登记日期"}
    desk.close()
