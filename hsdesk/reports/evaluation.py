"""Evaluates indicators: each figure is asked for once for all places, then added up for every area."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import assert_never

import msgspec

from hsdesk.language.aggregate import Aggregate
from hsdesk.model.period import period_of
from hsdesk.model.place import CommunityKind, Directory, Place
from hsdesk.registers.contract import Registers
from hsdesk.reports.counting import Counting, Figures
from hsdesk.reports.counts import FigureDay, count_book, count_named, query_of
from hsdesk.reports.indicators import (
    AnswersTerm,
    BesideValue,
    ConstantTerm,
    DueTerm,
    Indicator,
    IndicatorShare,
    IndicatorValue,
    LatestTerm,
    Light,
    PartValue,
    PlacesTerm,
    RecordsTerm,
    Short,
    Term,
    chosen,
    counts_of,
    indicators,
    leans_of,
    shown,
    terms_of,
)
from hsdesk.reports.latest import latest_figures
from hsdesk.reports.leaning import lacking
from hsdesk.reports.overdue import due_queries, overdue_figures

PROFILE = "community"
_NOT_HELD = "此处不知：要用的登记表不在这台电脑上"
_UNKNOWN = "此处不知"
_NOT_HERE = "这一级不算这项指标"
_NO_PLACE = "没有适用的村（社区）"
_NO_RECORD = "没有适用的记录"
_TOO_FEW = "人数太少，不显示"
_SHORTLY = {_NOT_HELD: "此处不知", _NOT_HERE: "本级不算", _NO_PLACE: "不适用", _TOO_FEW: "不显示"}
_NOT_YET = "暂不能算"


class Evaluation:
    """Figures of one day over the places held here; areas may then be asked for one after the other."""

    def __init__(self, registers: Registers, places: Sequence[str], as_of: date) -> None:
        """`places`: the ids of every place whose records are held, of all levels."""
        self._indicators = tuple(chosen(indicator, registers.settings) for indicator in indicators())
        self._registers = registers
        self._directory = registers.directory.seen_on(as_of.isoformat())
        self._as_of = as_of
        self._held = tuple(place for place in dict.fromkeys(places) if self._stands(place))
        self._counting = Counting(registers, self._directory, self._held)
        self._terms: dict[tuple[Term, FigureDay], Figures | None] = {}
        self._villages = tuple(
            place for place in self._held if self._directory.by_id(place).level == "village"
        )
        above = (self._directory.get(self._directory.by_id(village).parent) for village in self._villages)
        self._townships = tuple(
            dict.fromkeys(one.id for one in above if one and one.level == "township" and one.kind != "quasi")
        )
        self._counting.prepare(self._questions())
        self._kinds = self._community_kinds()

    def _day(self, indicator: Indicator) -> FigureDay:
        return FigureDay(self._as_of, period_of(indicator.period, self._as_of).first_day)

    def _questions(self) -> Iterator[Aggregate]:
        """Yield what all indicators will ask, so that each register is read once for all of them."""
        yield from self._kind_questions().values()
        for indicator in self._indicators:
            if lacking(leans_of(indicator), self._registers.form) or indicator.aim == "median":
                continue
            day = self._day(indicator)
            for term in terms_of(indicator):
                yield from (query_of(count, day) for count in counts_of(term))
                if isinstance(term, DueTerm):
                    yield from due_queries(term, day)

    def all_for(self, area: str) -> tuple[IndicatorValue, ...]:
        """Return every indicator for a place: itself, or all that is held below it."""
        return tuple(self.one_for(indicator, area) for indicator in self._indicators)

    def one_for(self, indicator: Indicator, area: str) -> IndicatorValue:
        """Return one indicator for a place."""
        place = self._directory.by_id(area)
        if indicator.missing:
            return _without_value(indicator, place, indicator.missing)
        if place.level not in indicator.levels:
            return _without_value(indicator, place, _NOT_HERE)
        if lack := lacking(leans_of(indicator), self._registers.form):
            return _without_value(indicator, place, f"{_UNKNOWN}：{lack.sentence}")
        day = self._day(indicator)
        if indicator.aim == "median":
            return self._median(indicator, place, day)
        value = self._counted(indicator, place, day)
        if indicator.beside is None:
            return value
        return msgspec.structs.replace(value, beside=self._beside(indicator.beside, place, day))

    def _counted(self, indicator: Indicator, place: Place, day: FigureDay) -> IndicatorValue:
        inside = frozenset(subtree(self._directory, place.id))
        numerator = self._side(indicator.numerator, day)
        denominator = self._side(indicator.denominator, day)
        if numerator is None or denominator is None:
            return _without_value(indicator, place, _NOT_HELD)
        above = _total(numerator, inside)
        below = _total(denominator, inside) if indicator.denominator else None
        value = _quotient(indicator, above, below)
        return IndicatorValue(
            id=indicator.id,
            name=indicator.name,
            level=place.level,
            place=place.code,
            numerator=above,
            denominator=below,
            value=value,
            target=indicator.target,
            met=_is_met(indicator, value),
            short=() if value is None else self._short(indicator, numerator, denominator, inside),
            unit=indicator.unit,
            shown=shown(value, indicator.unit) or _SHORTLY[_NO_PLACE],
            target_shown=shown(indicator.target, indicator.unit),
            period=indicator.period,
            note=indicator.note,
            reason=_NO_PLACE if value is None else "",
            parts=tuple(self._part(part, inside, day) for part in indicator.parts),
            light=_light(indicator, value),
            left_out="" if value is None else self._left_out(indicator, inside, day),
        )

    def _left_out(self, indicator: Indicator, inside: frozenset[str], day: FigureDay) -> str:
        """Return the words on records that are not in the figure, "" without any."""
        if indicator.left_out is None:
            return ""
        found = self._side(indicator.left_out.terms, day)
        number = _total(found, inside) if found else 0
        return indicator.left_out.words.replace("{n}", f"{number:g}") if number else ""

    def _part(self, part: IndicatorShare, inside: frozenset[str], day: FigureDay) -> PartValue:
        numerator, denominator = self._side(part.numerator, day), self._side(part.denominator, day)
        if numerator is None or denominator is None:
            return PartValue(part.name, None, None, None)
        above = _total(numerator, inside)
        if not part.denominator:
            return PartValue(part.name, above, None, above)
        below = _total(denominator, inside)
        return PartValue(part.name, above, below, round(above / below, 6) if below else None)

    def _beside(self, part: IndicatorShare, place: Place, day: FigureDay) -> BesideValue:
        """Return a second share, and the places of the area where its numerator is not 0, most first."""
        inside = frozenset(subtree(self._directory, place.id))
        found = self._part(part, inside, day)
        if found.denominator is None:
            return BesideValue(part.name, None, None, None, _SHORTLY[_NOT_HELD], reason=_NOT_HELD)
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
            shown(found.value, "%") or _SHORTLY[_NO_PLACE],
            tuple(sorted(having, key=lambda short: (-short.gap, short.place))),
            _NO_RECORD if found.value is None else "",
        )

    def _median(self, indicator: Indicator, place: Place, day: FigureDay) -> IndicatorValue:
        term = indicator.numerator[0]
        assert isinstance(term, RecordsTerm)
        below = frozenset(subtree(self._directory, place.id))
        inside = tuple(one for one in self._held if one in below)
        number = self._counting.whole(msgspec.structs.replace(term.counted, agg="count"), day, inside)
        if number is None:
            return _without_value(indicator, place, _NOT_HELD)
        found = self._counting.whole(term.counted, day, inside)
        if number < indicator.least or found is None:
            return _without_value(indicator, place, _TOO_FEW)
        value = _without_value(indicator, place, "")
        return msgspec.structs.replace(
            value, numerator=number, value=found, shown=shown(found, indicator.unit)
        )

    def _short(
        self, indicator: Indicator, numerator: Figures, denominator: Figures, inside: frozenset[str]
    ) -> tuple[Short, ...]:
        """Return the villages below the target, the farthest first."""
        found = []
        for one in (*self._villages, *(self._townships if _counts_townships(indicator) else ())):
            if one in inside:
                gap = _gap(indicator, numerator.get(one, 0), denominator.get(one, 0))
                if gap > 0:
                    place = self._directory.by_id(one)
                    found.append(Short(place.code, gap, self._directory.full_name(place)))
        return tuple(sorted(found, key=lambda short: (-short.gap, short.place)))

    def _side(self, terms: tuple[Term, ...], day: FigureDay) -> Figures | None:
        """Return the sum of some terms by place; None when one of them is not known here."""
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
        if found is None:
            return None
        kinds = self._letters(term.places)
        return {
            place: figure * term.factor
            for place, figure in found.items()
            if not kinds or self._kinds.get(place, "") in tuple(kinds)
        }

    @staticmethod
    def _letters(places: str) -> str:
        return count_book().places[places].kinds if places else ""

    @cached_property
    def _answered(self) -> Mapping[str, tuple[int, int]] | None:
        return self._registers.answered(self._held, self._as_of)

    def _places_having(self, term: PlacesTerm, day: FigureDay) -> Figures | None:
        kinds = tuple(self._letters(term.places))
        counted = {village for village in self._villages if self._kinds[village] in kinds}
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

    def _stands(self, place: str) -> bool:
        """Return whether a place exists on the day; records of a closed one count nowhere (区划按报告期)."""
        found = self._directory.get(place)
        return found is not None and found.is_valid_on(self._as_of.isoformat())

    def _community_kinds(self) -> dict[str, CommunityKind | str]:
        """Return C, N or Q of each village: from its profile, else from the directory."""
        kinds: dict[str, CommunityKind | str] = {
            village: self._directory.by_id(village).community_kind for village in self._villages
        }
        for kind, query in self._kind_questions().items():
            for place in self._counting.ask(query) or {}:
                if place in kinds:
                    kinds[place] = kind
        return kinds

    def _kind_questions(self) -> dict[str, Aggregate]:
        if lacking({(PROFILE, "community_kind")}, self._registers.form):
            return {}
        return {
            kind: Aggregate(
                PROFILE, f"community_kind = '{kind}'", group_by="place", as_of=self._as_of.isoformat()
            )
            for kind in ("C", "N", "Q")
        }


def subtree(directory: Directory, place: str) -> tuple[str, ...]:
    """Return the ids of a place and of all places below it, parents first."""
    found = [place]
    for one in found:
        found.extend(child.id for child in directory.children(one))
    return tuple(found)


def _counts_townships(indicator: Indicator) -> bool:
    return any(isinstance(term, PlacesTerm) and term.townships for term in indicator.denominator)


def _total(figures: Figures, inside: frozenset[str]) -> float:
    total = sum(figure for place, figure in figures.items() if place in inside or not place)
    return int(total) if float(total).is_integer() else round(total, 6)


def _quotient(indicator: Indicator, above: float, below: float | None) -> float | None:
    """Return a count or a sum as it is, an average or a share by its denominator; None without one."""
    if indicator.aim in ("count", "sum"):
        return above
    return round(above / below, 6) if below else None


def _is_met(indicator: Indicator, value: float | None) -> bool | None:
    if indicator.target is None or value is None:
        return None
    return value <= indicator.target if indicator.direction == "at_most" else value >= indicator.target


def _light(indicator: Indicator, value: float | None) -> Light:
    """Return the light (红黄绿) of a value, "" where the indicator has none."""
    if value is None or indicator.yellow is None or indicator.target is None:
        return ""
    if value >= indicator.target:
        return "green"
    return "yellow" if value >= indicator.yellow else "red"


def _gap(indicator: Indicator, above: float, below: float) -> float:
    """Return by how much one village is below the target; for a share, how many of its own are lacking.

    A village that reaches the share by itself lacks nothing.
    """
    if indicator.target is None or not below:
        return 0
    if indicator.aim == "average":
        return max(indicator.target * below - above, 0)
    return max(below - above, 0) if indicator.aim == "share" and above / below < indicator.target else 0


def _without_value(indicator: Indicator, place: Place, reason: str) -> IndicatorValue:
    return IndicatorValue(
        id=indicator.id,
        name=indicator.name,
        level=place.level,
        place=place.code,
        numerator=None,
        denominator=None,
        value=None,
        target=indicator.target,
        met=None,
        short=(),
        unit=indicator.unit,
        shown=_UNKNOWN if reason.startswith(_UNKNOWN) else _SHORTLY.get(reason, _NOT_YET),
        target_shown=shown(indicator.target, indicator.unit),
        period=indicator.period,
        note=indicator.note,
        reason=reason,
    )
