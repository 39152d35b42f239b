"""Numbers: number int round abs pow … and the functions over several values: sum min max."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal
from decimal import Context as DecimalContext
from typing import TYPE_CHECKING, Any

from hsdesk.language.ast import Call
from hsdesk.language.compare import node_value
from hsdesk.language.functions.spec import FunctionSpec, simple
from hsdesk.language.problem import ExpressionError
from hsdesk.language.values import NAN

if TYPE_CHECKING:
    from hsdesk.language.context import Context
    from hsdesk.language.scope import Builder, Closure
    from hsdesk.language.tree import Node

_DIGITS = DecimalContext(prec=80)  # 22 before the point and 30 behind fit
_MOST_PLACES = 30  # JavaRosa: rounding to more places than this is NaN


def guarded(function: Callable[..., float]) -> Callable[..., float]:
    """Return a function that gives NaN or an infinity where Python raises, as IEEE 754 does."""

    def apply(*numbers: float) -> float:
        try:
            return float(function(*numbers))
        except ValueError:
            return NAN
        except OverflowError:
            return math.inf

    return apply


def round_half_up(number: float) -> float:
    """Round to the nearest whole number, halves towards +∞ (XPath 1.0 §4.4).

    >>> round_half_up(-1.5), round_half_up(2.5)
    (-1.0, 3.0)
    """
    return number if not math.isfinite(number) else float(math.floor(number + 0.5))


def _round(builder: Builder, call: Call) -> Closure:
    """Round to whole numbers or to `places`, which may be negative: the decimal digits as printed.

    Halves go towards +∞. In a document those of negatives go away from zero when `places` are given, as in
    the web engines.
    """
    number = builder.number(call.arguments[0])
    if len(call.arguments) == 1:
        return lambda node, env: _round_places(number(node, env), 0.0, up=True)
    places, up = builder.number(call.arguments[1]), not builder.dialect.document
    return lambda node, env: _round_places(number(node, env), places(node, env), up=up)


def _round_places(number: float, places: float, *, up: bool) -> float:
    """Round halves towards +∞ when `up`, else away from zero."""
    if not math.isfinite(number):
        return number
    if math.isnan(places) or abs(places) > _MOST_PLACES:
        return NAN
    if abs(number) >= 1e22:
        return number
    how = ROUND_HALF_DOWN if up and number < 0 else ROUND_HALF_UP
    unit = Decimal(1).scaleb(-math.trunc(places))
    return float(Decimal(repr(number)).quantize(unit, rounding=how, context=_DIGITS))


def _int(number: float) -> float:
    return float(math.trunc(number)) if math.isfinite(number) else number


def _floor(number: float) -> float:
    return float(math.floor(number)) if math.isfinite(number) else number


def _ceiling(number: float) -> float:
    return float(math.ceil(number)) if math.isfinite(number) else number


def _log(number: float) -> float:
    return -math.inf if number == 0 else math.log(number)


def _log10(number: float) -> float:
    return -math.inf if number == 0 else math.log10(number)


def _exp10(number: float) -> float:
    return 10.0**number  # type: ignore[no-any-return]


def _power(base: float, exponent: float) -> float:
    if base == 0 and exponent < 0:
        return math.inf
    result = base**exponent
    return NAN if isinstance(result, complex) else result


def _number(builder: Builder, call: Call) -> Closure:
    if call.arguments:
        return builder.number(call.arguments[0])
    convert = builder.calendar.number

    def own(node: Node, env: Context) -> float:
        if env.root is None:
            raise ExpressionError("函数 number() 缺少参数。", call.column)
        return convert(node_value(node))

    return own


def numbers_of(builder: Builder, value: Any) -> list[float]:
    """Return the number of a value, or of every node of a node-set."""
    number = builder.calendar.number
    if type(value) is list:
        return [number(node_value(node)) for node in value]
    return [number(value)]


def _sum(builder: Builder, call: Call) -> Closure:
    """The sum of the nodes that are numbers; what is none counts nothing (in a document: gives NaN)."""
    nodes = builder.nodes(call.arguments[0])
    if builder.dialect.document:
        return lambda node, env: float(sum(numbers_of(builder, nodes(node, env))))

    def total(node: Node, env: Context) -> float:
        return float(sum(each for each in numbers_of(builder, nodes(node, env)) if not math.isnan(each)))

    return total


def _extreme(name: str, choose: Callable[[list[float]], float]) -> FunctionSpec:
    """`min` or `max` of values and of the nodes of node-sets.

    In a form what is not a number is left out (JavaRosa); in a document it makes the result NaN.
    """

    def build(builder: Builder, call: Call) -> Closure:
        parts = [builder.value(each) for each in call.arguments]
        strict = builder.dialect.document

        def extreme(node: Node, env: Context) -> float:
            found = [number for part in parts for number in numbers_of(builder, part(node, env))]
            kept = [number for number in found if not math.isnan(number)]
            return NAN if not kept or (strict and len(kept) < len(found)) else choose(kept)

        return extreme

    return FunctionSpec(name, 1, None, "number", build)


NUMBERS = (
    FunctionSpec("number", 0, 1, "number", _number, pure=False),
    simple("int", "n", "number", _int),
    FunctionSpec("round", 1, 2, "number", _round),
    simple("floor", "n", "number", _floor),
    simple("ceiling", "n", "number", _ceiling),
    simple("abs", "n", "number", abs),
    simple("pow", "nn", "number", guarded(_power)),
    simple("log", "n", "number", guarded(_log)),
    simple("log10", "n", "number", guarded(_log10)),
    simple("exp", "n", "number", guarded(math.exp)),
    simple("exp10", "n", "number", guarded(_exp10)),
    simple("sqrt", "n", "number", guarded(math.sqrt)),
    simple("sin", "n", "number", guarded(math.sin)),
    simple("cos", "n", "number", guarded(math.cos)),
    simple("tan", "n", "number", guarded(math.tan)),
    simple("asin", "n", "number", guarded(math.asin)),
    simple("acos", "n", "number", guarded(math.acos)),
    simple("atan", "n", "number", guarded(math.atan)),
    simple("atan2", "nn", "number", guarded(math.atan2)),
    simple("pi", "", "number", lambda: math.pi),
    simple("random", "", "number", random.random, volatile=True),
    FunctionSpec("sum", 1, 1, "number", _sum),
    _extreme("min", min),
    _extreme("max", max),
)
