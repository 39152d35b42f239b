"""筛选: what a column has to say for a record to be listed, by words or by several of its values."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QWidget

from hsdesk.desk.grid_values import STATE, STATES, Choosable, ColumnFilter
from ui.grid.columns import GridColumn
from ui.grid.grid import Grid
from ui.grid.model import state_words
from ui.parts.lines import DATA, add_line
from ui.parts.notice import Notice
from ui.parts.plain import reveal
from ui.theme import metrics
from ui.words import tr

ROWS = 9  # lines seen at once
_NAMED = 3  # values that a sentence names


class FilterDialog(Notice):
    """Words to look for, and the values to tick. An empty one lets everything through."""

    def __init__(
        self, parent: QWidget, column: GridColumn, values: Sequence[Choosable], now: ColumnFilter
    ) -> None:
        super().__init__(parent, tr("筛选“{name}”", name=column.heading), self._hint(values))
        self._column = column.key
        self.text = QLineEdit(now.text)
        hint = tr("这一栏里有…（汉字、拼音或首字母）")
        self.text.setPlaceholderText(hint)
        self.text.setAccessibleName(hint)
        self.text.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("要看的值"))
        self.list.itemActivated.connect(_turn)
        for one in values:
            self._add(one, ticked=one.value in now.values)
        self.put_under(self.text)
        self.put_under(self.list)
        self.answers(tr("筛选"), tr("不筛这一栏"))
        reveal(self.list, bool(values))
        self.text.setVisible(column.key != STATE)
        if values:
            self.fit_rows(self.list, metrics().px(42) * min(len(values), ROWS) + metrics().px(10))
        (self.list if column.key == STATE else self.text).setFocus()

    def _hint(self, values: Sequence[Choosable]) -> str:
        if values:
            return tr("打勾的才列出（空格键打勾），可以勾几个；也可以打字找。都不填就全部列出。")
        return tr("这一栏的值太多，不能一个个勾。请打字找。")

    def _add(self, one: Choosable, *, ticked: bool) -> None:
        words = one.words or tr("（空）")
        counted = tr("{words}　{n} 条", words=words, n=one.count) if one.count else words
        item = add_line(self.list, counted, one.value)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)

    @property
    def chosen(self) -> ColumnFilter:
        """What a person asked for."""
        lines = (self.list.item(at) for at in range(self.list.count()))
        values = tuple(str(one.data(DATA)) for one in lines if one.checkState() == Qt.CheckState.Checked)
        return ColumnFilter(self._column, self.text.text().strip(), values)


def _turn(item: QListWidgetItem) -> None:
    ticked = item.checkState() == Qt.CheckState.Checked
    item.setCheckState(Qt.CheckState.Unchecked if ticked else Qt.CheckState.Checked)


def ask_filter(grid: Grid, column: GridColumn) -> None:
    """Ask what a column has to say, and list that."""
    if column.key == STATE:
        _asked(grid, column, tuple(Choosable(one, state_words(one), 0) for one in STATES))
        return
    form = grid.form.form_id
    if column.key == "" or column.is_masked:
        _asked(grid, column, ())
        return
    grid.office.ask(
        lambda desk: desk.grid.choosable(form, column.key),
        lambda values: _asked(grid, column, values),
        owner=grid,
    )


def _asked(grid: Grid, column: GridColumn, values: Sequence[Choosable]) -> None:
    dialog = FilterDialog(grid, column, values, grid.filter_of(column.key))
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    grid.filter(dialog.chosen if accepted else ColumnFilter(column.key))
    grid.words.update({(column.key, one.value): one.words or tr("（空）") for one in values})
    grid.changed.emit()
    grid.take_focus()


def filter_words(grid: Grid, one: ColumnFilter) -> str:
    """Return a filter as a person reads it: 类型：志愿服务、文体活动."""
    heading = next((column.heading for column in grid.columns if column.key == one.column), one.column)
    known = grid.words | {(str(STATE), str(state)): state_words(state) for state in STATES}
    named = [known.get((one.column, value), value) for value in one.values]
    told = "、".join(named[:_NAMED])
    if len(named) > _NAMED:
        told = tr("{names}等 {n} 项", names=told, n=len(named))
    quoted = tr("有“{text}”", text=one.text) if one.text else ""
    return tr("{heading}：{words}", heading=heading, words="，".join(filter(None, (quoted, told))))
