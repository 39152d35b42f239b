"""Pasting a block into a roster: previewed like a block of the grid, then one step with one undo."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QTableView

from hsdesk.desk.roster_block import put_block, roster_block
from ui.parts.block_text import cells_of
from ui.parts.preview_grid import PreviewDialog
from ui.record.autosave import Autosave
from ui.record.roster import RosterModel
from ui.words import tr

MOST = 2000  # rows


class Box(Protocol):
    """A roster on its page."""

    autosave: Autosave
    model: RosterModel

    @property
    def table(self) -> QTableView: ...  # where the cells stand

    @property
    def is_open(self) -> bool: ...  # rows may be added

    def say(self, text: str) -> None:
        """Put a sentence under the table."""


def paste_block(box: Box) -> None:
    """Put what is on the clipboard into the cells from the marked one on, once its preview is accepted."""
    cells = cells_of(QGuiApplication.clipboard().text())[:MOST]
    entry, model = box.autosave.entry, box.model
    if not cells or not entry.can_change:
        box.say(tr("这里没有可以粘贴的。"))
        return
    at = box.table.currentIndex()
    asked = model.columns[max(at.column(), 0) :][: len(cells[0])]
    block = roster_block(entry.session, model.path, max(at.row(), 0), asked, cells, adds=box.is_open)
    found = [cell for row in block.preview.rows for cell in row.cells]
    is_plain = len(found) == 1 and found[0].outcome == "changed" and not found[0].reason
    dialog = PreviewDialog(box.table, tr("粘贴"), block.preview)
    if is_plain or dialog.exec() == PreviewDialog.DialogCode.Accepted:
        box.autosave.step(put_block(entry.session, model.path, block))
    box.table.setFocus()
