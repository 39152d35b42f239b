"""A block of cells before it is written (预览): what a cell was given, what it becomes, why it cannot be.

One shape for whatever brings cells: the clipboard, a row filled down, the rows of a file.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from hsdesk.desk.values import Edit, Sentence
from hsdesk.errors import DeskError

Outcome = Literal["changed", "same", "refused"]


class BlockCell(msgspec.Struct, frozen=True):
    """One cell. `was` and `becomes` as the screen shows them; `given` as it was brought."""

    given: str
    outcome: Outcome
    was: str = ""
    becomes: str = ""
    reason: Sentence | None = None  # why it is refused, or what a rule says of what it becomes


class BlockRow(msgspec.Struct, frozen=True):
    """The cells of one record; `is_new`: writing makes it."""

    title: str
    cells: tuple[BlockCell, ...]
    is_new: bool = False


class BlockPreview(msgspec.Struct, frozen=True):
    """What writing a block would do; `edits` say what stood on the screen when it was shown."""

    form: str
    headings: tuple[str, ...]
    rows: tuple[BlockRow, ...]
    edits: tuple[Edit, ...] = ()
    cut: Sentence | None = None  # what of the block has no place

    def count(self, outcome: Outcome) -> int:
        """Return how many cells have an outcome."""
        return sum(cell.outcome == outcome for row in self.rows for cell in row.cells)

    @property
    def touched(self) -> int:
        """How many records or rows change."""
        return sum(any(cell.outcome == "changed" for cell in row.cells) for row in self.rows)

    @property
    def made(self) -> int:
        """How many records writing makes."""
        return sum(row.is_new and any(cell.outcome == "changed" for cell in row.cells) for row in self.rows)


def told(error: DeskError) -> Sentence:
    """Return what an error says, so that a window can say it in its language."""
    values = {name: one if isinstance(one, str | int) else str(one) for name, one in error.values.items()}
    return Sentence(error.template, values)


def as_it_is(text: str) -> Sentence | None:
    """Return a text of a form as a sentence, None for none."""
    return Sentence("{text}", {"text": text}) if text else None
