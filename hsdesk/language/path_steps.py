"""Seekers: closures that find the nodes of a plain path without making lists.

A seeker returns None, one relevant node, or a list of two or more relevant nodes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hsdesk.language.context import Context
    from hsdesk.language.scope import Closure
    from hsdesk.language.tree import Node


def relative_seeker(ups: int, names: tuple[str, ...]) -> Closure:
    """Climb `ups` parents from the context node, then go down by name."""
    if not names:
        return _ancestor(ups)
    if len(names) == 1:
        return _relation(ups, names[0])

    def seek(node: Node, env: Context) -> Any:
        here: Any = node
        for _ in range(ups):
            here = here.parent
            if here is None:
                return None
        return descend(here, names)

    return seek


def _ancestor(ups: int) -> Closure:
    if ups == 0:
        return lambda node, env: node if node.relevant else None

    def seek(node: Node, env: Context) -> Any:
        here: Any = node
        for _ in range(ups):
            here = here.parent
            if here is None:
                return None
        return here if here.relevant else None

    return seek


def _relation(ups: int, name: str) -> Closure:
    return _sibling(name) if ups == 1 else _cousin(ups, name)


def _sibling(name: str) -> Closure:
    def sibling(node: Node, env: Context) -> Any:
        parent = node.parent
        found = None if parent is None else parent.children.get(name)
        if found is None:
            return None
        if len(found) == 1:
            only = found[0]
            return only if only.relevant else None
        return _compact(found)

    return sibling


def _cousin(ups: int, name: str) -> Closure:
    def cousin(node: Node, env: Context) -> Any:
        here: Any = node
        for _ in range(ups):
            here = here.parent
            if here is None:
                return None
        found = here.children.get(name)
        if found is None:
            return None
        if len(found) == 1:
            only = found[0]
            return only if only.relevant else None
        return _compact(found)

    return cousin


def current_seeker(ups: int, names: tuple[str, ...]) -> Closure:
    """Return a seeker like `relative_seeker` that starts from `current()`."""
    seek = relative_seeker(ups, names)
    return lambda node, env: None if env.node is None else seek(env.node, env)


def descend(here: Any, names: tuple[str, ...]) -> Any:
    """Go down by name from one node; see the module for what is returned."""
    for place, name in enumerate(names):
        found = here.children.get(name)
        if found is None:
            return None
        if len(found) > 1:
            return _widen(found, names[place + 1 :])
        here = found[0]
    return here if here.relevant else None


def _widen(nodes: list[Any], names: tuple[str, ...]) -> Any:
    for name in names:
        nodes = [child for node in nodes for child in node.children.get(name, ())]
    return _compact(nodes)


def _compact(nodes: list[Any]) -> Any:
    relevant = [node for node in nodes if node.relevant]
    if len(relevant) > 1:
        return relevant
    return relevant[0] if relevant else None


def root_seeker(names: tuple[str, ...]) -> Closure:
    """Go down from the root element. A node that can have no siblings is remembered per tree."""
    top, below = (names[0], names[1:]) if names else ("", ())
    known_root: Any = None
    known: Any = None

    def seek(node: Node, env: Context) -> Any:
        nonlocal known_root, known
        root = env.root
        if root is None:
            return None
        if root is known_root:
            return known if known.relevant else None
        if root.name != top:
            return None
        fixed = _fixed(root, below)
        if fixed is None:
            return descend(root, below)
        known_root, known = root, fixed
        return fixed if fixed.relevant else None

    return seek


def _fixed(root: Any, names: tuple[str, ...]) -> Any:
    here = root
    for name in names:
        found = here.children.get(name)
        if found is None or len(found) != 1 or found[0].repeat:
            return None
        here = found[0]
    return here
