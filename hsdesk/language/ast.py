"""The tree of a parsed expression: frozen, with the place of each piece in the text.

`gc=False`: the tree has no cycles, and a form has tens of thousands of pieces that the collector may skip.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

Axis = Literal[
    "child", "parent", "self", "attribute", "descendant", "descendant-or-self", "ancestor",
    "ancestor-or-self", "following-sibling", "preceding-sibling", "following", "preceding", "namespace",
]  # fmt: skip


class Constant(msgspec.Struct, frozen=True, gc=False):
    """A text or number written in the expression."""

    value: str | float
    column: int = 0


class Binary(msgspec.Struct, frozen=True, gc=False):
    """`left op right`; `op` is one of = != < <= > >= + - * div mod |."""

    op: str
    left: Expr
    right: Expr
    column: int = 0


class Logic(msgspec.Struct, frozen=True, gc=False):
    """A chain of `and` or of `or`."""

    op: Literal["and", "or"]
    parts: tuple[Expr, ...]
    column: int = 0


class Negation(msgspec.Struct, frozen=True, gc=False):
    """`-operand`."""

    operand: Expr
    column: int = 0


class Call(msgspec.Struct, frozen=True, gc=False):
    """`name(arguments)`; `name` keeps its prefix (`jr:itext`)."""

    name: str
    arguments: tuple[Expr, ...]
    column: int = 0


class PathStep(msgspec.Struct, frozen=True, gc=False):
    """One step of a path. `test` is a local name, `*`, `node()`, `text()`, `comment()` or
    `processing-instruction()`; `prefix` the name's prefix as written."""

    axis: Axis
    test: str
    predicates: tuple[Expr, ...] = ()
    prefix: str = ""
    column: int = 0


class Path(msgspec.Struct, frozen=True, gc=False):
    """A location path. `start` is "/" (absolute), "" (relative), or the expression before the first `/`."""

    start: Expr | Literal["/", ""]
    steps: tuple[PathStep, ...]
    column: int = 0


class Filter(msgspec.Struct, frozen=True, gc=False):
    """`(subject)[predicate]…`."""

    subject: Expr
    predicates: tuple[Expr, ...]
    column: int = 0


Expr = Constant | Binary | Logic | Negation | Call | Path | Filter


def inner(expr: Expr) -> tuple[Expr, ...]:
    """Return the expressions directly inside one, in reading order."""
    found: tuple[Expr, ...] = ()
    match expr:
        case Binary():
            found = (expr.left, expr.right)
        case Logic():
            found = expr.parts
        case Negation():
            found = (expr.operand,)
        case Call():
            found = expr.arguments
        case Filter():
            found = (expr.subject, *expr.predicates)
        case Path():
            start = () if isinstance(expr.start, str) else (expr.start,)
            found = (*start, *(each for step in expr.steps for each in step.predicates))
    return found


def walk(expr: Expr) -> Iterator[Expr]:
    """Yield an expression and all inside it, in reading order (no recursion: chains may be long)."""
    waiting = [expr]
    while waiting:
        here = waiting.pop()
        yield here
        waiting.extend(reversed(inner(here)))


def instance_name(start: object) -> str | None:
    """Return x when a path starts with `instance('x')`, else None."""
    if isinstance(start, Call) and start.name == "instance" and len(start.arguments) == 1:
        name = start.arguments[0]
        if isinstance(name, Constant):
            return str(name.value)
    return None


def is_current(start: object) -> bool:
    """Tell whether a path starts with `current()`."""
    return isinstance(start, Call) and start.name == "current" and not start.arguments
