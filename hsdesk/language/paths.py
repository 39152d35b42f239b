"""Location paths → closures.

A *plain* path (names, `.`, `..`; no predicates) becomes a *seeker*: it returns None, one node, or a list
of two or more, so that the common case allocates nothing. Everything else becomes a function returning a
list.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hsdesk.language.ast import Expr, Path, PathStep, instance_name, is_current
from hsdesk.language.axes import REVERSE, along, in_document_order
from hsdesk.language.document import DocumentNode
from hsdesk.language.path_steps import current_seeker, relative_seeker, root_seeker
from hsdesk.language.predicates import narrowed
from hsdesk.language.problem import ExpressionError, NotHeld
from hsdesk.language.scope import Scope
from hsdesk.language.tree import Node

if TYPE_CHECKING:
    from hsdesk.language.context import Context
    from hsdesk.language.scope import Builder, Closure


class Route:
    """A path cut into the plain part that a seeker does and the steps after it."""

    __slots__ = ("_document", "names", "rest", "start", "ups")

    def __init__(self, path: Path, *, document: bool = False) -> None:
        self._document = document  # names have namespaces there: no shortcuts
        self.start = path.start
        self.ups = 0
        self.names: list[str] = []
        place = 0
        for place, step in enumerate(path.steps):  # noqa: B007 (place is read after the loop)
            if not self._takes(step):
                break
        else:
            place = len(path.steps)
        self.rest = path.steps[place:]

    def _takes(self, step: PathStep) -> bool:
        if step.predicates or self._document:
            return False
        if step.axis == "child" and step.test != "*" and not step.test.endswith(")"):
            self.names.append(step.test)
            return True
        if step.test != "node()" or step.axis not in {"self", "parent"}:
            return False
        if step.axis == "parent":
            if self.names:
                self.names.pop()
            elif self.start == "/":
                return False
            else:
                self.ups += 1
        return True


def seeker(builder: Builder, path: Path) -> Closure | None:
    """Return the seeker of a plain path, or None when the path needs more."""
    route = Route(path, document=builder.dialect.document)
    if route.rest or not (isinstance(route.start, str) or is_current(route.start)):
        return None
    if route.start == "/" and not route.names:
        return None
    return _seek(builder, route)


def _seek(builder: Builder, route: Route) -> Closure:
    scope = builder.scope
    in_instance = bool(scope.instance)
    original = builder.origin if in_instance else scope.path
    names = tuple(route.names)
    if route.start == "/":
        if original is None:
            return root_seeker(names)
        shared = _shared(original, names)
        builder.depend(names, shared if in_instance else min(shared, scope.anchor))
        if shared == 0:
            return root_seeker(names)
        seek = current_seeker if in_instance else relative_seeker
        return seek(len(original) - shared, names[shared:])
    current = is_current(route.start)
    seek = current_seeker if current else relative_seeker
    base = builder.origin if current else scope.path
    if base is None or (in_instance and not current) or route.ups > len(base):
        return seek(route.ups, names)
    target = (*base[: len(base) - route.ups], *names)
    shared = _shared(base, target)
    builder.depend(target, shared if current else min(shared, scope.anchor))
    if shared == 0:
        return root_seeker(target)
    return seek(len(base) - shared, target[shared:])


def _shared(context: tuple[str, ...], target: tuple[str, ...]) -> int:
    count = 0
    for mine, theirs in zip(context, target, strict=False):
        if mine != theirs:
            break
        count += 1
    return count


def listing(builder: Builder, path: Path) -> Closure:
    """Return a closure giving a path's relevant nodes as a list, in document order."""
    route = Route(path, document=builder.dialect.document)
    start, scope = _start(builder, route)
    if not route.rest:
        return _only_relevant(start)
    steps = []
    for step in route.rest:
        step_scope = _after(builder, scope, step)
        steps.append(_step(builder, step, step_scope))
        scope = step_scope
    if scope.path is not None and not scope.instance:
        builder.depend(scope.path, scope.anchor)
    return _only_relevant(_walk(start, steps))


def _walk(start: Closure, steps: list[Callable[[list[Any], Context], list[Any]]]) -> Closure:
    if len(steps) == 1:
        only = steps[0]
        return lambda node, env: only(start(node, env), env)

    def walk(node: Node, env: Context) -> list[Any]:
        nodes: list[Any] = start(node, env)
        for step in steps:
            if not nodes:
                break
            nodes = step(nodes, env)
        return nodes

    return walk


