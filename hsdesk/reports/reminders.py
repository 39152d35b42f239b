"""Reminders (到期提醒) as data in `resources/reminders.json`: certificates, terms, contracts, filings.

A reminder is not a fault of a record: it says that a day comes near or has passed. Records that are deleted,
closed, cancelled or left do not remind (`where`), nor does a term that a newer record of the same body
follows (`newest`), nor do places that are closed.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import cache
from typing import Literal

import msgspec

from hsdesk.errors import DataError, Missing
from hsdesk.forms.schema import Form
from hsdesk.model.days import shifted
from hsdesk.model.place import Directory
from hsdesk.model.resource import resource_dir
from hsdesk.registers.contract import RegisterRecord
from hsdesk.reports.counts import count_named, day_of, leans_of_count, rows_of
from hsdesk.reports.leaning import FormOf, Lean, lacking, leans_of_rows

Reader = Callable[
    [str, Sequence[str], str], Sequence[RegisterRecord] | None
]  # register, places, row predicate


class Reminder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which answer of which register names a day, and how many days before it one should know."""

    id: str
    register: str
    date: str  # the answer with the day, or with the day that `years` begin on
    days: int
    what: str  # what ends
    advice: str
    sort: Literal["renewal", "task"]  # what is to be made anew, or to be done
    where: str = ""  # row predicate; `today()` is the day asked for
    count: str = ""  # of `counts`: only its records remind
    years: str = ""  # the answer with the length of a term
    newest: tuple[str, ...] = ()  # of the records of a place alike in these, only the one begun last
    until: int | None = None  # days after which it is of no use any more; None: as long as it stands
    counts: str = ""  # row predicate for 逾期率, by the dates in the data, so for any day; "": `where`


class Due(msgspec.Struct, frozen=True):
    """One record whose day is near or past. `left` is how many days are left, negative when it is past."""

    reminder: str
    register: str
    place: str  # id
    record: str
    path: str
    title: str
    day: str  # ISO date
    left: int
    what: str
    advice: str
    message: str  # what, how far, day and advice in one sentence


@cache
def reminders() -> tuple[Reminder, ...]:
    """Return every reminder the program carries."""
    content = (resource_dir() / "reminders.json").read_bytes()
    return msgspec.json.decode(content, type=tuple[Reminder, ...])


def leans_of_reminder(reminder: Reminder) -> frozenset[Lean]:
    """Return the columns that a reminder reads."""
    names = (reminder.date, reminder.years, *reminder.newest)
    counted = leans_of_count(count_named(reminder.count)) if reminder.count else frozenset()
    return counted | leans_of_rows(reminder.register, *names, reminder.where, reminder.counts)


def due(
    read: Reader, form: FormOf, places: Sequence[str], today: date, register: str = ""
) -> tuple[Due, ...]:
    """Return what is due in these places, what is past first.

    Registers that are not held are passed over, and so are reminders that read a column which is not there.
    """
    wanted = [
        one
        for one in reminders()
        if register in ("", one.register) and lacking(leans_of_reminder(one), form) is None
    ]
    found = [each for one in wanted for each in _due(one, read, form, places, today)]
    return tuple(sorted(found, key=lambda one: (one.left, one.register, one.title, one.record)))


def _due(reminder: Reminder, read: Reader, form: FormOf, places: Sequence[str], today: date) -> Iterator[Due]:
    try:
        where = predicate(reminder, form(reminder.register), today)
    except (DataError, Missing):  # the register is not installed
        return
    records = read(reminder.register, places, where) or ()
    for record in _newest(reminder, records):
        day = ends_on(record, reminder)
        left = (day - today).days if day is not None else None
        if day is None or left is None or left > reminder.days:
            continue
        if reminder.until is None or left >= -reminder.until:
            yield Due(
                reminder.id,
                reminder.register,
                record.place,
                record.id,
                reminder.date,
                record.title,
                day.isoformat(),
                left,
                reminder.what,
                reminder.advice,
                f"{reminder.what}{left_words(left)}({day.isoformat()}),{reminder.advice}",
            )


def standing(directory: Directory, places: Sequence[str], today: date) -> tuple[str, ...]:
    """Return those places that exist on a day: a closed village has nothing to renew."""
    found = ((place, directory.get(place)) for place in places)
    return tuple(
        place for place, known in found if known is not None and known.is_valid_on(today.isoformat())
    )


def predicate(reminder: Reminder, form: Form, today: date) -> str:
    """Return the row predicate that finds the candidates; the day itself where the register holds it."""
    rules = [f"{reminder.date} != ''"]
    if not reminder.years:
        last = shifted(today, reminder.days)
        rules.append(f"{reminder.date} <= date('{last.isoformat()}')")
    if reminder.where:
        rules.append(f"({reminder.where})".replace("today()", f"date('{today.isoformat()}')"))
    if reminder.count:
        rules.append(f"({rows_of(count_named(reminder.count), day_of(today), form)})")
    return " and ".join(rules)


def left_words(left: int) -> str:
    """Return how far a day is.

    >>> left_words(60), left_words(0), left_words(-3)
    ('还有60天到期', '今天到期', '已过期3天')
    """
    if left > 0:
        return f"还有{left}天到期"
    return "今天到期" if left == 0 else f"已过期{-left}天"


def ends_on(record: RegisterRecord, reminder: Reminder) -> date | None:
    """Return the day that a record names, None where it cannot be told.

    A term that begins on 29 February ends on the last day of that month (民法典第二百零二条: 没有对应日的,
    月末日为期间的最后一日).
    """
    begin = record.values.get(reminder.date)
    years = record.values.get(reminder.years) if reminder.years else 0
    if not isinstance(begin, str) or not isinstance(years, int | float):
        return None
    try:
        year, month, day = (int(part) for part in begin[:10].split("-"))
        last = calendar.monthrange(year + int(years), month)[1]
        return date(year + int(years), month, min(day, last))
    except (ValueError, calendar.IllegalMonthError):
        return None


def _newest(reminder: Reminder, records: Sequence[RegisterRecord]) -> Sequence[RegisterRecord]:
    if not reminder.newest:
        return records
    latest: dict[tuple[object, ...], RegisterRecord] = {}
    for record in records:
        key = (record.place, *(record.values.get(field) for field in reminder.newest))
        known = latest.get(key)
        if known is None or str(record.values[reminder.date]) > str(known.values[reminder.date]):
            latest[key] = record
    return tuple(latest.values())
