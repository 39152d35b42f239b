"""A roster whose rows are counted by an answer: rows past the count are kept, and shown nowhere."""

from __future__ import annotations

from pathlib import Path

from desk_world import new_desk, type_into

from hsdesk.forms.compiler import compile_file

FORM = """
| settings | | | |
| | form_title | form_id | version |
| | 单据 | slips | 1 |
| survey | | | | |
| | type | name | label | repeat_count |
| | integer | n | 份数 | |
| | begin_repeat | rows | 单据 | ${n} |
| | text | no | 号 | |
| | end_repeat | | | |
"""


def test_rows_past_the_count_come_back_with_their_ids_after_the_record_was_closed(
    home: Path, tmp_path: Path
) -> None:
    sheet = tmp_path / "slips.md"
    sheet.write_text(FORM, encoding="utf-8")
    desk = new_desk(home)
    desk.file.install(compile_file(sheet))
    entry = desk.records.entry("slips")
    type_into(desk, entry, n=3)
    for number, row in enumerate(entry.session.rows("rows")):
        type_into(desk, entry, **{f"{row}/no": f"A{number}"})
    before = desk.lists.document("slips", entry.record)
    assert [row["no"] for row in before["rows"]] == ["A0", "A1", "A2"]
    type_into(desk, desk.records.entry("slips", entry.record), n=1)
    fewer = desk.lists.document("slips", entry.record)
    assert fewer["rows"] == before["rows"][:1]
    type_into(desk, desk.records.entry("slips", entry.record), n=3)
    assert desk.lists.document("slips", entry.record) == before
    desk.close()
