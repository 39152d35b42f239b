"""What is wrong in a form definition: where it stands, why it cannot be used, and what to do about it."""

from __future__ import annotations

from typing import Literal

import msgspec

Severity = Literal["error", "warning"]


class Problem(msgspec.Struct, frozen=True):
    """One finding about a form definition. `sheet` and `cell` are empty where they do not apply.

    For a plain XForm `cell` names the line: 「第 12 行」.
    """

    file: str
    sheet: str
    cell: str
    severity: Severity
    message: str
    remedy: str

    def __str__(self) -> str:
        """Return one line to print.

        >>> print(Problem("a.xlsx", "survey", "C3", "error", "括号不配对。", "补上“)”。"))
        a.xlsx survey!C3 错误:括号不配对。补上“)”。
        """
        place = "!".join(part for part in (self.sheet, self.cell) if part)
        kind = "错误" if self.severity == "error" else "提醒"
        return f"{self.file} {place + ' ' if place else ''}{kind}:{self.message}{self.remedy}"


def errors_of(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Return the problems that stop a form from being installed."""
    return tuple(problem for problem in problems if problem.severity == "error")
