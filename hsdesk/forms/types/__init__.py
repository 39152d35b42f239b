"""The question types (题型): one file a type with all its rules, and the one reader of answers.

`holding_of(question)` says what an answer holds (by its data type): reading, showing, its SQL column, what
the wire may bring, what it widens to. `type_of(question)` says what a question is (by its type): its widget,
its width on paper, what a workbook calls it. A new type is a new file and a line in `registry`.
"""

from __future__ import annotations

from hsdesk.errors import FormError
from hsdesk.forms.schema import Question
from hsdesk.forms.types.file_name import FileName
from hsdesk.forms.types.given import Given, name_of, quoted
from hsdesk.forms.types.holding import Holding, as_typed
from hsdesk.forms.types.question import Lookup, QuestionType
from hsdesk.forms.types.registry import HOLDING, QUESTION_TYPE, QUESTION_TYPES, REFUSED
from hsdesk.language.values import Value as Seen
from hsdesk.model.answer import Value

__all__ = [
    "QUESTION_TYPES", "REFUSED", "FileName", "Given", "Holding", "Lookup", "QuestionType", "as_typed",
    "computed", "has_column", "holding_of", "kept", "name_of", "quoted", "read", "seen",
    "seen_text", "show", "type_of",
]  # fmt: skip


def holding_of(question: Question) -> Holding:
    """Return the rules of what an answer holds. Raises `FormError` for a type of a newer program."""
    found = HOLDING.get(question.data_type)
    if found is None:
        raise _unknown(question, question.data_type)
    return found


def type_of(question: Question) -> QuestionType:
    """Return the rules of a question's type. Raises `FormError` for a type of a newer program."""
    found = QUESTION_TYPE.get(question.type)
    if found is None:
        raise _unknown(question, question.type)
    return found


def _unknown(question: Question, word: str) -> FormError:
    return FormError(
        "“{name}”的题型“{word}”这个版本的程序不认识。请先升级程序，已填的内容都还在。",
        name=name_of(question),
        word=word,
    )


def read(question: Question, given: Given, lookup: Lookup) -> Value:
    """Return the stored value of what was typed, pasted, read from a sheet or given as JSON; None when empty.

    The one reader: the same writing means the same through every door; nothing is guessed.

    Raises:
        DataError: it says what was given and how it should be written.
        DeskError: a file that was named cannot be kept.
    """
    if given is None or given in ("", []):
        return None
    return type_of(question).read(question, given, holding_of(question), lookup)


def has_column(question: Question) -> bool:
    """Tell whether a question has a column in its register: an answer, or a note that is computed."""
    return bool(question.calculation) or type_of(question).is_answered


def seen(question: Question, value: Value) -> Seen:
    """Return what expressions see of a stored value. Text that does not fit the type stays text."""
    return holding_of(question).seen(value)


def seen_text(question: Question, text: str) -> Seen:
    """Return what expressions see of a text from an XForm, a trace or a table."""
    return holding_of(question).seen_text(text) if text else ""


def kept(question: Question, value: Seen) -> Value:
    """Return what is stored for a value of the tree."""
    return None if value == "" else holding_of(question).kept(value)


def computed(question: Question, value: object) -> Seen:
    """Return what a calculation leaves in the tree."""
    return holding_of(question).computed(value)


def show(question: Question, value: Value) -> str:
    """Return a stored value as text for an input field.

    >>> show(Question("n", "n", "decimal", "decimal"), 3.0)
    '3'
    """
    return holding_of(question).show(value)
