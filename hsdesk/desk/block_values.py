"""A block of cells before it is written (预览): what a cell was given, what it becomes, why it cannot be.

One shape for whatever brings cells: the clipboard, a row filled down, the rows of a file.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from hsdesk.desk.values import Edit

Outcome = Literal["changed", "same", "refused"]


class BlockCell(msgspec.Struct, frozen=True):
    """One cell. `was` and `becomes` as the screen shows them; `given` as it was brought."""

    given: str
    outcome: Outcome
    was: str = ""
    becomes: str = ""
    reason: str = ""  # why it is refused, or what a rule says of what it becomes


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
    cut: str = ""  # what of the block has no place, in words; "" when all has

    def count(self, outcome: Outcome) -> int:
        """Return how many cells have an outcome."""
        return sum(cell.outcome == outcome for row in self.rows for cell in row.cells)

    @property
    def made(self) -> int:
        """How many records writing makes."""
        return sum(row.is_new and any(cell.outcome == "changed" for cell in row.cells) for row in self.rows)
