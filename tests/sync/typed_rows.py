"""The rows of register tables, as a desk and a city server hold them, to be compared."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from hsdesk.forms.schema import Form
from hsdesk.registers.tables import all_tables, quoted, register_table

Rows = dict[str, list[tuple[Any, ...]]]  # by table
REV = ("_rev",)  # a desk hears of the revision of its own ops later
CLOCK = (*REV, "_made", "_settled", "_later")  # the server does not believe a clock that runs days ahead


def typed_rows(
    ask: Callable[..., list[tuple[Any, ...]]],
    forms: Iterable[Form],
    scopes: Sequence[str],
    *,
    without: Collection[str] = REV,
) -> Rows:
    """Return the rows of some places, those of rosters too. `ask` runs a statement with values."""
    marks = ", ".join("?" * len(scopes))
    found: Rows = {}
    for form in forms:
        for table in all_tables(register_table(form)):
            names = ", ".join(quoted(name) for name in table.names if name not in without)
            rows = ask(f"SELECT {names} FROM {quoted(table.name)} WHERE _scope IN ({marks})", *scopes)
            found[table.name] = sorted(map(tuple, rows), key=repr)
    return found
