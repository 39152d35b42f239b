"""Print-outs that are computed rather than listed: 指标达标情况表 and 社会组织季度汇总表."""

from __future__ import annotations

from collections.abc import Sequence

from hsdesk.errors import DataError
from hsdesk.model.place import Directory, Place
from hsdesk.registers.contract import RegisterRecord, Registers
from hsdesk.reports.content import SAMPLE_NOTE, Align, PrintColumn, Summary, Table
from hsdesk.reports.definitions import Definition
from hsdesk.reports.evaluation import subtree
from hsdesk.reports.indicator_values import evaluate_all
from hsdesk.reports.indicators import BesideValue, IndicatorValue, Short
from hsdesk.reports.signing import Occasion, chinese_date, signature_of

_NAMED = 8  # places that are named in a cell; the rest is counted
_STANDING = (  # as I01 and I02 count: by dates, not by the present status
    "filed_on != '' and filed_on <= today() and (cancelled_on = '' or cancelled_on > today())"
    " and (reg_status != '9' or cancelled_on != '')"
)
_CLASSES = ("1", "2", "3", "4")  # of org_category_cams


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
    values = evaluate_all(registers, unit, occasion.today)
    rows = tuple(_indicator_row(value) for value in values)
    return _summary(definition, registers, occasion, Table(_INDICATOR_COLUMNS, rows))


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
        ";".join(filter(None, (_named(value.short), _beside(value.beside)))),
    )


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

    Averages are those of the unit: organizations by communities (类似单位 left out), members and area by
    organizations. Raises DataError when the register is not held here.
    """
    directory = registers.directory
    standing = _STANDING.replace("today()", f"date('{occasion.today.isoformat()}')")
    records = registers.records("social_org", occasion.places, standing)
    if records is None:
        raise DataError("这台电脑上没有社会组织的数据，不能汇总。请先同步。")
    unit = directory.by_id(occasion.unit)
    below = [place for place in directory.children(unit.id) if place.level != "village" or _counts(place)]
    lines = [_quarter_line(place, directory, records) for place in below or [unit]]
    total = _quarter_line(unit, directory, records)
    day = occasion.today.isoformat()
    rows = tuple(
        (place.name, *figures, day, "", "") for place, figures in zip(below or [unit], lines, strict=True)
    )
    return _summary(
        definition, registers, occasion, Table(_QUARTER_COLUMNS, rows, totals=("合计", *total, "", "", ""))
    )


def _quarter_line(place: Place, directory: Directory, records: Sequence[RegisterRecord]) -> tuple[str, ...]:
    inside = frozenset(subtree(directory, place.id))
    own = [record for record in records if record.place in inside]
    communities = sum(_counts(village) for village in directory.village_level(place.id))
    classes = [str(record.values.get("category_mca") or "") for record in own]
    members = sum(_figure(record, "member_n") for record in own)
    rooms = [record for record in own if record.values.get("place")]
    area = sum(_figure(record, "place_area") for record in own)
    return (
        str(communities),
        str(len(own)),
        _average(len(own), communities),
        str(len({unit for record in own if (unit := record.values.get("supervising_unit"))})),
        *(str(classes.count(code)) for code in _CLASSES),
        _number(members),
        _average(members, len(own)),
        str(len(rooms)),
        _number(area),
        _average(area, len(rooms)),
    )


def _counts(place: Place) -> bool:
    return place.community_kind in ("C", "N")


def _figure(record: RegisterRecord, field: str) -> float:
    value = record.values.get(field)
    return value if isinstance(value, int | float) else 0


def _average(total: float, count: float) -> str:
    return _number(total / count) if count else ""


def _number(value: float | None) -> str:
    return "" if value is None else f"{round(value, 2):.10g}"


def _summary(definition: Definition, registers: Registers, occasion: Occasion, table: Table) -> Summary:
    return Summary(
        name=definition.name,
        title=definition.title,
        subtitle=registers.directory.full_name(registers.directory.by_id(occasion.unit)),
        remark=definition.remark or f"截至{chinese_date(occasion.today)}",
        blocks=(table,),
        signature=signature_of(definition, registers, occasion),
        paper=definition.paper,
        note=SAMPLE_NOTE if occasion.is_sample else "",
    )
