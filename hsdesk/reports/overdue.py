"""逾期率: of the records with a day to keep, how many are past it, as figures over the register tables.

The days are those of the reminders (到期提醒), judged by the dates in the data, so that any day can be asked:
a record counts from when it began until it was done; one that is done without a day of it, until its own day,
never as past. Where a newer term has begun, the one before it does not count. Neither city nor province has
defined the share: which days count is a setting (口径以市局为准).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hsdesk.language.aggregate import Aggregate, Related
from hsdesk.model.days import shifted
from hsdesk.reports.counts import FigureDay
from hsdesk.reports.indicators import DueTerm
from hsdesk.reports.reminders import Reminder, reminders

Figures = Mapping[str, float]  # by place


def overdue_figures(
    term: DueTerm, day: FigureDay, ask: Callable[[Aggregate], Figures | None]
) -> dict[str, float] | None:
    """Return by place how many records are as the term says; None: a register is not held here."""
    total: dict[str, float] = {}
    for query in due_queries(term, day):
        found = ask(query)
        if found is None:
            return None
        for place, figure in found.items():
            total[place] = total.get(place, 0) + figure
    return total


def due_queries(term: DueTerm, day: FigureDay) -> tuple[Aggregate, ...]:
    """Return what a term asks, one query for each reminder."""
    asked = (one for one in reminders() if term.sort in ("", one.sort))
    return tuple(due_query(reminder, day, is_past=term.what == "past") for reminder in asked)


def due_query(reminder: Reminder, day: FigureDay, *, is_past: bool) -> Aggregate:
    """Return what counts the records of a reminder that have a day to keep, or are past it."""
    date = reminder.date
    rules = [f"{date} != ''", *(f"({rule})" for rule in (reminder.counts or reminder.where,) if rule)]
    if reminder.years:
        rules.append(f"{date} <= today() and {reminder.years} != ''")
    if reminder.until is not None:
        rules.append(f"{date} >= date('{shifted(day.as_of, -reminder.until)}')")
    if is_past:
        rules.append(_is_past(reminder))
    return Aggregate(
        reminder.register,
        day.fill(" and ".join(rules)),
        _followed(reminder),
        group_by="place",
        as_of=day.as_of.isoformat(),
    )


def _is_past(reminder: Reminder) -> str:
    """Return the rule that the last day is over.

    A term is compared as year, month and day in one number: what begins on 29 February and ends in a year
    without one is past from 1 March on (`reminders.ends_on`).
    """
    if not reminder.years:
        return f"{reminder.date} < today()"
    begun = f"number(format-date({reminder.date}, '%Y%m%d'))"
    return f"{begun} + 10000 * {reminder.years} < {{yyyymmdd}}"


def _followed(reminder: Reminder) -> tuple[Related, ...]:
    """Return the condition that no newer term of the same body has begun."""
    if not reminder.newest:
        return ()
    same = " and ".join(f"{field} = current()/{field}" for field in reminder.newest)
    newer = f"{reminder.date} > current()/{reminder.date}"
    return (Related(reminder.register, f"{same} and {newer}", f"{reminder.date} <= today()", absent=True),)
