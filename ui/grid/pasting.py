"""Pasting blocks into a grid, and filling a row down: previewed, then written as one act."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from hsdesk.desk import Desk
from hsdesk.desk.block_values import BlockPreview
from hsdesk.errors import DeskError
from ui.grid.grid import Grid
from ui.parts.block_text import cells_of
from ui.parts.preview_grid import PreviewDialog
from ui.words import error_text, tr

MOST = 5000  # rows


class Pasting(QObject):
    """Brings blocks of cells into the records of a grid."""

    written = Signal()  # what a preview showed is in the file

    def __init__(self, grid: Grid) -> None:
        super().__init__(grid)
        self.grid = grid
        grid.table.paste_wanted.connect(self.paste)
        grid.table.fill_wanted.connect(self.fill_down)

    def paste(self) -> None:
        """Put the clipboard into the cells from the first selected one on; one cell fills the selection."""
        cells = cells_of(QGuiApplication.clipboard().text())
        rows, parts = self.grid.table.selected_block()
        if not cells or not rows or self.grid.view.deleted:
            self.grid.say(tr("这里没有可以粘贴的。"))
            return
        if len(cells) == len(cells[0]) == 1 and len(rows) * len(parts) > 1:
            cells = [cells[0] * len(parts) for _ in rows]
        width = len(self.grid.model.columns) - parts[0]
        columns = [one.key for one in self.grid.model.columns[parts[0] :][: len(cells[0])]]
        numbers = self._numbers(rows[0], len(cells))
        texts = [row[:width] for row in cells[:MOST]]
        form, place = self.grid.form.form_id, self._place() if len(texts) > len(numbers) else ""
        self.grid.office.ask(
            lambda desk: desk.blocks.preview(form, numbers, columns, texts, place),
            partial(self._show, tr("粘贴")),
            self._failed,
            self,
        )

    def fill_down(self) -> None:
        """Give all selected rows what the first of them says in the selected columns."""
        rows, parts = self.grid.table.selected_block()
        numbers = [number for row in rows[:MOST] if (number := self.grid.model.number(row))]
        if len(numbers) < 2 or self.grid.view.deleted:
            self.grid.say(tr("先选中几行，再按 Ctrl+D：第一行的内容填到下面各行。"))
            return
        form, columns = self.grid.form.form_id, [self.grid.model.columns[at].key for at in parts]

        def preview(desk: Desk) -> BlockPreview:
            first = desk.blocks.first_row(form, numbers[0], columns)
            return desk.blocks.preview(form, numbers[1:], columns, [first] * (len(numbers) - 1))

        self.grid.office.ask(preview, partial(self._show, tr("向下填充")), self._failed, self)

    def _numbers(self, first: int, count: int) -> list[int]:
        """Return the records of so many rows from one on, headings of groups left out."""
        model = self.grid.model
        found: list[int] = []
        for row in range(first, model.rowCount()):
            if number := model.number(row):
                found.append(number)
            if len(found) == count:
                break
        return found

    def _place(self) -> str:
        """Return where rows beyond the end become records, "" where the list is not whole."""
        view, model = self.grid.view, self.grid.model
        last = model.record(model.rowCount() - 1)
        is_whole = not (view.search or view.filters or view.group)
        return last.key.scope if is_whole and last is not None else ""

    def _show(self, title: str, preview: BlockPreview) -> None:
        cells = [cell for row in preview.rows for cell in row.cells]
        if len(cells) == 1 and cells[0].outcome == "same":
            self.grid.say(tr("那里已经是这个内容。"))
            return
        is_plain = len(cells) == 1 and cells[0].outcome == "changed" and not cells[0].reason
        if is_plain or PreviewDialog(self.grid, title, preview).exec() == PreviewDialog.DialogCode.Accepted:
            self._write(preview)
        self.grid.take_focus()

    def _write(self, preview: BlockPreview) -> None:
        def done() -> None:
            words = tr("写好了 {n} 格。按 Ctrl+Z 一次全部撤销。", n=preview.count("changed"))
            self.grid.say(words)
            self.written.emit()

        self.grid.office.change(lambda desk: desk.blocks.write(preview), lambda _: done(), self._failed, self)

    def _failed(self, error: DeskError) -> None:
        self.grid.say(error_text(error), "bad")