def _only_relevant(every: Closure) -> Closure:
    def relevant(node: Node, env: Context) -> list[Any]:
        nodes: list[Any] = every(node, env)
        for each in nodes:
            if not each.relevant:
                return [one for one in nodes if one.relevant]
        return nodes

    return relevant


def _start(builder: Builder, route: Route) -> tuple[Closure, Scope]:
    """Return a closure for the list a path's remaining steps start from, and the scope there."""
    scope = builder.scope
    if isinstance(route.start, str) or is_current(route.start):
        if route.start == "/" and not route.names:
            return _document, Scope(() if builder.origin is not None else None, anchor=0)
        seek = _seek(builder, route)
        return _listed(seek), _scope_at(builder, route)
    name = instance_name(route.start)
    if name is not None:
        builder.findings.instances.add(name)
        below = _descend(_instance(name), route)
        return below, Scope(tuple(route.names), name)
    subject = builder.nodes(route.start)
    return _descend(subject, route), Scope(None, scope.instance)


def _scope_at(builder: Builder, route: Route) -> Scope:
    scope = builder.scope
    own = is_current(route.start) or (route.start == "/" and bool(scope.instance))
    base = builder.origin if own else scope.path
    instance = "" if own or route.start == "/" else scope.instance
    if base is None or route.ups > len(base):
        return Scope(None, instance)
    kept = () if route.start == "/" else base[: len(base) - route.ups]
    path = (*kept, *route.names)
    shared = _shared(base, path)
    return Scope(path, instance, shared if own else min(shared, scope.anchor))


def _document(node: Node, env: Context) -> list[Any]:
    root = env.root
    if root is None:
        return []
    if root.parent is not None:
        return [root.parent]
    above = Node("")
    above.children[root.name] = [root]
    return [above]


def _listed(seek: Closure) -> Closure:
    def listed(node: Node, env: Context) -> list[Any]:
        found = seek(node, env)
        if found is None:
            return []
        return found if type(found) is list else [found]

    return listed


def _instance(name: str) -> Closure:
    def instance(node: Node, env: Context) -> list[Any]:
        found = env.host.instance(name)
        if found is None:
            raise NotHeld(f"此处没有数据表 {name} 。")
        return [found]

    return instance


def _descend(subject: Closure, route: Route) -> Closure:
    ups, names = route.ups, tuple(route.names)

    def descend(node: Node, env: Context) -> list[Any]:
        nodes: list[Any] = subject(node, env)
        for _ in range(ups):
            nodes = in_document_order(each.parent for each in nodes if each.parent is not None)
        for name in names:
            nodes = [child for each in nodes for child in each.children.get(name, ())]
        return nodes

    return descend


def _after(builder: Builder, scope: Scope, step: PathStep) -> Scope:
    path = scope.path
    if path is None:
        return scope
    match step.axis:
        case "child":
            path = (*path, "*" if step.test.endswith(")") else step.test)
        case "self" | "attribute" | "namespace":
            pass
        case "parent":
            path = path[:-1] or ("**",)
        case "descendant" | "descendant-or-self":
            path = (*path, "**")
        case _:
            path = (*path[:1], "**")
    return Scope(path, scope.instance, min(scope.anchor, len(path)))


def _step(builder: Builder, step: PathStep, scope: Scope) -> Callable[[list[Any], Context], list[Any]]:
    if step.axis == "namespace" and step.prefix:
        raise ExpressionError("不支持这种路径。", step.column)
    reach = along(step)
    orderly = step.axis in {"child", "self", "attribute"}
    narrow = narrowed(builder, step, scope)

    def take(nodes: list[Any], env: Context) -> list[Any]:
        if len(nodes) == 1:
            found = reach(nodes[0])
            if narrow is not None:
                found = narrow(found, env)
            return found[::-1] if step.axis in REVERSE else found
        gathered: list[Any] = []
        for each in nodes:
            found = reach(each)
            gathered.extend(found if narrow is None else narrow(found, env))
        return gathered if orderly and not _nested(nodes) else in_document_order(gathered)

    return take


def _nested(nodes: list[Any]) -> bool:
    """Tell whether starting nodes may lie inside each other (after `//`): then results must be sorted."""
    return len(nodes) > 1 and isinstance(nodes[0], DocumentNode)


def generic_path(builder: Builder, expr: Expr) -> tuple[str, ...] | None:
    """Return the absolute generic path that a plain path names, or None."""
    if not isinstance(expr, Path):
        return None
    route = Route(expr)
    if route.rest or not (isinstance(route.start, str) or is_current(route.start)):
        return None
    if route.start == "/":
        return tuple(route.names)
    return _scope_at(builder, route).path
