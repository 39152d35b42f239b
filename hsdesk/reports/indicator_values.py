"""Every indicator for a place, or for each place of a level below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hsdesk.model.asked_day import AskedDay
from hsdesk.model.place import Place
from hsdesk.model.step import Step, unheard
from hsdesk.reports.indicators import IndicatorValue

if TYPE_CHECKING:
    from hsdesk.registers.contract import Registers


def evaluate_all(
    registers: Registers, unit: Place, asked: AskedDay, level: str = "", step: Step = unheard
) -> tuple[IndicatorValue, ...]:
    """Return every indicator for a place or, with a level, for each place of that level below it.

    `step` hears how many figures of how many are made, and may stop the work.
    """
    from hsdesk.reports.evaluation import Evaluation

    directory = registers.directory.seen_on(asked.day.isoformat())
    inside = directory.subtree(unit.id)
    evaluation = Evaluation(registers, asked)
    wanted = [place for place in inside if not level or directory.by_id(place).level == level]
    places = wanted if level else [unit.id]
    every = [(indicator, place) for place in places for indicator in evaluation.indicators]
    values = []
    for done, (indicator, place) in enumerate(every):
        step(done, len(every))
        values.append(evaluation.one_for(indicator, place))
    return tuple(values)
