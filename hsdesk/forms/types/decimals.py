"""小数: a number of at most 15 significant digits."""

from __future__ import annotations

from typing import ClassVar

from hsdesk.forms.schema import Question
from hsdesk.forms.types.figures import finite, read_figure
from hsdesk.forms.types.holding import Holding
from hsdesk.forms.types.question import QuestionType, read_typed
from hsdesk.language.values import Value as Seen
from hsdesk.model.answer import Value, Written


class Decimals(Holding):
    """Numbers with a decimal point; never infinite, never NaN."""

    name = "decimal"
    word = "小数"
    wanted = "数字，例如 12.5"
    binds = ("decimal", "double", "float")
    input = "decimal"
    holds = (float,)
    in_tree = float
    sql = "real"
    column = "decimal"
    is_set = is_spoken = False
    widens_to: ClassVar = frozenset({"string"})

    def read(self, question: Question, text: str) -> Value:
        return float(read_figure(question, text, self.wanted))

    def takes(self, written: Written) -> bool:
        return isinstance(written, int | float)

    def seen_text(self, text: str) -> Seen:
        return finite(text)

    def seen_number(self, number: float) -> Seen:
        return float(number)

    def kept(self, value: Seen) -> Value:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return value if is_number else super().kept(value)  # type: ignore[return-value]


QUESTION = QuestionType(
    name="decimal",
    data=("decimal",),
    words=("decimal", "add decimal prompt"),
    bind="",
    help=(("decimal", "小数"),),
    widget="number",
    width=16.0,
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
