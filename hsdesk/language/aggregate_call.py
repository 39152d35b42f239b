"""A count or sum over a register as it stands inside an expression, before the form's answers are put in."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from hsdesk.language.aggregate import Aggregate, Measure
from hsdesk.language.ast import Binary, Call, Constant, Expr, Logic, Negation, Path
from hsdesk.language.printer import write
from hsdesk.language.values import Value, to_text


class AggregateCall(msgspec.Struct, frozen=True):
    """An aggregate whose predicate still holds paths into the form that asks: `outside` lists them in
    order.
    """

    register: str
    agg: Measure
    where: Expr | None
    of: Expr | None
    outside: tuple[Path, ...]

    def query(self, values: tuple[Value, ...] = ()) -> Aggregate:
        """Return the struct, with the values of the outside paths written in.

        Raises ExpressionError when a value cannot be written as a literal.
        """
        known = dict(zip(self.outside, values, strict=True))
        where = "" if self.where is None else write(_replaced(self.where, known))
        return Aggregate(self.register, where, agg=self.agg, of="" if self.of is None else write(self.of))


def _replaced(expr: Expr, known: Mapping[Path, Value]) -> Expr:
    match expr:
        case Path() if expr in known:
            value = known[expr]
            return Constant(float(value) if isinstance(value, int | float) else to_text(value))
        case Binary():
            return Binary(expr.op, _replaced(expr.left, known), _replaced(expr.right, known))
        case Logic():
            return Logic(expr.op, tuple(_replaced(part, known) for part in expr.parts))
        case Negation():
            return Negation(_replaced(expr.operand, known))
        case Call():
            return Call(expr.name, tuple(_replaced(each, known) for each in expr.arguments))
        case _:
            return expr
