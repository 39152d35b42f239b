"""`count(instance('register')/root/item[…]/column)` and its like ⇄ `Aggregate`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hsdesk.language.aggregate import Measure
from hsdesk.language.aggregate_call import AggregateCall
from hsdesk.language.ast import Call, Expr, Filter, Logic, Path, PathStep, inner, instance_name, is_current
from hsdesk.language.compare import scalar
from hsdesk.language.problem import NotHeld

if TYPE_CHECKING:
    from hsdesk.language.context import Context
    from hsdesk.language.scope import Builder, Closure
    from hsdesk.language.tree import Node

_MEASURES: Mapping[str, Measure] = {"count": "count", "sum": "sum", "min": "min", "max": "max"}


_BOUND_TO_A_TREE = frozenset({"position", "last", "current", "once", "instance", "indexed-repeat"})


def as_aggregate(expr: Expr) -> AggregateCall | None:
    """Read an expression as a figure over a register, None when it is none.

    It is one when it is count, sum, min or max of a path `instance('…')/root/item[…]…/column` whose
    predicates read columns of the item, and of the form only plain paths that start with `/` or
    `current()`.
    """
    if not isinstance(expr, Call) or expr.name not in _MEASURES or len(expr.arguments) != 1:
        return None
    path = expr.arguments[0]
    if not isinstance(path, Path):
        return None
    register = instance_name(path.start)
    shape = _shape(path.steps)
    if register is None or shape is None:
        return None
    predicates, of = shape
    outside: dict[Path, None] = {}
    if not all(_is_row_predicate(each, outside) for each in predicates):
        return None
    where = None
    if predicates:
        where = predicates[0] if len(predicates) == 1 else Logic("and", predicates)
    return AggregateCall(register, _MEASURES[expr.name], where, of, tuple(outside))


def _shape(steps: tuple[PathStep, ...]) -> tuple[tuple[Expr, ...], Path | None] | None:
    if len(steps) not in {2, 3} or any(step.axis != "child" or step.prefix for step in steps):
        return None
    if (steps[0].test, steps[1].test) != ("root", "item") or steps[0].predicates:
        return None
    if len(steps) == 2:
        return steps[1].predicates, None
    if steps[2].predicates or not _is_name(steps[2]):
        return None
    return steps[1].predicates, Path("", (steps[2],))


def _is_name(step: PathStep) -> bool:
    return step.axis == "child" and step.test != "*" and not step.test.endswith(")")


def _is_row_predicate(expr: Expr, outside: dict[Path, None]) -> bool:
    if isinstance(expr, Path):
        return _is_row_path(expr, outside)
    if isinstance(expr, Filter) or (isinstance(expr, Call) and expr.name in _BOUND_TO_A_TREE):
        return False
    return all(_is_row_predicate(part, outside) for part in inner(expr))


def _is_row_path(path: Path, outside: dict[Path, None]) -> bool:
    if any(step.predicates for step in path.steps):
        return False
    if path.start == "/" or is_current(path.start):
        outside[path] = None
        return True
    return path.start == "" and len(path.steps) == 1 and _is_name(path.steps[0])


def aggregate_closure(builder: Builder, call: Call) -> Closure | None:
    """Return a closure that asks the host for a figure, None when the call is no figure over a register."""
    if not builder.dialect.registers:
        return None
    figure = as_aggregate(call)
    if figure is None or figure.register not in builder.dialect.registers:
        return None
    builder.findings.instances.add(figure.register)
    builder.findings.figures.append(figure)
    values = [builder.value(path) for path in figure.outside]

    def ask(node: Node, env: Context) -> Any:
        query = figure.query(tuple(scalar(value(node, env)) for value in values))
        found = env.host.aggregate(query)
        if found is None:
            raise NotHeld(f"此处没有登记表 {figure.register} 的数据。", call.column)
        return float(found)

    return ask
