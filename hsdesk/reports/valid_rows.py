"""Which records of a register are shown for a past day or a period, by the dates that their form names.

`hs:life` of a form names the first day of a record and the day from which it is over: a row is shown on the
days between. A year beside the first day (`used_from/in_use_year`) tells where no day is known. `hs:event`
names the day, moment, reporting period or year of what a record tells: it is shown from then on or, where a
period is asked for, in that period. What has no such date is shown as it is today, and the sheet says so, as
it says of a past day that the columns of what lasts are today's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from hsdesk.errors import DataError
from hsdesk.forms.schema import Form, Question, questions
from hsdesk.model.answer import Value
from hsdesk.model.asked_day import BY_TODAY, AskedDay
from hsdesk.model.period import Period, parse_period
from hsdesk.registers.contract import RegisterRecord


class ValidRows(msgspec.Struct, frozen=True):
    """The records to be shown, and what the sheet must say about them ("": nothing)."""

    records: tuple[RegisterRecord, ...]
    note: str = ""


def valid_rows(form: Form, records: Sequence[RegisterRecord], asked: AskedDay) -> ValidRows:
    """Return the records of a register that are shown for the day or period that somebody asked for."""
    if not asked.named:
        return ValidRows(tuple(records))
    by_key = {question.key: question for question in questions(form.children)}
    dated = by_key.get(form.event or _first_keys(form)[0])
    if dated is None:
        return ValidRows(tuple(records), BY_TODAY if asked.is_past else "")
    told = [(one, _is_shown(form, one, asked)) for one in records]
    bare = sum(is_shown is None for _, is_shown in told)
    columns = f"各栏{BY_TODAY}" if form.life and asked.is_past else ""  # what an event tells is of its day
    if dated.required:
        kept, about = tuple(one for one, is_shown in told if is_shown), _left_out(dated, bare)
    else:
        kept = tuple(one for one, is_shown in told if is_shown is not False)
        about = _unknown(dated, bare) if asked.is_past else ""
    return ValidRows(kept, "；".join(filter(None, (columns, about))))


def _first_keys(form: Form) -> tuple[str, ...]:
    """Return the answers that tell the first day of a record: a day, and perhaps a year beside it."""
    return tuple(form.life[0].split("/")) if form.life else ("",)


def _is_shown(form: Form, record: RegisterRecord, asked: AskedDay) -> bool | None:
    """Tell whether a record is shown; None: its date is not filled in."""
    if form.event:
        value = record.values.get(form.event)
        return None if value in (None, "") else _happened(value, asked)
    end = str(record.values.get(form.life[1]) or "")[:10] if len(form.life) > 1 else ""
    if end and end <= asked.day.isoformat():
        return False
    known = [_has_begun(record.values.get(key), asked.day) for key in _first_keys(form)]
    return True if True in known else False if False in known else None


def _has_begun(value: Value, day: date) -> bool | None:
    """Tell whether a day or a year has come; None: it is not filled in, or some day of this very year."""
    if isinstance(value, int | float):
        return None if int(value) == day.year else int(value) < day.year
    return None if not value else str(value)[:10] <= day.isoformat()


def _happened(value: Value, asked: AskedDay) -> bool:
    """Tell whether what a record tells lies before the day and, where one is asked for, in the period.

    A year counts as soon as it has begun, a reporting period when it is over.
    """
    start = asked.first_day
    if isinstance(value, int | float):
        year = Period(int(value), 1, "year")
        return year.first_day <= asked.day and (start is None or start <= year.last_day)
    try:
        period = parse_period(str(value))
    except DataError:
        day = str(value)[:10]
        return (start is None or start.isoformat() <= day) and day <= asked.day.isoformat()
    return period.last_day <= asked.day and (start is None or start <= period.first_day)


def _left_out(dated: Question, count: int) -> str:
    return f"另有{count}条没有填“{dated.label.plain()}”，没有列入" if count else ""


def _unknown(dated: Question, count: int) -> str:
    return f"其中{count}条没有填“{dated.label.plain()}”，{BY_TODAY}" if count else ""
