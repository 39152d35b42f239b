"""The registers of this desk as counts read them, and named counts (口径) as forms and lists ask for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from hsdesk.desk.opening import Opened
from hsdesk.errors import UsageError
from hsdesk.forms.schema import Form
from hsdesk.language.aggregate import Aggregate
from hsdesk.model.answer import Class
from hsdesk.model.place import Directory

if TYPE_CHECKING:
    from hsdesk.reports.counting import Counting

Figures = Callable[[Sequence[Aggregate], Sequence[str]], Sequence[Mapping[str, float] | None]]


class DeskFigures:
    """What counts ask of this desk (`registers.contract.Figured`)."""

    def __init__(self, opened: Opened, figures: Figures) -> None:
        self._opened = opened
        self._figures = figures

    @property
    def directory(self) -> Directory:
        return self._opened.directory

    def readable(self, cls: Class) -> frozenset[str]:
        return self._opened.readable(cls)

    @property
    def stands_alone(self) -> bool:
        return not self._opened.file.granted_places()

    def form(self, register: str) -> Form:
        return self._opened.file.form(register)

    def figures(
        self, queries: Sequence[Aggregate], places: Sequence[str]
    ) -> Sequence[Mapping[str, float] | None]:
        return self._figures(queries, places)


class NamedCounts:
    """Named counts as they are today; what was asked is kept until something is written."""

    def __init__(self, opened: Opened, figures: Figures) -> None:
        self._opened = opened
        self._registers = DeskFigures(opened, figures)
        self._as_of: tuple[int, dt.date] | None = None
        self._kept: Counting | None = None

    def register(self, name: str) -> str:
        """Return the register whose records a count counts. Raises UsageError for no such name."""
        from hsdesk.reports.counts import count_book, count_named

        if name not in count_book().counts:
            raise UsageError("没有“{name}”这个口径。名称见 resources/counts.json。", name=name)
        return count_named(name).register

    def figure(self, name: str, place: str) -> float | None:
        """Return what a count comes to for a place and all below it; None: 此处不知, or no such count."""
        from hsdesk.reports.counts import count_book, count_named, day_of

        if name not in count_book().counts:  # of a form for a later program
            return None
        return self._counting().figure(count_named(name), place, day_of(_today()))

    def unknown(self, name: str, place: str) -> str:
        """Return who knows a count, in words; "" where it is known here."""
        from hsdesk.reports.counts import count_named, day_of

        return self._counting().unknown(count_named(name), place, day_of(_today()))

    def records(self, name: str, place: str) -> frozenset[str]:
        """Return the records that are in a count for a place and all below it."""
        from hsdesk.reports.counts import count_named, day_of

        counting = self._counting()
        inside = counting.places.inside(place)
        found = counting.records(count_named(name), day_of(_today())) or ()
        return frozenset(record for record, counted_for in found if counted_for in inside)

    def _counting(self) -> Counting:
        from hsdesk.reports.counting import counting_on

        as_of = self._opened.file.changes(), _today()
        if self._kept is None or as_of != self._as_of:
            self._as_of, self._kept = as_of, counting_on(self._registers, as_of[1])
        return self._kept


def _today() -> dt.date:
    return dt.datetime.now().astimezone().date()
