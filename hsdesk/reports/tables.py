"""Print-outs that are computed rather than listed: 指标达标情况表 and 社会组织季度汇总表."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hsdesk.errors import DataError
from hsdesk.model.asked_day import BY_TODAY
from hsdesk.model.place import Place
from hsdesk.registers.contract import Registers
from hsdesk.reports.content import SAMPLE_NOTE, Align, PrintColumn, Summary, Table
from hsdesk.reports.counting import Counting
from hsdesk.reports.counts import count_named, day_of
from hsdesk.reports.definitions import (
    POLICY_KINDS,
    QUARTER_COUNTS,
    QUARTER_KINDS,
    QUARTER_TOTALS,
    SUPERVISING,
    Definition,
)
from hsdesk.reports.indicator_values import evaluate_all
from hsdesk.reports.indicators import BesideValue, IndicatorValue, Short
from hsdesk.reports.judging import UNKNOWN
from hsdesk.reports.knowing import sentence
from hsdesk.reports.paper_dates import on_paper
from hsdesk.reports.signing import Occasion, signature_of

_NAMED = 8  # places that are named in a cell; the rest is counted


def _column(*heading: str, width: float, align: Align = "right", figure: bool = False) -> PrintColumn:
    return PrintColumn(heading, width, align, as_text=not figure)


_INDICATOR_COLUMNS = (
    _column("编号", width=14, align="center"),
    _column("指标", width=58, align="left"),
    _column("分子", width=16, figure=True),
    _column("分母", width=16, figure=True),
    _column("值", width=20),
    _column("目标", width=18),
    _column("达标", width=14, align="center"),
    _column("差额", width=14, figure=True),
    _column("未达标单位", width=90, align="left"),
)


def indicator_table(definition: Definition, registers: Registers, occasion: Occasion) -> Summary:
    """Return every indicator of the signing place as a table; those that cannot be computed say why."""
    unit = registers.directory.by_id(occasion.unit)
    values = evaluate_all(registers, unit, occasion.asked)
    rows = tuple(_indicator_row(value) for value in values)
    undated = sum(bool(value.by_today) for value in values)
    about = f"其中{undated}项有的{BY_TODAY}，见各项" if undated else ""
    return _summary(definition, registers, occasion, Table(_INDICATOR_COLUMNS, rows), about)


def _indicator_row(value: IndicatorValue) -> tuple[str, ...]:
    met = "" if value.met is None else "是" if value.met else "否"
    return (
        value.id,
        value.name,
        _number(value.numerator),
        _number(value.denominator),
        value.shown,
        value.target_shown or "参考",
        met,
        _number(sum(short.gap for short in value.short)) if value.short else "",
        ";".join(filter(None, (_named(value.short), _beside(value.beside), _who(value), value.by_today))),
    )


def _who(value: IndicatorValue) -> str:
    """Return who knows a figure that is not known here."""
    return value.reason.removeprefix(UNKNOWN).strip("（）") if value.reason.startswith(f"{UNKNOWN}（") else ""


def _named(places: Sequence[Short], *, with_figure: bool = False) -> str:
    """Return the first places by name, with how many they are."""
    figures = (f"{_number(place.gap)}条" if with_figure else "" for place in places)
    named = "、".join(
        place.name.rpartition("-")[2] + figure
        for place, figure in zip(places[:_NAMED], figures, strict=False)
    )
    return f"{named} 等{len(places)}个" if len(places) > _NAMED else named


def _beside(beside: BesideValue | None) -> str:
    """Return a second share with who has how many: 逾期率 12.5%(3/24):定潭村2条、…."""
    if beside is None or not beside.denominator:
        return ""
    counted = f"{beside.name} {beside.shown}({_number(beside.numerator)}/{_number(beside.denominator)})"
    return f"{counted}:{_named(beside.short, with_figure=True)}" if beside.short else counted


_QUARTER_COLUMNS = (
    _column("单位名称", width=30, align="left"),
    _column("社区数量", width=12, figure=True),
    _column("社会组织", "总数", width=12, figure=True),
    _column("社会组织", "平均数", width=12, figure=True),
    _column("主管单位数", width=14, figure=True),
    _column("类别", "行业协会类", width=14, figure=True),
    _column("类别", "社会服务类", width=14, figure=True),
    _column("类别", "公益慈善类", width=14, figure=True),
    _column("类别", "其他类", width=12, figure=True),
    _column("要点类别", "公益类", width=12, figure=True),
    _column("要点类别", "自治类", width=12, figure=True),
    _column("要点类别", "矛盾调处类", width=14, figure=True),
    _column("要点类别", "娱乐类", width=12, figure=True),
    _column("成员", "总数", width=14, figure=True),
    _column("成员", "平均数", width=12, figure=True),
    _column("办公场所", "个数", width=12, figure=True),
    _column("办公场所", "面积", width=14, figure=True),
    _column("办公场所", "平均面积", width=14, figure=True),
    _column("填报日期", width=22, align="center"),
    _column("状态", width=16, align="center"),
    _column("上报日期", width=22, align="center"),
)


def quarter_table(definition: Definition, registers: Registers, occasion: Occasion) -> Summary:
    """Return the organizations that count, a row for each unit directly below the signing place.

    Rows, total and averages are over the same villages and communities: 类似单位 are in none of them.
    Averages are those of the unit: organizations by communities, members by organizations, area by rooms.
    What is not known here says so (此处不知). Raises DataError when the register is not held here.
    """
    quarter = _Quarter(registers, occasion)
    directory = quarter.directory
    unit = directory.by_id(occasion.unit)
    rows = [place for place in directory.children(unit.id) if quarter.has_row(place)] or [unit]
    stands_in = len(occasion.places) > 1 and unit.id not in occasion.places  # for villages printed together
    if stands_in:
        rows = [place for place in rows if place.id in occasion.places]
    day = on_paper(occasion.asked.today.isoformat(), definition.dates or "dotted")
    table = Table(
        _QUARTER_COLUMNS,
        tuple((place.name, *quarter.line(place), day, "", "") for place in rows),
        totals=("合计", *(quarter.line(*rows) if stands_in else quarter.line(unit)), "", "", ""),
    )
    about = f"成员、办公场所{BY_TODAY}" if occasion.asked.is_past else ""
    summary = _summary(definition, registers, occasion, table, about)
    words = [summary.remark, *(("类似单位不计",) if quarter.leaves_out(unit) else ())]
    words.append(f"只汇总{len(rows)}个村(社区)" if stands_in else quarter.unknown(unit))
    return msgspec.structs.replace(summary, remark="；".join(filter(None, words)))


class _Quarter:
    """The figures of 社会组织季度汇总表, asked as the indicators ask them."""

    def __init__(self, registers: Registers, occasion: Occasion) -> None:
        self.directory = occasion.places_of(registers)
        standing = (one.id for one in self.directory if one.is_valid_on(occasion.day.isoformat()))
        self._counting = Counting(registers, self.directory, tuple(standing))
        self._day = day_of(occasion.day)
        queries = (self._counting.query(count_named(name), self._day) for name in QUARTER_COUNTS)
        self._counting.prepare(query for query in queries if query is not None)
        found = {name: self._counting.by_place(count_named(name), self._day) for name in QUARTER_COUNTS}
        units = self._counting.by_answers(count_named("org_standing"), self._day, (SUPERVISING,))
        if units is None or any(figures is None for figures in found.values()):
            raise DataError("这台电脑上没有社会组织的数据，不能汇总。请先同步。")
        self._figures = {name: figures or {} for name, figures in found.items()}
        self._units = {(place, told) for place, told, _figure in units if told != ("",)}

    def has_row(self, place: Place) -> bool:
        """Tell whether a place below has a row: it stands, and has or is a village that counts."""
        return place.is_valid_on(self.directory.day) and (place.level != "village" or self._counts(place.id))

    def leaves_out(self, unit: Place) -> bool:
        """Tell whether there are 类似单位 in an area."""
        villages = (one for one in self.directory.village_level(unit.id) if one.id in self._counting.held)
        return any(not self._counts(one.id) for one in villages)

    def unknown(self, unit: Place) -> str:
        """Return who knows the figures of a place that are not known here, "" when they are."""
        needs = (self._counting.knowledge.needs_of(count_named(name)) for name in QUARTER_COUNTS)
        who = self._counting.knowledge.unknown((need for own, _others in needs for need in own), unit.id)
        return sentence(who) if who else ""

    def line(self, *places: Place) -> tuple[str, ...]:
        """Return the cells of a place, or of several together."""
        inside = (one for place in places for one in self._counting.places.inside(place.id))
        counted = {one for one in inside if self._counts(one)}
        if any(map(self.unknown, places)):
            return (str(len(counted)), *(UNKNOWN,) * 16)

        def of(name: str) -> float:
            return sum(self._figures[name].get(one, 0) for one in counted)

        organizations, members, rooms, area = map(of, QUARTER_TOTALS)
        units = {told for one, told in self._units if one in counted}
        return (
            str(len(counted)),
            _number(organizations),
            _average(organizations, len(counted)),
            str(len(units)),
            *(_number(of(name)) for name in (*QUARTER_KINDS, *POLICY_KINDS)),
            _number(members),
            _average(members, organizations),
            _number(rooms),
            _number(area),
            _average(area, rooms),
        )

    def _counts(self, place: str) -> bool:
        return place in self._counting.places_of("counted")


def _average(total: float, count: float) -> str:
    return _number(total / count) if count else ""


def _number(value: float | None) -> str:
    return "" if value is None else f"{round(value, 2):.10g}"


def _summary(
    definition: Definition, registers: Registers, occasion: Occasion, table: Table, about: str
) -> Summary:
    return Summary(
        name=definition.name,
        title=definition.title,
        subtitle=occasion.places_of(registers).full_name(occasion.places_of(registers).by_id(occasion.unit)),
        remark=occasion.remark(definition.remark, about),
        blocks=(table,),
        signature=signature_of(definition, registers, occasion),
        paper=definition.paper,
        note=SAMPLE_NOTE if occasion.is_sample else "",
        about_day=about,
    )
