"""An `Aggregate` as one SQL statement over register tables, the same figures as `aggregate_rows`."""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Mapping, Sequence

import msgspec

from hsdesk.language.aggregate import Aggregate, Related, registers_of
from hsdesk.language.aggregate_rows import moment_of
from hsdesk.language.ast import Binary, Path, walk
from hsdesk.language.parser import parse
from hsdesk.language.problem import ExpressionError
from hsdesk.language.rows import outer_column, own_column
from hsdesk.language.sql import Columns, SqlColumn, filled_sql, number_sql, predicate_sql
from hsdesk.language.sql_tree import DialectName, Parameter, Statement, quote

_FUNCTIONS = {"sum": "COALESCE(SUM(v), 0)", "avg": "AVG(v)", "min": "MIN(v)", "max": "MAX(v)"}


class SqlTable(msgspec.Struct, frozen=True):
    """A register's table. `place` and `id` name its columns for the owner place and the record; `alive`
    is a condition with `{t}` for the row, e.g. `{t}."_deleted" IS NULL`.
    """

    name: str
    columns: Columns
    place: str = "_scope"
    id: str = "_id"
    alive: str = '{t}."_deleted" IS NULL AND {t}."_merged_into" IS NULL'


def aggregate_sql(
    query: Aggregate,
    tables: Mapping[str, SqlTable],
    dialect: DialectName,
    *,
    places: Sequence[str] | None = None,
    anywhere: Sequence[str] | None = None,
    now: dt.datetime | None = None,
) -> Statement:
    """Return a statement giving rows (group, figure); the group is "" when the query asks for none.

    `places` limits the rows counted to those owners, `anywhere` the related rows of any place. Raises NotSql
    when closures must do it, ExpressionError when the query is wrong or names a register that is not among
    `tables`.
    """
    maker = _Maker(query, tables, dialect, moment_of(query, now), anywhere=anywhere)
    condition = maker.condition(places)
    table = maker.table(query.register)
    group = maker.group(table)
    if query.agg == "count":
        return _joined(
            f"SELECT {group}, COUNT(*)",
            maker.counted(table),
            f" FROM {quote(table.name)} AS t WHERE ",
            condition,
            maker.grouping(group),
        )
    if query.agg in _FUNCTIONS:
        inner = maker.values(table, group, condition)
        grouping = " GROUP BY g" if query.group_by else ""
        head = "g" if query.group_by else "''"
        return Statement(
            f"SELECT {head}, {_FUNCTIONS[query.agg]} FROM ({inner.text}) AS figures{grouping}", inner.params
        )
    return maker.ranked(table, group, condition)


def aggregates_sql(
    queries: Sequence[Aggregate],
    tables: Mapping[str, SqlTable],
    dialect: DialectName,
    *,
    places: Sequence[str] | None = None,
    anywhere: Sequence[str] | None = None,
    now: dt.datetime | None = None,
) -> Statement:
    """Return a statement giving rows (group, figure of each query) in one pass over the register's table.

    The queries are counts of rows and sums that share register and grouping (`may_share`). A figure is NULL,
    or 0 for a count, where no row of the group counts. Raises as `aggregate_sql`.
    """
    makers = [_Maker(query, tables, dialect, moment_of(query, now), anywhere=anywhere) for query in queries]
    table = makers[0].table(queries[0].register)
    group = makers[0].group(table)
    figures = [piece for maker in makers for piece in (", ", _figure(maker, table))]
    return _joined(
        f"SELECT {group}",
        *figures,
        f" FROM {quote(table.name)} AS t WHERE ",
        makers[0].present(places),
        f" GROUP BY {group}",
    )


_KEPT = 4096  # figures, some hundred texts of a page each
_figures: dict[tuple[Aggregate, DialectName], tuple[tuple[SqlTable, ...], Statement]] = {}


def _figure(maker: _Maker, table: SqlTable) -> Statement:
    """Return the figure of a query with a day of its own; for the same tables it is written once."""
    key = maker.query, maker.dialect
    tables = maker.tables_read()
    kept = _figures.get(key)
    if kept and len(kept[0]) == len(tables) and all(map(operator.is_, kept[0], tables)):
        return kept[1]
    made = maker.figure(table)
    if maker.is_lasting:
        if len(_figures) >= _KEPT:
            _figures.clear()
        _figures[key] = tables, made
    return made


