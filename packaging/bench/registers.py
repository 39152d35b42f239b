"""A register of 5,000 records: put in with `add`, checked, and printed as a roster.

Everything in it is invented.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from bench import floors
from bench.ledger import PASSPHRASE, VILLAGE
from bench.paper import empty_pages
from bench.table import Row
from bench.window import organizations

RECORDS = 5_000
REGISTER, ROSTER = "social_org", "social_org_roster"


def rows() -> list[Row]:
    """Return the figures, in processor time."""
    from hsdesk.desk import Desk

    with tempfile.TemporaryDirectory() as folder:
        desk, _ = Desk.create(Path(folder) / "home", (VILLAGE,), "汪文书", PASSPHRASE)
        with closing(desk):
            return [*_figures(desk, Path(folder))]


def _figures(desk: Any, folder: Path) -> Iterator[Row]:
    from hsdesk.desk.json_records import JsonRecord

    items = [JsonRecord(line, dict(content)) for line, content in enumerate(organizations(RECORDS), 1)]
    raw = floors.plain_insert_seconds(organizations(RECORDS))
    note, told = f"plain insert {raw:.3f} s", f"{RECORDS:,} records of {REGISTER}"
    took = floors.processor(lambda: desk.bulk.add(REGISTER, items))
    assert desk.file.form(REGISTER) and len(list(desk._file.query(REGISTER))) == RECORDS
    yield Row(f"add {told}, processor", "≤ 500 ×", took, "s", took / raw, note, "≤ 320 ×")
    took = floors.processor(lambda: desk.reports.findings(REGISTER))
    yield Row(f"check {told}, processor", "≤ 380 ×", took, "s", took / raw, note)
    yield _printed(desk, folder, told)


def _printed(desk: Any, folder: Path, told: str) -> Row:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from ui.painter import page_count, paint_pdf

    QApplication.instance() or QApplication([])
    pages = sum(map(page_count, desk.reports.build(ROSTER)))
    took = floors.processor(lambda: paint_pdf(desk.reports.build(ROSTER), folder / "roster.pdf"))
    floor = floors.processor(lambda: empty_pages(folder / "empty.pdf", pages), 3)
    note = f"as many empty pages ({pages}) {floor:.3f} s"
    return Row(f"print {told}, processor", "≤ 250 ×", took, "s", took / floor, note, "≤ 70 ×")
