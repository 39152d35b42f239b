"""Asking for which of several places something is."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QListWidget, QWidget

from hsdesk.desk.values import PlaceInfo
from ui.parts.lines import DATA, add_line
from ui.parts.plain import button, column, label, row
from ui.theme import metrics
from ui.words import tr


def choose_place(
    parent: QWidget, places: list[PlaceInfo], question: str = "", yes: str = ""
) -> PlaceInfo | None:
    """Ask for which of several places something is."""
    dialog = QDialog(parent)
    dialog.setWindowTitle(tr("所属村（社区）"))
    dialog.setMinimumSize(metrics().px(520), metrics().px(420))
    names = QListWidget()
    for place in places:
        add_line(names, place.full_name, place)
    names.setCurrentRow(0)
    names.itemActivated.connect(lambda _: dialog.accept())
    actions = row(
        None, button(tr("先不办"), dialog.reject), button(yes or tr("选这个"), dialog.accept, "primary")
    )
    dialog.setLayout(
        column(
            label(question or tr("这一条属于哪里？"), "title", wrap=True), names, actions, gap=14, margin=24
        )
    )
    names.setFocus()
    if dialog.exec() != QDialog.DialogCode.Accepted or names.currentItem() is None:
        return None
    chosen = names.currentItem().data(DATA)
    assert isinstance(chosen, PlaceInfo)
    return chosen
