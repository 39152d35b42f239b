"""Print-outs and workbooks of a desk hide what identifies a person, whatever they are made of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from desk_world import new_desk
from openpyxl import load_workbook

from hsdesk.desk import Desk
from hsdesk.desk.json_records import JsonRecord

ID_NUMBERS = {
    "grid_staff": "341021199002120019",
    "party_member": "34102119650212001X",
    "volunteer": "110101198001011237",
    "worker": "342723197503150021",
}
ORGANIZATION = "定潭护河队"
TELEPHONE = "13956789012"  # of one of its members: an answer in a roster


@pytest.fixture
def desk(home: Path) -> Iterator[Desk]:
    with closing(new_desk(home)) as opened:
        for form, number in ID_NUMBERS.items():
            assert opened.bulk.add(form, [JsonRecord(1, {"name": "江红霞", "id_no": number})]).ids
        members = [{"name": "方敏", "political": "04", "phone": TELEPHONE}]
        organization = {"org_name": ORGANIZATION, "leader": "汪卫东", "members": members}
        assert opened.bulk.add("social_org", [JsonRecord(1, organization)]).ids
        yield opened


def cells(workbook: Path) -> str:
    """Return the text of every cell of a workbook."""
    sheets = load_workbook(workbook)
    return "\n".join(
        str(cell) for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row
    )


def test_no_print_out_and_no_workbook_of_a_desk_shows_an_identity_number(desk: Desk, tmp_path: Path) -> None:
    names = [*ID_NUMBERS]
    names += [made.name for made in desk.reports.summaries() if made.register in ID_NUMBERS]
    shown = {name: cells(desk.reports.export_xlsx(name, tmp_path / f"{name}.xlsx")) for name in names}
    masked = {name for name, text in shown.items() if "********" in text}
    assert masked >= ID_NUMBERS.keys()
    assert not [name for name, text in shown.items() for number in ID_NUMBERS.values() if number in text]


def test_the_printed_roster_of_a_record_hides_telephones(desk: Desk, tmp_path: Path) -> None:
    printed = cells(desk.reports.export_xlsx("social_org_filing", tmp_path / "filing.xlsx"))
    assert ORGANIZATION in printed and "方敏" in printed
    assert "139****9012" in printed and TELEPHONE not in printed


def test_a_number_of_a_person_in_a_description_or_a_roster_is_found_and_not_repeated(desk: Desk) -> None:
    told = {"visit_kind": "1", "date": "2024-05-01", "households_n": 1, "issue": "请回电13812345678"}
    assert desk.bulk.add("visit", [JsonRecord(1, told)]).ids
    members = [{"name": "方敏", "group_name": "三组，34102119650212001X"}]
    assert desk.bulk.add("social_org", [JsonRecord(1, {"org_name": "定潭棋社", "members": members})]).ids
    for form, what in (("visit", "里像是写了手机号"), ("social_org", "第1行住址(小组)”里像是写了身份证号")):
        (found,) = (one for one in desk.reports.findings(form) if "像是写了" in one.message)
        assert what in found.message
        assert not any(number in found.message for number in ("13812345678", "34102119650212001X"))
