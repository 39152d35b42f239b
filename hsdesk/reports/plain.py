"""The plain export of a register: every printed answer a column, for those who work on in a spreadsheet."""

from __future__ import annotations

from hsdesk.forms.schema import Form, Question, questions
from hsdesk.reports.definitions import ColumnDefinition, Definition
from hsdesk.reports.summaries import heading, is_printed

_WIDE = {"text": 36.0, "select_multiple": 36.0, "date": 22.0}  # millimetres


def definition_of(form: Form) -> Definition:
    """Return a roster of all printed answers of a register, in screen order; rosters are left out."""
    asked = (question for question in questions(form.children) if is_printed(question))
    return Definition(
        name=form.form_id,
        title=form.title,
        register=form.form_id,
        kind="roster",
        paper="landscape",
        columns=(
            ColumnDefinition(heading=("序号",), source="number", width=10, align="center"),
            ColumnDefinition(heading=("村(社区)",), source="place", width=24),
            *(_column(question) for question in asked),
        ),
    )


def _column(question: Question) -> ColumnDefinition:
    is_number = question.data_type in ("int", "decimal")
    return ColumnDefinition(
        heading=(heading(question),),
        fields=(question.key,),
        width=_WIDE.get(question.type, 24.0),
        align="right" if is_number else "left",
        total=is_number,
    )
