"""Code lists (代码表) that the program carries: CSV files with `name`, `label` and further columns."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache

from hsdesk.forms.host import Alone
from hsdesk.forms.schema import Choice, Label
from hsdesk.model.resource import resource_dir

# The directory of places, and the place and person of the record at hand: instances that are no registers.
STATIC_INSTANCES = frozenset({"places", "here"})


@cache
def code_lists() -> frozenset[str]:
    """Return the names of the shipped code lists."""
    return frozenset(path.stem for path in (resource_dir() / "codelists").glob("*.csv"))


@cache
def code_list(name: str) -> tuple[Choice, ...] | None:
    """Return the choices of a shipped code list in the order of the file; None when there is no such list."""
    path = resource_dir() / "codelists" / f"{name}.csv"
    if "/" in name or "\\" in name or not path.is_file():
        return None
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return tuple(_choice(row) for row in csv.DictReader(lines))


def _choice(row: dict[str, str]) -> Choice:
    extra = {column: text for column, text in row.items() if column not in ("name", "label") and text}
    return Choice(value=row["name"], label=Label({"": (row["label"],)}), extra=extra)


@cache
def labels(name: str) -> dict[str, str]:
    """Return the label of each code of a shipped list; empty when there is no such list."""
    return {choice.value: choice.label.plain() for choice in code_list(name) or ()}


class ListHost(Alone):
    """A host that knows the shipped code lists and nothing else: enough for what a register table keeps."""

    def choices(self, list_name: str) -> Sequence[Choice]:
        return code_list(list_name) or ()
