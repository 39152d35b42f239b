"""What was reported last of each record: the state of a task is that of its latest report (最新状态)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hsdesk.errors import DataError
from hsdesk.model.period import parse_period
from hsdesk.registers.contract import Registers
from hsdesk.reports.counts import FigureDay
from hsdesk.reports.indicators import LatestTerm


def latest_figures(
    registers: Registers, held: Sequence[str], term: LatestTerm, day: FigureDay
) -> dict[str, float] | None:
    """Return by place how many of its records were last reported as the term says; None: not held here."""
    records = registers.records(term.register, held)
    reports = registers.records(term.reports, held)
    if records is None or reports is None:
        return None
    said: dict[str, dict[date, set[str]]] = {}
    for report in reports:
        end = _end(str(report.values.get(term.period) or ""))
        record = report.values.get(term.record)
        if end is not None and end <= day.as_of and record:
            state = str(report.values.get(term.of) or "")
            said.setdefault(str(record), {}).setdefault(end, set()).add(state)
    found: dict[str, float] = {}
    for one in records:
        periods = said.get(one.id)
        if periods and periods[max(periods)] == {term.value}:
            found[one.place] = found.get(one.place, 0) + 1
    return found


def _end(period: str) -> date | None:
    """Return the last day of a reporting period; None when it cannot be read."""
    try:
        return parse_period(period).last_day
    except DataError:
        return None
