"""Where one stands on an indicator, in the words of the field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.words import tr

if TYPE_CHECKING:
    from hsdesk.reports.indicators import BesideValue, IndicatorValue


def figure(value: float | None) -> str:
    """Return a figure without needless digits."""
    return "" if value is None else f"{round(value, 2):g}"


def value_words(value: IndicatorValue) -> str:
    """Return the value as a person reads it; 此处不知 when it cannot be computed here."""
    if value.value is None:
        return tr("此处不知")
    return value.shown or figure(value.value)


def target_words(value: IndicatorValue) -> str:
    """Return the target, or that there is none."""
    if value.target is None:
        return tr("参考")
    return value.target_shown or figure(value.target)


def gap_words(value: IndicatorValue) -> str:
    """Return how far one is from the target: 比平均目标少 n 家. An average is no verdict on one village.

    Records that a person would expect to count, but that lack something, are told too.
    """
    beside = beside_words(value.beside) if value.beside else ""
    return "；".join(filter(None, (_gap(value) + _light(value), value.left_out, beside)))


def beside_words(beside: BesideValue) -> str:
    """Return the second share of an indicator: 逾期率 12.5%，24 条里过期 3 条."""
    if beside.value is None:
        return tr("{name}：{value}", name=beside.name, value=beside.shown)
    return tr(
        "{name} {value}，{all} 条里过期 {past} 条",
        name=beside.name,
        value=beside.shown,
        all=figure(beside.denominator),
        past=figure(beside.numerator),
    )


def _gap(value: IndicatorValue) -> str:
    if value.value is None:
        return value.reason or tr("此处不知")
    if value.target is None:
        return tr("参考，没有目标")
    if value.met:
        return tr("已达到目标")
    return _distance(value.target - value.value, value.unit)


def _light(value: IndicatorValue) -> str:
    """Return the light (红黄绿) as a word, "" where the indicator has none."""
    names = {"green": tr("（绿）"), "yellow": tr("（黄）"), "red": tr("（红）"), "": ""}
    return names[value.light]


def _distance(gap: float, unit: str) -> str:
    if unit == "%":
        return tr("比目标低 {n} 个百分点", n=figure(gap * 100))
    if gap < 0:
        return tr("比目标多 {n} {unit}", n=figure(-gap), unit=unit)
    if unit == "家":
        return tr("比平均目标少 {n} 家", n=figure(gap))
    return tr("比目标少 {n} {unit}", n=figure(gap), unit=unit)
