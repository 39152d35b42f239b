"""Predicates `[…]` → functions that narrow a list of candidates."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hsdesk.language.ast import (
    Binary,
    Call,
    Constant,
    Expr,
    Logic,
    Path,
    PathStep,
    instance_name,
    is_current,
    walk,
)
from hsdesk.language.compare import scalar
from hsdesk.language.scope import Scope
from hsdesk.language.values import to_truth

if TYPE_CHECKING:
    from hsdesk.language.context import Context
    from hsdesk.language.scope import Builder, Closure

    Narrow = Callable[[list[Any], Context], list[Any]]

_PLACES = frozenset({"position", "last"})


def narrowed(builder: Builder, step: PathStep, scope: Scope) -> Narrow | None:
    """Return the function that applies a step's predicates, or None when it has none."""
    return narrower(builder, step.predicates, scope)


def narrower(builder: Builder, predicates: tuple[Expr, ...], scope: Scope) -> Narrow | None:
    """Return the function that applies predicates one after the other, each seeing what the last one left."""
    if not predicates:
        return None
    within = builder.within(scope)
    parts = [_indexed(within, predicates[0]) if scope.instance else _predicate(within, predicates[0])]
    parts += [_predicate(within, each) for each in predicates[1:]]
    if len(parts) == 1:
        return parts[0]

    def narrow(nodes: list[Any], env: Context) -> list[Any]:
        for part in parts:
            nodes = part(nodes, env)
        return nodes

    return narrow


def _predicate(builder: Builder, expr: Expr) -> Narrow:
    kind = builder.kind(expr)
    if isinstance(expr, Constant) and kind == "number":
        return _at(float(expr.value))
    if kind in {"truth", "text", "nodes", "day"}:
        truth = builder.truth(expr)
        return _placed(truth) if _uses_place(expr) else _true(truth)
    return _placed(_place_or_truth(builder.value(expr)))


def _uses_place(expr: Expr) -> bool:
    return any(isinstance(each, Call) and each.name in _PLACES for each in walk(expr))


def _true(truth: Closure) -> Narrow:
    def narrow(nodes: list[Any], env: Context) -> list[Any]:
        env.spend(len(nodes))
        return [node for node in nodes if truth(node, env)]

    return narrow


def _at(place: float) -> Narrow:
    index = int(place) - 1 if abs(place) < 1e9 else -1
    if index < 0 or index + 1 != place:
        return lambda nodes, env: []
    return lambda nodes, env: nodes[index : index + 1]


def _place_or_truth(value: Closure) -> Closure:
    def accept(node: Any, env: Context) -> bool:
        found = value(node, env)
        if type(found) is float:
            return found == env.position
        if type(found) is list:
            return bool(found)
        return to_truth(found)

    return accept


def _placed(truth: Closure) -> Narrow:
    """Return a filter of candidates in which `position()` and `last()` count among them."""

    def narrow(nodes: list[Any], env: Context) -> list[Any]:
        before = env.position, env.size
        env.spend(len(nodes))
        kept = []
        try:
            env.size = len(nodes)
            for place, node in enumerate(nodes, 1):
                env.position = place
                if truth(node, env):
                    kept.append(node)
        finally:
            env.position, env.size = before
        return kept

    return narrow


def _indexed(builder: Builder, expr: Expr) -> Narrow:
    """`item[column = key]`: from an index when the items never change and the key is a text.

    Of `item[column = key and …]` the first part is looked up; the rest is asked of what it leaves.
    """
    scan = _predicate(builder, expr)
    first, rest = _first_and_rest(expr)
    found = _column_and_key(first)
    if found is None or (rest is not None and _uses_place(rest)):
        return scan
    column, key_expr = found
    key = builder.value(key_expr)
    left = None if rest is None else _true(builder.truth(rest))

    def narrow(nodes: list[Any], env: Context) -> list[Any]:
        lookup = _lookup(nodes)
        wanted = None if lookup is None else _single(key(nodes[0], env))
        if lookup is None or type(wanted) is not str:
            return scan(nodes, env)
        index = lookup.get((nodes[0].name, column))
        if index is None:
            index = lookup[nodes[0].name, column] = _index(nodes, column)
        few: list[Any] = index.get(wanted, [])
        return few if left is None else left(few, env)

    return narrow


def _first_and_rest(expr: Expr) -> tuple[Expr, Expr | None]:
    if not isinstance(expr, Logic) or expr.op != "and":
        return expr, None
    rest = expr.parts[1:]
    return expr.parts[0], rest[0] if len(rest) == 1 else Logic("and", rest, expr.column)


def _lookup(nodes: list[Any]) -> dict[Any, Any] | None:
    """Return the indexes of these items; None for a few, and for what may change or is not all there is."""
    if len(nodes) < 8:
        return None
    parent = nodes[0].parent
    lookup: dict[Any, Any] | None = parent.lookup if parent is not None else None
    return lookup if lookup is not None and len(parent.children[nodes[0].name]) == len(nodes) else None


def _single(found: Any) -> Any:
    return None if type(found) is list and len(found) != 1 else scalar(found)


def _index(nodes: list[Any], column: str) -> dict[str, list[Any]]:
    index: dict[str, list[Any]] = {}
    for node in nodes:
        index.setdefault(node.cell(column), []).append(node)
    return index


def _column_and_key(expr: Expr) -> tuple[str, Expr] | None:
    if not isinstance(expr, Binary) or expr.op != "=":
        return None
    for column, key in ((expr.left, expr.right), (expr.right, expr.left)):
        name = _own_column(column)
        if name is not None and _stands_outside(key):
            return name, key
    return None


def _own_column(expr: Expr) -> str | None:
    if not isinstance(expr, Path) or expr.start != "" or len(expr.steps) != 1:
        return None
    step = expr.steps[0]
    plain = step.axis == "child" and not step.predicates and step.test != "*" and not step.test.endswith(")")
    return step.test if plain else None


def _stands_outside(expr: Expr) -> bool:
    """Tell whether a key does not depend on the candidate: a text, or a path from root, list or current()."""
    if isinstance(expr, Constant):
        return isinstance(expr.value, str)
    if not isinstance(expr, Path) or any(step.predicates for step in expr.steps):
        return False
    start = expr.start
    return start == "/" or is_current(start) or instance_name(start) is not None
