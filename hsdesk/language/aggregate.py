"""A figure over a register as a value: indicators, balances, and what a form counts elsewhere."""

from __future__ import annotations

from typing import Literal

import msgspec

Measure = Literal["count", "sum", "avg", "min", "max", "median", "latest"]


class Related(msgspec.Struct, frozen=True, omit_defaults=True):
    """A condition that another register has a row that belongs here.

    In `on` and `where` a bare name is a column of `register`, and `current()/name` one of the row that is
    counted. Columns `_id` and `_place` are the record's id and the place that owns it. Only rows of the
    same place are looked at, unless `anywhere`. A register `form/roster` is the rows of a roster (子表);
    their `_record` is the id of the record. `exists` are conditions on the related row itself, to which
    `current()` then points.
    """

    register: str
    on: str
    where: str = ""
    absent: bool = False  # True: there must be no such row
    anywhere: bool = False
    exists: tuple[Related, ...] = ()


class Aggregate(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which rows of a register, and what of them.

    `where` and `of` are in the expression language; bare names are columns. `agg` leaves out rows whose
    `of` is no number; `count` with `of` counts rows where it is not empty. `sum` and `count` of nothing
    are 0, the others have no value. `latest` is the `of` of the row with the greatest `by`. `group_by`
    "place" gives one figure per place, a column name one per value, several of them, separated by commas, one
    per combination under a key with tabs between the parts; a set is a JSON list there. `as_of` is the day
    that `today()` means, ISO text ("": really today).
    """

    register: str
    where: str = ""
    exists: tuple[Related, ...] = ()
    agg: Measure = "count"
    of: str = ""
    by: str = ""
    group_by: str = ""
    as_of: str = ""


def registers_of(query: Aggregate) -> frozenset[str]:
    """Return the registers and rosters that a query reads.

    >>> sorted(registers_of(Aggregate("a", exists=(Related("b", "", exists=(Related("c/d", ""),)),))))
    ['a', 'b', 'c/d']
    """
    found, waiting = {query.register}, list(query.exists)
    while waiting:
        related = waiting.pop()
        found.add(related.register)
        waiting.extend(related.exists)
    return frozenset(found)


def form_of(register: str) -> str:
    """Return the form that a register or a roster belongs to.

    >>> form_of("member_checkin/services"), form_of("grid")
    ('member_checkin', 'grid')
    """
    return register.partition("/")[0]
