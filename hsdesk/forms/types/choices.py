"""多选: a set of codes, or of records, kept sorted."""

from __future__ import annotations

import re
from typing import ClassVar

from hsdesk.errors import DataError
from hsdesk.forms.schema import Question
from hsdesk.forms.types.choice import code_of
from hsdesk.forms.types.given import Given, written
from hsdesk.forms.types.holding import Holding
from hsdesk.forms.types.question import Lookup, QuestionType
from hsdesk.language.values import Value as Seen
from hsdesk.language.values import to_text
from hsdesk.model.answer import SetDelta, Value, Written

_SEPARATORS = re.compile(r"[\s,，、;；/|]+")
_BETWEEN_RECORDS = re.compile(r"[,，、;；\n]+")


class CodeSets(Holding):
    """Sets of codes; members travel one by one as added and removed."""

    name = "select"
    word = "多选"
    wanted = "选项"
    binds = ("select",)
    input = "text"
    holds = (tuple,)
    in_tree = object
    sql = "text"
    column = "set"
    is_set = True
    is_spoken = False
    widens_to: ClassVar = frozenset()

    def read(self, question: Question, text: str) -> Value:
        return tuple(sorted(dict.fromkeys(_SEPARATORS.split(text))))

    def takes(self, written: Written) -> bool:
        return isinstance(written, SetDelta | str)

    def seen_text(self, text: str) -> Seen:
        return text

    def seen_number(self, number: float) -> Seen:
        return to_text(number)

    def fits(self, value: Value) -> bool:
        return value is None or isinstance(value, tuple | str)

    def kept(self, value: Seen) -> Value:
        return None if value in ("", None) else tuple(sorted(dict.fromkeys(to_text(value).split())))


def read_choices(question: Question, given: Given, _holding: Holding, lookup: Lookup) -> Value:
    """Read several choices: a list of them, or a text with a sign between them. Raises `DataError`."""
    parts = given if isinstance(given, list | tuple) else (given,)
    texts = [text for part in parts if (text := written(question, part))]
    if len(texts) == 1 and not isinstance(given, list | tuple):
        return _spoken(question, texts[0], lookup)
    return tuple(sorted({code_of(question, text, lookup) for text in texts})) or None


def _spoken(question: Question, text: str, lookup: Lookup) -> tuple[str, ...]:
    """Return the choices of a text. A label may hold a separator itself: it is looked for whole first."""
    parts = _parts(question, text)
    if len(parts) > 1 and not question.reference and lookup.choices(question) is not None:
        try:
            return (code_of(question, text, lookup),)
        except DataError:
            pass  # it is several choices
    return tuple(sorted({code_of(question, part, lookup) for part in parts}))


def _parts(question: Question, text: str) -> list[str]:
    between = _BETWEEN_RECORDS if question.reference else _SEPARATORS
    return [part.strip() for part in between.split(text) if part.strip()]


QUESTION = QuestionType(
    name="select_multiple",
    data=("select",),
    words=("select_multiple",),
    bind="",
    help=(("select_multiple 选项表", "多选"),),
    widget="choices",
    width=28.0,
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
    choosing="several",
    endings=(),
    read=read_choices,
)
