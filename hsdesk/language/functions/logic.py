"""Truth and choice: true false not boolean boolean-from-string if coalesce once checklist
weighted-checklist.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from hsdesk.language.ast import Call
from hsdesk.language.compare import node_value
from hsdesk.language.functions.spec import FunctionSpec, simple
from hsdesk.language.values import to_truth

if TYPE_CHECKING:
    from hsdesk.language.context import Context
    from hsdesk.language.scope import Builder, Closure
    from hsdesk.language.tree import Node


def _if(builder: Builder, call: Call) -> Closure:
    """`if(test, then, else)`: only the branch taken is evaluated."""
    condition = builder.truth(call.arguments[0])
    then, other = builder.value(call.arguments[1]), builder.value(call.arguments[2])
    return lambda node, env: then(node, env) if condition(node, env) else other(node, env)


def _coalesce(builder: Builder, call: Call) -> Closure:
    """The first argument that is neither empty nor NaN, else the last."""
    parts = [builder.single(each) for each in call.arguments]

    def coalesce(node: Node, env: Context) -> Any:
        value: Any = ""
        for part in parts:
            value = part(node, env)
            if not _is_blank(value):
                break
        return value

    return coalesce


def _is_blank(value: Any) -> bool:
    return value == "" or (isinstance(value, float) and math.isnan(value))


def _once(builder: Builder, call: Call) -> Closure:
    """The context node's own value if it has one, else the argument."""
    fresh = builder.single(call.arguments[0])

    def once(node: Node, env: Context) -> Any:
        kept = node_value(node)
        return fresh(node, env) if kept == "" else kept

    return once


def _flags(builder: Builder, arguments: tuple[Any, ...]) -> Closure:
    """Truth values of all arguments; a node-set counts node by node."""
    parts = [builder.value(each) for each in arguments]

    def flags(node: Node, env: Context) -> list[bool]:
        found: list[bool] = []
        for part in parts:
            value = part(node, env)
            members = [node_value(each) for each in value] if type(value) is list else [value]
            found.extend(to_truth(each) for each in members)
        return found

    return flags


def _checklist(builder: Builder, call: Call) -> Closure:
    """Whether between min and max of the flags are true; a negative bound does not bind."""
    low, high = builder.number(call.arguments[0]), builder.number(call.arguments[1])
    flags = _flags(builder, call.arguments[2:])

    def checklist(node: Node, env: Context) -> bool:
        count: float = sum(flags(node, env))
        least: float = low(node, env)
        most: float = high(node, env)
        return (least < 0 or count >= least) and (most < 0 or count <= most)

    return checklist


def _weighted_checklist(builder: Builder, call: Call) -> Closure:
    """Whether the weights of the true flags add up to between min and max."""
    low, high = builder.number(call.arguments[0]), builder.number(call.arguments[1])
    flags = _flags(builder, call.arguments[2::2])
    weights = [builder.value(each) for each in call.arguments[3::2]]
    number = builder.calendar.number

    def weighted(node: Node, env: Context) -> bool:
        values: list[Any] = []
        for weight in weights:
            value = weight(node, env)
            values.extend([node_value(each) for each in value] if type(value) is list else [value])
        total = sum(number(value) for flag, value in zip(flags(node, env), values, strict=False) if flag)
        least: float = low(node, env)
        most: float = high(node, env)
        return (least < 0 or total >= least) and (most < 0 or total <= most)

    return weighted


def _boolean(builder: Builder, call: Call) -> Closure:
    return builder.truth(call.arguments[0])


def _from_string(builder: Builder, call: Call) -> Closure:
    """Whether a text is `1` or `true`, in capitals too (JavaRosa); in a document only small letters do."""
    text = builder.text(call.arguments[0])
    if builder.dialect.document:
        return lambda node, env: text(node, env) in {"true", "1"}
    return lambda node, env: text(node, env).lower() in {"true", "1"}


LOGIC = (
    simple("true", "", "truth", lambda: True),
    simple("false", "", "truth", lambda: False),
    simple("not", "b", "truth", lambda flag: not flag),
    FunctionSpec("boolean", 1, 1, "truth", _boolean),
    FunctionSpec("boolean-from-string", 1, 1, "truth", _from_string),
    FunctionSpec("if", 3, 3, "any", _if),
    FunctionSpec("coalesce", 2, None, "any", _coalesce),
    FunctionSpec("once", 1, 1, "any", _once, pure=False),
    FunctionSpec("checklist", 2, None, "truth", _checklist),
    FunctionSpec("weighted-checklist", 2, None, "truth", _weighted_checklist),
)
