"""Closures for the operators, specialised for the shapes forms are made of: path = 'literal', path >
number, chains.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hsdesk.language.ast import Binary, Constant, Expr, Logic
from hsdesk.language.axes import in_document_order
from hsdesk.language.compare import FLIPPED, ORDERS, equality, in_order, ordering
from hsdesk.language.scope import ValueKind
from hsdesk.language.values import NAN, NEGLIGIBLE, near

if TYPE_CHECKING:
    from hsdesk.language.context import Context
    from hsdesk.language.scope import Builder, Closure
    from hsdesk.language.tree import Node


def kind(op: str) -> ValueKind:
    """Return what an operator gives."""
    if op == "|":
        return "nodes"
    return "number" if op in ARITHMETIC else "truth"


def divide(a: float, b: float) -> float:
    """Divide as IEEE 754 does: by zero gives an infinity or NaN."""
    if b:
        return a / b
    if a == 0 or math.isnan(a) or math.isnan(b):
        return NAN
    return math.copysign(math.inf, math.copysign(1.0, a) * math.copysign(1.0, b))


def remainder(a: float, b: float) -> float:
    """Return the remainder with the sign of the dividend (XPath 1.0 §3.5)."""
    if b == 0 or math.isinf(a) or math.isnan(a) or math.isnan(b):
        return NAN
    return math.fmod(a, b)


def _times(a: float, b: float) -> float:
    return a * b


ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": _times,
    "div": divide,
    "mod": remainder,
}


def logic(builder: Builder, expr: Logic) -> Closure:
    """`and` and `or`: from left to right, stopping as soon as the answer is known."""
    parts = tuple(builder.truth(part) for part in expr.parts)
    if len(parts) == 2:
        first, second = parts
        if expr.op == "and":
            return lambda node, env: first(node, env) and second(node, env)
        return lambda node, env: first(node, env) or second(node, env)
    return _every(parts) if expr.op == "and" else _some(parts)


def _every(parts: tuple[Closure, ...]) -> Closure:
    def every(node: Node, env: Context) -> bool:
        for part in parts:  # noqa: SIM110 (all() with a generator is twice as slow)
            if not part(node, env):
                return False
        return True

    return every


def _some(parts: tuple[Closure, ...]) -> Closure:
    def some(node: Node, env: Context) -> bool:
        for part in parts:  # noqa: SIM110 (any() with a generator is twice as slow)
            if part(node, env):
                return True
        return False

    return some


def binary(builder: Builder, expr: Binary) -> Closure:
    """Return the closure of a binary operator. A long chain (a + b + c …) is not nested."""
    if expr.op in ARITHMETIC:
        return _chain(builder, expr, builder.number, lambda each: each.op in ARITHMETIC, _arithmetic)
    if expr.op == "|":
        return _chain(builder, expr, builder.nodes, lambda each: each.op == "|", _union)
    if isinstance(expr.left, Binary) and expr.left.op not in ARITHMETIC and expr.left.op != "|":
        return _chain(builder, expr, builder.value, _is_comparison, _comparison_of(builder))
    return _compare(builder, expr)


def _is_comparison(expr: Binary) -> bool:
    return expr.op in ORDERS or expr.op in {"=", "!="}


def _chain(
    builder: Builder,
    expr: Binary,
    operand: Callable[[Expr], Closure],
    belongs: Callable[[Binary], bool],
    join: Callable[[str, Closure, Closure], Closure],
) -> Closure:
    spine: list[Binary] = []
    here: Expr = expr
    while isinstance(here, Binary) and belongs(here):
        spine.append(here)
        here = here.left
    parts = [operand(here), *(operand(each.right) for each in reversed(spine))]
    ops = [each.op for each in reversed(spine)]
    if len(ops) <= 8:
        closure = parts[0]
        for op, part in zip(ops, parts[1:], strict=True):
            closure = join(op, closure, part)
        return closure
    return _long_chain(ops, parts, join)


def _long_chain(
    ops: list[str], parts: list[Closure], join: Callable[[str, Closure, Closure], Closure]
) -> Closure:
    """Fold values instead of nesting closures, so that a sum of a thousand terms needs no deep stack."""
    first = parts[0]
    steps = [(join(op, _held, _given(part)), part) for op, part in zip(ops, parts[1:], strict=True)]

    def fold(node: Node, env: Context) -> Any:
        value = first(node, env)
        for step, _part in steps:
            value = step((value, node), env)  # type: ignore[arg-type]
        return value

    return fold


def _held(pair: Any, env: Any) -> Any:
    return pair[0]


def _given(part: Closure) -> Closure:
    return lambda pair, env: part(pair[1], env)  # type: ignore[index]


def _union(op: str, left: Closure, right: Closure) -> Closure:
    return lambda node, env: in_document_order([*left(node, env), *right(node, env)])


def _arithmetic(op: str, left: Closure, right: Closure) -> Closure:
    if op == "+":
        return lambda node, env: left(node, env) + right(node, env)
    if op == "-":
        return lambda node, env: left(node, env) - right(node, env)
    apply = ARITHMETIC[op]
    return lambda node, env: apply(left(node, env), right(node, env))


def _comparison_of(builder: Builder) -> Callable[[str, Closure, Closure], Closure]:
    def join(op: str, left: Closure, right: Closure) -> Closure:
        compare = _general(builder, op)
        return lambda node, env: compare(left(node, env), right(node, env))

    return join


def _general(builder: Builder, op: str) -> Callable[[Any, Any], bool]:
    document = builder.dialect.document
    if op in ORDERS:
        return ordering(op, builder.calendar, document=document)
    return equality(builder.calendar, negated=op == "!=", document=document)


def _compare(builder: Builder, expr: Binary) -> Closure:
    for op, one, other in ((expr.op, expr.left, expr.right), (FLIPPED[expr.op], expr.right, expr.left)):
        if isinstance(other, Constant):
            seek = builder.seek(one)
            if seek is not None:
                return _with_constant(builder, op, seek, other.value)
    kinds = {builder.kind(expr.left), builder.kind(expr.right)}
    if kinds == {"number"} or (expr.op in ORDERS and not kinds & {"nodes", "any", "day"}):
        return _numbers(builder, expr)
    left, right = _operand(builder, expr.left), _operand(builder, expr.right)
    compare = _general(builder, expr.op)
    return lambda node, env: compare(left(node, env), right(node, env))


def _operand(builder: Builder, expr: Expr) -> Closure:
    """Return a closure giving one value, or a list when it is empty (documents) or has several nodes."""
    seek = builder.seek(expr)
    if seek is None:
        return builder.value(expr)
    nothing: Any = [] if builder.dialect.document else ""
    document = builder.dialect.document

    def operand(node: Node, env: Context) -> Any:
        found = seek(node, env)
        if found is None:
            return nothing
        if type(found) is list:
            return found
        if document:
            return [found]
        return found.text() if found.children else found.value

    return operand


def _numbers(builder: Builder, expr: Binary) -> Closure:
    left, right = builder.number(expr.left), builder.number(expr.right)
    if expr.op in ORDERS:
        order = ORDERS[expr.op]
        return lambda node, env: order(left(node, env), right(node, env))
    negated = expr.op == "!="
    return lambda node, env: near(left(node, env), right(node, env)) != negated


class _Fixed:
    """The constant side of `path op constant`, with what the comparison gives when the path is empty."""

    __slots__ = ("calendar", "compare", "constant", "empty", "op")

    def __init__(self, builder: Builder, op: str, constant: str | float) -> None:
        self.op = op
        self.constant = constant
        self.calendar = builder.calendar
        self.compare = _general(builder, op)
        self.empty = self.compare([], constant)


def _with_constant(builder: Builder, op: str, seek: Closure, constant: str | float) -> Closure:
    """path op constant."""
    fixed = _Fixed(builder, op, constant)
    if op in ORDERS:
        return _order_constant(seek, fixed)
    return _equal_text(seek, fixed) if isinstance(constant, str) else _equal_number(seek, fixed, constant)


def _equal_text(seek: Closure, fixed: _Fixed) -> Closure:
    constant, compare, empty, negated = fixed.constant, fixed.compare, fixed.empty, fixed.op == "!="

    def equal_text(node: Node, env: Context) -> bool:
        found = seek(node, env)
        if found is None:
            return empty
        if type(found) is not list:
            value = found.value
            if type(value) is str and not found.children:
                return (value == constant) != negated
            found = [found]
        return compare(found, constant)

    return equal_text


def _equal_number(seek: Closure, fixed: _Fixed, constant: float) -> Closure:
    compare, empty, negated = fixed.compare, fixed.empty, fixed.op == "!="

    def equal_number(node: Node, env: Context) -> bool:
        found = seek(node, env)
        if found is None:
            return empty
        if type(found) is not list:
            value = found.value
            if type(value) is int or type(value) is float:
                return (value == constant or abs(value - constant) < NEGLIGIBLE) != negated
            found = [found]
        return compare(found, constant)

    return equal_number


def _order_constant(seek: Closure, fixed: _Fixed) -> Closure:
    order, constant, compare, empty = ORDERS[fixed.op], fixed.constant, fixed.compare, fixed.empty
    calendar = fixed.calendar
    limit = calendar.number(constant)

    def ordered(node: Node, env: Context) -> bool:
        found = seek(node, env)
        if found is None:
            return empty
        if type(found) is list or found.children:
            return compare(found if type(found) is list else [found], constant)
        value = found.value
        if type(value) is int or type(value) is float:
            return order(value, limit)
        return in_order(value, constant, order, calendar)

    return ordered
