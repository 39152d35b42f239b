"""A block from a spreadsheet lands in the cells of a roster, previewed, and is undone at once."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from ui_world import Window

from ui.parts.preview_grid import PreviewDialog
from ui.record.rosterview import RosterBox


def test_a_block_fills_the_cells_of_a_roster_from_inside_a_cell(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = window.new("self_gov_body")
    box = page.sheet.rosters["members"]
    box.add()
    window.rest()
    seen: list[str] = []

    def accept(dialog: PreviewDialog) -> int:
        seen.append(dialog.grid.said.text())
        return PreviewDialog.DialogCode.Accepted

    monkeypatch.setattr(PreviewDialog, "exec", accept)
    box.table.start(0, 0)
    field = next(one for one in box.table.viewport().findChildren(QLineEdit) if one.isVisible())
    QGuiApplication.clipboard().setText("程一\t1\n程二\t约二\n程三\t1\n")
    QTest.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    window.qtbot.waitUntil(lambda: bool(seen))
    window.rest()
    assert names(box) == ["程一", "程二", "程三"]
    assert "有 1 格读不懂" in seen[0]
    window.undo()
    assert not {"程一", "程二", "程三"} & set(names(box))


def names(box: RosterBox) -> list[str]:
    return [str(box.model.index(row, 0).data()) for row in range(box.model.rowCount())]
