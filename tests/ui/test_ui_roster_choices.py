"""Several choices in the rows of a roster: ticked under the table, for the row that is marked."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from tables import form_of
from ui_world import Window, enter, focus, press, typed

from hsdesk.desk.values import Draft
from hsdesk.forms.schema import Form
from ui.pages.page import Target
from ui.record.choice import ButtonTicks
from ui.record.page import RecordPage
from ui.record.rosterview import RosterBox
from ui.record.search import ListTicks

TABLE = """
| survey |
| | type | name | label | appearance | bind::hs:title |
| | text | road | 巡查路段 | | yes |
| | begin_repeat | spots | 隐患点 |
| | text | what | 隐患 | | |
| | select_multiple needs | needs | 要什么 | | |
| | select_multiple needs | later | 以后要 | minimal | |
| | integer | days | 期限 | | |
| | end_repeat |

| choices |
| | list_name | name | label |
| | needs | 1 | 人工 |
| | needs | 2 | 材料 |
| | needs | 3 | 资金 |

| settings |
| | form_title | form_id | version | namespaces |
| | 巡查登记 | patrol | 1 | hs="urn:hsdesk:form" |
"""


@pytest.fixture
def form() -> Form:
    return form_of(TABLE, settings="")


@pytest.fixture
def page(window: Window, form: Form) -> RecordPage:
    """An open record with one row; its first cell is filled and the focus is on the next."""
    window.ask(lambda desk: desk.file.install(form))
    made = window.new("patrol")
    typed(focus(made, "road"), "新安江路")
    enter()
    press(Qt.Key.Key_Space)
    field = QApplication.focusWidget()
    assert field is not None
    typed(field, "护栏松动")
    enter()
    return made


def roster(page: RecordPage) -> RosterBox:
    return page.sheet.rosters["spots"]


def cells(page: RecordPage) -> list[str]:
    model = roster(page).model
    return [str(model.data(model.index(0, part))) for part in range(model.columnCount())]


def test_choices_are_ticked_by_their_numbers_and_enter_goes_on(window: Window, page: RecordPage) -> None:
    (row,) = roster(page).model.lines
    assert cells(page) == ["护栏松动", "选择…", "选择…", ""]
    ticks = QApplication.focusWidget()
    assert isinstance(ticks, ButtonTicks)
    press(Qt.Key.Key_1)
    press(Qt.Key.Key_3)
    enter()
    added = QApplication.focusWidget()
    assert added is page.sheet.lines[f"{row}/later"].editor.target()
    typed(added, "材料")
    enter()
    window.rest()
    assert window.stored(page, f"{row}/needs") == ("1", "3")
    assert window.stored(page, f"{row}/later") == ("2",)
    assert cells(page) == ["护栏松动", "人工、资金", "材料", ""]


def test_what_was_being_sought_in_a_row_is_there_again_after_a_crash(
    window: Window, page: RecordPage
) -> None:
    (row,) = roster(page).model.lines
    window.rest()
    entry = page.entry
    draft = Draft(entry.scope, "patrol", entry.record, f"{row}/later", "沙子", 2)
    page.back()
    window.rest()
    window.ask(lambda desk: desk.records.save_draft(draft))
    window.work.show_target(Target("record", "patrol", entry.record, scope=entry.scope))
    again = window.page(RecordPage)
    editor = again.sheet.lines[f"{row}/later"].editor
    assert isinstance(editor, ListTicks)
    assert editor.adder.box.text() == "沙子"
    assert again.sheet.lines[f"{row}/later"].said
