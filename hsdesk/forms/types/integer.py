"""整数: a whole number of at most 15 digits."""

from __future__ import annotations

import re
from typing import ClassVar

from hsdesk.errors import DataError
from hsdesk.forms.schema import Question
from hsdesk.forms.types.figures import finite, read_figure
from hsdesk.forms.types.given import name_of, quoted
from hsdesk.forms.types.holding import Holding
from hsdesk.forms.types.question import QuestionType, read_typed
from hsdesk.language.values import Value as Seen
from hsdesk.model.answer import Value, Written

_INTEGER = re.compile(r"[+-]?\d+")


class Integers(Holding):
    """Whole numbers. `12.0` is one, because it says exactly 12; `12.5` is none."""

    name = "int"
    word = "整数"
    wanted = "整数，例如 12"
    binds = ("int", "integer", "long", "short", "nonNegativeInteger", "positiveInteger")
    input = "integer"
    holds = (int,)
    in_tree = int
    sql = "integer"
    column = "integer"
    is_set = is_spoken = False
    widens_to: ClassVar = frozenset({"decimal", "string"})

    def read(self, question: Question, text: str) -> Value:
        figure = read_figure(question, text, self.wanted)
        if figure != figure.to_integral_value():
            raise DataError(
                "“{name}”要填{what}；您填的是“{typed}”。",
                field=question.key,
                name=name_of(question),
                what=self.wanted,
                typed=quoted(text),
            )
        return int(figure)

    def takes(self, written: Written) -> bool:
        return isinstance(written, int)

    def seen_text(self, text: str) -> Seen:
        return int(text) if len(text) < 300 and _INTEGER.fullmatch(text) else finite(text)

    def seen_number(self, number: float) -> Seen:
        return int(number) if float(number).is_integer() else float(number)

    def kept(self, value: Seen) -> Value:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return value if is_number else super().kept(value)  # type: ignore[return-value]


QUESTION = QuestionType(
    name="integer",
    data=("int",),
    words=("integer", "int", "add integer prompt", "q integer"),
    bind="",
    help=(("integer", "整数"),),
    widget="number",
    width=14.0,
    is_answered=True,
    is_kept=True,
    is_prose=False,
    is_asked=True,
    is_named=True,
    is_shown=True,
    is_listed=True,
    is_printed=True,
    is_imported=True,
    is_figure=True,
    choosing="",
    endings=(),
    read=read_typed,
)
