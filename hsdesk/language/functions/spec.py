"""How a function is described: its name, how many arguments it takes, what it gives, and how it is built."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from hsdesk.language.ast import Call
from hsdesk.language.problem import ExpressionError
from hsdesk.language.scope import ValueKind

if TYPE_CHECKING:
    from hsdesk.language.context import Context
    from hsdesk.language.scope import Builder, Closure
    from hsdesk.language.tree import Node

    Build = Callable[[Builder, Call], Closure]


class FunctionSpec(msgspec.Struct, frozen=True):
    """One function.

    `low` and `high` bound the number of arguments (`high` None: any). `pure`: the same arguments always
    give the same value, so constant calls are computed once. `volatile`: the value may differ at each
    evaluation.
    """

    name: str
    low: int
    high: int | None
    kind: ValueKind
    build: Any  # Build
    pure: bool = True
    volatile: bool = False


def simple(
    name: str,
    shape: str,
    kind: ValueKind,
    function: Callable[..., Any],
    *,
    volatile: bool = False,
    fails: bool = False,
) -> FunctionSpec:
    """Describe a function of converted arguments.

    `shape` has one letter per argument: t text, n number, b truth, v single value, s list of nodes; `?`
    after a letter makes it optional, `*` lets the last one repeat from zero times.
    """
    letters = shape.replace("?", "").replace("*", "")
    repeated = shape.endswith("*")
    low = len(letters) - shape.count("?") - (1 if repeated else 0)
    high = None if repeated else len(letters)

    def build(builder: Builder, call: Call) -> Closure:
        last = len(letters) - 1
        parts = [
            builder.converted(letters[min(place, last)], each) for place, each in enumerate(call.arguments)
        ]
        return located(_applied(function, parts), call) if fails else _applied(function, parts)

    return FunctionSpec(name, low, high, kind, build, pure=not volatile, volatile=volatile)


def located(closure: Closure, call: Call) -> Closure:
    """Give the place of the call to the errors its function raises."""

    def located(node: Node, env: Context) -> Any:
        try:
            return closure(node, env)
        except ExpressionError as problem:
            raise ExpressionError(problem.message, problem.column or call.column, problem.remedy) from problem

    return located


def _applied(function: Callable[..., Any], parts: list[Closure]) -> Closure:
    match parts:
        case []:
            return lambda node, env: function()
        case [first]:
            return lambda node, env: function(first(node, env))
        case [first, second]:
            return lambda node, env: function(first(node, env), second(node, env))
        case _:

            def apply(node: Node, env: Context) -> Any:
                return function(*[part(node, env) for part in parts])

            return apply
