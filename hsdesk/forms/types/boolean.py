"""是否: the truth value of an XForm, kept as the text the form gives it. XLSForm has no such question."""

from __future__ import annotations

from typing import ClassVar

from hsdesk.forms.schema import Question
from hsdesk.forms.types.holding import Holding
from hsdesk.language.values import Value as Seen
from hsdesk.language.values import to_text
from hsdesk.model.answer import Value, Written


class Truths(Holding):
    """Truth values as text."""

    name = "boolean"
    word = "是否"
    wanted = "是或否"
    binds = ("boolean",)
    input = "text"
    holds = (str,)
    in_tree = object
    sql = "text"
    column = "text"
    is_set = is_spoken = False
    widens_to: ClassVar = frozenset({"string"})

    def read(self, question: Question, text: str) -> Value:
        return text

    def takes(self, written: Written) -> bool:
        return isinstance(written, str | int | float)

    def seen_text(self, text: str) -> Seen:
        return text

    def seen_number(self, number: float) -> Seen:
        return to_text(number)
