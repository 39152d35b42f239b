"""Tokens → AST, a Pratt parser of XPath 1.0 expressions (without variables)."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, NoReturn, cast, get_args

from hsdesk.language.ast import Axis, Binary, Call, Constant, Expr, Filter, Logic, Negation, Path, PathStep
from hsdesk.language.lexer import Token, tokens
from hsdesk.language.problem import ExpressionError

# binding power of the binary operators, loosest first (XPath 1.0 §3.4, §3.5)
_POWER = {
    "or": 1, "and": 2, "=": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4, "+": 5, "-": 5,
    "*": 6, "div": 6, "mod": 6, "|": 8,
}  # fmt: skip
_NEGATION_POWER = 7
_NEST_COST, _RIGHT_COST = 6, 3  # stack frames for a parenthesis, call or predicate, and for a right operand
_MAX_DEPTH = 480  # frames; 80 nested parentheses. Keeps every later pass clear of the stack's end
_MAX_LENGTH = 100_000  # characters
_NODE_TYPES = frozenset({"node", "text", "comment", "processing-instruction"})
_AXES = frozenset(get_args(Axis))
_STEP_STARTS = frozenset({"@", ".", ".."})


@lru_cache(maxsize=2048)  # a form says `selected(…, 'yes')` of the same answer again and again
def parse(source: str) -> Expr:
    """Parse an expression.

    >>> parse("1 + 2").op
    '+'

    Raises ExpressionError: what is wrong, at which column, and what to write instead.
    """
    if len(source) > _MAX_LENGTH:
        message = f"表达式有 {len(source)} 个字符，最多 {_MAX_LENGTH} 个。"
        raise ExpressionError(message, 1, "请分成几个栏目计算，或分几次筛选。")
    reader = _Reader(tokens(source))
    expr = reader.expression(0)
    left_over = reader.here
    if left_over.kind != "end":
        _unexpected(left_over)
    return expr


def _unexpected(token: Token) -> NoReturn:
    if token.kind == "end":
        raise ExpressionError("表达式没有写完。", token.column)
    if token.text in {")", "]"}:
        raise ExpressionError(f"多了一个 {token.text} ，括号没有成对。", token.column)
    if token.text == "=":
        raise ExpressionError("这里不应出现 = 。", token.column, "相等只写一个 = 。")
    raise ExpressionError(
        f"这里不应出现 {token.text} 。", token.column, "请检查前面是否少了运算符、逗号或引号。"
    )


class _Reader:
    """Walks the tokens. One object per parse; nothing outlives it."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._place = 0
        self._depth = 0
        self.here = found[0]
        self._symbol = self._symbol_of(found[0])

    @staticmethod
    def _symbol_of(token: Token) -> str:
        return token.text if token.kind == "operator" else ""

    def _advance(self) -> Token:
        """Go on to the next token; the last one, `end`, stays."""
        token = self.here
        if token.kind != "end":
            self._place += 1
            here = self.here = self._tokens[self._place]
            self._symbol = here.text if here.kind == "operator" else ""
        return token

    def _next_is(self, text: str) -> bool:
        token = self._tokens[min(self._place + 1, len(self._tokens) - 1)]
        return token.kind == "operator" and token.text == text

    def _close(self, text: str, opened: Token) -> None:
        if self._symbol != text:
            if self.here.kind == "end":
                raise ExpressionError(f"{opened.text} 没有对应的 {text} ，括号没有成对。", opened.column)
            _unexpected(self.here)
        self._advance()

    def expression(self, power: int) -> Expr:
        cost = _RIGHT_COST if power else _NEST_COST
        self._depth += cost
        if self._depth > _MAX_DEPTH:
            most = _MAX_DEPTH // _NEST_COST
            message = f"表达式嵌套太深，括号最多套 {most} 层。"
            raise ExpressionError(message, self.here.column, "请把内层拆成单独的计算栏目。")
        left = self._prefix()
        while _POWER.get(self._symbol, 0) > power:
            left = self._infix(left, self._advance())
        self._depth -= cost
        return left

    def _infix(self, left: Expr, operator: Token) -> Expr:
        right = self.expression(_POWER[operator.text])
        if operator.text in {"and", "or"}:
            op = cast("Literal['and', 'or']", operator.text)
            parts = left.parts if isinstance(left, Logic) and left.op == op else (left,)
            return Logic(op, (*parts, right), operator.column)
        return Binary(operator.text, left, right, operator.column)

    def _prefix(self) -> Expr:
        signs = []
        while self._symbol == "-":
            signs.append(self._advance())
        if not signs:
            return self._path()
        operand = self.expression(_NEGATION_POWER)
        if len(signs) % 2:
            return Negation(operand, signs[0].column)
        return Negation(Negation(operand, signs[-1].column), signs[0].column)

    def _path(self) -> Expr:
        token = self.here
        if self._symbol == "/":
            self._advance()
            steps = self._steps() if self._starts_step() else ()
            return Path("/", steps, token.column)
        if self._symbol == "//":
            return Path("/", self._more_steps(), token.column)
        if self._starts_step() and not self._is_call():
            return Path("", self._steps(), token.column)
        return self._filtered()

    def _is_call(self) -> bool:
        if self.here.kind != "name" or not self._next_is("("):
            return False
        return self.here.text not in _NODE_TYPES

    def _starts_step(self) -> bool:
        return self.here.kind == "name" or self._symbol in _STEP_STARTS

    def _filtered(self) -> Expr:
        token = self.here
        subject = self._primary()
        predicates = self._predicates()
        if predicates:
            subject = Filter(subject, predicates, token.column)
        if self._symbol in {"/", "//"}:
            return Path(subject, self._more_steps(), token.column)
        return subject

    def _primary(self) -> Expr:
        token = self._advance()
        match token.kind:
            case "number":
                return Constant(float(token.text), token.column)
            case "text":
                return Constant(token.text, token.column)
            case "name":
                return Call(token.text, self._arguments(), token.column)
            case _ if token.text == "(" and token.kind == "operator":
                expr = self.expression(0)
                self._close(")", token)
                return expr
            case _:
                _unexpected(token)

    def _arguments(self) -> tuple[Expr, ...]:
        opened = self._advance()
        found: list[Expr] = []
        if self._symbol != ")":
            found.append(self.expression(0))
            while self._symbol == ",":
                self._advance()
                found.append(self.expression(0))
        self._close(")", opened)
        return tuple(found)

    def _predicates(self) -> tuple[Expr, ...]:
        if self._symbol != "[":
            return ()
        found = []
        while self._symbol == "[":
            opened = self._advance()
            found.append(self.expression(0))
            self._close("]", opened)
        return tuple(found)

    def _steps(self) -> tuple[PathStep, ...]:
        return (self._step(), *self._more_steps())

    def _more_steps(self) -> tuple[PathStep, ...]:
        found: list[PathStep] = []
        while self._symbol in {"/", "//"}:
            slash = self._advance()
            if slash.text == "//":
                found.append(PathStep("descendant-or-self", "node()", column=slash.column))
            found.append(self._step())
        return tuple(found)

    def _step(self) -> PathStep:
        token = self.here
        if self._symbol in {".", ".."}:
            self._advance()
            axis: Axis = "self" if token.text == "." else "parent"
            return PathStep(axis, "node()", self._predicates(), column=token.column)
        axis = self._axis()
        test, prefix = self._test()
        return PathStep(axis, test, self._predicates(), prefix, token.column)

    def _axis(self) -> Axis:
        if self._symbol == "@":
            self._advance()
            return "attribute"
        if self.here.kind == "name" and self._next_is("::"):
            token = self._advance()
            self._advance()
            if token.text not in _AXES:
                raise ExpressionError(f"不认识的轴 {token.text}:: 。", token.column)
            return cast("Axis", token.text)
        return "child"

    def _test(self) -> tuple[str, str]:
        token = self._advance()
        if token.kind != "name" and token.text != "*":
            _unexpected(token)
        if self._symbol == "(":
            if token.text not in _NODE_TYPES:
                raise ExpressionError(f"路径里不能调用函数 {token.text}（）。", token.column)
            opened = self._advance()
            if self.here.kind == "text":
                self._advance()
            self._close(")", opened)
            return f"{token.text}()", ""
        prefix, _, local = token.text.rpartition(":")
        return local, prefix
