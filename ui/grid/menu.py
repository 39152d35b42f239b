"""The menu of a grid: everything that can be done at the cell cursor, with its key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QLineEdit, QMenu

from hsdesk.desk.grid_values import STATE, TITLE, ColumnFilter
from ui.grid.choosing import ask_columns
from ui.grid.columns import GridColumn
from ui.grid.filtering import ask_filter
from ui.grid.grid import Grid
from ui.parts.notice import Notice
from ui.words import tr

Entry = tuple[str, str, Callable[[], object]]  # words, key, what is done


class GridMenu(QMenu):
    """Made anew each time it is opened: it speaks of the column and row under the cursor."""

    def __init__(self, grid: Grid, of_records: Sequence[Entry]) -> None:
        super().__init__(grid)
        self.grid = grid
        at = grid.table.currentIndex()
        column = grid.model.columns[at.column() if at.isValid() else 0]
        self.say(tr("打开"), tr("回车"), grid.open_current)
        for words, key, action in of_records:
            self.say(words, key, action)
        self.addSeparator()
        self.say(tr("复制"), "Ctrl+C", grid.copy)
        self.addSeparator()
        self._column(column)
        self.say(tr("栏目…"), "", partial(ask_columns, grid))
        self._layouts()

    def say(self, words: str, key: str, action: Callable[[], object]) -> QAction:
        """Add a line with its key at the right."""
        made = self.addAction(f"{words}\t{key}" if key else words)
        made.triggered.connect(lambda *_: action())
        return made

    def _column(self, column: GridColumn) -> None:
        grid, name = self.grid, column.heading
        if column.key == "@deleted":
            return
        self.say(tr("筛选“{name}”…", name=name), "Alt+↓", partial(ask_filter, grid, column))
        if column.key != STATE:
            at = grid.model.columns.index(column)
            self.say(tr("按“{name}”排序", name=name), "", partial(grid.sort_by, at))
        if column.question is not None and column.key != TITLE and not column.is_masked:
            self._same(column)
        if column.key not in (TITLE, STATE) and not column.is_masked:
            self.say(tr("按“{name}”分组", name=name), "", partial(grid.group_by, column.key))
        if grid.view.group:
            self.say(tr("不分组"), "", partial(grid.group_by, ""))
        if grid.view.filters:
            self.say(tr("全部列出，不筛选"), "", grid.clear_filters)

    def _same(self, column: GridColumn) -> None:
        """Offer what says the same as the cell under the cursor."""
        grid = self.grid
        at = grid.table.currentIndex()
        text = grid.model.text(at.row(), at.column()) if grid.current() is not None else ""
        if text:
            wanted = ColumnFilter(column.key, text)
            self.say(tr("只看“{text}”", text=text[:12]), "", partial(grid.filter, wanted))

    def _layouts(self) -> None:
        grid = self.grid
        names = self.addMenu(tr("常用视图"))
        for name, layout in grid.layouts.named.items():
            names.addAction(name).triggered.connect(lambda *_, layout=layout: grid.restore(layout))
        if grid.layouts.named:
            names.addSeparator()
        names.addAction(tr("把现在的样子存为…")).triggered.connect(lambda *_: ask_name(grid))
        for name in grid.layouts.named:
            words = tr("去掉“{name}”", name=name)
            names.addAction(words).triggered.connect(lambda *_, name=name: grid.forget(name))


def open_menu(grid: Grid, of_records: Sequence[Entry], at: QPoint) -> None:
    """Open the menu at a place of the screen."""
    menu = GridMenu(grid, of_records)
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(at)


def ask_name(grid: Grid) -> None:
    """Ask for a name under which the present layout is kept."""
    text = tr("栏目、排序、筛选和分组都会记住。以后在「常用视图」里点名字就回到这个样子。")
    notice = Notice(grid, tr("存为常用视图"), text)
    field = QLineEdit()
    field.setPlaceholderText(tr("名字，例如：未填完的"))
    field.setAccessibleName(tr("名字"))
    notice.put_under(field)
    accept = notice.answers(tr("存起来"), tr("不存"))
    accept.setEnabled(False)
    field.textChanged.connect(lambda text: accept.setEnabled(bool(text.strip())))
    field.setFocus()
    if notice.exec() == QDialog.DialogCode.Accepted:
        grid.keep_as(field.text().strip())
