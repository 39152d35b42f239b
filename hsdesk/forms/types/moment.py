"""日期时间: a moment, stored as ISO text with milliseconds and the offset of where it was written."""

from __future__ import annotations

import datetime as dt
import re
from typing import ClassVar

from hsdesk.errors import DataError
from hsdesk.forms.schema import Question
from hsdesk.forms.types.day import is_day, seen_day
from hsdesk.forms.types.days import read_day, read_time
from hsdesk.forms.types.given import folded, name_of, quoted
from hsdesk.forms.types.holding import Holding
from hsdesk.forms.types.question import QuestionType, read_typed
from hsdesk.language.values import Value as Seen
from hsdesk.language.values import to_text
from hsdesk.model.answer import Value, Written

_WHOLE = re.compile(r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::00|(:\d\d))(?:\.0+)?(?:Z|[+-]\d\d:\d\d)?$", re.ASCII)
_MINUTE = dt.timedelta(minutes=1)
_PARTS = re.compile(r"(.*?[\d日号])(?:T|\s+|(?<=[日号]))(\d{1,2}[:时点].*)", re.ASCII)


class Moments(Holding):
    """Moments. A day alone is none: nobody said at what time."""

    name = "dateTime"
    word = "日期时间"
    wanted = "日期和时间，例如 2026-03-15 08:30"
    binds = ("dateTime", "datetime")
    input = "dateTime"
    holds = (str,)
    in_tree = dt.date
    sql = "text"
    column = "moment"
    is_set = is_spoken = False
    widens_to: ClassVar = frozenset({"string"})

    def read(self, question: Question, text: str) -> Value:
        found = _PARTS.fullmatch(folded(text))
        if found is None:
            raise self._unread(question, text)
        day = read_day(question, found[1])
        clock, zone = read_time(question, found[2])
        try:
            moment = dt.datetime.fromisoformat(f"{day}T{clock.isoformat()}{zone}")
            aware = moment.astimezone() if moment.tzinfo is None else moment
        except (ValueError, OverflowError):
            raise self._unread(question, text) from None
        if (aware.utcoffset() or dt.timedelta()) % _MINUTE:  # before 1901 clocks went by the sun
            raise self._unread(question, text)
        return aware.isoformat(timespec="milliseconds")

    @staticmethod
    def _unread(question: Question, text: str) -> DataError:
        return DataError(
            "“{name}”要填日期和时间，例如 2026-03-15 08:30；您填的是“{typed}”。",
            field=question.key,
            name=name_of(question),
            typed=quoted(text),
        )

    def show(self, value: Value) -> str:
        """Return a stored moment as the clock said it where it was written, and as one types it.

        Parts of a second, which a workbook may hold, stay: what is shown is read again as the same.

        >>> Moments().show("2026-03-15T09:00:00.000+08:00"), Moments().show("2026-03-15T09:00:30.000+08:00")
        ('2026-03-15 09:00', '2026-03-15 09:00:30')
        """
        return _WHOLE.sub(r"\1 \2\3", super().show(value))

    def takes(self, written: Written) -> bool:
        return is_day(written)

    def seen_text(self, text: str) -> Seen:
        try:
            moment = dt.datetime.fromisoformat(text)
            return moment.astimezone() if moment.tzinfo is None else moment
        except (ValueError, OverflowError):
            return seen_day(text)

    def seen_number(self, number: float) -> Seen:
        return to_text(number)

    def kept(self, value: Seen) -> Value:
        return (
            value.isoformat(timespec="milliseconds")
            if isinstance(value, dt.datetime)
            else super().kept(value)
        )


QUESTION = QuestionType(
    name="dateTime",
    data=("dateTime",),
    words=("dateTime", "datetime"),
    bind="",
    help=(("dateTime", "日期和时间"),),
    widget="text",
    width=26.0,
    is_answered=True,
    is_kept=True,
    is_prose=False,
    is_asked=True,
    is_named=True,
    is_shown=True,
    is_listed=False,
    is_printed=True,
    is_imported=True,
    is_figure=False,
    choosing="",
    endings=(),
    read=read_typed,
)
