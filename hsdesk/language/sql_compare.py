"""Equality and order of SQL terms, kind by kind, as `compare` has it for values."""

from __future__ import annotations

import datetime as dt
import math

from hsdesk.language.calendar import LOCAL
from hsdesk.language.compare import FLIPPED
from hsdesk.language.problem import NotSql
from hsdesk.language.sql_terms import FALSE, Term, number_of, set_text, text_of, truth_of
from hsdesk.language.sql_tree import Op, Param, Sql
from hsdesk.language.values import to_text

_CELL_ORDERS = {"<": "cell_before", "<=": "cell_until", ">": "cell_after", ">=": "cell_from"}
_EXACT = 2**53


def equality(a: Term, b: Term) -> Sql:
    """Return whether two terms are equal. Raises NotSql."""
    if "truth" in (a.kind, b.kind):
        return Op("same_text", (truth_of(a), truth_of(b)))
    if a.value is not None:
        a, b = b, a
    if b.value is not None:
        return _with_constant(a, b)
    if "moment" in (a.kind, b.kind) or "set" in (a.kind, b.kind):
        raise NotSql
    if "number" not in (a.kind, b.kind):
        for key, cell in ((a, b.cell), (b, a.cell)):
            if key.is_key and cell is not None:  # without COALESCE, so that an index can serve it
                return Op("cell_is", (cell, key.sql))
        return Op("same_text", (text_of(a), text_of(b)))
    return _with_number(a, b)


def _with_number(a: Term, b: Term) -> Sql:
    """Return whether two pieces, one a number, are equal; two empty cells are: both are the text ""."""
    near = Op("near", (number_of(a), number_of(b)))
    if a.kind != "number":
        a, b = b, a
    if a.cell is None or (b.kind == "number" and b.cell is None):
        return near
    both_empty = Op("and", (Op("is_null", (a.cell,)), _is_empty(b)))
    return Op("or", (both_empty, near))


def _is_empty(term: Term) -> Sql:
    if term.cell is None:
        return Op("same_text", (term.sql, Param("")))
    return Op("is_null" if term.kind == "number" else "is_empty", (term.cell,))


def _with_constant(term: Term, fixed: Term) -> Sql:
    if fixed.value == "" and term.cell is not None:
        return _is_empty(term)
    match term.kind:
        case "text":
            return _text_with(term, fixed)
        case "number":
            return _number_with(term, fixed)
        case "day":
            return _day_with(term, fixed)
        case "set" if isinstance(fixed.value, str) and term.cell is not None:
            return Op("cell_is", (term.cell, Param(set_text(fixed.value))))
        case _:
            raise NotSql


def _text_with(term: Term, fixed: Term) -> Sql:
    if isinstance(fixed.value, str | dt.date):
        wanted = Param(to_text(fixed.value))
        if term.cell is not None:
            return Op("cell_is", (term.cell, wanted))
        return Op("same_text", (term.sql, wanted))
    return Op("near", (number_of(term), number_of(fixed)))


def _number_with(term: Term, fixed: Term) -> Sql:
    assert fixed.value is not None
    number = LOCAL.number(fixed.value)
    if math.isnan(number):
        return FALSE
    if term.whole and term.cell is not None and number.is_integer() and abs(number) < _EXACT:
        return Op("cell_is", (term.cell, Param(number)))
    return Op("near", (term.sql, Param(number)))


def _day_with(term: Term, fixed: Term) -> Sql:
    if isinstance(fixed.value, dt.datetime) or not isinstance(fixed.value, str | dt.date):
        return Op("near", (term.sql, number_of(fixed)))
    if term.cell is None:
        raise NotSql
    return Op("cell_is", (term.cell, Param(to_text(fixed.value))))


def order(op: str, a: Term, b: Term) -> Sql:
    """Return whether a < b, a <= b, a > b or a >= b. Raises NotSql."""
    if a.value is not None and b.value is None:
        return order(FLIPPED[op], b, a)
    if "day" in (a.kind, b.kind) and "text" in (a.kind, b.kind):
        return _day_and_text(op, a, b)
    if a.kind == b.kind == "day" and a.cell is not None and b.value is not None:
        assert isinstance(b.value, dt.date)
        return Op(_CELL_ORDERS[op], (a.cell, Param(_iso_day(b.value))))
    if a.kind == "moment" and a.cell is not None and isinstance(b.value, dt.date):
        return Op(op, (Op("local_day", (a.cell, Param(_offset()))), Param(_iso_day(b.value))))
    return Op(op, (number_of(a), number_of(b)))


def _offset() -> str:
    """Return how far local time is from UTC. Raises NotSql where that changes within the year."""
    found = {LOCAL.noon(dt.date(2020, month, 1)).utcoffset() for month in range(1, 13)}
    offset = found.pop()
    if found or offset is None:
        raise NotSql
    return f"{offset // dt.timedelta(minutes=1):+} minutes"


def _day_and_text(op: str, a: Term, b: Term) -> Sql:
    """Return the order of a day and a text read as a day. Raises NotSql unless the text is a constant."""
    if a.kind != "day" or a.cell is None or not isinstance(b.value, str):
        raise NotSql
    found = LOCAL.read(b.value)
    return FALSE if found is None else Op(_CELL_ORDERS[op], (a.cell, Param(_iso_day(found))))


def _iso_day(value: dt.date) -> str:
    day = LOCAL.local(value).date() if isinstance(value, dt.datetime) else value
    return day.isoformat()
