"""The indicators (考核指标) of the 2020 work points as data, and their evaluation at any level for any day.

`resources/indicators.json` holds their definitions: terms whose row predicates are in the language of the
forms. Whatever a definition leaves open is said in its note (口径以市局为准). An average is an average: the
target of a whole city, against which a single village is only so many short.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Literal

import msgspec

from hsdesk.model.period import PeriodKind
from hsdesk.model.place import LEVELS, PlaceLevel
from hsdesk.model.resource import resource_dir
from hsdesk.reports.counts import Count, count_named, leans_of_count
from hsdesk.reports.held import Held
from hsdesk.reports.leaning import Lean, leans_of_rows
from hsdesk.reports.reminders import leans_of_reminder, reminders
from hsdesk.reports.settings import NOTE, Setting, settings, value_of

Aim = Literal["average", "share", "ratio", "count", "sum", "median"]


class RecordsTerm(msgspec.Struct, frozen=True, tag_field="kind", tag="records", forbid_unknown_fields=True):
    """A named count of each place, added up over the places; `where` and `held` narrow it."""

    count: str
    where: str = ""
    held: tuple[Held, ...] = ()  # answers that must hold on the day
    factor: float = 1
    places: str = ""  # name of a set of places (`counts.PlaceSet`); "": every place

    @property
    def counted(self) -> Count:
        count = count_named(self.count, self.where)
        return msgspec.structs.replace(count, held=(*count.held, *self.held)) if self.held else count


class PlacesTerm(msgspec.Struct, frozen=True, tag_field="kind", tag="places", forbid_unknown_fields=True):
    """How many places of a set have at least one record of one of these counts; all, without any."""

    places: str
    having: tuple[str, ...] = ()  # names of counts
    townships: bool = False  # count the townships in which such a village lies, instead of the villages


class LatestTerm(msgspec.Struct, frozen=True, tag_field="kind", tag="latest", forbid_unknown_fields=True):
    """How many records of `register` were last reported with `of` = `value`.

    `reports` is the register of the reports, `record` their answer that names the record, `period` the one
    that holds the reporting period. Only periods that are over on the day count. Of several reports for the
    last period, all must say so. With `above`, an answer that names the record which one is a part of, parts
    are not counted: a record that has parts says what all of them say, and the reports on itself if any. A
    part that says `dropped` is left out.
    """

    register: str
    reports: str
    record: str
    period: str
    of: str
    value: str
    above: str = ""
    dropped: str = ""


class AnswersTerm(msgspec.Struct, frozen=True, tag_field="kind", tag="answers", forbid_unknown_fields=True):
    """How many relevant answers must be there in all registers of a place, or how many of them are filled."""

    what: Literal["required", "filled"]


class DueTerm(msgspec.Struct, frozen=True, tag_field="kind", tag="due", forbid_unknown_fields=True):
    """How many records have a day to keep, or are past it (`reports.overdue`); of one sort, or of both."""

    what: Literal["dated", "past"]
    sort: Literal["", "renewal", "task"] = ""


class ConstantTerm(msgspec.Struct, frozen=True, tag_field="kind", tag="constant", forbid_unknown_fields=True):
    value: float


Term = RecordsTerm | PlacesTerm | LatestTerm | AnswersTerm | DueTerm | ConstantTerm
Light = Literal["green", "yellow", "red", ""]


class IndicatorShare(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A share of an indicator that is shown by itself."""

    name: str
    numerator: tuple[Term, ...]
    denominator: tuple[Term, ...] = ()


class LeftOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Records that a person would expect to count but that do not yet, and what is missing in them."""

    terms: tuple[Term, ...]
    words: str  # {n} is how many they are


class Variant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Other terms where a setting is chosen otherwise; a side that is not given stays."""

    setting: str
    choice: str
    numerator: tuple[Term, ...] = ()
    denominator: tuple[Term, ...] = ()
    beside: IndicatorShare | None = None


