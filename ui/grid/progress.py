"""各村进度: how far each place is with a register; Enter lists the records of the marked one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QDialog, QHeaderView, QTableWidget, QTableWidgetItem

from hsdesk.desk.grid_values import PLACE, ColumnFilter, PlaceProgress
from ui.grid.grid import Grid
from ui.parts.notice import Notice
from ui.theme import COLOURS, metrics
from ui.words import tr

ROW = 36  # pixels
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
ROWS = 12  # seen at once


class ProgressDialog(Notice):
    """A line for each place, those that have nothing yet told first in words."""

    def __init__(self, grid: Grid, progress: Sequence[PlaceProgress]) -> None:
        super().__init__(grid, tr("各村进度"), _summary(progress))
        self.progress = progress
        heads = (tr("村（社区）"), tr("条数"), tr("未填完"), tr("未上传"))
        self.table = QTableWidget(len(progress), len(heads))
        self.table.setHorizontalHeaderLabels(heads)
        self.table.setAccessibleName(tr("各村进度"))
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.verticalHeader().setDefaultSectionSize(metrics().px(ROW))
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        first = QTableWidgetItem(heads[0])
        first.setTextAlignment(_LEFT)
        self.table.setHorizontalHeaderItem(0, first)
        for at, one in enumerate(progress):
            self._fill(at, one)
        self.table.activated.connect(lambda _: self.accept())
        self.put_under(self.table)
        self.answers(tr("只看这个村"), tr("关上"))
        head = self.table.horizontalHeader().sizeHint().height()
        self.fit_rows(self.table, head + metrics().px(ROW) * min(len(progress), ROWS) + metrics().px(6))
        self.table.setCurrentCell(0, 0)
        self.table.setFocus()

    def _fill(self, at: int, one: PlaceProgress) -> None:
        figures = (one.records, one.unfinished, one.waiting)
        shown = (one.name, *(str(figure) if figure else "" for figure in figures))
        for part, text in enumerate(shown):
            item = QTableWidgetItem(text)
            if part:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            if part == 1 and not one.records:
                item.setText(tr("还没有"))
                item.setForeground(QColor(COLOURS.bad))
            self.table.setItem(at, part, item)

    @property
    def chosen(self) -> str:
        """The id of the marked place, "" for none."""
        at = self.table.currentRow()
        return self.progress[at].place if at >= 0 else ""


def _summary(progress: Sequence[PlaceProgress]) -> str:
    """Return in one sentence how many places there are and which have nothing yet."""
    missing = [one.name for one in progress if not one.records]
    unfinished = sum(1 for one in progress if one.unfinished)
    words = tr("一共 {n} 个村（社区），{left} 个有未填完的。", n=len(progress), left=unfinished)
    return words + (tr("还没有填的：{names}。", names="、".join(missing)) if missing else "")


def ask_progress(grid: Grid) -> None:
    """Show how far each place is, and list the records of the one that is picked."""
    form = grid.form.form_id

    def show(progress: tuple[PlaceProgress, ...]) -> None:
        dialog = ProgressDialog(grid, progress)
        if dialog.exec() == QDialog.DialogCode.Accepted and dialog.chosen:
            names = {one.place: one.name for one in progress}
            grid.words[PLACE, dialog.chosen] = names[dialog.chosen]
            grid.filter(ColumnFilter(PLACE, values=(dialog.chosen,)))
        grid.take_focus()

    grid.office.ask(lambda desk: desk.grid.progress(form), show, owner=grid)
