"""栏目: which columns of a grid are shown, in which order."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QListWidget

from hsdesk.desk.grid_values import TITLE
from ui.grid.grid import Grid
from ui.parts.lines import DATA, add_line
from ui.parts.notice import Notice
from ui.parts.plain import button, holder, row
from ui.theme import metrics
from ui.words import tr

ROWS = 10


class ColumnDialog(Notice):
    """Every column with a tick; marked ones are moved up and down."""

    def __init__(self, grid: Grid) -> None:
        text = tr("打勾的栏目才显示（空格键打勾）。名称总在最左边。")
        super().__init__(grid, tr("显示哪些栏目"), text)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("栏目"))
        self.is_usual = False
        shown = [one for one in grid.model.living if one.key != TITLE]
        keys = {one.key for one in shown}
        for one in (*shown, *(other for other in grid.columns if other.key not in keys | {TITLE})):
            item = add_line(self.list, one.heading, one.key)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if one.key in keys else Qt.CheckState.Unchecked)
        self.list.setCurrentRow(0)
        moves = row(
            button(tr("上移（Alt+↑）"), lambda: self.move_marked(-1), shortcut="Alt+Up"),
            button(tr("下移（Alt+↓）"), lambda: self.move_marked(1), shortcut="Alt+Down"),
            None,
            button(tr("按内容自动选"), self._usual, "quiet"),
            gap=10,
        )
        self.put_under(self.list)
        self.put_under(holder(moves))
        self.answers(tr("就这样显示"), tr("不改"))
        self.fit_rows(self.list, metrics().px(42) * ROWS)
        self.list.setFocus()

    def move_marked(self, step: int) -> None:
        """Move the marked column up or down."""
        at = self.list.currentRow()
        if 0 <= at + step < self.list.count():
            self.list.insertItem(at + step, self.list.takeItem(at))
            self.list.setCurrentRow(at + step)

    def _usual(self) -> None:
        self.is_usual = True
        self.accept()

    @property
    def chosen(self) -> tuple[str, ...]:
        """The columns to be shown, in order; none: by content."""
        if self.is_usual:
            return ()
        lines = (self.list.item(at) for at in range(self.list.count()))
        return (TITLE, *(str(one.data(DATA)) for one in lines if one.checkState() == Qt.CheckState.Checked))


def ask_columns(grid: Grid) -> None:
    """Ask which columns to show, and show them."""
    dialog = ColumnDialog(grid)
    if dialog.exec() == QDialog.DialogCode.Accepted:
        grid.choose_columns(dialog.chosen)
    grid.take_focus()
