"""Every indicator for a place, or for each place of a level below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hsdesk.model.asked_day import AskedDay
from hsdesk.model.place import Place
from hsdesk.reports.indicators import IndicatorValue

if TYPE_CHECKING:
    from hsdesk.registers.contract import Registers


def evaluate_all(
    registers: Registers, unit: Place, asked: AskedDay, level: str = ""
) -> tuple[IndicatorValue, ...]:
    """Return every indicator for a place or, with a level, for each place of that level below it."""
    from hsdesk.reports.evaluation import Evaluation

    directory = registers.directory.seen_on(asked.day.isoformat())
    inside = directory.subtree(unit.id)
    evaluation = Evaluation(registers, asked)
    wanted = [place for place in inside if not level or directory.by_id(place).level == level]
    return tuple(value for place in (wanted if level else [unit.id]) for value in evaluation.all_for(place))
