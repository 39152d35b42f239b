"""The grid of a register in the window: filters, order, columns, selection, clipboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot
from ui_world import LEADERS, ORGANIZATIONS, PASSPHRASE, VILLAGE, Window, press, typed, words

from hsdesk.desk import Desk
from hsdesk.desk.grid_values import PLACE, STATE, ColumnFilter, GridView
from hsdesk.desk.json_records import JsonRecord
from ui.grid.choosing import ColumnDialog
from ui.grid.filtering import FilterDialog, ask_filter
from ui.grid.grid import Grid
from ui.grid.menu import GridMenu
from ui.grid.progress import ProgressDialog, ask_progress
from ui.pages.register import RegisterPage
from ui.parts.notice import Notice
from ui.parts.preview_grid import PreviewDialog
from ui.theme import dress, metrics

OTHER = "341021104201"  # 歙县郑村镇潭渡村


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


def test_a_view_is_named_taken_up_again_and_taken_away(
    window: Window, grid: Grid, monkeypatch: pytest.MonkeyPatch
) -> None:
    def name_it(dialog: Notice) -> int:
        field, accept = dialog.findChildren(QLineEdit)[0], dialog.buttons.itemAt(2).widget()
        field.setText("  ")
        assert not accept.isEnabled()
        field.setText(" 方丽萍的 ")
        assert accept.isEnabled()
        return Notice.DialogCode.Accepted

    monkeypatch.setattr(Notice, "exec", name_it)
    choose(window, grid, "leader", "member_n")
    grid.filter(ColumnFilter("leader", LEADERS[1]))
    grid.sort_by(column(grid, "member_n"))
    window.qtbot.waitUntil(lambda: shown(grid) == [ORGANIZATIONS[1]])
    views(grid)["把现在的样子存为…"].trigger()
    grid.clear_filters()
    grid.choose_columns(())
    window.rest()
    assert len(shown(grid)) == 3
    window.work.go("home")
    again = listed_grid(window)
    assert again.view.filters == ()
    views(again)["方丽萍的"].trigger()
    window.qtbot.waitUntil(lambda: shown(again) == [ORGANIZATIONS[1]])
    assert [one.key for one in again.model.columns] == ["", "leader", "member_n"]
    assert again.view.order == "member_n"
    views(again)["去掉“方丽萍的”"].trigger()
    assert "方丽萍的" not in views(again)
    window.rest()
    assert window.ask(lambda desk: desk.grid.layouts("social_org").named) == {}


def views(grid: Grid) -> dict[str, QAction]:
    """Return the acts of the menu of named views by their words."""
    menu = GridMenu(grid, [])
    (names,) = (one.menu() for one in menu.actions() if one.text() == "常用视图")
    assert isinstance(names, QMenu)
    grid.destroyed.connect(menu.deleteLater)  # it lives as long as its acts are used
    return {one.text(): one for one in names.actions()}


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
    assert grid.model.text(0, 1) == "3 条"
    assert grid.model.number(0) == 0
    assert window.page(RegisterPage).count.text() == "共 3 条，1 组"


def test_typing_in_the_grid_searches(window: Window, grid: Grid) -> None:
    typed(grid.table, "hh")
    window.qtbot.waitUntil(lambda: shown(grid) == ["新安江护河队"])


def stored_members(window: Window) -> list[object]:
    def read(desk: Desk) -> list[object]:
        numbers = desk.grid.listed("social_org", GridView()).numbers
        rows = desk.grid.rows("social_org", numbers, ("member_n", "leader"))
        return [(row.shown.get("member_n"), row.shown["leader"]) for row in rows]

    return window.ask(read)  # type: ignore[return-value]


def choose(window: Window, grid: Grid, *keys: str) -> None:
    grid.choose_columns(("", *keys))
    window.rest()
    grid.take_focus()


def test_a_block_is_previewed_pasted_and_undone_at_once(
    window: Window, grid: Grid, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(window, grid, "leader", "member_n")
    before = stored_members(window)
    seen: list[str] = []

    def accept(dialog: PreviewDialog) -> int:
        seen.append(dialog.grid.said.text())
        seen.append(str(dialog.grid.model.index(1, 1).data()))
        dialog.grid.only.setChecked(True)
        assert dialog.grid.model.rowCount() == 1
        return PreviewDialog.DialogCode.Accepted

    monkeypatch.setattr(PreviewDialog, "exec", accept)
    grid.table.go_to(0, 1)
    QGuiApplication.clipboard().setText("程一\t31\n程二\t约三十\n")
    QTest.keyClick(grid.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    window.qtbot.waitUntil(lambda: bool(seen))
    window.rest()
    assert seen[0].startswith("要写 3 格，涉及 2 条。有 1 格读不懂")
    assert "“成员(会员)数”要填整数" in seen[1]
    after = stored_members(window)
    assert after == [("31", "程一"), ("12", "程二"), before[2]]
    assert grid.said.text() == "写好了 3 格。按 Ctrl+Z 一次全部撤销。"
    window.undo()
    assert stored_members(window) == before


def test_the_first_row_is_filled_down(window: Window, grid: Grid, monkeypatch: pytest.MonkeyPatch) -> None:
    choose(window, grid, "leader")
    monkeypatch.setattr(PreviewDialog, "exec", lambda _: PreviewDialog.DialogCode.Accepted)
    block = QItemSelection(grid.model.index(0, 1), grid.model.index(2, 1))
    grid.table.selectionModel().select(block, QItemSelectionModel.SelectionFlag.ClearAndSelect)
    first = grid.model.text(0, 1)
    QTest.keyClick(grid.table, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    window.rest()
    window.qtbot.waitUntil(lambda: {leader for _, leader in stored_members(window)} == {first})  # type: ignore[misc]


def test_a_cell_is_changed_in_place_and_keys_pressed_meanwhile_are_kept(window: Window, grid: Grid) -> None:
    choose(window, grid, "member_n")
    grid.table.go_to(0, 1)
    QTest.keyClick(grid.table, Qt.Key.Key_F2)
    QTest.keyClicks(grid.table, "45")  # before the record has been read
    window.rest()
    press(Qt.Key.Key_Return)
    window.rest()
    assert stored_members(window)[0][0] == "45"  # type: ignore[index]
    assert grid.table.currentIndex().row() == 1
    assert grid.table.hasFocus()


def test_a_text_that_cannot_be_read_stays_in_its_cell_and_is_kept(window: Window, grid: Grid) -> None:
    choose(window, grid, "member_n")
    grid.table.go_to(0, 1)
    QTest.keyClick(grid.table, Qt.Key.Key_F2)
    window.rest()
    page = window.page(RegisterPage)
    field = page.editing.field
    assert field is not None
    QTest.keyClicks(field, "about30")
    press(Qt.Key.Key_Return)
    window.rest()
    assert page.editing.field is field
    assert "about30" in grid.said.text()
    drafts = window.ask(lambda desk: [one.text for one in desk.records.drafts()])
    assert drafts == ["about30"]
    field.setText("12")
    press(Qt.Key.Key_Escape)
    window.rest()
    assert page.editing.field is None
    assert window.ask(lambda desk: desk.records.drafts()) == ()


def test_a_choice_is_changed_by_its_label(window: Window, grid: Grid) -> None:
    choose(window, grid, "category")
    grid.table.go_to(0, 1)
    QTest.keyClick(grid.table, Qt.Key.Key_F2)
    window.rest()
    field = window.page(RegisterPage).editing.field
    assert field is not None
    field.setText("矛盾调处类")
    press(Qt.Key.Key_Tab)
    window.rest()
    window.qtbot.waitUntil(lambda: grid.model.text(0, 1) == "矛盾调处类")


def test_a_township_sees_how_far_each_village_is(
    qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, _ = Desk.create(home, (VILLAGE, OTHER), "程专干", PASSPHRASE)
    records = (JsonRecord(at, {"org_name": name, "category": "1"}) for at, name in enumerate(ORGANIZATIONS))
    desk.bulk.add("social_org", records, VILLAGE)
    desk.bulk.add("social_org", [JsonRecord(1, {"org_name": "潭渡文艺社"})], OTHER)
    desk.close()
    window = Window(qtbot, home)
    window.open(PASSPHRASE)
    grid = listed_grid(window)
    seen: list[str] = []

    def pick(dialog: ProgressDialog) -> int:
        seen.append(dialog.message.text())
        lines = range(dialog.table.rowCount())
        seen.extend(dialog.table.item(at, 0).text() + dialog.table.item(at, 1).text() for at in lines)
        names = [one.name for one in dialog.progress]
        dialog.table.setCurrentCell(names.index("潭渡村"), 0)
        return ProgressDialog.DialogCode.Accepted

    monkeypatch.setattr(ProgressDialog, "exec", pick)
    ask_progress(grid)
    qtbot.waitUntil(lambda: shown(grid) == ["潭渡文艺社"])
    assert seen[0].startswith("一共 2 个村（社区），2 个有未填完的。")
    assert sorted(seen[1:]) == ["定潭村3", "潭渡村1"]
    assert "所属村（社区）：潭渡村　×" in words(window.page(RegisterPage))
    assert grid.model.text(0, column(grid, PLACE)) == "潭渡村"
    window.close()


@pytest.mark.parametrize(("scale", "rows"), [(100, 14), (130, 11), (200, 6)])
def test_as_many_rows_are_in_view_as_a_sheet_of_paper_wants(
    qtbot: QtBot, desk_home: Path, scale: int, rows: int
) -> None:
    desk_home.joinpath("window.ini").write_text(f"[General]\nscale={scale}\n", encoding="utf-8")
    window = Window(qtbot, desk_home)
    window.open(PASSPHRASE)
    window.shell.resize(1366, 697)
    table = listed_grid(window).table
    QApplication.processEvents()
    found = table.viewport().height() // table.verticalHeader().defaultSectionSize()
    dialog = ColumnDialog(window.page(RegisterPage).grid)  # type: ignore[arg-type]
    height = dialog.sizeHint().height()
    window.close()
    dress(QApplication.instance(), 100)  # type: ignore[arg-type]
    assert found >= rows
    assert height <= 697, "a dialog higher than the window has no buttons"


def test_a_list_is_painted_without_measuring_again_until_the_font_is_another(
    window: Window, grid: Grid
) -> None:
    table = grid.table
    numbers = table.verticalHeader()
    widest = numbers.fontMetrics().horizontalAdvance("3")
    assert widest < numbers.sizeHint().width() < widest + metrics().px(30)
    table.viewport().repaint()
    table.frozen.viewport().repaint()
    told = {text for text, _, _ in table.painter._shortened}
    assert LEADERS[0] in told
    assert not told & set(ORGANIZATIONS)  # they lie under the first column
    assert {text for text, _, _ in table.frozen.painter._shortened} >= set(ORGANIZATIONS)
    font = table.font()
    font.setPointSizeF(font.pointSizeF() + 4)
    table.setFont(font)
    assert not table.painter._shortened
