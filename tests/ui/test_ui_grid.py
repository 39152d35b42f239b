"""The grid of a register in the window: filters, order, columns, selection, clipboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from ui_world import LEADERS, ORGANIZATIONS, Window, typed, words

from hsdesk.desk.grid_values import STATE, ColumnFilter
from ui.grid.choosing import ColumnDialog
from ui.grid.filtering import FilterDialog, ask_filter
from ui.grid.grid import Grid
from ui.grid.menu import GridMenu
from ui.pages.register import RegisterPage
from ui.theme import metrics


@pytest.fixture
def grid(window: Window) -> Grid:
    """Return the grid of the organizations, which has the focus."""
    return listed_grid(window)


def listed_grid(window: Window) -> Grid:
    window.work.go("register", "social_org")
    page = window.page(RegisterPage)
    window.qtbot.waitUntil(lambda: page.grid is not None and page.grid.model.record(0) is not None)
    assert page.grid is not None
    page.grid.take_focus()
    return page.grid


def shown(grid: Grid) -> list[str]:
    return [grid.model.text(row, 0) for row in range(grid.model.rowCount())]


def column(grid: Grid, key: str) -> int:
    return next(at for at, one in enumerate(grid.model.columns) if one.key == key)


def test_a_filter_is_shown_as_words_and_taken_away_by_them(
    window: Window, grid: Grid, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = window.page(RegisterPage)
    leaders = next(one for one in grid.columns if one.key == "leader")

    def tick(dialog: FilterDialog) -> int:
        lines = [dialog.list.item(at) for at in range(dialog.list.count())]
        next(one for one in lines if one.text().startswith(LEADERS[1])).setCheckState(Qt.CheckState.Checked)
        return FilterDialog.DialogCode.Accepted

    monkeypatch.setattr(FilterDialog, "exec", tick)
    ask_filter(grid, leaders)
    window.qtbot.waitUntil(lambda: shown(grid) == [ORGANIZATIONS[1]])
    assert f"负责人：{LEADERS[1]}　×" in words(page)
    page.chips.itemAt(0).widget().click()  # type: ignore[attr-defined]
    window.qtbot.waitUntil(lambda: len(shown(grid)) == 3)
    assert "×" not in words(page)


def test_filters_that_nothing_fits_are_told_with_the_way_back(window: Window, grid: Grid) -> None:
    page = window.page(RegisterPage)
    grid.filter(ColumnFilter(STATE, values=("conflict",)))
    window.qtbot.waitUntil(lambda: page.stack.currentIndex() == 0)
    assert "没有符合筛选条件的" in words(page)
    page.empty_all.click()
    window.qtbot.waitUntil(lambda: page.stack.currentIndex() == 1)


def test_a_click_on_a_heading_orders_and_the_cursor_stays_on_its_record(window: Window, grid: Grid) -> None:
    grid.table.go_to(0, column(grid, "leader"))
    marked = grid.current()
    assert marked is not None
    for _ in range(2):
        grid.sort_by(column(grid, "leader"))
        window.rest()
    assert grid.view.descending
    leaders = [grid.model.text(row, column(grid, "leader")) for row in range(3)]
    assert leaders == ["张三", "洪静怡", "方丽萍"]
    now = grid.current()
    assert now is not None
    assert now.key == marked.key


def test_columns_are_chosen_moved_and_remembered(window: Window, grid: Grid) -> None:
    dialog = ColumnDialog(grid)
    keys = [one.key for one in grid.model.columns]
    assert "dissolved_on" not in keys
    for at in range(dialog.list.count()):
        one = dialog.list.item(at)
        ticked = one.data(Qt.ItemDataRole.UserRole) in ("leader", "member_n")
        one.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
    grid.choose_columns(dialog.chosen)
    window.rest()
    grid.table.horizontalHeader().moveSection(2, 1)
    window.qtbot.waitUntil(lambda: [one.key for one in grid.model.columns] == ["", "member_n", "leader"])
    window.rest()
    grid.table.horizontalHeader().resizeSection(1, metrics().px(199))
    window.work.go("home")  # hiding writes it
    window.rest()
    kept = window.ask(lambda desk: desk.grid.layouts("social_org").last)
    assert kept.columns == ("", "member_n", "leader")  # type: ignore[attr-defined]
    assert kept.widths["member_n"] == 199  # type: ignore[attr-defined]


def test_a_block_is_copied_as_it_is_selected(window: Window, grid: Grid) -> None:
    grid.choose_columns(("", "leader", "member_n"))
    window.rest()
    first, last = column(grid, "leader"), column(grid, "member_n")
    block = QItemSelection(grid.model.index(0, first), grid.model.index(1, last))
    grid.table.selectionModel().select(block, QItemSelectionModel.SelectionFlag.ClearAndSelect)
    assert grid.said.text() == f"选中 2 行 {last - first + 1} 栏　合计 24"
    QGuiApplication.clipboard().setText("")
    QTest.keyClick(grid.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    window.qtbot.waitUntil(lambda: QGuiApplication.clipboard().text() != "")
    lines = [line.split("\t") for line in QGuiApplication.clipboard().text().split("\n")]
    assert [(line[0], line[-1]) for line in lines] == [
        (grid.model.text(row, first), "12") for row in range(2)
    ]


def test_the_first_column_stays_and_hides_no_cell_with_the_cursor(window: Window, grid: Grid) -> None:
    window.shell.resize(760, 600)
    grid.choose_columns(tuple(one.key for one in grid.columns))
    window.rest()
    table = grid.table
    table.go_to(0, len(grid.model.columns) - 1)
    assert table.horizontalScrollBar().value() > 0
    table.go_to(0, 1)
    cell = table.visualRect(grid.model.index(0, 1))
    assert cell.left() >= table.frozen.width() - 2
    assert table.frozen.columnWidth(0) == table.columnWidth(0)
    assert table.frozen.viewport().height() == table.viewport().height()


def test_the_menu_has_every_act_with_its_key(window: Window, grid: Grid) -> None:
    grid.table.go_to(0, column(grid, "leader"))
    menu = GridMenu(grid, [("作废…", "", lambda: None)])
    said = [one.text() for one in menu.actions()]
    assert {"打开\t回车", "作废…", "复制\tCtrl+C", "筛选“负责人”…\tAlt+↓", "按“负责人”分组"} <= set(said)
    only = next(one for one in menu.actions() if one.text().startswith("只看“"))
    only.trigger()
    window.qtbot.waitUntil(lambda: len(shown(grid)) == 1)


def test_groups_have_a_heading_with_their_count(window: Window, grid: Grid) -> None:
    grid.group_by("category")
    window.qtbot.waitUntil(lambda: grid.model.rowCount() == 4)
    assert shown(grid)[0].endswith("（3 条）")
    assert grid.model.number(0) == 0
    assert window.page(RegisterPage).count.text() == "共 3 条，1 组"


def test_typing_in_the_grid_searches(window: Window, grid: Grid) -> None:
    typed(grid.table, "hh")
    window.qtbot.waitUntil(lambda: shown(grid) == ["新安江护河队"])
