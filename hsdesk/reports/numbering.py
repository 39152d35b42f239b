"""Columns of a roster that the row alone does not tell: 序号, 名次, and sums over another register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hsdesk.language.aggregate import Aggregate
from hsdesk.registers.contract import RegisterRecord, Registers
from hsdesk.reports.definitions import ColumnDefinition, Definition, SumDefinition
from hsdesk.reports.signing import Occasion


class Numbering:
    """The numbers of the rows of one roster."""

    def __init__(
        self,
        definition: Definition,
        registers: Registers,
        occasion: Occasion,
        records: Sequence[RegisterRecord],
    ) -> None:
        self._order = definition.order
        self._figures = sorted((figure(one, self._order) for one in records), reverse=True)
        self._sums = {
            column.sum: _sums(column.sum, registers, occasion) for column in definition.columns if column.sum
        }

    def cell(self, column: ColumnDefinition, number: int, record: RegisterRecord) -> str:
        """Return the text of a column of this kind, "" of others. `number`: of the row, from 1."""
        match column.source:
            case "number":
                return str(number)
            case "rank":  # who has as much shares a rank
                return str(self._figures.index(figure(record, self._order)) + 1)
            case "sum" if column.sum:
                sums = self._sums[column.sum]
                return "此处不知" if sums is None else f"{sums.get(record.id, 0):.10g}"
            case _:
                return ""


def figure(record: RegisterRecord, key: str) -> float:
    """Return an answer as a figure, 0 for what is none."""
    value = record.values.get(key)
    return float(value) if isinstance(value, int | float) else 0.0


def _sums(wanted: SumDefinition, registers: Registers, occasion: Occasion) -> Mapping[str, float] | None:
    """Return the sums by record; None where the other register is not held here."""
    first = occasion.asked.first_day or occasion.asked.start("quarter")
    days = f"{wanted.on} >= '{first.isoformat()}' and {wanted.on} <= '{occasion.day.isoformat()}'"
    query = Aggregate(wanted.register, days, agg="sum", of=wanted.of, group_by=wanted.by)
    (found,) = registers.figures([query], occasion.places)
    return found
