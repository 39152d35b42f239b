"""Draft cells of a record are put back into their fields when it is opened; what can be read is saved now."""

from __future__ import annotations

from collections.abc import Sequence

from hsdesk.desk.values import Draft
from ui.record.keeper import Keeper
from ui.record.sheet import Sheet
from ui.words import tr


def recover(sheet: Sheet, keeper: Keeper, drafts: Sequence[Draft]) -> list[str]:
    """Put drafts back; return the labels of the fields they went into."""
    names = []
    for draft in drafts:
        line = sheet.lines.get(draft.path)
        if line is not None:
            line.editor.recover(draft.text, draft.caret)
            names.append(line.view.label)
            line.editor.flush()
        else:
            _bring_row(sheet, keeper, draft.path)
            if sheet.recover_cell(draft.path, draft.text) and tr("子表") not in names:
                names.append(tr("子表"))
    return names


def _bring_row(sheet: Sheet, keeper: Keeper, path: str) -> None:
    """Add the row of a cell again when the record knows nothing of it: the row could not be saved either."""
    row_path, _, _ = path.rpartition("/")
    roster, _, row = row_path.partition("/")
    session = keeper.entry.session
    is_known = any(known.startswith(f"{row_path}/") for known in session.answers())
    if row and roster in sheet.rosters and row_path not in session.rows(roster) and not is_known:
        keeper.step(session.add_row(roster, row=row))
