"""日期: a day of the calendar, stored as ISO text."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import ClassVar

from hsdesk.forms.schema import Question
from hsdesk.forms.types.days import read_day
from hsdesk.forms.types.holding import Holding
from hsdesk.forms.types.question import QuestionType, read_typed
from hsdesk.language.values import Value as Seen
from hsdesk.language.values import to_text
from hsdesk.model.answer import Value, Written

_ON_THE_WIRE = re.compile(r"\d{4}-\d\d-\d\d(T.*)?")
_EPOCH = dt.date(1970, 1, 1)


def seen_day(text: str) -> Seen:
    """Return the day an ISO text begins with, the text itself when it begins with none."""
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        return text


def is_day(written: Written) -> bool:
    """Tell whether a value that arrived is written as a day; empty text is one that was cleared."""
    return isinstance(written, str) and (written == "" or _ON_THE_WIRE.fullmatch(written) is not None)


class Days(Holding):
    """Days. What a year, a month or a week says is no day."""

    name = "date"
    word = "日期"
    wanted = "日期，例如 2026-03-15"
    binds = ("date",)
    input = "date"
    holds = (str,)
    in_tree = dt.date
    sql = "text"
    column = "date"
    is_set = is_spoken = False
    widens_to: ClassVar = frozenset({"string"})

    def read(self, question: Question, text: str) -> Value:
        return read_day(question, text).isoformat()

    def takes(self, written: Written) -> bool:
        return is_day(written)

    def seen_text(self, text: str) -> Seen:
        return seen_day(text)

    def seen_number(self, number: float) -> Seen:
        return to_text(number)

    def computed(self, value: object) -> Seen:
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, float) and math.isfinite(value):
            return _numbered(value)
        return super().computed(value)


def _numbered(number: float) -> Seen:
    """Return the day with this number, "" where the calendar ends before."""
    try:
        return _EPOCH + dt.timedelta(days=int(number))
    except OverflowError:
        return ""


QUESTION = QuestionType(
    name="date",
    data=("date",),
    words=("date", "add date prompt"),
    bind="",
    help=(("date", "日期"),),
    widget="date",
    width=22.0,
    is_answered=True,
    is_kept=True,
    is_prose=False,
    is_asked=True,
    is_named=True,
    is_shown=True,
    is_listed=True,
    is_printed=True,
    is_imported=True,
    is_figure=False,
    choosing="",
    endings=(),
    read=read_typed,
)
