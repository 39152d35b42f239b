"""Expressions over rows → SQL with the very meaning of the closures; `NotSql` where there is none.

What a cell is decides how it is compared: an empty cell is the text "" and the number NaN, a date is its
ISO text and its day number, a set is a JSON list of codes. Truth is never NULL.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Literal

import msgspec

from hsdesk.language import compiler
from hsdesk.language.ast import Binary, Call, Constant, Expr, Filter, Logic, Negation, Path, inner
from hsdesk.language.calendar import LOCAL
from hsdesk.language.context import Context
from hsdesk.language.functions.catalogue import FUNCTIONS
from hsdesk.language.operators import ARITHMETIC
from hsdesk.language.problem import ExpressionError, NotSql
from hsdesk.language.rows import ColumnKind, DayHost, outer_column, own_column, parsed
from hsdesk.language.sql_compare import equality, order
from hsdesk.language.sql_terms import Term, constant, is_finite, number_of, set_holds, text_of, truth_of
from hsdesk.language.sql_tree import PLACES, DialectName, Op, Param, Ref, Sql, Statement, joined, render

_DEEPEST = 60  # pieces nested in each other; a database reads each as several, and stops at 1000
_MOMENTS = frozenset({"today", "now"})
_DATE_PARTS = {"Y": (1, 4), "m": (6, 2), "d": (9, 2)}
_ARITHMETIC = {"+": "add", "-": "subtract", "*": "multiply"}


class SqlColumn(msgspec.Struct, frozen=True):
    """A column of a table: its name there, and what it holds. `is_key`: a text in every row."""

    name: str
    kind: ColumnKind = "text"
    is_key: bool = False


Columns = Mapping[str, SqlColumn]  # by the name expressions use, the storage key


def predicate_sql(
    source: str,
    columns: Columns,
    dialect: DialectName,
    *,
    alias: str = "t",
    now: dt.datetime | None = None,
    outer: tuple[str, Columns] | None = None,
) -> Statement:
    """Return a row predicate as a condition over the row called `alias`; `outer` is the row `current()`
    stands for.

    >>> predicate_sql("kind = 'C'", {"kind": SqlColumn("kind")}, "sqlite").text
    '("t"."kind" IS ?)'

    Raises NotSql when it must be evaluated by closures, ExpressionError when it is wrong.
    """
    translator = Translator(columns, alias, now, outer)
    expr = parsed(source, {name: column.kind for name, column in columns.items()})
    return render(truth_of(translator.term(expr)), dialect)


def number_sql(
    source: str, columns: Columns, dialect: DialectName, *, alias: str = "t", now: dt.datetime | None = None
) -> Statement:
    """Return a scalar expression as an SQL number; NULL is NaN. Raises NotSql, ExpressionError."""
    expr = parsed(source, {name: column.kind for name, column in columns.items()})
    return render(number_of(Translator(columns, alias, now, None).term(expr)), dialect)


def filled_sql(
    source: str, columns: Columns, dialect: DialectName, *, alias: str = "t", now: dt.datetime | None = None
) -> Statement:
    """Return the condition that an expression is not the empty text. Raises NotSql, ExpressionError."""
    expr = parsed(source, {name: column.kind for name, column in columns.items()})
    term = Translator(columns, alias, now, None).term(expr)
    return render(Op("not", (equality(term, constant("")),)), dialect)


class Translator:
    """Turns an expression over one row (and the outer row of a condition on related rows) into an SQL
    tree.
    """

    def __init__(
        self,
        columns: Columns,
        alias: str,
        now: dt.datetime | None,
        outer: tuple[str, Columns] | None,
    ) -> None:
        self._columns = columns
        self._alias = alias
        self._context = Context(None, None, DayHost(now or dt.datetime.now().astimezone()))
        self._outer = outer
        self._depth = 0

    def term(self, expr: Expr) -> Term:
        """Return the term of an expression. Raises NotSql, also where it is nested deep; ExpressionError."""
        if self._depth >= _DEEPEST:
            raise NotSql
        self._depth += 1
        made = self._constant(expr) if _reads_nothing(expr) else self._piece(expr)
        self._depth -= 1
        return made

    def _piece(self, expr: Expr) -> Term:
        match expr:
            case Path():
                return self._column(expr)
            case Call():
                return self._call(expr)
            case Binary() if expr.op in ARITHMETIC:
                return self._arithmetic(expr)
            case Binary() if expr.op != "|":
                return self._comparison(expr)
            case _:
                return self._compound(expr)

    def _compound(self, expr: Expr) -> Term:
        match expr:
            case Logic():
                return Term("truth", Op(expr.op, tuple(truth_of(self.term(part)) for part in expr.parts)))
            case Negation():
                return Term("number", Op("minus", (number_of(self.term(expr.operand)),)))
            case _:
                raise NotSql

    def _constant(self, expr: Expr) -> Term:
        if isinstance(expr, Constant):
            return constant(expr.value)
        value = compiler.compile(expr).evaluate(self._context)
        if isinstance(value, list):
            raise NotSql
        return constant(value)

    def _column(self, path: Path) -> Term:
        name = own_column(path)
        if name is not None:
            return _cell(self._alias, self._known(self._columns, name, path))
        name = outer_column(path)
        if name is None or self._outer is None:
            raise NotSql
        alias, columns = self._outer
        return _cell(alias, self._known(columns, name, path))

    def _known(self, columns: Columns, name: str, path: Path) -> SqlColumn:
        if name not in columns:
            raise ExpressionError(f"登记表没有栏目 {name} 。", path.column)
        return columns[name]

    def _arithmetic(self, expr: Binary) -> Term:
        left, right = self.term(expr.left), self.term(expr.right)
        if expr.op == "div":
            divisor = LOCAL.number(right.value) if right.value is not None else 0.0
            if not is_finite(divisor) or not divisor:
                raise NotSql
            return Term("number", Op("divide", (number_of(left), Param(divisor))))
        if expr.op not in _ARITHMETIC:
            raise NotSql
        return Term("number", Op(_ARITHMETIC[expr.op], (number_of(left), number_of(right))))

    def _comparison(self, expr: Binary) -> Term:
        left, right = self.term(expr.left), self.term(expr.right)
        if expr.op == "=":
            return Term("truth", equality(left, right))
        if expr.op == "!=":
            return Term("truth", Op("not", (equality(left, right),)))
        return Term("truth", order(expr.op, left, right))

    def _call(self, call: Call) -> Term:
        spec = FUNCTIONS.get(call.name)
        count = len(call.arguments)
        if spec is None or count < spec.low or (spec.high is not None and count > spec.high):
            compiler.compile(call)  # says in words what is wrong with it
        translate = _CALLS.get(call.name)
        if translate is None or not count:
            raise NotSql
        return translate(self, call)

    def terms(self, call: Call) -> list[Term]:
        """Return the terms of a call's arguments."""
        return [self.term(each) for each in call.arguments]


