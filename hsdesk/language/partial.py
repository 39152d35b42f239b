"""What an expression comes to when only some of what it reads is known: for looking at a form ahead of use.

The rules are those of the closures; whatever they do not decide from the known pieces alone is `UNKNOWN`. A
register that is not held makes an expression fail (此处不知), as `NotHeld` does: that is `UNHELD`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from typing import Protocol

from hsdesk.language.ast import Binary, Call, Constant, Expr, Filter, Logic, Path, instance_name, walk
from hsdesk.language.calendar import LOCAL
from hsdesk.language.compare import ORDERS, equal, in_order
from hsdesk.language.values import to_truth


class Open(Enum):
    """What is not known ahead."""

    UNKNOWN = "unknown"
    UNHELD = "unheld"


UNKNOWN, UNHELD = Open.UNKNOWN, Open.UNHELD
Outcome = str | float | bool | Open


class Reading(Protocol):
    """What is known ahead."""

    def value(self, path: Path) -> str | Open:
        """Return what a path holds."""
        ...

    def holds(self, instance: str) -> bool:
        """Tell whether a secondary instance is there at all."""
        ...


def partly(expr: Expr, known: Reading) -> Outcome:
    """Return what an expression comes to."""
    match expr:
        case Constant():
            return expr.value
        case Logic():
            return _logic(expr, known)
        case Binary():
            return _compared(expr, known)
        case Path():
            return UNHELD if _is_unheld(expr, known) else known.value(expr)
        case Call():
            return _called(expr, known)
        case _:
            return UNHELD if _is_unheld(expr, known) else UNKNOWN


def truth(outcome: Outcome) -> bool | Open:
    """Return an outcome as a truth."""
    return outcome if isinstance(outcome, Open) else to_truth(outcome)


def _logic(expr: Logic, known: Reading) -> bool | Open:
    """Return a chain of `and` or `or`: what decides it decides wherever it stands, as no part has effects."""
    deciding = expr.op == "or"
    met: bool | Open = not deciding
    for part in expr.parts:
        one = truth(partly(part, known))
        if one is deciding:
            return deciding if met is not UNHELD else UNHELD
        if isinstance(one, Open) and not (deciding and met is UNKNOWN):
            met = one if met is not UNHELD else UNHELD
    return met


def _compared(expr: Binary, known: Reading) -> Outcome:
    left, right = partly(expr.left, known), partly(expr.right, known)
    if UNHELD in (left, right):
        return UNHELD
    if isinstance(left, Open) or isinstance(right, Open):
        return UNKNOWN
    if expr.op in ("=", "!="):
        return equal(left, right, LOCAL) is (expr.op == "=")
    order = ORDERS.get(expr.op)
    return UNKNOWN if order is None else in_order(left, right, order, LOCAL)


def _called(expr: Call, known: Reading) -> Outcome:
    arguments = [partly(one, known) for one in expr.arguments]
    rule = _RULES.get((expr.name, len(arguments)))
    if expr.name == "if" and len(arguments) == 3:
        return _either(truth(arguments[0]), arguments[1], arguments[2])
    if UNHELD in arguments:
        return UNHELD
    if rule is None or any(isinstance(one, Open) for one in arguments):
        return UNKNOWN
    return rule(arguments)


def _either(condition: bool | Open, one: Outcome, other: Outcome) -> Outcome:
    if isinstance(condition, Open):
        return one if one == other and type(one) is type(other) else condition
    return one if condition else other


def _is_unheld(expr: Path | Filter | Expr, known: Reading) -> bool:
    paths: Iterable[Path] = (each for each in walk(expr) if isinstance(each, Path))
    named = (instance_name(each.start) for each in paths)
    return any(name is not None and not known.holds(name) for name in named)


_RULES: dict[tuple[str, int], Callable[[list[Outcome]], Outcome]] = {
    ("true", 0): lambda _: True,
    ("false", 0): lambda _: False,
    ("not", 1): lambda given: truth(given[0]) is False,
    ("boolean", 1): lambda given: truth(given[0]),
    ("string", 1): lambda given: given[0] if isinstance(given[0], str) else UNKNOWN,
    ("selected", 2): lambda given: str(given[1]) in str(given[0]).split(),
    ("starts-with", 2): lambda given: str(given[0]).startswith(str(given[1])),
    ("string-length", 1): lambda given: float(len(str(given[0]))),
}
