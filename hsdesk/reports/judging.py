"""What a figure comes to against its target: value, light, gap, and the words where there is none."""

from __future__ import annotations

from hsdesk.model.place import Place
from hsdesk.reports.counting import Figures
from hsdesk.reports.indicators import Indicator, IndicatorValue, Light, PlacesTerm, shown
from hsdesk.reports.knowing import NOT_HELD

UNKNOWN = "此处不知"
NOT_HERE = "这一级不算这项指标"
NO_PLACE = "没有适用的村（社区）"
NO_RECORD = "没有适用的记录"
TOO_FEW = "人数太少，不显示"
SHORTLY = {NOT_HELD: "此处不知", NOT_HERE: "本级不算", NO_PLACE: "不适用", TOO_FEW: "不显示"}
_NOT_YET = "暂不能算"


def counts_townships(indicator: Indicator) -> bool:
    return any(isinstance(term, PlacesTerm) and term.townships for term in indicator.denominator)


def total_of(figures: Figures, inside: frozenset[str]) -> float:
    total = sum(figure for place, figure in figures.items() if place in inside or not place)
    return int(total) if float(total).is_integer() else round(total, 6)


def quotient(indicator: Indicator, above: float, below: float | None) -> float | None:
    """Return a count or a sum as it is, an average or a share by its denominator; None without one."""
    if indicator.aim in ("count", "sum"):
        return above
    return round(above / below, 6) if below else None


def is_met(indicator: Indicator, value: float | None) -> bool | None:
    if indicator.target is None or value is None:
        return None
    return value <= indicator.target if indicator.direction == "at_most" else value >= indicator.target


def light_of(indicator: Indicator, value: float | None) -> Light:
    """Return the light (红黄绿) of a value, "" where the indicator has none."""
    if value is None or indicator.yellow is None or indicator.target is None:
        return ""
    if value >= indicator.target:
        return "green"
    return "yellow" if value >= indicator.yellow else "red"


def gap_of(indicator: Indicator, above: float, below: float) -> float:
    """Return by how much one village is below the target; for a share, how many of its own are lacking.

    A village that reaches the share by itself lacks nothing.
    """
    if indicator.target is None or not below:
        return 0
    if indicator.aim == "average":
        return max(indicator.target * below - above, 0)
    return max(below - above, 0) if indicator.aim == "share" and above / below < indicator.target else 0


def without_value(indicator: Indicator, place: Place, reason: str) -> IndicatorValue:
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
        shown=UNKNOWN if reason.startswith(UNKNOWN) else SHORTLY.get(reason, _NOT_YET),
        target_shown=shown(indicator.target, indicator.unit),
        period=indicator.period,
        note=indicator.note,
        reason=reason,
    )
