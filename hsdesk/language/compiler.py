"""AST → closures: one Python function per piece, made once and called at every answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hsdesk.language import operators
from hsdesk.language.aggregate_calls import aggregate_closure
from hsdesk.language.ast import Binary, Call, Constant, Expr, Filter, Logic, Negation, Path, inner
from hsdesk.language.compare import scalar
from hsdesk.language.context import Context
from hsdesk.language.functions.catalogue import FUNCTIONS, nearest
from hsdesk.language.parser import parse
from hsdesk.language.paths import listing, seeker
from hsdesk.language.predicates import narrower
from hsdesk.language.problem import ExpressionError
from hsdesk.language.scope import FORM, Dependency, Dialect, Findings, Scope, ValueKind
from hsdesk.language.tree import Node
from hsdesk.language.values import Value, to_text, to_truth

if TYPE_CHECKING:
    from hsdesk.language.scope import Closure

_NOWHERE = Node("")
_KINDS: dict[type, ValueKind] = {Logic: "truth", Negation: "number", Path: "nodes", Filter: "nodes"}


class Compiled:
    """An expression ready to be evaluated, and what it reads. Made by `compile`."""

    __slots__ = (
        "_boolean", "_dialect", "_expr", "_nodes", "_number", "_path", "_string", "_value",
        "constant", "dependencies", "figures", "functions", "instances", "positional", "source",
        "translations", "volatile",
    )  # fmt: skip

    def __init__(self, source: str, expr: Expr, builder: ClosureBuilder) -> None:
        self.source = source
        self._expr = expr
        self._path = builder.origin
        self._dialect = builder.dialect
        self._value = builder.value(expr)
        kind = builder.kind(expr)
        self._boolean: Closure | None = self._value if kind == "truth" else None
        self._number: Closure | None = self._value if kind == "number" else None
        self._string: Closure | None = self._value if kind == "text" else None
        self._nodes: Closure | None = None
        found = builder.findings
        self.dependencies: tuple[Dependency, ...] = tuple(sorted(found.dependencies))
        self.instances = frozenset(found.instances)
        self.functions = frozenset(found.functions)
        self.translations = frozenset(found.translations)
        self.volatile = found.volatile
        self.positional = found.positional
        self.figures = tuple(found.figures)
        self.constant: Value | None = expr_constant(builder, expr)

    def _again(self) -> ClosureBuilder:
        return ClosureBuilder(self._path, self._dialect)

    def evaluate(self, ctx: Context) -> Any:
        """Return text, float, bool, date, datetime, or list[Node]. Raises ExpressionError."""
        ctx.steps = 0
        found = self._value(ctx.node or _NOWHERE, ctx)
        return float(found) if type(found) is int else found

    def boolean(self, ctx: Context) -> bool:
        """Return the value as a truth value."""
        closure = self._boolean
        if closure is None:
            closure = self._boolean = self._again().truth(self._expr)
        ctx.steps = 0
        return closure(ctx.node or _NOWHERE, ctx)  # type: ignore[no-any-return]

    def holds_at(self, node: Node, ctx: Context) -> bool:
        """Return the truth value at another context node; `current()` stays `ctx.node`."""
        closure = self._boolean
        if closure is None:
            closure = self._boolean = self._again().truth(self._expr)
        ctx.steps = 0
        return closure(node, ctx)  # type: ignore[no-any-return]

    def number(self, ctx: Context) -> float:
        """Return the value as a number, NaN when it is none."""
        closure = self._number
        if closure is None:
            closure = self._number = self._again().number(self._expr)
        ctx.steps = 0
        return closure(ctx.node or _NOWHERE, ctx)  # type: ignore[no-any-return]

    def string(self, ctx: Context) -> str:
        """Return the value as a text."""
        closure = self._string
        if closure is None:
            closure = self._string = self._again().text(self._expr)
        ctx.steps = 0
        return closure(ctx.node or _NOWHERE, ctx)  # type: ignore[no-any-return]

    def nodes(self, ctx: Context) -> list[Node]:
        """Return the relevant nodes in document order. Raises ExpressionError for what is no node-set."""
        closure = self._nodes
        if closure is None:
            closure = self._nodes = self._again().nodes(self._expr)
        ctx.steps = 0
        return closure(ctx.node or _NOWHERE, ctx)  # type: ignore[no-any-return]


def compile(  # noqa: A001 (the word of the trade; always used as xpath.compiler.compile)
    source: str | Expr,
    *,
    context_path: tuple[str, ...] | None = None,
    dialect: Dialect = FORM,
    strict: bool = True,
) -> Compiled:
    """Compile an expression whose context node has the generic path `context_path`.

    `strict` refuses unknown functions and wrong numbers of arguments now; otherwise they fail when evaluated.
    Raises ExpressionError.
    """
    expr = parse(source) if isinstance(source, str) else source
    builder = ClosureBuilder(context_path, dialect)
    compiled = Compiled(source if isinstance(source, str) else "", expr, builder)
    if strict and builder.findings.problems:
        raise builder.findings.problems[0]
    return compiled


def check(source: str, *, context_path: tuple[str, ...] | None = None) -> tuple[ExpressionError, ...]:
    """Return everything that is wrong with an expression in itself: syntax, functions, arguments,
    patterns.
    """
    try:
        expr = parse(source)
    except ExpressionError as problem:
        return (problem,)
    builder = ClosureBuilder(context_path, FORM)
    try:
        builder.value(expr)
    except ExpressionError as problem:
        return (*builder.findings.problems, problem)
    return tuple(builder.findings.problems)


def expr_constant(builder: ClosureBuilder, expr: Expr) -> Value | None:
    """Return the value of an expression that reads nothing, else None."""
    if not builder.is_constant(expr):
        return None
    try:
        return scalar(builder.value(expr)(_NOWHERE, Context(None, None)))  # type: ignore[no-any-return]
    except ExpressionError:
        return None


class ClosureBuilder:
    """Turns the pieces of one expression into closures `(context node, Context) -> value`."""

    def __init__(self, context_path: tuple[str, ...] | None, dialect: Dialect) -> None:
        self.origin = context_path
        self.scope = Scope(context_path, anchor=len(context_path or ()))
        self.dialect = dialect
        self.calendar = dialect.calendar
        self.findings = Findings()

    def within(self, scope: Scope) -> ClosureBuilder:
        """Return a builder for the predicates of a step, where another node is the context node."""
        builder = ClosureBuilder(self.origin, self.dialect)
        builder.scope = scope
        builder.findings = self.findings
        return builder

    def depend(self, path: tuple[str, ...], anchor: int) -> None:
        """Note that the expression reads an absolute generic path."""
        self.findings.dependencies.add(Dependency(path, anchor))

    def kind(self, expr: Expr) -> ValueKind:
        """Return what an expression gives, as far as its form tells."""
        match expr:
            case Constant():
                return "text" if isinstance(expr.value, str) else "number"
            case Binary():
                return operators.kind(expr.op)
            case Call():
                spec = FUNCTIONS.get(expr.name)
                return "any" if spec is None else spec.kind
            case _:
                return _KINDS[type(expr)]

    def is_constant(self, expr: Expr) -> bool:
        """Tell whether an expression reads nothing and calls only pure functions."""
        waiting = [expr]
        while waiting:
            here = waiting.pop()
            if isinstance(here, Path | Filter):
                return False
            if isinstance(here, Call):
                spec = FUNCTIONS.get(here.name)
                if spec is None or not spec.pure:
                    return False
            waiting.extend(inner(here))
        return True

    def value(self, expr: Expr) -> Closure:
        """Return a closure giving the natural value: text, number, truth, day, moment or list of nodes."""
        match expr:
            case Constant():
                value = expr.value
                return lambda node, env: value
            case Path():
                return listing(self, expr)
            case Call():
                return self._call(expr)
            case Binary():
                return operators.binary(self, expr)
            case _:
                return self._compound(expr)

    def _compound(self, expr: Logic | Negation | Filter) -> Closure:
        match expr:
            case Logic():
                return operators.logic(self, expr)
            case Negation():
                number = self.number(expr.operand)
                return lambda node, env: -number(node, env)
            case Filter():
                return self._filter(expr)

    def _filter(self, expr: Filter) -> Closure:
        subject = self.nodes(expr.subject)
        narrow = narrower(self, expr.predicates, Scope(None, self.scope.instance))
        assert narrow is not None
        return lambda node, env: narrow(subject(node, env), env)

    def _call(self, call: Call) -> Closure:
        self.findings.functions.add(call.name)
        problem = _misuse(call)
        if problem is not None:
            failing = self._failing(problem)
            for argument in call.arguments:  # what else is wrong is told in one go
                self.value(argument)
            return failing
        spec = FUNCTIONS[call.name]
        self.findings.volatile = self.findings.volatile or spec.volatile
        figure = aggregate_closure(self, call)
        if figure is not None:
            return figure
        try:
            closure: Closure = spec.build(self, call)
        except ExpressionError as wrong:
            return self._failing(wrong)
        return self._folded(call, closure) if spec.pure and self.is_constant(call) else closure

    def _failing(self, problem: ExpressionError) -> Closure:
        self.findings.problems.append(problem)

        def fail(node: Node, env: Context) -> Any:
            raise ExpressionError(problem.message, problem.column, problem.remedy)

        return fail

    def _folded(self, call: Call, closure: Closure) -> Closure:
        try:
            value = closure(_NOWHERE, Context(None, None))
        except ExpressionError:
            return closure
        return lambda node, env: value

    def nodes(self, expr: Expr) -> Closure:
        """Return a closure giving a list of nodes; it raises when the value is none."""
        if isinstance(expr, Path | Filter) or (isinstance(expr, Binary) and expr.op == "|"):
            return self.value(expr)
        value = self.value(expr)
        column = getattr(expr, "column", 0)
        if self.kind(expr) not in {"nodes", "any"}:
            self.findings.problems.append(_no_nodes(column))

        def nodes(node: Node, env: Context) -> list[Any]:
            found = value(node, env)
            if type(found) is not list:
                raise _no_nodes(column)
            return found

        return nodes

    def seek(self, expr: Expr) -> Closure | None:
        """Return the seeker of a plain path (None, one node, or a list of several), else None."""
        return seeker(self, expr) if isinstance(expr, Path) else None

    def single(self, expr: Expr) -> Closure:
        """Return a closure giving one typed value, of a node-set its first node's ("" when empty)."""
        seek = self.seek(expr)
        if seek is not None:
            return _first_value(seek)
        value = self.value(expr)
        if self.kind(expr) in {"nodes", "any"}:
            return lambda node, env: scalar(value(node, env))
        return value

    def text(self, expr: Expr) -> Closure:
        """Return a closure giving the string-value."""
        single = self.single(expr)
        if self.kind(expr) == "text":
            return single

        def text(node: Node, env: Context) -> str:
            found = single(node, env)
            return found if type(found) is str else to_text(found)

        return text

    def number(self, expr: Expr) -> Closure:
        """Return a closure giving a float."""
        single = self.single(expr)
        if self.kind(expr) == "number":
            return single
        convert = self.calendar.number

        def number(node: Node, env: Context) -> float:
            found = single(node, env)
            return found if type(found) is float else convert(found)

        return number

    def truth(self, expr: Expr) -> Closure:
        """Return a closure giving a bool."""
        kind = self.kind(expr)
        if kind == "truth":
            return self.value(expr)
        if self.dialect.document and kind in {"nodes", "any"}:
            value = self.value(expr)
            return lambda node, env: _has_nodes_or_truth(value(node, env))
        single = self.single(expr)
        return lambda node, env: to_truth(single(node, env))

    def converted(self, letter: str, expr: Expr) -> Closure:
        """Return a closure for an argument of the shape `letter` (see functions.spec.simple)."""
        by_letter: dict[str, Callable[[Expr], Closure]] = {
            "t": self.text, "n": self.number, "b": self.truth,
            "v": self.single, "s": self.nodes, "a": self.value,
        }  # fmt: skip
        return by_letter[letter](expr)


