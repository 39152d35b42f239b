"""Columns of values as array literals of PostgreSQL: the driver takes ten times as long to quote them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from hsdesk.server.database import Parameter


class Column(msgspec.Struct, frozen=True):
    """The values of one parameter in every record. `type` is "" if all of them are NULL."""

    type: str
    literal: str


def column(values: tuple[Parameter, ...]) -> Column:
    """Return a column of the one type that holds all its values.

    >>> column((1, 2.5, None))
    Column(type='float8', literal='{1.0,2.5,NULL}')
    >>> column(('a', 'b"c', None, 'NULL')).literal
    '{"a","b\\\\"c",NULL,"NULL"}'
    >>> column((b'hi',)).literal
    '{"\\\\\\\\x6869"}'
    """
    types = set(map(type, values)) - {type(None)}
    for kind, name, written in _KINDS:
        if kind in types:
            return Column(name, "{" + ",".join(_written(values, written)) + "}")
    return Column("", "")


def _written(values: Iterable[Parameter], written: Callable[[Parameter], str]) -> Iterable[str]:
    return ("NULL" if value is None else written(value) for value in values)


def _text(value: Parameter) -> str:
    text = str(value)
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _bytes(value: Parameter) -> str:
    assert isinstance(value, bytes)
    return f'"\\\\x{value.hex()}"'


def _float(value: Parameter) -> str:
    return repr(float(value))  # type: ignore[arg-type]


_KINDS: tuple[tuple[type, str, Callable[[Parameter], str]], ...] = (
    (str, "text", _text),
    (bytes, "bytea", _bytes),
    (float, "float8", _float),
    (int, "int8", str),
)
