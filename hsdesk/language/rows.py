"""Rows of a register as the language sees them: column kinds, and predicates and scalars as closures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Literal

from hsdesk.language import compiler
from hsdesk.language.ast import Call, Expr, Path, walk
from hsdesk.language.calendar import LOCAL
from hsdesk.language.compiler import Compiled
from hsdesk.language.context import Context, SilentHost
from hsdesk.language.parser import parse
from hsdesk.language.problem import ExpressionError
from hsdesk.language.tree import Node
from hsdesk.model.answer import Value
from hsdesk.model.attachment import read_attachment

ColumnKind = Literal["text", "integer", "decimal", "date", "moment", "set", "file"]
Kinds = Mapping[str, ColumnKind]  # by column name as expressions write it (the storage key)
RowValues = Mapping[str, Value]

SYSTEM_KINDS: dict[str, ColumnKind] = {"_id": "text", "_place": "text", "_title": "text"}


class DayHost(SilentHost):
    """A host for predicates over rows: it knows the day, and nothing else."""

    def __init__(self, now: dt.datetime) -> None:
        self._now = now

    def now(self) -> dt.datetime:
        return self._now


def row_node(row: RowValues, kinds: Kinds) -> Node:
    """Return a row as a node with one child per column that is not empty."""
    node = Node("item")
    for name, value in row.items():
        if value in (None, "", ()):
            continue
        child = Node(name, _typed(value, kinds.get(name, "text")))
        child.parent = node
        node.children[name] = [child]
    return node


def _typed(value: Value, kind: ColumnKind) -> Any:
    if isinstance(value, tuple):
        return " ".join(value)
    if kind in {"date", "moment"} and isinstance(value, str):
        found = LOCAL.read(value)
        return value if found is None else found
    if kind == "file" and (attachment := read_attachment(value)):
        return attachment.name
    return value


def parsed(source: str, kinds: Kinds) -> Expr:
    """Parse an expression over rows. Raises ExpressionError, also for a column the register does not have."""
    expr = parse(source)
    for each in walk(expr):
        if isinstance(each, Path) and (name := own_column(each)) is not None and name not in kinds:
            raise ExpressionError(f"登记表没有栏目 {name} 。", each.column)
        if isinstance(each, Path) and each.start == "/":
            raise ExpressionError("这里只能写栏目名，不能写以 / 开头的路径。", each.column)
    return expr


def own_column(path: Path) -> str | None:
    """Return the column a path of one bare name stands for, else None."""
    step = path.steps[0] if len(path.steps) == 1 else None
    if path.start != "" or step is None or step.axis != "child" or step.predicates:
        return None
    return None if step.test == "*" or step.test.endswith(")") else step.test


def outer_column(path: Path) -> str | None:
    """Return x when a path is `current()/x`, else None."""
    if isinstance(path.start, Call) and path.start.name == "current" and not path.start.arguments:
        return own_column(Path("", path.steps))
    return None


class RowExpression:
    """An expression over the rows of a register, evaluated by closures."""

    def __init__(self, source: str, kinds: Kinds, now: dt.datetime | None = None) -> None:
        self.kinds = kinds
        self.compiled: Compiled = compiler.compile(parsed(source, kinds))
        self._context = Context(None, None, DayHost(now or dt.datetime.now().astimezone()))

    def holds(self, row: RowValues) -> bool:
        """Tell whether the expression is true for a row. Raises ExpressionError."""
        return self.compiled.boolean(self._at(row))

    def number(self, row: RowValues) -> float:
        """Return its number for a row, NaN when it is none."""
        return self.compiled.number(self._at(row))

    def text(self, row: RowValues) -> str:
        """Return its text for a row."""
        return self.compiled.string(self._at(row))

    def _at(self, row: RowValues) -> Context:
        node = row_node(row, self.kinds)
        self._context.node = self._context.root = node
        return self._context


def row_predicate(source: str, kinds: Kinds, now: dt.datetime | None = None) -> Callable[[RowValues], bool]:
    """Return a row predicate as a function of a row; an empty one holds for every row.

    >>> row_predicate("kind = 'C' and filed_on < '2026-01-01'", {"kind": "text", "filed_on": "date"})(
    ...     {"kind": "C", "filed_on": "2025-12-31"})
    True

    Raises ExpressionError.
    """
    return RowExpression(source, kinds, now).holds if source.strip() else lambda row: True
