"""File names that are offered, and Qt's own dialog in Chinese."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from PySide6.QtWidgets import QApplication, QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from ui.parts.saving import offered
from ui.words import speak


def test_a_file_is_offered_with_table_place_and_day() -> None:
    path = Path(offered("社区社会组织花名册", "定潭村", "pdf", date(2026, 11, 22)))
    assert path.name == "社区社会组织花名册_定潭村_2026-11-22.pdf"
    assert path.is_absolute()


def test_what_no_file_name_may_hold_is_replaced() -> None:
    name = Path(offered("网格 / 党建", "", "xlsx", date(2026, 11, 22))).name
    assert name == "网格、党建_2026-11-22.xlsx"


def test_the_file_dialog_of_qt_is_all_chinese(qtbot: QtBot) -> None:
    application = QApplication.instance()
    assert application is not None
    speak(application, "")
    dialog = QFileDialog()
    qtbot.addWidget(dialog)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.show()
    said = {re.sub(r"\(&.\)", "", one.text()) for one in dialog.findChildren(QLabel) if one.text()}
    assert {"查找范围：", "文件类型："} <= said  # some versions of Qt name a key, some do not
    assert not any(word.isascii() for word in said)
