"""A reference (单选一条台账) is looked up by its id; what a filter or a deletion leaves dangling is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from tables import form_of

from hsdesk.forms.host import BareHost
from hsdesk.forms.live.texts import by_key
from hsdesk.forms.schema import Choice, Form, Label
from hsdesk.forms.session import Session

ROWS = tuple(
    {"_id": f"g{number}", "_title": f"网格{number}", "town": f"t{number % 3}", "open": str(number % 2)}
    for number in range(30)
)
TABLE = """
| survey |
| | type | name | label | choice_filter | parameters |
| | text | town | 乡镇 | | |
| | select_one_from_file grid.csv | any | 网格 | | value=_id label=_title |
| | select_one_from_file grid.csv | near | 本镇网格 | town = ${town} and open = '1' | value=_id label=_title |
| | select_multiple_from_file grid.csv | several | 多个网格 | town = ${town} | value=_id label=_title |
"""


class Grids(BareHost):
    """A host that holds thirty grids."""

    def __init__(self, rows: Sequence[Mapping[str, str]] | None = ROWS) -> None:
        self.held = rows

    def rows(self, instance: str) -> Sequence[Mapping[str, str]] | None:
        return self.held if instance == "grid" else None

    def choices(self, list_name: str) -> Sequence[Choice]:
        rows = self.held or () if list_name == "grid" else ()
        return tuple(
            Choice(row["_id"], Label({"": (row["_title"],)}), {"town": row["town"], "open": row["open"]})
            for row in rows
        )


@pytest.fixture(scope="module")
def form() -> Form:
    return form_of(TABLE)


def told(form: Form, host: BareHost, **answers: object) -> dict[str, str]:
    """Return what is found, by path."""
    session = Session(form, host, answers, first_load=False)  # type: ignore[arg-type]
    return {finding.path: finding.message for finding in session.validate()}


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ({"any": "g4"}, set()),
        ({"any": "g99"}, {"any"}),
        ({"town": "t1", "near": "g7"}, set()),
        ({"town": "t1", "near": "g4"}, {"near"}),  # closed
        ({"town": "t2", "near": "g7"}, {"near"}),  # elsewhere
        ({"near": "g7"}, {"near"}),  # no town yet
        ({"town": "t1", "several": ("g1", "g4")}, set()),
        ({"town": "t1", "several": ("g1", "g5")}, {"several"}),
        ({"town": "t1", "several": ("g5",)}, {"several"}),
        ({"town": "t1", "several": ("g4",)}, set()),
    ],
)
def test_a_reference_that_cannot_be_chosen_any_more_is_told(
    form: Form, answers: dict[str, object], wrong: set[str]
):
    found = told(form, Grids(), **answers)
    assert found.keys() == wrong
    gone = {name for name, message in found.items() if "指向的记录找不到了" in message}
    assert gone == {name for name in wrong if "g99" in answers.values()}
    assert all("现在不在可选范围" in found[name] for name in wrong - gone)


def test_a_register_that_is_not_held_here_says_nothing_of_its_records(form: Form):
    assert told(form, Grids(None), any="g99", town="t1", near="g7") == {}


def test_an_empty_register_that_is_held_lacks_the_record(form: Form):
    assert told(form, Grids(()), any="g99").keys() == {"any"}


@pytest.mark.parametrize(
    ("nodeset", "keyed"),
    [
        ("instance('grid')/root/item", "instance('grid')/root/item[_id = current()/.]"),
        ("instance('grid')/root/item[position() < 9]", ""),
        ("instance('grid')/root/item[../item[last()]/_id = _id]", ""),
        ("instance('grid')/root[x = 1]/item", ""),
        ("/data/members/name", ""),
        ("randomize(instance('grid')/root/item)", ""),
        ("", ""),
    ],
)
def test_only_a_plain_list_is_looked_up_by_key(nodeset: str, keyed: str):
    assert by_key(nodeset, "_id") == keyed
