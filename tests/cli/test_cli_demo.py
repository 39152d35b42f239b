"""The whole journey, run once as a person runs it, then held against the files it left behind."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from hsdesk.desk import Desk
from hsdesk.desk.values import ListQuery

VILLAGE, COMMUNITY, TOWNSHIP = "341021101204", "341002001001", "341021101"
DEMO = "import sys; from ui.app import main; sys.exit(main(['demo', '--headless', '--json']))"


class Sample:
    """What the demo printed, and where it lies."""

    def __init__(self, folder: Path, document: dict[str, Any]) -> None:
        self.folder = folder
        self.document = document

    def steps(self, name: str) -> list[dict[str, Any]]:
        return [step for step in self.document["steps"] if step["name"] == name]

    def desk(self, code: str) -> Desk:
        return Desk.open(self.folder / code, self.document["passphrase"])

    def file(self, ending: str) -> Path:
        (path,) = (Path(name) for name in self.document["files"] if name.endswith(ending))
        return path


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    home = tmp_path_factory.mktemp("sample")
    environment = os.environ | {"HSDESK_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", DEMO],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    yield Sample(home / "demo", json.loads(done.stdout))


def counts(desk: Desk) -> dict[str, int]:
    return {form.form_id: form.count for form in desk.status().registers if form.count}


def test_the_printed_records_are_those_of_the_desk(sample: Sample) -> None:
    for step in sample.steps("fill"):
        desk = sample.desk(step["place"])
        assert counts(desk) == step["records"]
        desk.close()


def held(records: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    """Return records in order, without the count of organizations, which a village cannot know."""
    return sorted(({**one, "orgs": None} for one in records), key=lambda record: str(record["_id"]))


def test_the_township_holds_what_the_village_holds(sample: Sample) -> None:
    village, township = sample.desk(VILLAGE), sample.desk(TOWNSHIP)
    for form in counts(village):
        _, here = village.lists.documents(form, ListQuery())
        _, there = township.lists.documents(form, ListQuery())
        assert held(here) == held(there)
    village.close()
    township.close()


def test_the_server_holds_every_op_and_every_record(sample: Sample) -> None:
    first = {step["place"]: step for step in sample.steps("sync")}
    held = sum(sum(first[place]["records"].values()) for place in (VILLAGE, COMMUNITY))
    server = sqlite3.connect(f"file:{sample.folder / 'server' / 'city.db'}?mode=ro", uri=True)
    try:
        (records,) = server.execute("SELECT count(DISTINCT record) FROM hs_state").fetchone()
        (ops,) = server.execute("SELECT count(*) FROM hs_op").fetchone()
        (still_open,) = server.execute("SELECT count(*) FROM hs_conflict WHERE open = 1").fetchone()
        (settled,) = server.execute("SELECT count(*) FROM hs_conflict WHERE open = 0").fetchone()
    finally:
        server.close()
    later = 2 + 2 + 1  # two edits of other answers, two of the same answer, one choice
    assert records == held
    assert ops == first[VILLAGE]["pushed"] + first[COMMUNITY]["pushed"] + later
    assert (still_open, settled) == (0, 1)


def test_nothing_waits_and_nothing_is_unsettled(sample: Sample) -> None:
    for code in (VILLAGE, COMMUNITY, TOWNSHIP):
        desk = sample.desk(code)
        status = desk.status()
        desk.close()
        assert (status.waiting, status.set_aside, status.conflicts) == (0, 0, 0)


def test_both_other_answers_live_and_the_chosen_one_is_everywhere(sample: Sample) -> None:
    (merge,), (conflict,) = sample.steps("merge"), sample.steps("conflict")
    assert len(conflict["kept"]) == 2
    for code in (VILLAGE, TOWNSHIP):
        desk = sample.desk(code)
        record = desk.lists.document("social_org", merge["record"])
        values = {
            change.new
            for version in desk.lists.history("social_org", merge["record"])
            for change in version.answers
        }
        desk.close()
        assert (record["member_n"], record["place_area"]) == (merge["member_n"], merge["place_area"])
        assert record["place"] == conflict["chosen"][0]
        assert conflict["chosen"][0] in values


def test_indicators_show_the_gap_to_the_average_target(sample: Sample) -> None:
    for step in sample.steps("indicator"):
        code = VILLAGE if step["id"] == "I02" else COMMUNITY
        desk = sample.desk(code)
        _, records = desk.lists.documents("social_org", ListQuery())
        counted = [
            r for r in records if r["reg_status"] in ("1", "2") and r["filed_on"] and not r["cancelled_on"]
        ]
        desk.close()
        assert step["value"] == len(counted)
        assert step["gap"] == step["target"] - step["value"] == 1


def test_one_person_is_found_three_ways(sample: Sample) -> None:
    (found,) = sample.steps("find")
    assert len(found["found"]) == 3
    assert set(found["found"].values()) == {1}


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
def test_the_text_of_the_pdf_is_that_of_the_records(sample: Sample) -> None:
    desk = sample.desk(VILLAGE)
    _, records = desk.lists.documents("social_org", ListQuery())
    roster, profile = list(records), next(desk.lists.documents("community", ListQuery())[1])
    desk.close()
    text = pdf_text(sample.file("花名册.pdf"))
    for record in roster:
        assert record["org_name"] in text
        assert record["leader"] in text
    card = pdf_text(sample.file("情况表.pdf"))
    for piece in (
        profile["full_name"],
        str(profile["pop_registered"]),
        "填报单位",
        "盖章",
        "单位负责人",
        "示例数据",
    ):
        assert piece in card


def pdf_text(path: Path) -> str:
    done = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, timeout=60, check=True
    )
    return done.stdout.decode().replace("\n", "")


def test_the_roster_opens_as_a_workbook_with_the_same_names(sample: Sample) -> None:
    desk = sample.desk(VILLAGE)
    names = {
        row.values["org_name"]
        for row in desk.lists.rows("social_org", desk.lists.keys("social_org", ListQuery()))
    }
    desk.close()
    book = load_workbook(sample.file(".xlsx"))
    cells = {cell.value for row in book.worksheets[0].iter_rows() for cell in row}
    assert names <= cells
    assert any("盖章" in str(cell) for cell in cells)


def test_the_sample_folder_is_made_anew_and_no_other_is_touched(sample: Sample, tmp_path: Path) -> None:
    from hsdesk.desk.sample import fresh_folder
    from hsdesk.errors import Refused

    other = tmp_path / "mine"
    other.mkdir()
    (other / "重要.txt").write_text("x", encoding="utf-8")
    with pytest.raises(Refused):
        fresh_folder(other)
    assert (other / "重要.txt").exists()
