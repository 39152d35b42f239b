"""A moment reads `2026-03-15 09:00` wherever it is shown: title, list, history, search, clipboard, Excel."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from desk_world import new_desk
from openpyxl import load_workbook

from hsdesk.desk.json_records import JsonRecord
from hsdesk.desk.values import ListQuery

START, END = "2026-03-15 09:00", "2026-03-15 11:30"
ACTIVITY = {"title": "护河", "field": "1", "organizer": "村委会", "start_at": START, "end_at": END}


def test_a_moment_is_shown_as_it_is_typed(home: Path, tmp_path: Path) -> None:
    with closing(new_desk(home)) as desk:
        (record,) = desk.bulk.add("vol_activity", [JsonRecord(1, ACTIVITY)]).ids
        keys = desk.lists.keys("vol_activity", ListQuery())
        (row,) = desk.lists.rows("vol_activity", keys)
        entry = desk.records.entry("vol_activity", record)
        shown = {
            "title": row.title,
            "title of the open record": entry.title(),
            "list": row.shown["start_at"],
            "search": desk.lists.find("护河", 1)[0].title,
            "clipboard": desk.grid.block("vol_activity", [row.key.number], ["start_at"]),
            "history": next(
                change.new_shown
                for version in desk.lists.history("vol_activity", record)
                for change in version.answers
                if change.path == "start_at"
            ),
        }
        sheet = load_workbook(desk.reports.export_xlsx("vol_activity", tmp_path / "out.xlsx")).worksheets[0]
        cells = {str(cell) for line in sheet.iter_rows(values_only=True) for cell in line}
        stored = entry.session.node("start_at").value
        times = {name: text.removeprefix("护河 ") for name, text in shown.items()}
        assert times == dict.fromkeys(shown, START)
        assert {START, END} <= cells
        assert str(stored).startswith("2026-03-15T09:00:00.000")
        assert not entry.edit(entry.session.answer("start_at", entry.session.meaning("start_at", START)))
