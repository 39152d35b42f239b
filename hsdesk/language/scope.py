"""Where an expression stands while it is compiled, and what is learned about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, Protocol

import msgspec

from hsdesk.language.calendar import LOCAL, Calendar
from hsdesk.language.problem import ExpressionError

if TYPE_CHECKING:
    from hsdesk.language.aggregate_call import AggregateCall
    from hsdesk.language.ast import Expr
    from hsdesk.language.context import Context
    from hsdesk.language.tree import Node

    Closure = Callable[[Node, Context], Any]

ValueKind = Literal["number", "text", "truth", "nodes", "day", "any"]


class Dependency(msgspec.Struct, frozen=True, order=True, gc=False):
    """What an expression reads: an absolute generic path of the primary instance.

    The first `anchor` steps are the context node's own ancestors (its own rows); below them every row counts.
    A step `*` stands for any name, `**` (last) for everything below.
    """

    path: tuple[str, ...]
    anchor: int = 0


class Scope(msgspec.Struct, frozen=True):
    """The generic path of the context node.

    `path` None: unknown. `instance` is the secondary instance in whose items we stand ("" for the
    primary). The first `anchor` steps are ancestors of the node the whole expression belongs to.
    """

    path: tuple[str, ...] | None = None
    instance: str = ""
    anchor: int = 0


class Findings:
    """What compiling one expression has found out; filled by one builder."""

    def __init__(self) -> None:
        self.dependencies: set[Dependency] = set()
        self.instances: set[str] = set()
        self.functions: set[str] = set()
        self.translations: set[str] = set()
        self.volatile = False
        self.positional = False
        self.problems: list[ExpressionError] = []
        self.figures: list[AggregateCall] = []


class Dialect(msgspec.Struct, frozen=True):
    """Which of the engines' readings holds.

    A form follows JavaRosa: an empty node-set is "", paths are tied to the own rows, days are whole and
    local. A document follows XPath 1.0 as the web engines do: an empty node-set equals nothing, a
    node-set is true when it has nodes, days are counted in UTC, a pattern may match a part, and "TRUE" is
    not true.
    """

    calendar: Calendar = LOCAL
    document: bool = False
    registers: frozenset[str] = frozenset()  # instances whose aggregates the host answers


FORM = Dialect()


class Builder(Protocol):
    """What turns the pieces of one expression into closures `(context node, Context) -> value`.

    Functions, operators and paths are compiled through it, because each holds further expressions.
    """

    origin: tuple[str, ...] | None  # the generic path of the node the whole expression belongs to
    scope: Scope
    dialect: Dialect
    calendar: Calendar
    findings: Findings

    def within(self, scope: Scope) -> Builder:
        """Return a builder for the predicates of a step, where another node is the context node."""
        ...

    def depend(self, path: tuple[str, ...], anchor: int) -> None:
        """Note that the expression reads an absolute generic path."""
        ...

    def kind(self, expr: Expr) -> ValueKind:
        """Return what an expression gives, as far as its form tells."""
        ...

    def is_constant(self, expr: Expr) -> bool:
        """Tell whether an expression reads nothing and calls only pure functions."""
        ...

    def value(self, expr: Expr) -> Closure:
        """Return a closure giving the natural value: text, number, truth, day, moment or list of nodes."""
        ...

    def nodes(self, expr: Expr) -> Closure:
        """Return a closure giving a list of nodes; it raises when the value is none."""
        ...

    def seek(self, expr: Expr) -> Closure | None:
        """Return the seeker of a plain path (None, one node, or a list of several), else None."""
        ...

    def single(self, expr: Expr) -> Closure:
        """Return a closure giving one typed value, of a node-set its first node's ("" when empty)."""
        ...

    def text(self, expr: Expr) -> Closure:
        """Return a closure giving the string-value."""
        ...

    def number(self, expr: Expr) -> Closure:
        """Return a closure giving a float."""
        ...

    def truth(self, expr: Expr) -> Closure:
        """Return a closure giving a bool."""
        ...

    def converted(self, letter: str, expr: Expr) -> Closure:
        """Return a closure for an argument of the shape `letter` (see functions.spec.simple)."""
        ...