def may_share(query: Aggregate) -> bool:
    """Tell whether a query may be asked together with others of its register and grouping."""
    whole = query.agg == "count" and not query.of.strip()
    return bool(query.group_by) and (whole or query.agg == "sum")


def _joined(*pieces: str | Statement) -> Statement:
    text = "".join(piece if isinstance(piece, str) else piece.text for piece in pieces)
    params = tuple(value for piece in pieces if isinstance(piece, Statement) for value in piece.params)
    return Statement(text, params)


class _Maker:
    def __init__(
        self,
        query: Aggregate,
        tables: Mapping[str, SqlTable],
        dialect: DialectName,
        now: dt.datetime,
        *,
        anywhere: Sequence[str] | None,
    ) -> None:
        self.query = self._query = query
        self.dialect: DialectName = dialect
        self._tables = tables
        self._dialect: DialectName = dialect
        self._now = now
        self._anywhere = anywhere

    @property
    def is_lasting(self) -> bool:
        """Tell whether the figure depends on the query and its tables alone."""
        return bool(self._query.as_of) and self._anywhere is None

    def tables_read(self) -> tuple[SqlTable, ...]:
        """Return the tables that the query reads, always in the same order."""
        return tuple(self.table(register) for register in sorted(registers_of(self._query)))

    def table(self, register: str) -> SqlTable:
        if register not in self._tables:
            raise ExpressionError(f"没有登记表 {register} 。")
        return self._tables[register]

    def condition(self, places: Sequence[str] | None) -> Statement:
        """Everything that decides whether a row counts."""
        return _all([self.present(places), self.meeting()])

    def present(self, places: Sequence[str] | None) -> Statement:
        """That a row is there, and of one of the places."""
        table = self.table(self._query.register)
        alive = Statement(table.alive.format(t="t"))
        return alive if places is None else _all([alive, _among("t", table, places)])

    def meeting(self) -> Statement:
        """That a row meets the query's own conditions."""
        table = self.table(self._query.register)
        parts: list[Statement] = []
        if self._query.where.strip():
            parts.append(predicate_sql(self._query.where, table.columns, self._dialect, now=self._now))
        parts += [
            self._related(("t", table), related, f"e{number}")
            for number, related in enumerate(self._query.exists)
        ]
        return _all(parts)

    def _related(self, owner: tuple[str, SqlTable], related: Related, alias: str) -> Statement:
        """That there is, or is not, a row `alias` which belongs to the row of `owner`."""
        outer, table = owner
        other = self.table(related.register)
        parts = [Statement(other.alive.format(t=alias))]
        if related.anywhere and self._anywhere is not None:
            parts.append(_among(alias, other, self._anywhere))
        keys = _key_columns(related, other, table)
        for source in (related.where,) if keys else (related.on, related.where):
            if source.strip():
                parts.append(
                    predicate_sql(
                        source,
                        other.columns,
                        self._dialect,
                        alias=alias,
                        now=self._now,
                        outer=(outer, table.columns),
                    )
                )
        parts += [
            self._related((alias, other), inner, f"{alias}_{number}")
            for number, inner in enumerate(related.exists)
        ]
        no = "NOT " if related.absent else ""
        if keys:
            here, there = _text_at(outer, keys[0]), _text_at(alias, keys[1])
            found = f"SELECT {there} FROM {quote(other.name)} AS {alias} WHERE "
            return _joined(f"{here} {no}IN ({found}", _all(parts), ")")
        if not related.anywhere:
            parts.append(Statement(f"{alias}.{quote(other.place)} = {outer}.{quote(table.place)}"))
        return _joined(f"{no}EXISTS (SELECT 1 FROM {quote(other.name)} AS {alias} WHERE ", _all(parts), ")")

    def group(self, table: SqlTable) -> str:
        """Return the key of a row's group."""
        parts = [self._key(table, by) for by in self._query.group_by.split(",") if by]
        return " || '\t' || ".join(parts) or "''"

    def _key(self, table: SqlTable, by: str) -> str:
        if by == "place":
            return f"t.{quote(table.place)}"
        if by not in table.columns:
            raise ExpressionError(f"登记表没有栏目 {by} 。")
        return f"COALESCE(CAST(t.{quote(table.columns[by].name)} AS TEXT), '')"

    def grouping(self, group: str) -> str:
        return f" GROUP BY {group}" if self._query.group_by else ""

    def figure(self, table: SqlTable) -> Statement:
        """Return what a row of a group adds, where it meets the conditions."""
        meeting = self.meeting()
        where = _joined(" FILTER (WHERE ", meeting, ")") if meeting.text else Statement("")
        if self._query.agg == "count":
            return _joined("COUNT(*)", where)
        value = number_sql(self._query.of, table.columns, self._dialect, now=self._now)
        return _joined("SUM(COALESCE(", value, ", 0))", where)

    def counted(self, table: SqlTable) -> Statement:
        """What `count` asks of a row that meets the condition: that `of` is filled."""
        if not self._query.of.strip():
            return Statement("")
        filled = filled_sql(self._query.of, table.columns, self._dialect, now=self._now)
        return _joined(" FILTER (WHERE ", filled, ")")

    def values(self, table: SqlTable, group: str, condition: Statement, more: str = "") -> Statement:
        if not self._query.of.strip():
            raise ExpressionError(f"{self._query.agg} 要写明统计哪个栏目。")
        value = number_sql(self._query.of, table.columns, self._dialect, now=self._now)
        return _joined(
            f"SELECT {group} AS g, ", value, f" AS v{more} FROM {quote(table.name)} AS t WHERE ", condition
        )

    def ranked(self, table: SqlTable, group: str, condition: Statement) -> Statement:
        head = "g" if self._query.group_by else "''"
        if self._query.agg == "median":
            inner = self.values(table, group, condition)
            return Statement(
                f"SELECT {head}, AVG(v) FROM ("
                "SELECT g, v, ROW_NUMBER() OVER (PARTITION BY g ORDER BY v) AS r,"
                " COUNT(*) OVER (PARTITION BY g) AS n"
                f" FROM ({inner.text}) AS figures WHERE v IS NOT NULL) AS ranked"
                " WHERE r IN ((n + 1) / 2, (n + 2) / 2) GROUP BY g",
                inner.params,
            )
        by = number_sql(self._query.by or "''", table.columns, self._dialect, now=self._now)
        inner = _joined(self.values(table, group, condition))
        first, _, rest = inner.text.partition(" AS v FROM ")
        before = first.count("?")
        text = f"{first} AS v, {by.text} AS o, t.{quote(table.id)} AS i FROM {rest}"
        params: tuple[Parameter, ...] = (*inner.params[:before], *by.params, *inner.params[before:])
        return Statement(
            f"SELECT {head}, v FROM ("
            "SELECT g, v, ROW_NUMBER() OVER (PARTITION BY g ORDER BY o DESC, i DESC) AS r"
            f" FROM ({text}) AS figures WHERE v IS NOT NULL AND o IS NOT NULL) AS ranked WHERE r = 1",
            params,
        )


