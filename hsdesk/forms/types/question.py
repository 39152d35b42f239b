"""What every question of one type is, wherever types differ: on screen, on paper, in a sheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import msgspec

from hsdesk.forms.schema import Choice, Question
from hsdesk.forms.types.given import Given, written
from hsdesk.forms.types.holding import Holding
from hsdesk.model.answer import Value


class Lookup(msgspec.Struct, frozen=True):
    """What reading an answer asks of the world outside the form."""

    choices: Callable[[Question], Sequence[Choice] | None]  # those that may be named; None: not known here
    find: Callable[[Question, str], str] | None = None  # (question, id or code or title) → its id; DataError
    attach: Callable[[Question, str], str] | None = None  # (question, @FILE or a known attachment) → answer


Read = Callable[[Question, Given, Holding, Lookup], Value]


class QuestionType(msgspec.Struct, frozen=True, kw_only=True):
    """The rules of one question type. No rule has a default: a type that leaves one out does not import."""

    name: str  # as `Question.type` says it
    data: tuple[str, ...]  # data types it holds, the usual one first
    words: tuple[str, ...]  # what a workbook may call it, in small letters, the standard word first
    bind: str  # the type of an XForm bind that only this one has; "" where the data type says enough
    help: tuple[tuple[str, str], ...]  # (how it is written, what it is) in the help sheet of a workbook
    widget: str  # the word by which `ui.record.line` finds what to show it with; "": nothing is shown
    width: float  # of its column on paper, in millimetres
    is_answered: bool  # holds an answer of its own
    is_kept: bool  # what a person gave is in the log
    is_prose: bool  # words a person writes: may stand for a missing title, may hold what should not be there
    is_asked: bool  # a person answers it, so it needs a label
    is_named: bool  # must have a name in a workbook
    is_shown: bool  # stands on the screen
    is_listed: bool  # may be a column of the list of records
    is_printed: bool  # stands on paper and in exported tables
    is_imported: bool  # is read from a column of a sheet
    is_figure: bool  # set to the right on paper, summed in a sheet
    choosing: Literal["", "one", "several"]
    endings: tuple[str, ...]  # of files it takes, where the form names none
    read: Read


def read_typed(question: Question, given: Given, holding: Holding, _lookup: Lookup) -> Value:
    """Read an answer by its data type alone. Raises `DataError`."""
    text = written(question, given)
    return holding.read(question, text) if text else None
