"""Evaluates indicators: each figure is asked for once for all places, then added up for every area."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import assert_never

import msgspec

from hsdesk.errors import DataError, Missing
from hsdesk.language.aggregate import Aggregate
from hsdesk.model.asked_day import BY_TODAY, AskedDay
from hsdesk.model.place import Place
from hsdesk.registers.contract import Registers
from hsdesk.reports.counting import Figures, counting_on
from hsdesk.reports.counts import PROFILE, Count, FigureDay, count_named
from hsdesk.reports.indicators import (
    AnswersTerm,
    BesideValue,
    ConstantTerm,
    DueTerm,
    Indicator,
    IndicatorShare,
    IndicatorValue,
    LatestTerm,
    PartValue,
    PlacesTerm,
    RecordsTerm,
    Short,
    Term,
    chosen,
    counts_of,
    indicators,
    leans_of,
    leans_of_term,
    shown,
    terms_of,
)
from hsdesk.reports.judging import (
    NO_PLACE,
    NO_RECORD,
    NOT_HERE,
    SHORTLY,
    TOO_FEW,
    UNKNOWN,
    counts_townships,
    gap_of,
    is_met,
    light_of,
    quotient,
    total_of,
    without_value,
)
from hsdesk.reports.knowing import NOT_HELD, Need, sentence
from hsdesk.reports.latest import latest_figures
from hsdesk.reports.leaning import Lack, lacking
from hsdesk.reports.overdue import due_queries, overdue_figures


class Evaluation:
    """Figures of one day over all that the reader holds; areas may then be asked for one after the other."""

    def __init__(self, registers: Registers, asked: AskedDay) -> None:
        as_of = asked.day
        self.indicators = tuple(chosen(indicator, registers.settings) for indicator in indicators())
        self._registers = registers
        self._as_of, self._asked = as_of, asked
        self._counting = counting_on(registers, as_of)
        self._directory = self._counting.directory
        self._knowledge, self._places = self._counting.knowledge, self._counting.places
        self._held = self._counting.held
        self._lacks: dict[str, Lack | None] = {}
        self._sides: dict[tuple[tuple[Term, ...], FigureDay], Figures | None] = {}
        self._terms: dict[tuple[Term, FigureDay], Figures | None] = {}
        self._villages = tuple(
            place for place in self._held if self._directory.by_id(place).level == "village"
        )
        above = (self._directory.get(self._directory.by_id(village).parent) for village in self._villages)
        self._townships = tuple(
            dict.fromkeys(one.id for one in above if one and one.level == "township" and one.kind != "quasi")
        )
        self._counting.prepare(self._questions())

    def _day(self, indicator: Indicator) -> FigureDay:
        return FigureDay(self._as_of, self._asked.start(indicator.period))

    def _questions(self) -> Iterator[Aggregate]:
        """Yield what all indicators will ask, so that each register is read once for all of them."""
        yield from self._counting.kind_questions().values()
        for indicator in self.indicators:
            if self._lack(indicator) or indicator.aim == "median":
                continue
            day = self._day(indicator)
            for count in self._counts_asked(indicator):
                query = self._counting.query(count, day)
                yield from (query,) if query is not None else ()
            for term in terms_of(indicator):
                yield from due_queries(term, day) if isinstance(term, DueTerm) else ()

    def _counts_asked(self, indicator: Indicator) -> Iterator[Count]:
        """Yield the counts of an indicator and, of a past day, of what is in them only as it is now."""
        yield from (count for term in terms_of(indicator) for count in counts_of(term))
        if self._asked.is_past:
            sides = (*indicator.numerator, *indicator.denominator)
            undated = (self._counting.undated(count) for term in sides for count in counts_of(term))
            yield from (count for count in undated if count is not None)

    def _lack(self, indicator: Indicator) -> Lack | None:
        if indicator.id not in self._lacks:
            self._lacks[indicator.id] = lacking(leans_of(indicator), self._registers.form)
        return self._lacks[indicator.id]

    def one_for(self, indicator: Indicator, area: str) -> IndicatorValue:
        """Return one indicator for a place."""
        place = self._directory.by_id(area)
        if indicator.missing:
            return without_value(indicator, place, indicator.missing)
        if place.level not in indicator.levels:
            return without_value(indicator, place, NOT_HERE)
        if lack := self._lack(indicator):
            return without_value(indicator, place, f"{UNKNOWN}：{lack.sentence}")
        day = self._day(indicator)
        find = self._median if indicator.aim == "median" else self._counted
        value = find(indicator, place, day)
        if value.value is not None and self._asked.is_past:
            value = msgspec.structs.replace(value, by_today=self._by_today(indicator, place, day))
        if indicator.beside is None:
            return value
        return msgspec.structs.replace(value, beside=self._beside(indicator.beside, place, day))

    def _counted(self, indicator: Indicator, place: Place, day: FigureDay) -> IndicatorValue:
        inside = self._places.inside(place.id)
        if who := self._unknown(indicator.denominator, place.id, day):
            return without_value(indicator, place, who)
        denominator = self._side(indicator.denominator, day) or {}
        below = total_of(denominator, inside) if indicator.denominator else None
        if below != 0 and (who := self._unknown(indicator.numerator, place.id, day)):
            return without_value(indicator, place, who)
        numerator = self._side(indicator.numerator, day) or {}
        above = total_of(numerator, inside)
        value = quotient(indicator, above, below)
        return IndicatorValue(
            id=indicator.id,
            name=indicator.name,
            level=place.level,
            place=place.code,
            numerator=above,
            denominator=below,
            value=value,
            target=indicator.target,
            met=is_met(indicator, value),
            short=() if value is None else self._short(indicator, numerator, denominator, inside),
            unit=indicator.unit,
            shown=shown(value, indicator.unit) or SHORTLY[NO_PLACE],
            target_shown=shown(indicator.target, indicator.unit),
            period=indicator.period,
            note=indicator.note,
            reason=NO_PLACE if value is None else "",
            parts=tuple(self._part(part, place.id, day) for part in indicator.parts),
            light=light_of(indicator, value),
            left_out="" if value is None else self._left_out(indicator, inside, day),
        )

    def _by_today(self, indicator: Indicator, place: Place, day: FigureDay) -> str:
        """Return what of the figure of a past day is as it is now, "" for nothing."""
        inside = self._places.inside(place.id)
        sides = (indicator.numerator, indicator.denominator)
        number = next(filter(None, (self._undated(terms, inside, day) for terms in sides)), 0)
        counted = f"有 {number:g} 条没有填起始日期" if number else ""
        told = "；".join(filter(None, (counted, indicator.by_today)))
        return f"{BY_TODAY}：{told}" if told else ""

    def _undated(self, terms: tuple[Term, ...], inside: frozenset[str], day: FigureDay) -> float:
        found = (self._counting.by_today(count, day) for term in terms for count in counts_of(term))
        return sum(total_of(figures, inside) for figures in found)

    def _left_out(self, indicator: Indicator, inside: frozenset[str], day: FigureDay) -> str:
        """Return the words on records that are not in the figure, "" without any."""
        if indicator.left_out is None:
            return ""
        found = self._side(indicator.left_out.terms, day)
        number = total_of(found, inside) if found else 0
        return indicator.left_out.words.replace("{n}", f"{number:g}") if number else ""

    def _part(self, part: IndicatorShare, area: str, day: FigureDay) -> PartValue:
        inside = self._places.inside(area)
        if self._unknown((*part.numerator, *part.denominator), area, day):
            return PartValue(part.name, None, None, None)
        above = total_of(self._side(part.numerator, day) or {}, inside)
        if not part.denominator:
            return PartValue(part.name, above, None, above)
        below = total_of(self._side(part.denominator, day) or {}, inside)
        return PartValue(part.name, above, below, round(above / below, 6) if below else None)

    def _beside(self, part: IndicatorShare, place: Place, day: FigureDay) -> BesideValue:
        """Return a second share, and the places of the area where its numerator is not 0, most first."""
        inside = self._places.inside(place.id)
        if who := self._unknown((*part.numerator, *part.denominator), place.id, day):
            return BesideValue(part.name, None, None, None, UNKNOWN, reason=who)
        found = self._part(part, place.id, day)
        where = (self._directory.by_id(one) for one in self._held if one in inside)
        numerator = self._side(part.numerator, day) or {}
        having = [
            Short(one.code, numerator[one.id], self._directory.full_name(one))
            for one in where
            if numerator.get(one.id)
        ]
        return BesideValue(
            part.name,
            found.numerator,
            found.denominator,
            found.value,
            shown(found.value, "%") or SHORTLY[NO_PLACE],
            tuple(sorted(having, key=lambda short: (-short.gap, short.place))),
            NO_RECORD if found.value is None else "",
        )

    def _median(self, indicator: Indicator, place: Place, day: FigureDay) -> IndicatorValue:
        term = indicator.numerator[0]
        assert isinstance(term, RecordsTerm)
        below = self._places.inside(place.id)
        inside = tuple(one for one in self._held if one in below)
        if who := self._unknown((term,), place.id, day):
            return without_value(indicator, place, who)
        number = self._counting.whole(msgspec.structs.replace(term.counted, agg="count"), day, inside)
        found = self._counting.whole(term.counted, day, inside)
        if number is None or number < indicator.least or found is None:
            return without_value(indicator, place, TOO_FEW)
        value = without_value(indicator, place, "")
        return msgspec.structs.replace(
            value, numerator=number, value=found, shown=shown(found, indicator.unit)
        )

    def _short(
        self, indicator: Indicator, numerator: Figures, denominator: Figures, inside: frozenset[str]
    ) -> tuple[Short, ...]:
        """Return the villages below the target, the farthest first."""
        if indicator.target is None:
            return ()
        found = []
        for one in (*self._villages, *(self._townships if counts_townships(indicator) else ())):
            if one in denominator and one in inside:
                gap = gap_of(indicator, numerator.get(one, 0), denominator[one])
                if gap > 0:
                    code, name = self._called[one]
                    found.append(Short(code, gap, name))
        return tuple(sorted(found, key=lambda short: (-short.gap, short.place)))

    @cached_property
    def _called(self) -> Mapping[str, tuple[str, str]]:
        """Code and full name of each village and township."""
        places = map(self._directory.by_id, (*self._villages, *self._townships))
        return {place.id: (place.code, self._directory.full_name(place)) for place in places}

    def _unknown(self, terms: tuple[Term, ...], area: str, day: FigureDay) -> str:
        """Return why some terms are not known of an area and who knows them, "" when they are known here."""
        needs: list[Need] = []
        try:
            for term in terms:
                if isinstance(term, AnswersTerm) and (who := self._knowledge.unknown_wholly(area)):
                    return sentence(who)
                needs += self._needs(term, area, day)
            who = self._knowledge.unknown(needs, area)
        except (DataError, Missing):  # a register is not installed
            return NOT_HELD
        if who:
            return sentence(who)
        return NOT_HELD if self._side(terms, day) is None else ""

    def _needs(self, term: Term, area: str, day: FigureDay) -> Iterator[Need]:
        """Yield what a term must have read for an area, beyond what it is known to be without it."""
        match term:
            case RecordsTerm():
                yield from self._counting.needs_of(term.counted, area, day)
            case PlacesTerm():
                yield from self._needs_of_places(term, area, day)
            case LatestTerm() | DueTerm():
                leans = leans_of_term(term)
                for register in sorted({register for register, _column in leans}):
                    yield self._knowledge.need(leans, register)
            case _:
                return

    def _needs_of_places(self, term: PlacesTerm, area: str, day: FigureDay) -> Iterator[Need]:
        if self._counting.kind_questions():
            yield self._knowledge.need({(PROFILE, "community_kind")}, PROFILE)
        if not self._has_all(term, area, day):
            for count in counts_of(term):
                own, others = self._knowledge.needs_of(count)
                yield from (*own, *others)

    def _has_all(self, term: PlacesTerm, area: str, day: FigureDay) -> bool:
        """Tell whether every place that may count does: more records can change nothing."""
        found = self._term(term, day)
        whole = self._term(msgspec.structs.replace(term, having=()), day)
        inside = self._places.inside(area)
        return found is not None and whole is not None and whole.keys() & inside <= found.keys()

    def _side(self, terms: tuple[Term, ...], day: FigureDay) -> Figures | None:
        """Return the sum of some terms by place; None when one of them is not known here."""
        if (terms, day) not in self._sides:
            self._sides[terms, day] = self._added(terms, day)
        return self._sides[terms, day]

    def _added(self, terms: tuple[Term, ...], day: FigureDay) -> Figures | None:
        if len(terms) == 1:
            return self._term(terms[0], day)
        total: dict[str, float] = {}
        for term in terms:
            figures = self._term(term, day)
            if figures is None:
                return None
            for place, figure in figures.items():
                total[place] = total.get(place, 0) + figure
        return total

    def _term(self, term: Term, day: FigureDay) -> Figures | None:
        if (term, day) not in self._terms:
            self._terms[term, day] = self._find_term(term, day)
        return self._terms[term, day]

    def _find_term(self, term: Term, day: FigureDay) -> Figures | None:
        match term:
            case ConstantTerm(value):
                return {"": value}
            case RecordsTerm():
                return self._records(term, day)
            case PlacesTerm():
                found = self._places_having(term, day)
                return self._above(found) if term.townships and found is not None else found
            case AnswersTerm(what):
                at, known = ("required", "filled").index(what), self._answered
                return None if known is None else {place: counts[at] for place, counts in known.items()}
            case DueTerm():
                return overdue_figures(term, day, self._counting.ask)
            case LatestTerm():
                return latest_figures(self._registers, self._held, term, day)
            case _:
                assert_never(term)

    def _records(self, term: RecordsTerm, day: FigureDay) -> Figures | None:
        found = self._counting.by_place(term.counted, day)
        if found is None or (not term.places and term.factor == 1):
            return found
        among = self._counting.places_of(term.places) if term.places else found.keys()
        return {place: figure * term.factor for place, figure in found.items() if place in among}

    @cached_property
    def _answered(self) -> Mapping[str, tuple[int, int]] | None:
        return self._registers.answered(self._held, self._as_of)

    def _places_having(self, term: PlacesTerm, day: FigureDay) -> Figures | None:
        counted = self._counting.places_of(term.places).intersection(self._villages)
        if not term.having:
            return dict.fromkeys(counted, 1.0)
        has: set[str] = set()
        for name in term.having:
            found = self._counting.by_place(count_named(name), day)
            if found is None:
                return None
            has.update(place for place, figure in found.items() if figure > 0)
        return dict.fromkeys(counted & has, 1.0)

    def _above(self, villages: Figures) -> Figures:
        """Return the townships (乡镇街道) in which these villages lie; a county's own villages have none."""
        townships = (self._directory.by_id(village).parent for village in villages)
        return dict.fromkeys((one for one in townships if one in self._townships), 1.0)
