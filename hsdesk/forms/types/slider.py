"""滑块 (range): a number between two ends; XLSForm gives it as whole or decimal."""

from __future__ import annotations

from hsdesk.forms.types.question import QuestionType, read_typed

QUESTION = QuestionType(
    name="range",
    data=("int", "decimal", "string"),
    words=("range",),
    bind="",
    help=(("range", "滑块，parameters 写 start=0 end=10 step=1"),),
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
