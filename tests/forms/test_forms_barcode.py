"""A barcode is text that a scanner types; XLSForm has it as a type of its own."""

from __future__ import annotations

import pytest
from tables import form_of, problems_of
from walking import Still

from hsdesk.errors import DataError
from hsdesk.forms.schema import questions
from hsdesk.forms.session import Session
from hsdesk.forms.types import holding_of, type_of
from hsdesk.forms.versions import changes_between
from hsdesk.reports.cells import read_cell

GOODS = """
| survey | | | |
| | type | name | label |
| | barcode | code | 条码 |
| | text | goods | 物品 |
"""


def test_a_workbook_with_a_barcode_is_taken_and_holds_text() -> None:
    assert problems_of(GOODS) == ()
    code = next(iter(questions(form_of(GOODS).children)))
    assert (code.type, code.data_type, holding_of(code).sql, type_of(code).widget) == (
        "barcode",
        "string",
        "text",
        "scanned",
    )


@pytest.mark.parametrize(
    "typed", ["6901234567892", "６９０１２３４５６７８９２", " 6901234567892\r", "\x1d6901234567892"]
)
def test_a_scan_is_read_half_width_and_without_what_the_scanner_adds(typed: str) -> None:
    session = Session(form_of(GOODS), Still())
    assert session.enter("code", typed).answers == {"code": "6901234567892"}


def test_a_barcode_in_a_sheet_is_read_alike_and_a_damaged_one_refused() -> None:
    code = next(iter(questions(form_of(GOODS).children)))
    assert read_cell(6901234567892.0, code, lambda _: ()) == "6901234567892"
    assert read_cell("0690123456789", code, lambda _: ()) == "0690123456789"
    with pytest.raises(DataError, match="科学计数"):
        read_cell("6.90123E+12", code, lambda _: ())


def test_a_text_may_become_a_barcode_and_go_back() -> None:
    text = form_of(GOODS.replace("barcode", "text"))
    assert changes_between(text, form_of(GOODS)).problems == ()
    assert changes_between(form_of(GOODS), text).problems == ()