def _cell(alias: str, column: SqlColumn) -> Term:
    ref, kind = Ref(alias, column.name), column.kind
    if kind == "file":  # its name stands inside the answer
        raise NotSql
    if column.is_key:
        return Term("text", ref, cell=ref, is_key=True)
    values: dict[ColumnKind, tuple[Literal["text", "number", "day", "moment", "set"], Sql]] = {
        "text": ("text", Op("text", (ref,))),
        "integer": ("number", Op("real", (ref,))),
        "decimal": ("number", Op("real", (ref,))),
        "date": ("day", Op("day", (ref,))),
        "moment": ("moment", ref),
        "set": ("set", ref),
    }
    sort, sql = values[kind]
    return Term(sort, sql, cell=ref, whole=kind == "integer")


def _reads_nothing(expr: Expr) -> bool:
    waiting = [expr]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Path | Filter):
            return False
        if isinstance(here, Call):
            spec = FUNCTIONS.get(here.name)
            if spec is None or not (spec.pure or here.name in _MOMENTS or here.arguments):
                return False
            if spec.volatile and here.name not in _MOMENTS:
                return False
        waiting.extend(inner(here))
    return True


def _not(self: Translator, call: Call) -> Term:
    return Term("truth", Op("not", (truth_of(self.term(call.arguments[0])),)))


def _boolean(self: Translator, call: Call) -> Term:
    return Term("truth", truth_of(self.term(call.arguments[0])))


