"""Forms to be filled in by hand: every register, in the order of the screen, on its paper."""

from __future__ import annotations

from datetime import date

import pytest
from invented_registers import PLACE, Invented
from shipped_world import shipped
from test_reports_layout import RULER, texts

from hsdesk.forms.masking import mark_of
from hsdesk.forms.schema import questions, repeats
from hsdesk.forms.shipped import index
from hsdesk.model.asked_day import today_is
from hsdesk.reports.blank import blank_form, known_list
from hsdesk.reports.content import Card, Table
from hsdesk.reports.layout.ink import PAPER_HEIGHT, PAPER_WIDTH
from hsdesk.reports.layout.pages import laid_out
from hsdesk.reports.picking import Picked
from hsdesk.reports.signing import Occasion
from hsdesk.reports.summaries import is_printed

TODAY = today_is(date(2026, 11, 22))
HERE = Occasion((PLACE.id,), PLACE.id, TODAY)


@pytest.mark.parametrize("register", index())
def test_every_register_has_an_empty_form_in_screen_order(register: str):
    (sheet,) = blank_form(register, Invented("one"), HERE)
    form = shipped(register)
    asked = [one.key for one in questions(form.children) if is_printed(one) and not one.calculation]
    card, *rosters = sheet.blocks
    assert isinstance(card, Card)
    items = [item for section in card.sections for item in section.items]
    loose_first = sorted(asked, key=[item.path for item in items].index)
    assert sorted(asked) == sorted(item.path for item in items) and len(loose_first) == len(items)
    assert not any(item.grey for item in items)
    assert len(rosters) == sum(one.shown for one in repeats(form.children))
    for page in laid_out(sheet, RULER):
        for ink in texts(page):
            assert ink.x > 0 and ink.x + RULER.width(ink.text, ink.style) < PAPER_WIDTH, ink
            assert 0 < ink.baseline < PAPER_HEIGHT


def test_what_is_known_is_grey_and_hidden_as_in_a_roster():
    one = Occasion((PLACE.id,), PLACE.id, TODAY, picked=Picked(where="1 = 1"))
    (sheet,) = blank_form("grid_staff", Invented("one"), one)
    card = sheet.blocks[0]
    assert isinstance(card, Card) and sheet.record
    by_path = {item.path: item for section in card.sections for item in section.items}
    assert by_path["name"].value == "示例1" and by_path["name"].grey
    form = shipped("grid_staff")
    masked = [one.key for one in questions(form.children) if mark_of(form, one) in ("id", "phone")]
    assert masked and all("示例" not in by_path[key].value for key in masked)


def test_an_id_number_is_asked_in_18_squares_and_a_day_with_its_signs():
    (sheet,) = blank_form("grid_staff", Invented("one"), HERE)
    card = sheet.blocks[0]
    assert isinstance(card, Card)
    by_path = {item.path: item for section in card.sections for item in section.items}
    assert by_path["id_no"].boxes == 18
    assert by_path["on_since"].value.split() == ["年", "月", "日"]
    assert by_path["full_time"].value == "□专职　□兼职"


def test_a_sheet_of_a_place_has_its_records_and_room_for_new_ones():
    (sheet,) = known_list("worker", Invented("long"), HERE)
    (table,) = sheet.blocks
    assert isinstance(table, Table) and table.grey
    assert [row[0] for row in table.rows] == [str(number) for number in range(1, 14)]
    assert any(table.rows[2]) and not any(table.rows[3][1:])
