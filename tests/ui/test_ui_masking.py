"""A personal answer is open in the field that has the focus, and covered as soon as it is left."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit
from ui_world import Window, focus, typed

ID_NUMBER = "34102119650212001X"


def test_an_identity_number_is_covered_while_its_field_is_not_edited(window: Window) -> None:
    page = window.new("grid_staff")
    field = focus(page, "id_no")
    assert isinstance(field, QLineEdit)
    typed(field, ID_NUMBER)
    assert field.text() == ID_NUMBER
    focus(page, "name")
    assert window.stored(page, "id_no") == ID_NUMBER
    assert field.text() == "341021********001X"
    focus(page, "id_no")
    assert field.text() == ID_NUMBER
