"""打勾确认: a tick, kept as the text OK."""

from __future__ import annotations

from hsdesk.errors import DataError
from hsdesk.forms.schema import Question
from hsdesk.forms.types.given import Given, name_of, quoted, written
from hsdesk.forms.types.holding import Holding
from hsdesk.forms.types.question import Lookup, QuestionType
from hsdesk.model.answer import Value

TICKED = "OK"
_YES = frozenset({"ok", "true", "1", "是", "√", "✓"})
_NO = frozenset({"false", "0", "否", "×", "✗"})


def read_tick(question: Question, given: Given, _holding: Holding, _lookup: Lookup) -> Value:
    """Read a tick. Raises `DataError` for what says neither yes nor no."""
    text = written(question, given)
    if text.casefold() in _YES:
        return TICKED
    if text and text.casefold() not in _NO:
        raise DataError(
            "“{name}”只能打勾或不打勾；您填的是“{typed}”，打勾请写 OK。",
            field=question.key,
            name=name_of(question),
            typed=quoted(text),
        )
    return None


QUESTION = QuestionType(
    name="acknowledge",
    data=("string",),
    words=("acknowledge", "trigger"),
    bind="",
    help=(("acknowledge", "打勾确认"),),
    widget="text",
    width=26.0,
    is_answered=True,
    is_kept=True,
    is_prose=False,
    is_asked=False,
    is_named=True,
    is_shown=True,
    is_listed=False,
    is_printed=True,
    is_imported=True,
    is_figure=False,
    choosing="",
    endings=(),
    read=read_tick,
)
