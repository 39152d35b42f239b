"""One SQL syntax tree, written out for SQLite or PostgreSQL. Values travel as parameters (`?`), never in
the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

DialectName = Literal["sqlite", "postgresql"]
Parameter = str | int | float | None


class Ref(msgspec.Struct, frozen=True):
    """A column of the row called `alias`."""

    alias: str
    column: str


class Param(msgspec.Struct, frozen=True):
    value: str | float


class Op(msgspec.Struct, frozen=True):
    """An operation of the vocabulary below over its arguments."""

    name: str
    args: tuple[Sql, ...] = ()


Sql = Ref | Param | Op


class Statement(msgspec.Struct, frozen=True):
    """SQL text with `?` for each of `params`, in order."""

    text: str
    params: tuple[Parameter, ...] = ()


# Truth operations give 0/1 (SQLite) or boolean (PostgreSQL), never NULL: NULL is a number that is NaN
# or an empty cell.
PLACES = 20  # characters of a text from which pieces are cut
_COMMON = {
    "not": "NOT ({0})",
    "is_null": "({0} IS NULL)",
    "not_null": "({0} IS NOT NULL)",
    "is_empty": "({0} IS NULL OR {0} = '')",
    "same_text": "({0} = {1})",  # of two texts that are not NULL
    "cell_is": "({0} IS NOT NULL AND {0} = {1})",  # of a cell and what is never NULL; an index can serve it
    "cell_before": "({0} IS NOT NULL AND {0} <> '' AND {0} < {1})",
    "cell_until": "({0} IS NOT NULL AND {0} <> '' AND {0} <= {1})",
    "cell_after": "({0} IS NOT NULL AND {0} <> '' AND {0} > {1})",
    "cell_from": "({0} IS NOT NULL AND {0} <> '' AND {0} >= {1})",
    "text": "COALESCE({0}, '')",
    "near": "COALESCE(abs({0} - {1}) < 1e-12, {false})",
    "<": "COALESCE({0} < {1}, {false})",
    "<=": "COALESCE({0} <= {1}, {false})",
    ">": "COALESCE({0} > {1}, {false})",
    ">=": "COALESCE({0} >= {1}, {false})",
    "is_number_true": "COALESCE(abs({0}) > 1e-12, {false})",
    "not_empty": "({0} <> '')",
    "add": "({0} + {1})",
    "subtract": "({0} - {1})",
    "multiply": "({0} * {1})",
    "divide": "({0} / {1})",
    "minus": "(- {0})",
    "abs": "abs({0})",
    "concat": "({0} || {1})",
    "choose": "(CASE WHEN {0} THEN {1} ELSE {2} END)",
    "null": "NULL",
    "part": "substr({0}, {1}, {2})",  # from place {1} (1-based), {2} characters
    "starts_with": "(substr({0}, 1, length({1})) = {1})",
    **{f"place_{number}": str(number) for number in range(1, PLACES + 2)},
    "as_number": "(CASE WHEN {0} THEN 1.0 ELSE 0.0 END)",
}
_SQLITE = _COMMON | {
    "true": "1",
    "false": "0",
    # SQLite decodes a cell again wherever it is named: these name theirs once
    "is_empty": "(COALESCE({0}, '') = '')",
    "cell_is": "({0} IS {1})",
    "cell_until": "(COALESCE({0}, '') BETWEEN char(1) AND {1})",
    "cell_after": "(COALESCE({0}, '') > {1})",
    "cell_from": "(COALESCE({0}, '') >= {1})",
    "real": "CAST({0} AS REAL)",
    "length": "CAST(length({0}) AS REAL)",
    "contains": "(instr({0}, {1}) > 0)",
    "day": "CAST(julianday(NULLIF({0}, '')) - 2440587.5 AS REAL)",
    "local_day": "date(NULLIF({0}, ''), {1})",  # of a moment's text; {1}: the local offset
    "integer_text": "CAST({0} AS TEXT)",
    "truncate": "CAST(CAST({0} AS INTEGER) AS REAL)",
    "number_of_text": (
        "(CASE WHEN {0} GLOB '*[^0-9.-]*' OR {0} NOT GLOB '*[0-9]*' OR {0} GLOB '?*-*' OR {0} GLOB '*.*.*'"
        " THEN NULL ELSE CAST({0} AS REAL) END)"
    ),
    "trimmed": "trim({0}, char(32, 9, 13, 10))",
    "codes": "CAST(json_array_length({0}) AS REAL)",
}
_POSTGRESQL = _COMMON | {
    "true": "TRUE",
    "false": "FALSE",
    "real": "CAST({0} AS double precision)",
    "length": "CAST(char_length({0}) AS double precision)",
    "contains": "(strpos({0}, {1}) > 0)",
    "day": "CAST(CAST(NULLIF({0}, '') AS date) - DATE '1970-01-01' AS double precision)",
    "local_day": (
        "(CASE WHEN {0} ~ '^[0-9]{{4}}-[0-9][0-9]-[0-9][0-9]T[0-9:.]+(Z|[+-][0-9][0-9]:[0-9][0-9])$' THEN"
        " to_char(CAST({0} AS timestamptz) AT TIME ZONE 'UTC' + CAST({1} AS interval), 'YYYY-MM-DD') END)"
    ),
    "integer_text": "CAST({0} AS text)",
    "truncate": "trunc({0})",
    "number_of_text": (
        "(CASE WHEN {0} ~ '^-{{0,1}}([0-9]+[.]{{0,1}}[0-9]*|[.][0-9]+)$'"
        " THEN CAST({0} AS double precision) ELSE NULL END)"
    ),
    "trimmed": "btrim({0}, E' \\t\\r\\n')",
    "codes": "CAST(json_array_length(CAST({0} AS json)) AS double precision)",
}
_VOCABULARY = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}
_CHAINS = {"and": " AND ", "or": " OR "}
_CHAIN_LINKS = 50  # written in one row; SQLite reads a row of 1000 as a tree 1000 deep, and refuses it


def render(tree: Sql, dialect: DialectName) -> Statement:
    """Write a tree out.

    >>> render(Op("cell_is", (Ref("t", "kind"), Param("C"))), "sqlite")
    Statement(text='("t"."kind" IS ?)', params=('C',))
    """
    match tree:
        case Ref():
            return Statement(f"{quote(tree.alias)}.{quote(tree.column)}")
        case Param():
            return Statement(_placeholder(tree.value, dialect), (tree.value,))
        case Op() if tree.name in _CHAINS:
            parts = [render(each, dialect) for each in tree.args]
            text = _chain([part.text for part in parts], _CHAINS[tree.name])
            return Statement(text, tuple(value for part in parts for value in part.params))
        case Op():
            return _filled(
                _VOCABULARY[dialect][tree.name], [render(each, dialect) for each in tree.args], dialect
            )


def _chain(texts: Sequence[str], word: str) -> str:
    """Return conditions joined by AND or OR, many of them in halves, so that they are nowhere nested deep.

    >>> _chain(["a", "b", "c"], " OR ")
    '(a OR b OR c)'
    """
    if len(texts) <= _CHAIN_LINKS:
        return f"({word.join(texts)})"
    half = len(texts) // 2
    return f"({_chain(texts[:half], word)}{word}{_chain(texts[half:], word)})"


def joined(texts: Sequence[Sql]) -> Sql:
    """Return texts put together in order, in halves, so that many are not nested deep."""
    if len(texts) == 1:
        return texts[0]
    half = len(texts) // 2
    return Op("concat", (joined(texts[:half]), joined(texts[half:])))


def _placeholder(value: str | float, dialect: DialectName) -> str:
    if dialect == "sqlite":
        return "?"
    return "CAST(? AS text)" if isinstance(value, str) else "CAST(? AS double precision)"


def _filled(template: str, parts: list[Statement], dialect: DialectName) -> Statement:
    """Fill a template; an argument that stands twice brings its parameters twice, in the order of the
    text.
    """
    pieces: list[str] = []
    params: list[Parameter] = []
    rest = template
    while rest:
        head, brace, tail = rest.partition("{")
        pieces.append(head.replace("}}", "}"))
        if not brace:
            break
        if tail.startswith("{"):
            literal, _, rest = tail[1:].partition("}}")
            pieces.append("{" + literal + "}")
            continue
        name, _, rest = tail.partition("}")
        if name == "false":
            pieces.append("0" if dialect == "sqlite" else "FALSE")
        else:
            pieces.append(parts[int(name)].text)
            params.extend(parts[int(name)].params)
    return Statement("".join(pieces), tuple(params))


def quote(name: str) -> str:
    """Return a name as SQL writes it.

    >>> quote('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'
