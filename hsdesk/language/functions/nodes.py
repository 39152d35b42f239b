"""Nodes: count count-non-empty position last current instance indexed-repeat randomize name local-name …"""

from __future__ import annotations

import hashlib
import math
import random
from typing import TYPE_CHECKING, Any

from hsdesk.language.ast import Call, Constant, Expr
from hsdesk.language.compare import node_value
from hsdesk.language.document import DocumentNode
from hsdesk.language.functions.spec import FunctionSpec, simple
from hsdesk.language.functions.texts import require_node
from hsdesk.language.paths import generic_path
from hsdesk.language.problem import ExpressionError, NotHeld
from hsdesk.language.values import to_text

if TYPE_CHECKING:
    from hsdesk.language.context import Context
    from hsdesk.language.scope import Builder, Closure
    from hsdesk.language.tree import Node


def _position(builder: Builder, call: Call) -> Closure:
    """The place among the candidates of a predicate, else the node's place among the rows of its repeat.

    With an argument (`position(..)`): that node's place among its rows.
    """
    builder.findings.positional = True
    if call.arguments:
        nodes = builder.nodes(call.arguments[0])

        def of_argument(node: Node, env: Context) -> float:
            found = nodes(node, env)
            return float(found[0].index + 1) if found else 0.0

        return of_argument

    def own(node: Node, env: Context) -> float:
        return float(env.position or node.index + 1)

    return own


def _last(builder: Builder, call: Call) -> Closure:
    builder.findings.positional = True

    def last(node: Node, env: Context) -> float:
        if env.size:
            return float(env.size)
        return 1.0 if node.parent is None else float(len(node.parent.children.get(node.name, (node,))))

    return last


def _current(builder: Builder, call: Call) -> Closure:
    return lambda node, env: [] if env.node is None else [env.node]


def _instance(builder: Builder, call: Call) -> Closure:
    name = call.arguments[0]
    if isinstance(name, Constant):
        builder.findings.instances.add(to_text(name.value))
    named = builder.text(name)

    def instance(node: Node, env: Context) -> list[Any]:
        found = env.host.instance(named(node, env))
        if found is None:
            raise NotHeld(f"此处没有数据表 {named(node, env)} 。", call.column)
        return [found]

    return instance


def _indexed_repeat(builder: Builder, call: Call) -> Closure:
    """`indexed-repeat(answer, repeat, index, …)`: the answer in the row of that number (1 when it is
    below 1).
    """
    if len(call.arguments) % 2 == 0:
        raise ExpressionError("indexed-repeat() 的参数要成对：每个子表路径后面写它的行号。", call.column)
    target = _generic(builder, call.arguments[0])
    rows = {}
    for group, index in zip(call.arguments[1::2], call.arguments[2::2], strict=True):
        path = _generic(builder, group)
        if target[: len(path)] != path or len(path) >= len(target):
            raise ExpressionError("indexed-repeat() 的子表必须在栏目的上层。", call.column)
        rows[len(path) - 1] = builder.number(index)
    anchored = _shared(builder.origin or (), target[: min(rows)])
    builder.findings.positional = True
    builder.depend(target, anchored)
    origin = len(builder.origin or ())

    def indexed(node: Node, env: Context) -> list[Any]:
        chosen = {level: index(node, env) for level, index in rows.items()}
        return _pick(env, origin, anchored, target, chosen)

    return indexed


def _pick(
    env: Context, origin: int, anchored: int, target: tuple[str, ...], chosen: dict[int, float]
) -> list[Any]:
    here: Any = env.root
    level = 1
    if anchored and env.node is not None:
        here, level = env.node, anchored
        for _ in range(origin - anchored):
            here = here.parent
    for place in range(level, len(target)):
        found = here.children.get(target[place]) if here is not None else None
        wanted = chosen.get(place, 1.0)
        index = math.trunc(wanted) - 1 if 1 <= wanted < 1e9 else 0
        if found is None or index >= len(found):
            return []
        here = found[index]
    return [here] if here is not None and here.relevant else []


