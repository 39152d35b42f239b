"""One row per figure, printed as a Markdown table.

A module of this package joins the table by offering `rows() -> list[Row]`; `storm_rows() -> list[Row]`,
where it is offered, is added by `--storm`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import ModuleType

HEADER = ("figure", "ratio", "target", "", "goal", "measured", "unit", "floor")
MISSED = "missed"
_SIGNS: dict[str, Callable[[float, float], bool]] = {"≤": operator.le, "≥": operator.ge, "=": operator.eq}


@dataclass(frozen=True)
class Row:
    """A measured figure.

    `measured` is in `unit` and for information, as machines differ by three times; it is None where the
    figure cannot be taken on this machine (`floor` then says why). `ratio` is measured ÷ floor and counts:
    `target` (`≤ 2.7 ×`) is what must hold, `goal` what is worked towards. `floor` names the floor, which was
    measured in the same run, with its value.
    """

    figure: str
    target: str
    measured: float | None
    unit: str
    ratio: float | None = None
    floor: str = ""
    goal: str = ""

    def __post_init__(self) -> None:
        """Raise ValueError for a target that is no ratio, or that has no floor to be held against."""
        for wanted in filter(None, (self.target, self.goal)):
            sign, _, rest = wanted.partition(" ")
            if sign not in _SIGNS or not rest.endswith(" ×"):
                raise ValueError(f"{self.figure}: {wanted} is no ratio")
            if self.measured is not None and (self.ratio is None or not self.floor):
                raise ValueError(f"{self.figure}: no floor for {wanted}")

    def meets(self, wanted: str) -> bool:
        """Return whether the ratio is as wanted; True where nothing is wanted or nothing could be measured.

        >>> Row("save", "≤ 2.7 ×", 0.5, "ms", 2.0, "plain commit 0.25 ms").meets("≤ 2.7 ×")
        True
        """
        if not wanted or self.ratio is None:
            return True
        sign, value, _ = wanted.split()
        return _SIGNS[sign](self.ratio, float(value.replace(",", "")))

    def verdict(self) -> str:
        """Return "missed", "held", or "reached" for a goal; "" without a target."""
        if not self.target or self.ratio is None:
            return ""
        if not self.meets(self.target):
            return MISSED
        return "reached" if self.goal and self.meets(self.goal) else "held"

    def cells(self) -> tuple[str, ...]:
        """Return the row as text, numbers with three significant digits.

        >>> Row("save", "≤ 2.7 ×", 0.51234, "ms", 2.0, "plain commit 0.256 ms", "≤ 2 ×").cells()
        ('save', '2.00 ×', '≤ 2.7 ×', 'reached', '≤ 2 ×', '0.512', 'ms', 'plain commit 0.256 ms')
        """
        ratio = "" if self.ratio is None else f"{number(self.ratio)} ×"
        measured = "not measured" if self.measured is None else number(self.measured)
        return (
            self.figure, ratio, self.target, self.verdict(), self.goal, measured, self.unit, self.floor
        )  # fmt: skip


def number(value: float) -> str:
    """Return `value` with three significant digits and no exponent.

    >>> number(20000.4), number(12.345), number(0.01234), number(0)
    ('20,000', '12.3', '0.0123', '0')
    """
    if value == 0:
        return "0"
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    decimals = 1 if size >= 10 else 2
    while size < 1 and decimals < 9 and size * 10 ** (decimals - 2) < 1:
        decimals += 1
    return f"{value:.{decimals}f}"


def markdown(rows: Iterable[Row]) -> str:
    """Return the table as Markdown, one line a row."""
    lines = [HEADER, ("---",) * len(HEADER), *(row.cells() for row in rows)]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def run_table(modules: Iterable[ModuleType], *, storm: bool = False) -> list[Row]:
    """Take the figures of every module in turn and return their rows.

    Modules run one after another: two at once would measure each other.
    """
    found: list[Row] = []
    for module in modules:
        for name in ("rows", "storm_rows") if storm else ("rows",):
            take: Callable[[], list[Row]] | None = getattr(module, name, None)
            if take is not None:
                found.extend(take())
    return found
