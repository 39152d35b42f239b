"""Every indicator for a place, or for each place of a level below it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from hsdesk.model.place import Place
from hsdesk.reports.indicators import IndicatorValue

if TYPE_CHECKING:
    from hsdesk.registers.contract import Registers


def evaluate_all(
    registers: Registers,
    unit: Place,
    as_of: date,
    level: str = "",
    *,
    held: Sequence[str] = (),
) -> tuple[IndicatorValue, ...]:
    """Return every indicator for a place or, with a level, for each place of that level below it.

    Records are looked for at the `held` places: without them at the place, below it, and above it, where
    published registers lie.
    """
    from hsdesk.reports.evaluation import Evaluation, subtree

    directory = registers.directory.seen_on(as_of.isoformat())
    inside = subtree(directory, unit.id)
    above = tuple(place.id for place in directory.ancestors(unit.id))
    evaluation = Evaluation(registers, held or (*inside, *above), as_of)
    wanted = [place for place in inside if not level or directory.by_id(place).level == level]
    return tuple(value for place in (wanted if level else [unit.id]) for value in evaluation.all_for(place))