class Indicator(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row of the list. Terms of a side are added up."""

    id: str
    name: str
    source: str
    period: PeriodKind
    aim: Aim
    numerator: tuple[Term, ...] = ()
    denominator: tuple[Term, ...] = ()
    target: float | None = None  # None: 参考, nothing to reach
    yellow: float | None = None  # a light (红黄绿): green from the target on, else yellow from here on
    direction: Literal["at_least", "at_most"] = "at_least"
    unit: str = ""  # "%": the value is a share of 1
    levels: tuple[PlaceLevel, ...] = LEVELS
    parts: tuple[IndicatorShare, ...] = ()
    beside: IndicatorShare | None = None  # a second share under the same number, the less the better
    variants: tuple[Variant, ...] = ()
    least: int = 0  # with fewer records nothing is shown
    note: str = ""
    left_out: LeftOut | None = None
    by_today: str = ""  # which of its answers have no history: a past day shows them as they are now
    missing: str = ""  # why it cannot be computed yet


class Short(msgspec.Struct, frozen=True):
    """A village or community below the target: 比平均目标少 `gap`."""

    place: str  # code
    gap: float
    name: str


class PartValue(msgspec.Struct, frozen=True):
    name: str
    numerator: float | None
    denominator: float | None
    value: float | None


class BesideValue(msgspec.Struct, frozen=True):
    """The second share of an indicator for one place. `short`: which places have how many."""

    name: str
    numerator: float | None
    denominator: float | None
    value: float | None
    shown: str
    short: tuple[Short, ...] = ()
    reason: str = ""  # why there is no value


class IndicatorValue(msgspec.Struct, frozen=True):
    """An indicator for one place. `value` None: 此处不知, or not applicable here; `reason` says which."""

    id: str
    name: str
    level: PlaceLevel
    place: str  # code
    numerator: float | None
    denominator: float | None
    value: float | None
    target: float | None
    met: bool | None
    short: tuple[Short, ...]
    unit: str = ""
    shown: str = ""  # the value as a person reads it: 4.5家, 80%; without one 此处不知, 本级不算, 不适用
    target_shown: str = ""
    period: PeriodKind = "year"
    note: str = ""
    reason: str = ""
    parts: tuple[PartValue, ...] = ()
    light: Light = ""
    left_out: str = ""  # how many records are not in the figure yet, and why; "": none
    by_today: str = ""  # what of a past day's figure is as it is now (按今天的内容); "": nothing
    beside: BesideValue | None = None


@cache
def indicators() -> tuple[Indicator, ...]:
    """Return every indicator the program carries, in the order of the official list."""
    content = (resource_dir() / "indicators.json").read_bytes()
    return msgspec.json.decode(content, type=tuple[Indicator, ...])


def chosen(indicator: Indicator, choices: Mapping[str, str]) -> Indicator:
    """Return an indicator as the settings want it; `choices` are those that differ from the default."""
    for variant in indicator.variants:
        if choices.get(variant.setting) == variant.choice:
            indicator = msgspec.structs.replace(
                indicator,
                numerator=variant.numerator or indicator.numerator,
                denominator=variant.denominator or indicator.denominator,
                beside=variant.beside or indicator.beside,
            )
    for setting in settings():
        if indicator.id in setting.indicators:
            indicator = _settled(indicator, setting, choices)
    return indicator


def _settled(indicator: Indicator, setting: Setting, choices: Mapping[str, str]) -> Indicator:
    """Return an indicator with a setting's number as its target, its text in names, and its words told."""
    value = value_of(setting, choices)
    if setting.target_of == indicator.id:
        goal = float(value) / (100 if setting.unit == "%" else 1) if value else None
        indicator = msgspec.structs.replace(indicator, target=goal)
    parts = tuple(
        msgspec.structs.replace(part, name=part.name.replace(f"{{{setting.name}}}", value))
        for part in indicator.parts
    )
    told = f"现行口径:{setting.title}为“{setting.label(value)}”,{NOTE}"
    words = told if value != setting.default else ""
    note = ";".join(filter(None, (words, indicator.note)))
    return msgspec.structs.replace(indicator, parts=parts, note=note)


def shown(value: float | None, unit: str) -> str:
    """Return a figure as a person reads it; "" when there is none.

    >>> shown(0.8, "%"), shown(4.5, "家"), shown(10.0, "家")
    ('80%', '4.5家', '10家')
    """
    if value is None:
        return ""
    if unit == "%":
        return f"{round(value * 100, 1):g}%"
    return f"{round(value, 2):g}{unit}"


def leans_of(indicator: Indicator) -> frozenset[Lean]:
    """Return the columns that an indicator reads, as the settings want it."""
    return frozenset(lean for term in terms_of(indicator) for lean in leans_of_term(term))


def terms_of(indicator: Indicator) -> Iterator[Term]:
    """Yield every term of an indicator, those of its parts and beside it included."""
    shares = (*indicator.parts, *((indicator.beside,) if indicator.beside else ()))
    yield from (*indicator.numerator, *indicator.denominator)
    yield from indicator.left_out.terms if indicator.left_out else ()
    yield from (term for share in shares for term in (*share.numerator, *share.denominator))


def counts_of(term: Term) -> tuple[Count, ...]:
    """Return the named counts that a term asks."""
    match term:
        case RecordsTerm():
            return (term.counted,)
        case PlacesTerm(having=names):
            return tuple(count_named(name) for name in names)
        case _:
            return ()


def leans_of_term(term: Term) -> frozenset[Lean]:
    """Return the columns that a term reads."""
    match term:
        case RecordsTerm() | PlacesTerm():
            return frozenset(lean for count in counts_of(term) for lean in leans_of_count(count))
        case LatestTerm():
            reports = leans_of_rows(term.reports, term.record, term.period, term.of)
            return reports | leans_of_rows(term.register, term.above)
        case DueTerm():
            asked = (one for one in reminders() if term.sort in ("", one.sort))
            return frozenset(lean for one in asked for lean in leans_of_reminder(one))
        case _:
            return frozenset()
