"""The axes of XPath over both kinds of tree, and document order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from hsdesk.language.ast import PathStep
from hsdesk.language.document import DocumentNode
from hsdesk.language.tree import Node

_PREFIXES = {
    "h": "http://www.w3.org/1999/xhtml",
    "xhtml": "http://www.w3.org/1999/xhtml",
    "jr": "http://openrosa.org/javarosa",
    "orx": "http://openrosa.org/xforms",
    "odk": "http://www.opendatakit.org/xforms",
    "xf": "http://www.w3.org/2002/xforms",
}
_UNPREFIXED = frozenset({"", "http://www.w3.org/2002/xforms"})
REVERSE = frozenset({"ancestor", "ancestor-or-self", "preceding", "preceding-sibling"})


def content(node: Node) -> list[Any]:
    """Return the child nodes of every kind in document order."""
    if isinstance(node, DocumentNode):
        return node.content
    return [child for siblings in node.children.values() for child in siblings]


def _below(node: Node) -> Iterator[Node]:
    waiting = list(reversed(content(node)))
    while waiting:
        here = waiting.pop()
        yield here
        waiting.extend(reversed(content(here)))


def _above(node: Node) -> Iterator[Node]:
    here = node.parent
    while here is not None:
        yield here
        here = here.parent


def _after(node: Node) -> list[Any]:
    return _siblings(node)[1]


def _before(node: Node) -> list[Any]:
    return _siblings(node)[0][::-1]


def _siblings(node: Node) -> tuple[list[Any], list[Any]]:
    if node.parent is None:
        return [], []
    family = content(node.parent)
    for place, each in enumerate(family):
        if each is node:
            return family[:place], family[place + 1 :]
    return [], []  # an attribute has no siblings


def _following(node: Node) -> Iterator[Node]:
    for here in (node, *_above(node)):
        for sibling in _after(here):
            yield sibling
            yield from _below(sibling)


def _preceding(node: Node) -> Iterator[Node]:
    for here in (node, *_above(node)):
        for sibling in _before(here):
            yield from reversed(list(_below(sibling)))
            yield sibling


def _attributes(node: Node) -> list[Any]:
    return node.attributes if isinstance(node, DocumentNode) else []


def _namespaces(node: Node) -> list[Any]:
    return node.namespaces() if isinstance(node, DocumentNode) else []


_AXES: dict[str, Callable[[Node], Iterable[Any]]] = {
    "child": content,
    "parent": lambda node: [] if node.parent is None else [node.parent],
    "self": lambda node: [node],
    "attribute": _attributes,
    "namespace": _namespaces,
    "descendant": _below,
    "descendant-or-self": lambda node: (node, *_below(node)),
    "ancestor": _above,
    "ancestor-or-self": lambda node: (node, *_above(node)),
    "following-sibling": _after,
    "preceding-sibling": _before,
    "following": _following,
    "preceding": _preceding,
}


def along(step: PathStep) -> Callable[[Node], list[Any]]:
    """Return a function from a node to the nodes a step reaches from it, in the axis's order."""
    axis = _AXES[step.axis]
    if step.axis == "child" and step.test != "*" and not step.test.endswith(")"):
        name, prefix = step.test, step.prefix
        return lambda node: [
            each
            for each in node.children.get(name, ())
            if each.__class__ is Node or _in_namespace(each, prefix)
        ]
    accepts = _test(step)
    return lambda node: [each for each in axis(node) if accepts(each)]


def _test(step: PathStep) -> Callable[[Any], bool]:
    principal = {"attribute": "attribute", "namespace": "namespace"}.get(step.axis, "element")
    match step.test:
        case "node()":
            return lambda node: True
        case "text()" | "comment()" | "processing-instruction()":
            kind = step.test[:-2]
            return lambda node: kind_of(node) == kind
        case "*":
            return lambda node: kind_of(node) == principal
        case name:
            prefix = step.prefix
            return lambda node: (
                node.name == name and kind_of(node) == principal and _in_namespace(node, prefix)
            )


def _in_namespace(node: Any, prefix: str) -> bool:
    """An unprefixed name means an element of no namespace or of the XForms one; answers have no
    namespaces.
    """
    if not isinstance(node, DocumentNode) or node.prefix == prefix:
        return not isinstance(node, DocumentNode) or bool(prefix) or node.uri in _UNPREFIXED
    return bool(prefix) and node.uri == (_PREFIXES.get(prefix) or node.uri_of(prefix))


def kind_of(node: Node) -> str:
    """Return element, attribute, text, comment, processing-instruction, namespace or document."""
    return node.kind if isinstance(node, DocumentNode) else "element"


def in_document_order(nodes: Iterable[Any]) -> list[Any]:
    """Return nodes once each, in document order."""
    unique = {id(node): node for node in nodes}
    if len(unique) < 2:
        return list(unique.values())
    return sorted(unique.values(), key=_place)


def _place(node: Node) -> list[tuple[int, int]]:
    place: list[tuple[int, int]] = []
    here = node
    while here.parent is not None:
        place.append(_place_among_siblings(here))
        here = here.parent
    place.reverse()
    return place


def _place_among_siblings(node: Node) -> tuple[int, int]:
    if isinstance(node, DocumentNode):
        return (node.ordinal, 0)
    for place, name in enumerate(node.parent.children):
        if name == node.name:
            return (place, node.index)
    return (0, 0)