def _generic(builder: Builder, expr: Expr) -> tuple[str, ...]:
    path = generic_path(builder, expr)
    if path is None:
        raise ExpressionError("indexed-repeat() 这里要写栏目的路径。", getattr(expr, "column", 0))
    return path


def _shared(a: tuple[str, ...], b: tuple[str, ...]) -> int:
    count = 0
    while count < min(len(a), len(b)) and a[count] == b[count]:
        count += 1
    return count


def _randomize(builder: Builder, call: Call) -> Closure:
    """The nodes shuffled; the same seed gives the same order (Park–Miller and Fisher–Yates, as the ODK
    tools).
    """
    nodes = builder.nodes(call.arguments[0])
    if len(call.arguments) == 1:

        def shuffled(node: Node, env: Context) -> list[Any]:
            found = list(nodes(node, env))
            random.shuffle(found)
            return found

        return shuffled
    seed = builder.single(call.arguments[1])
    number = builder.calendar.number

    def seeded(node: Node, env: Context) -> list[Any]:
        value = seed(node, env)
        start = number(value)
        if math.isnan(start):
            start = _hashed(to_text(value)) if not builder.dialect.document else math.nan
        if math.isnan(start):
            raise ExpressionError("randomize() 的种子必须是数字。", call.column)
        return park_miller_shuffle(nodes(node, env), int(start) if math.isfinite(start) else 0)

    return seeded


def _hashed(text: str) -> float:
    digest = hashlib.sha256(text.encode(errors="surrogatepass")).digest()
    return float(int.from_bytes(digest[:8], "big", signed=True))


def park_miller_shuffle(nodes: list[Any], seed: int) -> list[Any]:
    """Shuffle with the minimal standard generator (16807, 2^31 - 1)."""
    state = int(math.fmod(seed, 2147483647))
    if state <= 0:
        state += 2147483646
    found = list(nodes)
    for place in range(len(found) - 1, 0, -1):
        state = state * 16807 % 2147483647
        other = int((state - 1) / 2147483646 * (place + 1))
        found[place], found[other] = found[other], found[place]
    return found


def _named(name: str, describe: Any) -> FunctionSpec:
    def build(builder: Builder, call: Call) -> Closure:
        if not call.arguments:

            def own(node: Node, env: Context) -> str:
                require_node(env, call)
                return str(describe(node))

            return own
        nodes = builder.nodes(call.arguments[0])

        def first(node: Node, env: Context) -> str:
            found = nodes(node, env)
            return str(describe(found[0])) if found else ""

        return first

    return FunctionSpec(name, 0, 1, "text", build, pure=False)


def _qualified(node: Node) -> str:
    prefix = node.prefix if isinstance(node, DocumentNode) else ""
    return f"{prefix}:{_local(node)}" if prefix else _local(node)


def _local(node: Node) -> str:
    unnamed = isinstance(node, DocumentNode) and node.kind in {"text", "comment", "document"}
    return "" if unnamed else node.name


def _uri(node: Node) -> str:
    return node.uri if isinstance(node, DocumentNode) else ""


def _count_non_empty(nodes: list[Any]) -> float:
    return float(sum(1 for node in nodes if node_value(node) != ""))


NODES = (
    simple("count", "s", "number", lambda nodes: float(len(nodes))),
    simple("count-non-empty", "s", "number", _count_non_empty),
    FunctionSpec("position", 0, 1, "number", _position, pure=False),
    FunctionSpec("last", 0, 0, "number", _last, pure=False),
    FunctionSpec("current", 0, 0, "nodes", _current, pure=False),
    FunctionSpec("instance", 1, 1, "nodes", _instance, pure=False),
    FunctionSpec("indexed-repeat", 3, 11, "nodes", _indexed_repeat, pure=False),
    FunctionSpec("randomize", 1, 2, "nodes", _randomize, pure=False, volatile=True),
    _named("name", _qualified),
    _named("local-name", _local),
    _named("namespace-uri", _uri),
)
