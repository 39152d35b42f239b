"""Code lists that the city changed: what is offered, and what stays readable."""

import datetime as dt

import msgspec
from tables import form_of

from hsdesk.forms.codelists import (
    CodeLists,
    ListHost,
    is_offered,
    keeps_labels_of,
    list_body,
    read_list,
    shipped_list,
)
from hsdesk.forms.schema import Choice, Label
from hsdesk.forms.session import Session

CHANGED = (
    Choice("1", Label({"": ("居委会",)}), {"valid_to": "2026-07-01"}),
    Choice("2", Label({"": ("村委会",)})),
    Choice("9", Label({"": ("社区联合会",)}), {"valid_from": "2026-07-01"}),
)
LISTS = CodeLists({"body_type": CHANGED})
FORM = """
| survey |
| | type | name | label | choice_filter |
| | select_one_from_file body_type.csv | kind | 类型 | |
| | select_one_from_file body_type.csv | filtered | 筛选 | name != '2' |
"""


class On(ListHost):
    def __init__(self, day: str) -> None:
        super().__init__(LISTS)
        self._day = dt.datetime.fromisoformat(day).astimezone()

    def now(self) -> dt.datetime:
        return self._day


def offered(session: Session, name: str) -> list[str]:
    return [choice.value for choice in session.node(name).choices]


def test_a_code_is_offered_only_in_its_time():
    form = form_of(FORM)
    assert offered(Session(form, On("2026-06-30"), None), "kind") == ["1", "2"]
    assert offered(Session(form, On("2026-07-01"), None), "kind") == ["2", "9"]
    assert offered(Session(form, On("2026-07-01"), None), "filtered") == ["9"]


def test_a_withdrawn_code_stays_valid_and_readable_where_it_was_chosen():
    session = Session(form_of(FORM), On("2026-11-24"), {"kind": "1", "filtered": "1"}, first_load=False)
    assert offered(session, "kind") == ["1", "2", "9"]
    assert session.node("kind").choices[0].label.plain() == "居委会"
    assert offered(session, "filtered") == ["1", "9"]
    assert session.validate() == ()
    session.answer("kind", "9")
    assert offered(session, "kind") == ["2", "9"]


def test_a_list_is_the_same_after_its_way_over_the_line():
    assert read_list(list_body(CHANGED)) == CHANGED
    shipped = shipped_list("education")
    assert shipped is not None
    assert read_list(list_body(shipped)) == shipped


def test_a_received_list_stands_in_place_of_the_shipped_one():
    assert LISTS.labels("body_type")["9"] == "社区联合会"
    assert LISTS.labels("gender") == CodeLists().labels("gender")
    assert LISTS.choices("no_such_list") is None


def test_a_code_without_days_is_always_offered():
    assert is_offered(CHANGED[1], "1900-01-01")
    assert not is_offered(CHANGED[2], "2026-06-30")


def test_only_registers_that_hold_the_words_of_a_list_are_made_again():
    form = form_of(FORM)
    assert not keeps_labels_of(form, frozenset({"body_type"}))
    kind = form.children[0]
    titled = msgspec.structs.replace(kind, hs=msgspec.structs.replace(kind.hs, title=True))
    assert keeps_labels_of(msgspec.structs.replace(form, children=(titled,)), frozenset({"body_type"}))
    assert not keeps_labels_of(msgspec.structs.replace(form, children=(titled,)), frozenset({"gender"}))
