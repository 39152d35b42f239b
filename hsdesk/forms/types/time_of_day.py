"""时间: a time of day, stored as ISO text with milliseconds."""

from __future__ import annotations

import re
from typing import ClassVar

from hsdesk.forms.schema import Question
from hsdesk.forms.types.days import read_time
from hsdesk.forms.types.holding import Holding
from hsdesk.forms.types.question import QuestionType, read_typed
from hsdesk.language.values import Value as Seen
from hsdesk.language.values import to_text
from hsdesk.model.answer import Value, Written

_WHOLE = re.compile(r"^(\d\d:\d\d)(?::00\.000|(:\d\d)\.000)")
_ON_THE_WIRE = re.compile(r"\d\d:\d\d(:\d\d)?.*")


class Times(Holding):
    """Times of day, with an offset where one was written."""

    name = "time"
    word = "时间"
    wanted = "时间，例如 08:30"
    binds = ("time",)
    input = "time"
    holds = (str,)
    in_tree = object
    sql = "text"
    column = "text"
    is_set = is_spoken = False
    widens_to: ClassVar = frozenset({"string"})

    def read(self, question: Question, text: str) -> Value:
        moment, zone = read_time(question, text)
        return moment.isoformat(timespec="milliseconds") + zone

    def show(self, value: Value) -> str:
        """Return a stored time as one types it, without the seconds where there are none.

        >>> Times().show("09:00:00.000"), Times().show("09:00:30.000+08:00"), Times().show(None)
        ('09:00', '09:00:30+08:00', '')
        """
        return _WHOLE.sub(r"\1\2", super().show(value))

    def takes(self, written: Written) -> bool:
        return isinstance(written, str) and (written == "" or _ON_THE_WIRE.fullmatch(written) is not None)

    def seen_text(self, text: str) -> Seen:
        return text

    def seen_number(self, number: float) -> Seen:
        return to_text(number)


QUESTION = QuestionType(
    name="time",
    data=("time",),
    words=("time",),
    bind="",
    help=(("time", "时间"),),
    widget="number",
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
