"""An `Aggregate` computed by closures over rows: the meaning, and the way taken when SQL cannot say it."""

from __future__ import annotations

import datetime as dt
import math
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from hsdesk.language import compiler
from hsdesk.language.aggregate import Aggregate, Related
from hsdesk.language.calendar import LOCAL
from hsdesk.language.compiler import Compiled
from hsdesk.language.context import Context
from hsdesk.language.problem import ExpressionError
from hsdesk.language.rows import DayHost, Kinds, RowExpression, RowValues, parsed, row_node, row_predicate
from hsdesk.language.tree import Node

Rows = Callable[[str], Iterable[RowValues]]  # the rows of a register, `_id` and `_place` among their values


def moment_of(query: Aggregate, now: dt.datetime | None) -> dt.datetime:
    """Return the moment a query looks from: noon of `as_of`, else now. Raises ExpressionError."""
    if not query.as_of:
        return now or dt.datetime.now().astimezone()
    try:
        day = dt.date.fromisoformat(query.as_of)
    except ValueError as problem:
        raise ExpressionError(f"截止日期 {query.as_of} 应写作 2026-12-31 的样子。") from problem
    return LOCAL.noon(day)


def aggregate_rows(
    query: Aggregate,
    rows: Rows,
    kinds: Mapping[str, Kinds],
    *,
    places: Sequence[str] | None = None,
    anywhere: Sequence[str] | None = None,
    now: dt.datetime | None = None,
) -> dict[str, float]:
    """Return the figure of each group that has one, under "" when the query asks for no groups.

    `places` limits the rows counted to those owners, `anywhere` the related rows of any place.
    Raises ExpressionError when the query is wrong or names a register that is not among `kinds`.
    """
    own = _kinds(kinds, query.register)
    moment = moment_of(query, now)
    holds = row_predicate(query.where, own, moment)
    related = [_Condition(each, rows, kinds, own, moment, anywhere=anywhere) for each in query.exists]
    groups: dict[str, list[RowValues]] = {} if query.group_by else {"": []}
    for row in rows(query.register):
        if places is not None and row.get("_place") not in places:
            continue
        if holds(row) and all(each.holds(row) for each in related):
            groups.setdefault(_group(query.group_by, row, own), []).append(row)
    figures = {group: _figure(query, members, own, moment) for group, members in groups.items()}
    return {group: figure for group, figure in figures.items() if figure is not None}


def _kinds(kinds: Mapping[str, Kinds], register: str) -> Kinds:
    if register not in kinds:
        raise ExpressionError(f"没有登记表 {register} 。")
    return kinds[register]


def _group(group_by: str, row: RowValues, kinds: Kinds) -> str:
    return "\t".join(_key(by, row, kinds) for by in group_by.split(",") if by)


def _key(by: str, row: RowValues, kinds: Kinds) -> str:
    if by == "place":
        return str(row.get("_place", ""))
    if by not in kinds:
        raise ExpressionError(f"登记表没有栏目 {by} 。")
    value = row.get(by)
    if isinstance(value, tuple):
        return msgspec.json.encode(value).decode()
    return "" if value is None else str(value)


def _figure(query: Aggregate, rows: Sequence[RowValues], kinds: Kinds, now: dt.datetime) -> float | None:
    if query.agg == "count" and not query.of.strip():
        return float(len(rows))
    if not query.of.strip():
        raise ExpressionError(f"{query.agg} 要写明统计哪个栏目。")
    of = RowExpression(query.of, kinds, now)
    if query.agg == "count":
        return float(sum(1 for row in rows if of.text(row) != ""))
    if query.agg == "latest":
        return _latest(query, of, rows, kinds, now)
    numbers = [number for row in rows if not math.isnan(number := of.number(row))]
    if query.agg == "sum":
        return float(sum(numbers))
    measures: dict[str, Callable[[list[float]], float]] = {
        "avg": statistics.fmean, "min": min, "max": max, "median": statistics.median,
    }  # fmt: skip
    return measures[query.agg](numbers) if numbers else None


def _latest(
    query: Aggregate, of: RowExpression, rows: Sequence[RowValues], kinds: Kinds, now: dt.datetime
) -> float | None:
    by = RowExpression(query.by or "''", kinds, now)
    found = [(by.number(row), str(row.get("_id", "")), of.number(row)) for row in rows]
    known = [each for each in found if not (math.isnan(each[0]) or math.isnan(each[2]))]
    return max(known)[2] if known else None


class _Condition:
    """That another register has, or has not, a row that belongs to the row asked about."""

    def __init__(
        self,
        related: Related,
        rows: Rows,
        kinds: Mapping[str, Kinds],
        outer: Kinds,
        now: dt.datetime,
        *,
        anywhere: Sequence[str] | None,
    ) -> None:
        inner = _kinds(kinds, related.register)
        self._related = related
        self._outer = outer
        self._tests: list[Compiled] = [
            compiler.compile(parsed(source, inner))
            for source in (related.on, related.where)
            if source.strip()
        ]
        self._context = Context(None, None, DayHost(now))
        self._nodes: dict[str, list[Node]] = {}
        nested = [_Condition(each, rows, kinds, inner, now, anywhere=anywhere) for each in related.exists]
        for row in rows(related.register):
            if related.anywhere and anywhere is not None and row.get("_place") not in anywhere:
                continue
            if not all(each.holds(row) for each in nested):
                continue
            place = "" if related.anywhere else str(row.get("_place", ""))
            self._nodes.setdefault(place, []).append(row_node(row, inner))

    def holds(self, row: RowValues) -> bool:
        """Tell whether the condition is met for a row."""
        place = "" if self._related.anywhere else str(row.get("_place", ""))
        self._context.node = row_node(row, self._outer)
        found = any(
            all(test.holds_at(node, self._context) for test in self._tests)
            for node in self._nodes.get(place, ())
        )
        return found != self._related.absent