def _first_value(seek: Closure) -> Closure:
    def first(node: Node, env: Context) -> Any:
        found = seek(node, env)
        if found is None:
            return ""
        if type(found) is list:
            found = found[0]
        return found.text() if found.children else found.value

    return first


def _has_nodes_or_truth(value: Any) -> bool:
    return bool(value) if type(value) is list else to_truth(value)


def _no_nodes(column: int) -> ExpressionError:
    return ExpressionError("这里要写栏目的路径，不能写一个值。", column)


def _misuse(call: Call) -> ExpressionError | None:
    spec = FUNCTIONS.get(call.name)
    if spec is None:
        near = nearest(call.name)
        return ExpressionError(
            f"没有名为 {call.name}() 的函数。", call.column, f"是不是要写 {near}() ?" if near else ""
        )
    count = len(call.arguments)
    if count < spec.low or (spec.high is not None and count > spec.high):
        wanted = _bounds(spec.low, spec.high)
        message = f"函数 {call.name}() 的参数个数不对：{wanted}，写了 {count} 个。"
        return ExpressionError(message, call.column)
    return None


def _bounds(low: int, high: int | None) -> str:
    if high is None:
        return f"至少 {low} 个"
    return f"应为 {low} 个" if low == high else f"应为 {low} 到 {high} 个"
