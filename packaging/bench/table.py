"""One row per figure, printed as a Markdown table.

A module of this package joins the table by offering `rows() -> list[Row]`; `storm_rows() -> list[Row]`,
where it is offered, is added by `--storm`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import ModuleType

HEADER = ("figure", "target", "measured", "unit", "ratio", "floor")


@dataclass(frozen=True)
class Row:
    """A measured figure.

    `target` is text (`≤ 1.0`), `measured` is in `unit` and is None where the figure cannot be taken on this
    machine (`floor` then says why), `ratio` is measured ÷ floor, and `floor` names the floor with its value.
    """

    figure: str
    target: str
    measured: float | None
    unit: str
    ratio: float | None = None
    floor: str = ""

    def cells(self) -> tuple[str, ...]:
        """Return the row as text, numbers with three significant digits.

        >>> Row("save", "≤ 16", 0.51234, "ms", 2.0, "raw insert 0.256 ms").cells()
        ('save', '≤ 16', '0.512', 'ms', '2.00 ×', 'raw insert 0.256 ms')
        """
        ratio = "" if self.ratio is None else f"{number(self.ratio)} ×"
        measured = "not measured" if self.measured is None else number(self.measured)
        return (self.figure, self.target, measured, self.unit, ratio, self.floor)


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
