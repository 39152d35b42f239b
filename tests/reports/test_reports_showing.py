"""A print-out shows what its use allows: a notice hides, a roster masks, a filing opens what it lists."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import pytest
from registers_world import Memory
from shipped_world import DEMO_PLACES, DIRECTORY, shipped

from hsdesk.errors import Refused
from hsdesk.forms.masking import Showing, mark_of, treatment
from hsdesk.forms.schema import questions, questions_by_path
from hsdesk.model.answer import Value
from hsdesk.model.asked_day import today_is
from hsdesk.reports.content import Summary
from hsdesk.reports.definitions import (
    ColumnDefinition,
    Definition,
    definition_named,
    definitions,
    read_definition,
    showing_of,
)
from hsdesk.reports.letters import names_in
from hsdesk.reports.showing import Group, joined_groups
from hsdesk.reports.signing import Occasion
from hsdesk.reports.summaries import build
from hsdesk.reports.whole_register import plain_roster

PLACE = DIRECTORY.by_code(DEMO_PLACES[0])
OCCASION = Occasion((PLACE.id,), PLACE.id, today_is(date(2026, 11, 22)))
ID_NUMBER, PHONE = "34102119650212001X", "13812345678"
WORKER: dict[str, Value] = {
    "_id": "w",
    "_place": PLACE.id,
    "_title": "汪明",
    "name": "汪明",
    "id_no": f"{ID_NUMBER} ",
    "phone": f"+86 {PHONE}",
    "birth_ym": "1965-02",
    "political": "01",
    "salary_month": 3210,
    "gender": "1",
}
FIELDS = ("name", "id_no", "phone", "birth_ym", "political", "salary_month")


def world() -> Memory:
    return Memory({"worker": [WORKER], "community": []})


def roster(**parts: object) -> Definition:
    columns = tuple(ColumnDefinition((field,), (field,), total=field == "salary_month") for field in FIELDS)
    made = Definition("n", "名册", "worker", "roster", columns=columns)
    return msgspec.structs.replace(made, **parts)


def cells(
    definition: Definition, registers: Memory | None = None, showing: Showing | None = None
) -> list[str]:
    (summary,) = build(definition, registers or world(), OCCASION, showing)
    return list(summary.blocks[0].rows[0])  # type: ignore[union-attr]


def text_of(summary: Summary) -> str:
    return msgspec.json.encode(summary).decode()


def test_each_use_of_a_print_out_shows_its_row_of_the_table():
    assert cells(roster()) == [
        "汪明",
        "341021********001X",
        "138****5678",
        "1965-**",
        "中国共产党党员",
        "***",
    ]
    assert cells(roster(use="notice")) == ["汪明", "***", "***", "***", "***", "***"]
    listed = ("id_no", "political")
    assert cells(roster(use="filing", shows=listed)) == [
        "汪明", f"{ID_NUMBER} ", "138****5678", "1965-**", "中国共产党党员", "***",
    ]  # fmt: skip
    assert cells(roster(use="notice", shows=listed))[1:5] == ["***", "***", "***", "中国共产党党员"]
    assert cells(roster(), showing=Showing("full"))[-1] == "3210"


def test_the_sum_of_what_is_hidden_is_not_told():
    for definition, told in ((roster(), ""), (roster(use="filing", shows=("salary_month",)), "3210")):
        (summary,) = build(definition, world(), OCCASION)
        assert summary.blocks[0].totals[-1] == told  # type: ignore[union-attr]


def test_a_filing_shows_nothing_above_what_the_person_is_granted():
    registers = world()
    registers.withheld = {(PLACE.id, "personal")}
    filing = roster(use="filing", shows=("id_no", "phone"))
    assert cells(filing, registers)[1:3] == ["341021********001X", f"+86 {PHONE}"]
    assert cells(filing, registers, Showing("full"))[1] == "341021********001X"


def test_a_definition_from_outside_opens_nothing_above_the_class_of_its_register(tmp_path: Path):
    file = tmp_path / "worker.toml"
    file.write_text(
        'name = "n"\ntitle = "名册"\nregister = "worker"\nkind = "roster"\nuse = "filing"\noutside = false\n'
        'shows = ["id_no", "phone", "salary_month"]\n',
        encoding="utf-8",
    )
    form = shipped("worker")
    assert showing_of(read_definition(file, outside=True), form).shows == {"phone"}
    assert showing_of(read_definition(file), form).shows == {"id_no", "phone", "salary_month"}


def test_a_notice_is_never_printed_in_full():
    with pytest.raises(Refused, match="公示件"):
        definition_named("pledge_notice").refuse_in_full()


@pytest.mark.parametrize("definition", definitions(), ids=lambda one: one.name)
def test_what_a_shipped_print_out_lists_is_asked_and_its_notices_have_no_column_of_stars(
    definition: Definition,
):
    form = shipped(definition.register)
    known = questions_by_path(form)
    assert set(definition.shows) <= set(known)
    if definition.use != "notice":
        return
    showing = showing_of(definition, form)
    fields = [field for column in definition.columns for field in column.fields]
    if definition.kind == "card":
        fields = [one.key for one in questions(form.children) if one.key not in definition.leave_out]
    fields += sorted(names_in(definition))
    printed = [known[field] for field in fields if field in known]
    assert printed and not [one.key for one in printed if treatment(form, one, showing) != "open"]
    assert not [one.key for one in printed if mark_of(form, one) in ("id", "phone", "day", "pay", "text")]


def test_the_notice_of_pledges_names_persons_and_what_they_did():
    definition = definition_named("pledge_notice")
    assert definition.use == "notice" and set(definition.shows) == {"content", "status"}


def test_a_default_export_masks_and_a_full_one_does_not():
    shown = text_of(plain_roster("worker", world(), OCCASION))
    assert "341021********001X" in shown and "138****5678" in shown and "1965-**" in shown
    assert not [text for text in (ID_NUMBER, PHONE, "1965-02", "3210") if text in shown]
    whole = text_of(plain_roster("worker", world(), OCCASION, Showing("full")))
    assert not [text for text in (ID_NUMBER, PHONE, "1965-02", "3210") if text not in whole]


@pytest.mark.parametrize(
    ("counts", "joined"),
    [
        ((5, 4), [5, 4]), ((1, 4, 3), [5, 3]), ((4, 1, 1), [6]), ((1, 1, 1), [3]), ((1, 1), []), ((), []),
        ((3, 0), [3]), ((0, 2, 7, 2), [11]),
    ],
)  # fmt: skip
def test_groups_under_three_are_joined_on_a_notice(counts: tuple[int, ...], joined: list[int]):
    made = joined_groups([Group(str(number), count) for number, count in enumerate(counts)])
    assert [one.count for one in made] == joined
    assert all(one.count >= 3 for one in made)
    names = "、".join(one.name for one in made).split("、") if made else []
    assert names == [str(number) for number in range(len(counts) if made else 0)]
