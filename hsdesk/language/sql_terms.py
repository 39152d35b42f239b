"""Typed pieces of SQL: what a piece is as truth, number and text."""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import Literal

import msgspec

from hsdesk.language.calendar import LOCAL
from hsdesk.language.problem import NotSql
from hsdesk.language.sql_tree import Op, Param, Ref, Sql
from hsdesk.language.values import to_text, to_truth

TermKind = Literal["text", "number", "truth", "day", "moment", "set"]
Constant = str | float | bool | dt.date | dt.datetime

TRUE = Op("true")
FALSE = Op("false")


class Term(msgspec.Struct, frozen=True):
    """One piece. `sql` is a text that is not NULL, a number or day number (NULL: NaN), or a truth; `cell`
    the column itself when it is one; `value` the constant when it is one; `whole` a column of
    integers; `number` what a text is as a number, where that is known without reading the text; `is_key`
    a column that is nowhere empty.
    """

    kind: TermKind
    sql: Sql
    cell: Ref | None = None
    value: Constant | None = None
    whole: bool = False
    number: Sql | None = None
    is_key: bool = False


def constant(value: Constant) -> Term:
    """Return a constant as a term."""
    match value:
        case bool():
            return Term("truth", TRUE if value else FALSE, value=value)
        case str():
            if "\0" in value:
                raise NotSql
            return Term("text", Param(value), value=value)
        case int() | float():
            number = float(value)
            sql: Sql = Param(number) if math.isfinite(number) else Op("null")
            if math.isinf(number):
                raise NotSql
            return Term("number", sql, value=number)
        case _:
            return Term("day", Param(LOCAL.days(value)), value=value)


def is_finite(number: float) -> bool:
    """Tell whether a number is neither NaN nor infinite."""
    return math.isfinite(number)


def truth_of(term: Term) -> Sql:
    """Return a piece as a truth that is never NULL."""
    if term.kind == "truth":
        return term.sql
    if term.value is not None:
        return TRUE if to_truth(term.value) else FALSE
    if term.kind == "number":
        return Op("is_number_true", (term.sql,))
    if term.cell is not None:
        return Op("not", (Op("is_empty", (term.cell,)),))
    return Op("not_empty", (term.sql,))


def number_of(term: Term) -> Sql:
    """Return a piece as a number, NULL for NaN. Raises NotSql for sets and moments."""
    match term.kind:
        case "number" | "day":
            return term.sql
        case "truth":
            return Op("as_number", (term.sql,))
        case "text":
            if isinstance(term.value, str):
                number = LOCAL.number(term.value)
                return Op("null") if math.isnan(number) else Param(number)
            if term.number is not None:
                return term.number
            return Op("number_of_text", (Op("trimmed", (term.sql,)),))
        case _:
            raise NotSql


def text_of(term: Term) -> Sql:
    """Return a piece as a text that is not NULL. Raises NotSql where SQL prints otherwise than we do."""
    if term.value is not None:
        return Param(to_text(term.value))
    if term.kind == "text":
        return term.sql
    if term.kind == "truth":
        return Op("choose", (term.sql, Param("true"), Param("false")))
    if term.kind == "day" and term.cell is not None:
        return Op("text", (term.cell,))
    if term.whole and term.cell is not None:
        return Op("text", (Op("integer_text", (term.cell,)),))
    raise NotSql


def set_holds(chosen: Term, code: str) -> Sql:
    """Return whether a set column (JSON) holds a code. Raises NotSql for what cannot be a code."""
    written = json.dumps(code, ensure_ascii=False)
    if not code or " " in code or len(written) != len(code) + 2 or chosen.cell is None:
        raise NotSql
    return Op("contains", (Op("text", (chosen.cell,)), Param(written)))


def set_text(codes: str) -> str:
    """Return the JSON a set column holds for codes separated by spaces. Raises NotSql for what is no such
    text.
    """
    names = codes.split(" ")
    if "" in names:
        raise NotSql
    return json.dumps(names, ensure_ascii=False, separators=(",", ":"))
