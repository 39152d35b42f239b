"""Reads cells of a spreadsheet as answers, by the one reader that also reads what is typed.

Only what a sheet has and a keyboard has not is known here: the marks that stand for an empty cell
(/ 无 — -).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime

from hsdesk.forms.schema import Choice, Question
from hsdesk.forms.types import Lookup, read
from hsdesk.forms.types.spelling import spelt_mark
from hsdesk.model.answer import Value
from hsdesk.model.identity import half_width
from hsdesk.model.masking import HIDDEN, is_masked

CellValue = str | int | float | bool | date | datetime | None
Choices = Callable[[str], Sequence[Choice]]

EMPTY = {"", "/", "\\", "-", "—", "——", "无", "空", "none", "nan"}


def read_cell(value: CellValue, question: Question, choices: Choices) -> Value:
    """Return the answer in a cell, None when it is empty. Raises DataError with the reason.

    A reference stays as it is written: which record it names is found when the row is stored.
    """
    if value is None or (isinstance(value, str) and plain(value).casefold() in EMPTY):
        return None
    if isinstance(value, str) and (plain(value) == HIDDEN or is_masked(spelt_mark(question), value)):
        return None  # as a default export shows it: nothing was changed there
    return read(question, value, Lookup(lambda asked: choices(asked.list_name), find=_as_written))


def _as_written(_question: Question, text: str) -> str:
    return text


def plain(text: str) -> str:
    """Return text with half-width characters and single spaces, trimmed."""
    return re.sub(r"\s+", " ", half_width(text.replace("\u00a0", " "))).strip()


def text_of(value: CellValue) -> str:
    """Return a cell of a heading or of the first column as text."""
    return plain(str(value))
