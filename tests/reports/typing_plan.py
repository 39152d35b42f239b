"""On which days the records of the invented city are typed: each on a few, some answers corrected later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta, timezone
from itertools import groupby
from zlib import crc32

from city import Made
from city.load import PERSON

from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.model.answer import Value
from hsdesk.model.clock import Clock, reading
from hsdesk.model.days import DaysTyped, days_typed
from hsdesk.records.edits import Edit
from hsdesk.records.parts import Mark

EAST = timezone(timedelta(hours=8))
DAYS = (date(2020, 8, 1), date(2020, 9, 30), date(2022, 6, 1), date(2022, 12, 31), date(2025, 10, 1))


def typed_on(made: Made) -> Mapping[str, date]:
    """Return by answer the day on which its present value is typed; a third comes a day or two later."""
    dice = crc32(made.record.encode() + made.place.encode())
    first = dice % 3
    days: dict[str, date] = {}
    for path in made.answers:
        turn = (crc32(path.rpartition("/")[0].encode()) if "/" in path else crc32(path.encode())) + dice
        days[path] = DAYS[first + (turn % 3 if turn % 5 < 2 else 0)]
    return days


def moment(day: date, path: str) -> int:
    """Return a moment of a day in Huangshan: its very first or its very last millisecond."""
    begin = round(datetime(day.year, day.month, day.day, tzinfo=EAST).timestamp() * 1000)
    return begin if len(path) % 2 else begin + 86_399_999


def marks(made: Made) -> DaysTyped:
    """Return what a server makes of these days."""
    days = typed_on(made)
    found = {path: Mark(1, reading(moment(day, path)), "d", 1, 1, PERSON) for path, day in days.items()}
    base = min(found.values(), key=lambda mark: mark.hlc)
    return days_typed([(made.answers, base, {path: mark for path, mark in found.items() if mark != base})])


def type_in(file: DeskFile, records: Iterable[Made]) -> None:
    """Type records into a desk's file, moment by moment; what comes later had another value before."""
    now = [0]
    file._connection.clock = Clock(wall=lambda: now[0])
    pending = sorted(_strokes(records), key=lambda stroke: stroke[0])
    for at, strokes in groupby(pending, key=lambda stroke: stroke[0]):
        now[0] = at
        file.commit_many(edit for _, edit in strokes)
    file._connection.clock = Clock(file._connection.clock.last)


def _strokes(records: Iterable[Made]) -> Iterator[tuple[int, Edit]]:
    for made in records:
        days = typed_on(made)
        first = min(days.values())
        by_moment: dict[int, dict[str, Value]] = {}
        for path, day in days.items():
            value = made.answers[path]
            by_moment.setdefault(moment(day, path), {})[path] = value
            is_text = isinstance(value, str) and not value[:4].isdigit()
            if day > first and is_text and "/" not in path:
                by_moment.setdefault(moment(first, path), {})[path] = f"先前{value}"
        for at, answers in by_moment.items():
            yield at, Edit(made.place, made.form, made.record, answers, PERSON)