def _text_at(alias: str, column: SqlColumn) -> str:
    """Return a text that is not NULL."""
    cell = f"{alias}.{quote(column.name)}"
    return cell if column.is_key else f"COALESCE({cell}, '')"


def _key_columns(related: Related, other: SqlTable, table: SqlTable) -> tuple[SqlColumn, SqlColumn] | None:
    """Return the texts that `on` says are equal, of the row counted and of the related one, if that is all.

    Then the related rows of any place are found once for all rows instead of once for each; those of the same
    place are few, and found by the place.
    """
    if not related.anywhere:
        return None
    paths = (each for each in walk(parse(related.where or "true()")) if isinstance(each, Path))
    on = parse(related.on or "true()")
    if any(outer_column(path) for path in paths) or not (isinstance(on, Binary) and on.op == "="):
        return None
    for own, counted in ((on.left, on.right), (on.right, on.left)):
        if isinstance(own, Path) and isinstance(counted, Path):
            here = table.columns.get(outer_column(counted) or "")
            there = other.columns.get(own_column(own) or "")
            if here and there:
                return (here, there) if here.kind == there.kind == "text" else None
    return None


def _among(alias: str, table: SqlTable, places: Sequence[str]) -> Statement:
    marks = ", ".join("?" * len(places)) or "NULL"
    return Statement(f"{alias}.{quote(table.place)} IN ({marks})", tuple(places))


def _all(parts: list[Statement]) -> Statement:
    text = " AND ".join(part.text for part in parts if part.text)
    return Statement(text, tuple(value for part in parts for value in part.params))