def _selected(self: Translator, call: Call) -> Term:
    chosen, name = self.terms(call)
    if not isinstance(name.value, str):
        raise NotSql
    wanted = name.value.strip()
    if chosen.kind == "set":
        return Term("truth", set_holds(chosen, wanted))
    padded = Op("concat", (Op("concat", (Param(" "), text_of(chosen))), Param(" ")))
    return Term("truth", Op("contains", (padded, Param(f" {wanted} "))))


def _count_selected(self: Translator, call: Call) -> Term:
    chosen = self.term(call.arguments[0])
    if chosen.kind != "set" or chosen.cell is None:
        raise NotSql
    empty = Op("is_empty", (chosen.cell,))
    return Term("number", Op("choose", (empty, Param(0.0), Op("codes", (chosen.cell,)))))


def _two_texts(name: str) -> Callable[[Translator, Call], Term]:
    def translate(self: Translator, call: Call) -> Term:
        first, second = self.terms(call)
        return Term("truth", Op(name, (text_of(first), text_of(second))))

    return translate


def _length(self: Translator, call: Call) -> Term:
    return Term("number", Op("length", (text_of(self.term(call.arguments[0])),)))


def _concat(self: Translator, call: Call) -> Term:
    texts = [text_of(term) for term in self.terms(call)]
    return Term("text", joined(texts))


def _substr(self: Translator, call: Call) -> Term:
    """Cut a fixed piece out of a text. Raises NotSql for places counted from the end, or computed."""
    text, *places = self.terms(call)
    numbers = [LOCAL.number(each.value) for each in places if each.value is not None]
    if len(numbers) != 2 or not all(each.is_integer() for each in numbers):
        raise NotSql
    first, last = map(int, numbers)
    if not 0 <= first < last <= PLACES:
        raise NotSql
    where = (Op(f"place_{first + 1}"), Op(f"place_{last - first}"))
    return Term("text", Op("part", (text_of(text), *where)))


def _string(self: Translator, call: Call) -> Term:
    return Term("text", text_of(self.term(call.arguments[0])))


def _number(self: Translator, call: Call) -> Term:
    return Term("number", number_of(self.term(call.arguments[0])))


def _one_number(name: str) -> Callable[[Translator, Call], Term]:
    def translate(self: Translator, call: Call) -> Term:
        return Term("number", Op(name, (number_of(self.term(call.arguments[0])),)))

    return translate


def _if(self: Translator, call: Call) -> Term:
    condition, then, other = self.terms(call)
    if "text" in (then.kind, other.kind) and {then.kind, other.kind} <= {"text", "day"}:
        return Term("text", Op("choose", (truth_of(condition), text_of(then), text_of(other))))
    if then.kind == other.kind == "number" and then.cell is None and other.cell is None:
        return Term("number", Op("choose", (truth_of(condition), number_of(then), number_of(other))))
    raise NotSql


def _format_date(self: Translator, call: Call) -> Term:
    """Cut `format-date` out of the ISO text of a date column. Raises NotSql for other than %Y %m %d."""
    day, pattern = self.terms(call)
    if day.kind != "day" or day.cell is None or not isinstance(pattern.value, str):
        raise NotSql
    before, *pieces = pattern.value.split("%")
    texts: list[Sql] = [Param(before)] if before else []
    for piece in pieces:
        if piece[:1] not in _DATE_PARTS:
            raise NotSql
        first, length = _DATE_PARTS[piece[0]]
        texts.append(Op("part", (day.cell, Op(f"place_{first}"), Op(f"place_{length}"))))
        texts += [Param(piece[1:])] if piece[1:] else []
    if not texts:
        raise NotSql
    empty, text = Op("is_empty", (day.cell,)), joined(texts)
    is_digits = not before and all(len(piece) == 1 for piece in pieces)
    number = Op("choose", (empty, Op("null"), Op("real", (text,)))) if is_digits else None
    return Term("text", Op("choose", (empty, Param(""), text)), number=number)


_CALLS: dict[str, Callable[[Translator, Call], Term]] = {
    "not": _not,
    "boolean": _boolean,
    "selected": _selected,
    "count-selected": _count_selected,
    "contains": _two_texts("contains"),
    "starts-with": _two_texts("starts_with"),
    "string-length": _length,
    "concat": _concat,
    "string": _string,
    "substr": _substr,
    "number": _number,
    "int": _one_number("truncate"),
    "abs": _one_number("abs"),
    "if": _if,
    "format-date": _format_date,
}
