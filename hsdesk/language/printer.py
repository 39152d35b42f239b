"""AST → text: the shortest plain writing of an expression that parses to the same tree."""

from __future__ import annotations

from hsdesk.language.ast import Binary, Call, Constant, Expr, Filter, Logic, Negation, Path, PathStep
from hsdesk.language.problem import ExpressionError
from hsdesk.language.values import number_text

_POWER = {
    "or": 1, "and": 2, "=": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4, "+": 5, "-": 5,
    "*": 6, "div": 6, "mod": 6, "|": 8,
}  # fmt: skip


def write(expr: Expr) -> str:
    """Write an expression as text.

    >>> from hsdesk.language.parser import parse
    >>> write(parse("(1+2)*../年龄 [ . > 3 ]"))
    '(1 + 2) * ../年龄[. > 3]'

    Raises ExpressionError for a text that holds both kinds of quotes: the language cannot write it.
    """
    match expr:
        case Constant():
            return number_text(expr.value) if isinstance(expr.value, float) else quoted(expr.value)
        case Binary():
            return _binary(expr)
        case Logic():
            power = _POWER[expr.op]
            return f" {expr.op} ".join(_within(part, power + 1) for part in expr.parts)
        case Negation():
            return f"-{_within(expr.operand, 7)}"
        case Call():
            return f"{expr.name}({', '.join(map(write, expr.arguments))})"
        case _:
            return _location(expr)


def _location(expr: Path | Filter) -> str:
    if isinstance(expr, Filter):
        return _within(expr.subject, 9) + _predicates(expr.predicates)
    steps = "/".join(map(_step, expr.steps)).replace("/\0/", "//")
    if isinstance(expr.start, str):
        return (expr.start + steps).replace("/\0/", "//")
    return f"{_within(expr.start, 9)}/{steps}".replace("/\0/", "//")


def quoted(text: str) -> str:
    """Return a text as a literal. Raises ExpressionError when it holds both kinds of quotes."""
    if "'" not in text:
        return f"'{text}'"
    if '"' not in text:
        return f'"{text}"'
    raise ExpressionError("文字里同时有单引号和双引号，写不进表达式。")


def _binary(expr: Binary) -> str:
    spine: list[Binary] = []
    here: Expr = expr
    while isinstance(here, Binary) and _POWER[here.op] >= _POWER[expr.op]:
        spine.append(here)
        if not isinstance(here.left, Binary) or _POWER[here.left.op] < _POWER[here.op]:
            break
        here = here.left
    last = spine[-1]
    text = _within(last.left, _POWER[last.op])
    for each in reversed(spine):
        text += f" {each.op} {_within(each.right, _POWER[each.op] + 1)}"
    return text


def _within(expr: Expr, power: int) -> str:
    own = 9
    if isinstance(expr, Binary | Logic):
        own = _POWER[expr.op]
    elif isinstance(expr, Negation) or (isinstance(expr, Constant) and str(expr.value).startswith("-")):
        own = 7
    return write(expr) if own >= power else f"({write(expr)})"


def _step(step: PathStep) -> str:
    if step.axis == "descendant-or-self" and step.test == "node()" and not step.predicates:
        return "\0"
    if step.test == "node()" and step.axis in {"self", "parent"}:
        name = "." if step.axis == "self" else ".."
    else:
        test = f"{step.prefix}:{step.test}" if step.prefix else step.test
        name = {"child": "", "attribute": "@"}.get(step.axis, f"{step.axis}::") + test
    return name + _predicates(step.predicates)


def _predicates(predicates: tuple[Expr, ...]) -> str:
    return "".join(f"[{write(each)}]" for each in predicates)
