"""Every register that is off by default works from its files alone: form, sample, print-outs, a policy line.

A pack is a form in resources/forms/packs, its row in index.csv, its sample and its print-outs; the rule for
who writes one stands in resources/forms/README.md. No module of the program names one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest
from desk_world import PASSPHRASE, VILLAGE
from PySide6.QtWidgets import QApplication

from hsdesk.desk import Desk
from hsdesk.desk.json_records import JsonRecord
from hsdesk.forms.compiler import check_file
from hsdesk.forms.schema import class_of, questions, questions_by_path
from hsdesk.forms.shipped import index, shipped_form
from hsdesk.model.place import load_directory
from hsdesk.model.resource import resource_dir
from hsdesk.reports.content import Table
from hsdesk.reports.definitions import definitions
from ui.painter import page_count, paint_pdf

ROOT = Path(__file__).parents[2]
FOLDER = resource_dir() / "forms" / "packs"
PACKS = tuple(one.form_id for one in index().values() if one.is_off)
PLACES = {"village": VILLAGE, "township": "341021101", "county": "341021", "city": "341000"}
NEEDED = ("party_org", "grid", "grid_staff", "party_member", "social_org", "worker")  # samples may name these


def sample(form_id: str) -> list[dict[str, object]]:
    """Return the sample records of a pack."""
    lines = (FOLDER / f"{form_id}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


class Filled(NamedTuple):
    """A desk that was closed and opened again, and the records that were added before, by register."""

    desk: Desk
    ids: Mapping[str, tuple[str, ...]]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """A desk of all four levels with every pack switched on and its sample added, edited and left."""
    home = tmp_path_factory.mktemp("packs") / "home"
    ids: dict[str, tuple[str, ...]] = {}
    with closing(Desk.create(home, tuple(PLACES.values()), "汪文书", PASSPHRASE)[0]) as desk:
        desk.file.mark_as_sample()
        for register in NEEDED:
            path = resource_dir() / "demo" / VILLAGE / f"{register}.jsonl"
            lines = path.read_text(encoding="utf-8").splitlines()
            assert add(desk, register, [json.loads(line) for line in lines], VILLAGE)
        for form_id in PACKS:
            desk.file.open_form(form_id, True)
        for form_id in PACKS:
            ids[form_id] = add(desk, form_id, sample(form_id), PLACES[index()[form_id].levels[0]])
    with closing(Desk.open(home, PASSPHRASE)) as desk:
        yield Filled(desk, ids)


def add(desk: Desk, form_id: str, records: list[dict[str, object]], place: str) -> tuple[str, ...]:
    """Add records as `add` does, at a place given by code; return their ids."""
    stored = desk.bulk.add(form_id, [JsonRecord(n, one) for n, one in enumerate(records, 1)], place)
    assert stored.rejected == ()
    return tuple(stored.ids)


def computed(form_id: str) -> set[str]:
    return {one.key for one in questions(shipped_form(form_id).children) if one.calculation}


@pytest.mark.parametrize("form_id", PACKS)
def test_the_form_of_a_pack_is_checked_without_a_problem(form_id: str) -> None:
    assert check_file(FOLDER / f"{form_id}.md") == ()


@pytest.mark.parametrize("form_id", PACKS)
def test_the_sample_is_there_after_reopening_says_that_it_is_invented_and_meets_the_rules(
    filled: Filled, form_id: str
) -> None:
    desk, given = filled.desk, sample(form_id)
    assert len(filled.ids[form_id]) == len(given) >= 1
    assert all("样例" in json.dumps(one, ensure_ascii=False) for one in given)
    for record, said in zip(filled.ids[form_id], given, strict=True):
        kept = desk.lists.document(form_id, record)
        assert {key for key in said if kept[key] in (None, "", [])} == set()
    assert [one for one in desk.reports.findings(form_id) if one.severity == "error"] == []


@pytest.mark.parametrize("form_id", PACKS)
def test_a_record_of_a_pack_is_edited_by_its_fields_and_the_edit_is_undone(
    filled: Filled, form_id: str
) -> None:
    desk, record = filled.desk, filled.ids[form_id][0]
    before = desk.lists.document(form_id, record)
    text = next(
        one
        for one in questions(shipped_form(form_id).children)
        if one.type == "text" and not one.calculation and not one.constraint
    )
    entry = desk.records.entry(form_id, record)
    edit = entry.edit(entry.session.answer(text.key, "改过的内容"))
    assert edit is not None
    desk.records.save(edit)
    assert desk.lists.document(form_id, record)[text.key] == "改过的内容"
    desk.journal.undo()
    assert desk.lists.document(form_id, record)[text.key] == before[text.key]


@pytest.mark.parametrize("form_id", PACKS)
def test_what_list_prints_of_a_pack_is_what_add_takes(filled: Filled, form_id: str) -> None:
    desk = filled.desk
    printed = desk.lists.document(form_id, filled.ids[form_id][0])
    (copy,) = add(desk, form_id, [json.loads(json.dumps(printed))], PLACES[index()[form_id].levels[0]])
    kept = desk.lists.document(form_id, copy)
    assert {key for key in printed if kept[key] != printed[key]} - computed(form_id) == {"_id"}
    desk.journal.undo()


@pytest.mark.parametrize("form_id", PACKS)
def test_a_pack_is_printed_and_what_hangs_on_a_wall_has_no_stars(
    filled: Filled, form_id: str, tmp_path: Path, qapp: QApplication
) -> None:
    own = [one for one in definitions() if one.register == form_id]
    assert own
    for print_out in own:
        made = filled.desk.reports.build(print_out.name, PLACES[index()[form_id].levels[0]])
        assert sum(summary.records for summary in made) >= 1
        assert print_out.use != "notice" or "***" not in repr(made)
    paint_pdf(made, tmp_path / "pack.pdf")
    assert (tmp_path / "pack.pdf").read_bytes().startswith(b"%PDF")


def test_the_sheet_to_sign_in_on_has_room_for_all_on_one_page(filled: Filled, qapp: QApplication) -> None:
    (sheet,) = filled.desk.reports.build("meeting_signin")[:1]
    (table,) = (block for block in sheet.blocks if isinstance(block, Table))
    assert table.rows[0][1] and not any(table.rows[-1][1:])  # who came is there, below it stands who will
    assert [row[0] for row in table.rows] == [str(number) for number in range(1, 21)]
    assert page_count(sheet) == 1


PERSONS = frozenset(
    ("姓名", "电话", "身份证", "负责人", "联系人", "经办", "主持", "记录人", "签到", "值班人")
)


@pytest.mark.parametrize("form_id", PACKS)
def test_an_answer_of_a_pack_that_tells_of_a_person_says_how_it_is_masked(form_id: str) -> None:
    form = shipped_form(form_id)
    for path, question in questions_by_path(form).items():
        label = question.label.plain()
        if question.type == "text" and any(word in label for word in PERSONS):
            assert question.hs.mask, (path, label)
        if question.hs.mask in ("id", "phone"):
            assert class_of(form, question) == "personal", (path, label)


def test_packs_are_numbered_on_from_the_dictionary_and_lie_in_their_folder() -> None:
    rows = [one for one in index().values() if one.is_off]
    numbers = [int(one.number[1:]) for one in rows]
    assert numbers == sorted(set(numbers)) and min(numbers) >= 30
    assert {path.stem for path in FOLDER.glob("*.md")} == {one.form_id for one in rows}
    assert all(load_directory().by_code(PLACES[one.levels[0]]) for one in rows)


def test_no_module_of_the_program_names_a_register_that_is_off() -> None:
    names = {one.form_id for one in index().values() if one.is_off}
    names |= {one.number for one in index().values() if one.is_off}
    names |= {one.name for one in definitions() if one.register in names}
    quoted = re.compile("|".join(f"[\"']{re.escape(name)}[\"']" for name in sorted(names)))
    named = {
        (str(path.relative_to(ROOT)), found)
        for top in ("hsdesk", "ui")
        for path in sorted((ROOT / top).rglob("*.py"))
        for found in quoted.findall(path.read_text(encoding="utf-8"))
    }
    assert named == set()
