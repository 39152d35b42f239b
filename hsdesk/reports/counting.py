"""Asks named counts of the registers for one day: each question once, for all places together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property

import msgspec

from hsdesk.errors import DataError, Missing
from hsdesk.forms.schema import Form
from hsdesk.language.aggregate import Aggregate
from hsdesk.model.answer import Class
from hsdesk.model.place import Directory
from hsdesk.registers.contract import Figured
from hsdesk.reports.counts import (
    KEY_SEPARATOR,
    PROFILE,
    Count,
    FigureDay,
    PlaceSet,
    Reach,
    by_today,
    count_book,
    query_of,
)
from hsdesk.reports.knowing import NOT_HELD, Knowledge, Need, Places, sentence
from hsdesk.reports.leaning import lacking, leans_of_rows

Figures = Mapping[str, float]  # by id of the place; "" holds what belongs to no place
_NAMED = msgspec.json.Decoder(tuple[str, ...])


class Counting:
    """Figures of one day over the records of some places."""

    def __init__(self, registers: Figured, directory: Directory, held: Sequence[str]) -> None:
        """`directory`: as it stood on the day; `held`: the places whose records are counted, if readable."""
        self._registers = registers
        self.directory = directory
        self.places = Places(directory)
        self.knowledge = Knowledge(registers, directory, self.places)
        known = self.knowledge.any_readable()
        self.held = tuple(place for place in held if place in known)
        self._readable: dict[frozenset[Class], tuple[str, ...]] = {}
        self._asked: dict[Aggregate, Figures | None] = {}
        self._places_of: dict[str, frozenset[str]] = {}
        self._by_place: dict[tuple[Count, FigureDay], Figures | None] = {}
        self._counted: dict[tuple[bool, Reach], dict[str, tuple[str, ...]]] = {}  # places by key of a group

    def by_place(self, count: Count, day: FigureDay) -> Figures | None:
        """Return the figure of each place that a count's records count for; None: not held here."""
        if (count, day) not in self._by_place:
            self._by_place[count, day] = self._find_by_place(count, day)
        return self._by_place[count, day]

    def _find_by_place(self, count: Count, day: FigureDay) -> Figures | None:
        query = self.query(count, day)
        found = self.ask(query) if query is not None else None
        if query is None or found is None or query.group_by == "place":
            return found
        total: dict[str, float] = {}
        counted = self._counted.setdefault((bool(count.home), count.reach), {})
        for key, figure in found.items():
            if key not in counted:
                counted[key] = tuple(self._counted_for(count, *key.split(KEY_SEPARATOR, 1)))
            for place in counted[key]:
                total[place] = total.get(place, 0) + figure
        return total

    def by_answers(
        self, count: Count, day: FigureDay, columns: Sequence[str]
    ) -> list[tuple[str, tuple[str, ...], float]] | None:
        """Return the figures by place and what the answers in these columns hold; None: not held here.

        The answers are the texts of `group_by`. Where one has a tab in it they cannot be told apart: ().
        """
        query = self.query(count, day)
        if query is None:
            return None
        found = self.ask(msgspec.structs.replace(query, group_by=",".join((query.group_by, *columns))))
        if found is None:
            return None
        figures: list[tuple[str, tuple[str, ...], float]] = []
        for key, figure in found.items():
            owner, *told = key.split(KEY_SEPARATOR)
            counted_for = (
                (owner,) if query.group_by == "place" else self._counted_for(count, owner, told.pop(0))
            )
            answers = tuple(told) if len(told) == len(columns) else ()
            figures += [(place, answers, figure) for place in counted_for]
        return figures

    def records(self, count: Count, day: FigureDay) -> list[tuple[str, str]] | None:
        """Return which records a count counts, each with a place that it counts for; None: not held here."""
        query = self.query(count, day)
        held = self._held_for(query) if query is not None else ()
        if query is None or not held:
            return None
        each = msgspec.structs.replace(query, agg="count", of="", group_by=f"_id,{query.group_by}")
        (found,) = self._registers.figures([each], held)
        if found is None:
            return None
        counted: list[tuple[str, str]] = []
        for key in found:
            record, owner, *named = key.split(KEY_SEPARATOR, 2)
            places = self._counted_for(count, owner, named[0]) if named else (owner,)
            counted += [(record, place) for place in places]
        return counted

    def figure(self, count: Count, area: str, day: FigureDay) -> float | None:
        """Return what a count comes to for a place and all below it; None: not known here (此处不知)."""
        found = None if self.unknown(count, area, day) else self.by_place(count, day)
        return None if found is None else sum(found.get(place, 0) for place in self.places.inside(area))

    def unknown(self, count: Count, area: str, day: FigureDay) -> str:
        """Return who knows a count for an area, in words; "" where it is known here."""
        try:
            who = self.knowledge.unknown(self.needs_of(count, area, day), area)
        except (DataError, Missing):  # a register is not installed
            return NOT_HELD
        return sentence(who) if who else ""

    def needs_of(self, count: Count, area: str, day: FigureDay) -> Iterator[Need]:
        """Yield what a count must have read for an area, beyond what it is known to be without it."""
        own, others = self.knowledge.needs_of(count)
        yield from own
        if others and self.knowledge.unknown(others, area) and self._has_some(count, area, day):
            yield from others

    def _has_some(self, count: Count, area: str, day: FigureDay) -> bool:
        """Tell whether there is a record of which others must be read: of none, they say nothing."""
        bare = msgspec.structs.replace(count, exists=(), agg="count", of="")
        found = self.by_place(bare, day) if count.exists else {}
        return found is None or any(found.get(place) for place in self.places.inside(area))

    def places_of(self, name: str) -> frozenset[str]:
        """Return the places of a named set."""
        if name not in self._places_of:
            self._places_of[name] = frozenset(self._find_places(count_book().places[name]))
        return self._places_of[name]

    def _find_places(self, wanted: PlaceSet) -> Iterator[str]:
        if wanted.level:
            return (place.id for place in self.directory if place.level == wanted.level)
        return (place for place, kind in self._kinds.items() if kind in tuple(wanted.kinds))

    @cached_property
    def _kinds(self) -> Mapping[str, str]:
        """C, N or Q of each village held: from its profile, else from the directory."""
        known = ((place, self.directory.by_id(place)) for place in self.held)
        kinds: dict[str, str] = {place: one.community_kind for place, one in known if one.level == "village"}
        for kind, query in self.kind_questions().items():
            here = (place for place in self.ask(query) or {} if place in kinds)
            kinds.update(dict.fromkeys(here, kind))
        return kinds

    def kind_questions(self) -> Mapping[str, Aggregate]:
        """Return what is asked to know of what kind villages are, by kind."""
        return self._kind_questions

    @cached_property
    def _kind_questions(self) -> Mapping[str, Aggregate]:
        if lacking({(PROFILE, "community_kind")}, self._registers.form):
            return {}
        return {
            kind: Aggregate(PROFILE, f"community_kind = '{kind}'", group_by="place")
            for kind in ("C", "N", "Q")
        }

    def whole(self, count: Count, day: FigureDay, places: Sequence[str]) -> float | None:
        """Return one figure over the records that these places own; None: not held here, or of nothing."""
        query = self.query(count, day)
        if query is None:
            return None
        query = msgspec.structs.replace(query, group_by="")
        held = frozenset(self._held_for(query))
        (found,) = self._registers.figures([query], tuple(place for place in places if place in held))
        return None if found is None else found.get("")

    def by_today(self, count: Count, day: FigureDay) -> Figures:
        """Return by place how many records are in a count of the day only because they are so now."""
        undated = self.undated(count)
        return (self.by_place(undated, day) or {}) if undated is not None else {}

    def undated(self, count: Count) -> Count | None:
        """Return the count of the records that `by_today` tells of; None where there cannot be any."""
        form = self._form(count)
        return by_today(count, form) if form is not None else None

    def query(self, count: Count, day: FigureDay) -> Aggregate | None:
        """Return what a count asks of its register on a day; None: the register is not installed."""
        form = self._form(count)
        return query_of(count, day, form) if form is not None else None

    def _form(self, count: Count) -> Form | None:
        try:
            return self._registers.form(count.register)
        except (DataError, Missing):
            return None

    def ask(self, query: Aggregate) -> Figures | None:
        """Return the figure of each group; None: not held here."""
        if query not in self._asked:
            self.prepare((query,))
        return self._asked[query]

    def prepare(self, queries: Iterable[Aggregate]) -> None:
        """Ask questions together, so that each register is read once for all of them."""
        together: dict[tuple[str, ...], list[Aggregate]] = {}
        for query in dict.fromkeys(queries):
            if query not in self._asked:
                together.setdefault(self._held_for(query), []).append(query)
        for held, asked in together.items():
            figures = self._registers.figures(asked, held) if held else [None] * len(asked)
            self._asked.update(zip(asked, figures, strict=True))

    def _held_for(self, query: Aggregate) -> tuple[str, ...]:
        """Return the places of which the reader may read all that a query reads of its own register."""
        own = (name for name in query.group_by.split(",") if name not in ("", "place"))
        leans = leans_of_rows(query.register, query.where, query.of, *own)
        try:
            classes = self.knowledge.classes(query.register, leans)
        except (DataError, Missing):  # the register is not installed: there is no figure
            return ()
        if classes not in self._readable:
            known = self.knowledge.readable(classes)
            self._readable[classes] = tuple(place for place in self.held if place in known)
        return self._readable[classes]

    def _counted_for(self, count: Count, owner: str, named: str) -> Iterator[str]:
        """Yield the places that records count for: of this owner, with this in the answer that names them."""
        if count.home:
            yield named if self.places.may_name(owner, named, count.reach) else owner
        elif named:
            for place in _NAMED.decode(named):
                if self.places.may_name(owner, place, count.reach):
                    yield place


def counting_on(registers: Figured, day: date) -> Counting:
    """Return what counts all that is held, over the places that stand on a day."""
    directory = registers.directory.seen_on(day.isoformat())
    standing = (place.id for place in directory if place.is_valid_on(day.isoformat()))
    return Counting(registers, directory, tuple(standing))
