"""Structure charts (结构图) as data in `resources/charts.json`: how many of what is counted are of each kind.

A chart splits a named count by predicates, by ages in bands, or over the quarters of a year: what stood on
the last day of each. The content is the same for window, paper and returns.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Literal

import msgspec

from hsdesk.model.asked_day import BY_TODAY, AskedDay
from hsdesk.model.period import Period
from hsdesk.model.resource import resource_dir
from hsdesk.registers.contract import Registers
from hsdesk.reports.content import Bar, Chart
from hsdesk.reports.counting import Counting
from hsdesk.reports.counts import Count, FigureDay, count_named, day_of, leans_of_count
from hsdesk.reports.cross import groups
from hsdesk.reports.definitions import GroupDefinition
from hsdesk.reports.indicators import shown
from hsdesk.reports.judging import UNKNOWN
from hsdesk.reports.leaning import lacking


class Slice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One bar: the records of the count that fit a row predicate."""

    label: str
    where: str


class ChartDefinition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A chart: exactly one of `groups`, `ages` (with `born`) and `over` says what its bars are."""

    id: str
    title: str
    count: str
    unit: str = ""
    groups: tuple[Slice, ...] = ()
    ages: str = ""
    born: str = ""
    over: Literal["", "quarter"] = ""


@cache
def chart_definitions() -> tuple[ChartDefinition, ...]:
    """Return every chart the program carries, in the order in which they are shown."""
    return msgspec.json.decode(
        (resource_dir() / "charts.json").read_bytes(), type=tuple[ChartDefinition, ...]
    )


def charts(registers: Registers, places: tuple[str, ...], asked: AskedDay) -> tuple[Chart, ...]:
    """Return the charts over the records of some places, as of a day; none of a register that is not here."""
    directory = registers.directory.seen_on(asked.day.isoformat())
    counting = Counting(registers, directory, places)
    found = []
    for definition in chart_definitions():
        count = count_named(definition.count)
        if counting.query(count, day_of(asked.day)) and not lacking(leans_of(definition), registers.form):
            found.append(_chart(definition, counting, asked))
    return tuple(found)


def leans_of(definition: ChartDefinition) -> frozenset[tuple[str, str]]:
    """Return the columns that a chart reads."""
    bars = _bars(definition, SOME_YEAR)
    return frozenset(lean for _label, count, _day in bars for lean in leans_of_count(count))


SOME_YEAR = AskedDay(date(2000, 12, 31), date(2000, 12, 31))


def _chart(definition: ChartDefinition, counting: Counting, asked: AskedDay) -> Chart:
    bars = tuple(_bars(definition, asked))
    counting.prepare(query for _, count, day in bars if (query := counting.query(count, day)) is not None)
    return Chart(
        definition.title,
        tuple(_bar(label, _total(counting, count, day), definition.unit) for label, count, day in bars),
        BY_TODAY if asked.is_past and definition.groups else "",
    )


def _bars(definition: ChartDefinition, asked: AskedDay) -> Iterator[tuple[str, Count, FigureDay]]:
    """Yield heading, count and day of each bar."""
    if definition.over:
        count = count_named(definition.count)
        for number in range(1, 5):
            quarter = Period(asked.day.year, number, "quarter")
            if quarter.first_day <= asked.day:
                day = min(quarter.last_day, asked.day)
                yield f"{number}季度（{day.month}月{day.day}日）", count, day_of(day)
        return
    bands = GroupDefinition(ages=definition.ages, born=definition.born)
    named = [(one.label, one.where) for one in definition.groups]
    if definition.ages:
        named = [(one.heading[-1], one.where) for one in groups((bands,))]
    for label, where in named:
        yield label, count_named(definition.count, where), day_of(asked.day)


def _total(counting: Counting, count: Count, day: FigureDay) -> float | None:
    found = counting.by_place(count, day)
    return None if found is None else sum(found.values())


def _bar(label: str, value: float | None, unit: str) -> Bar:
    return Bar(label, value, UNKNOWN if value is None else shown(value, unit))
