"""A problem before its place in a workbook is known: it speaks of a path and a column of the form."""

from __future__ import annotations

import msgspec

from hsdesk.forms.problem import Severity

Path = tuple[str, ...]


class UnplacedProblem(msgspec.Struct, frozen=True):
    """One finding. `path` is the XForm path, `column` the XLSForm column."""

    message: str
    remedy: str = ""
    path: Path = ()
    column: str = ""
    line: int = 0
    severity: Severity = "error"
    list_name: str = ""
    choice: str = ""
    text: str = ""  # what the cell holds, when known: finds the cell where the path does not


def dotted(path: Path) -> str:
    """Return a path as a person reads it: 「/data/group/field」."""
    return "/" + "/".join(path)
