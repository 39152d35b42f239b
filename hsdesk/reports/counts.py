"""Named counts (口径) as data in `resources/counts.json`: each notion that is counted is written down once.

Indicators, print-outs, checks and returns name a count, so that two papers that claim to say the same thing
ask the same question. A count is an `Aggregate` of the language without a day: which records of a register,
what of them, and for which place each counts. Places that count and age bands (年龄分档) are named data too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Literal

import msgspec

from hsdesk.forms.schema import Form
from hsdesk.language.aggregate import Aggregate, Measure, Related
from hsdesk.model.days import shifted
from hsdesk.model.resource import resource_dir
from hsdesk.reports.held import Held, holds, unknown
from hsdesk.reports.leaning import Lean, leans_of_related, leans_of_rows

PROFILE = "community"  # the register that says of what kind a village or community is
KEY_SEPARATOR = "\t"  # between the parts of a group's key (`Aggregate.group_by`)


Reach = Literal["", "township", "county", "line"]


class PlaceSet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which places count: villages and communities by the letters of `CommunityKind`, or those of a level."""

    title: str
    kinds: str = ""
    level: str = ""


class AgeBands(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ages in bands, each up to and including one of `edges`, the last one above them."""

    title: str
    edges: tuple[int, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the headings of the bands.

        >>> AgeBands("", (30, 40)).labels
        ('30岁及以下', '31—40岁', '41岁及以上')
        """
        first, last = self.edges[0], self.edges[-1]
        between = (f"{low + 1}—{high}岁" for low, high in zip(self.edges, self.edges[1:], strict=False))
        return (f"{first}岁及以下", *between, f"{last + 1}岁及以上")


class Count(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One named count.

    `within` names the count that this one narrows: its records, of which `where`, `held` and `exists` must
    hold as well. A record counts for the place that owns it; with `home`, for the one named in that answer,
    else for its owner; with `names`, for each of the places named in that answer. `reach` says how far a
    place so named may lie: in the owner's own township or county, or below the owner ("line"); what lies
    farther away is not counted there, for no level would see what another does.
    """

    title: str
    register: str = ""
    within: str = ""
    where: str = ""
    held: tuple[Held, ...] = ()  # answers that must hold on the day
    exists: tuple[Related, ...] = ()
    agg: Measure = "count"
    of: str = ""
    home: str = ""
    names: str = ""
    reach: Reach = ""


class CountBook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything in `resources/counts.json`, by name."""

    places: Mapping[str, PlaceSet]
    bands: Mapping[str, AgeBands]
    counts: Mapping[str, Count]


@cache
def count_book() -> CountBook:
    """Return every named count, set of places and age bands that the program carries."""
    return msgspec.json.decode((resource_dir() / "counts.json").read_bytes(), type=CountBook)


@cache
def count_named(name: str, where: str = "") -> Count:
    """Return a count with what it narrows put together, and narrowed by `where` once more.

    Raises KeyError for a name that there is not: definitions are read by a test.
    """
    count = count_book().counts[name]
    if count.within:
        whole = count_named(count.within)
        count = msgspec.structs.replace(
            count,
            register=whole.register,
            within="",
            where=both(count.where, whole.where),  # the narrower first: of most rows it says no
            held=(*whole.held, *count.held),
            exists=(*whole.exists, *count.exists),
            home=count.home or whole.home,
            names=count.names or whole.names,
            reach=count.reach or whole.reach,
        )
    return msgspec.structs.replace(count, where=both(count.where, where))


def both(one: str, other: str) -> str:
    """Return the predicate that two hold.

    >>> both("a = 1 or b = 1", "c = 1"), both("", "c = 1")
    ('(a = 1 or b = 1) and (c = 1)', 'c = 1')
    """
    return f"({one}) and ({other})" if one and other else one or other


class FigureDay(msgspec.Struct, frozen=True):
    """The day for which figures are asked, and the first day of the period that holds it."""

    as_of: date
    start: date

    def fill(self, where: str) -> str:
        """Return a predicate with {start}, {next} (the day after), {year} and {yyyymmdd} put in."""
        if "{" not in where:
            return where
        words = {
            "{start}": self.start.isoformat(),
            "{next}": shifted(self.as_of, 1).isoformat(),
            "{year}": str(self.as_of.year),
            "{yyyymmdd}": f"{self.as_of:%Y%m%d}",
        }
        for word, text in words.items():
            where = where.replace(word, text)
        return where

    def filled(self, exists: tuple[Related, ...]) -> tuple[Related, ...]:
        """Return conditions on related rows with the day put in, at any depth."""
        return tuple(
            msgspec.structs.replace(one, where=self.fill(one.where), exists=self.filled(one.exists))
            for one in exists
        )


def day_of(as_of: date) -> FigureDay:
    """Return a day for counts that look at no period."""
    return FigureDay(as_of, as_of)


SOME_DAY = FigureDay(date(2000, 1, 1), date(2000, 1, 1))  # to read a predicate, whatever the day


def query_of(count: Count, day: FigureDay, form: Form) -> Aggregate:
    """Return what a count asks of its register on a day, a group for each place it may count for.

    With `home` or `names` the key of a group is the owner, a tab, and what that answer holds.
    """
    named = count.home or count.names
    return Aggregate(
        count.register,
        day.fill(_where(count, form)),
        day.filled(count.exists),
        count.agg,
        count.of,
        group_by=f"place,{named}" if named else "place",
        as_of=day.as_of.isoformat(),
    )


def by_today(count: Count, form: Form) -> Count | None:
    """Return the count of those records that are in a count of a past day only because they are so now.

    None: the days of all its answers are known.
    """
    if not count.held:
        return None
    undated = " or ".join(f"({unknown(one, form)})" for one in count.held)
    return msgspec.structs.replace(
        count, where=both(_where(count, form), undated), held=(), agg="count", of=""
    )


def _where(count: Count, form: Form) -> str:
    where = count.where
    for one in count.held:
        where = both(where, holds(one, form))
    return where


def rows_of(count: Count, day: FigureDay, form: Form) -> str:
    """Return the row predicate of a count's records, to list them; conditions on others are not in it."""
    return day.fill(_where(count, form)).replace("today()", f"date('{day.as_of.isoformat()}')")


def leans_of_count(count: Count) -> frozenset[Lean]:
    """Return the columns that a count reads."""
    held = (SOME_DAY.fill(text) for one in count.held for text in (one.name, one.known, one.since))
    rows = leans_of_rows(count.register, SOME_DAY.fill(count.where), *held, count.of, count.home, count.names)
    return rows | leans_of_related(count.register, SOME_DAY.filled(count.exists))
