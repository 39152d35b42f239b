"""What was reported last of each record: the state of a task is that of its latest report (最新状态)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

import msgspec

from hsdesk.errors import DataError
from hsdesk.model.period import parse_period
from hsdesk.registers.contract import RegisterRecord, Registers
from hsdesk.reports.counts import FigureDay
from hsdesk.reports.indicators import LatestTerm


def latest_figures(
    registers: Registers, held: Sequence[str], term: LatestTerm, day: FigureDay
) -> dict[str, float] | None:
    """Return by place how many of its records were last reported as the term says; None: not held here."""
    states = latest_states(registers, held, term, day)
    if states is None:
        return None
    found: dict[str, float] = {}
    for one in states:
        if not one.is_part and one.said == {term.value}:
            found[one.record.place] = found.get(one.record.place, 0) + 1
    return found


class LatestState(msgspec.Struct, frozen=True):
    """What was said last of a record. `said`: by every report of its last period and by all of its parts.

    `parts`: the records directly below it. `own`: the reports of its own last period.
    """

    record: RegisterRecord
    said: frozenset[str]
    is_part: bool = False
    parts: tuple[RegisterRecord, ...] = ()
    own: tuple[RegisterRecord, ...] = ()


def latest_states(
    registers: Registers, held: Sequence[str], term: LatestTerm, day: FigureDay
) -> tuple[LatestState, ...] | None:
    """Return what was said last of each record, by reports and by its parts; None: not held here.

    A part of which nothing was said is not done: it says "".
    """
    records = registers.records(term.register, held)
    reports = registers.records(term.reports, held)
    if records is None or reports is None:
        return None
    last = _last_reports(reports, term, day)
    known, dropped = {one.id for one in records}, frozenset({term.dropped} if term.dropped else ())
    parts: dict[str, list[RegisterRecord]] = {}
    for one in records:
        above = _text(one, term.above) if term.above else ""
        if above in known and above != one.id:
            parts.setdefault(above, []).append(one)
    below = {one.id for each in parts.values() for one in each}

    def said(one: RegisterRecord, met: frozenset[str]) -> frozenset[str]:
        own = {_text(report, term.of) for report in last.get(one.id, ())}
        under = [part for part in parts.get(one.id, ()) if part.id not in met]  # a circle of parts ends here
        told = [said(part, met | {part.id}) or frozenset({""}) for part in under]
        return frozenset(own.union(*(each for each in told if each != dropped)))

    return tuple(
        LatestState(
            one,
            said(one, frozenset({one.id})),
            one.id in below,
            tuple(parts.get(one.id, ())),
            last.get(one.id, ()),
        )
        for one in records
    )


def _last_reports(
    reports: Sequence[RegisterRecord], term: LatestTerm, day: FigureDay
) -> dict[str, tuple[RegisterRecord, ...]]:
    """Return, by the record they are on, the reports for its last period that is over on the day."""
    found: dict[str, dict[date, list[RegisterRecord]]] = {}
    for report in reports:
        end, record = _end(_text(report, term.period)), _text(report, term.record)
        if end is not None and end <= day.as_of and record:
            found.setdefault(record, {}).setdefault(end, []).append(report)
    return {record: tuple(periods[max(periods)]) for record, periods in found.items()}


def _text(record: RegisterRecord, column: str) -> str:
    return str(record.values.get(column) or "")


@lru_cache(maxsize=256)  # many reports are for the same few periods
def _end(period: str) -> date | None:
    """Return the last day of a reporting period; None when it cannot be read."""
    try:
        return parse_period(period).last_day
    except DataError:
        return None
