"""Draft cells of a record are put back into their fields when it is opened; what can be read is saved now."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from hsdesk.desk.values import Draft
from ui.record.asking import Asking
from ui.record.autosave import Autosave
from ui.record.sheet import Sheet
from ui.words import tr


def recover(sheet: Sheet, autosave: Autosave, asking: Asking, drafts: Sequence[Draft]) -> list[str]:
    """Put drafts back; return the labels of the fields they went into.

    A cell whose answer has changed since typing began waits for its question.
    """
    names = []
    for draft in drafts:
        line = sheet.lines.get(draft.path)
        if line is not None:
            names.append(line.view.label)
        else:
            _bring_row(sheet, autosave, draft.path)
        put_back = partial(_put_back, sheet, draft)
        if (asking.recover(draft, put_back) or put_back()) and line is None and tr("子表") not in names:
            names.append(tr("子表"))
    return names


def _put_back(sheet: Sheet, draft: Draft) -> bool:
    """Put a draft into its field and enter it; False when its row is gone."""
    line = sheet.lines.get(draft.path)
    if line is None:
        return sheet.recover_cell(draft.path, draft.text)
    line.editor.recover(draft.text, draft.caret)
    line.editor.flush()
    return True


def _bring_row(sheet: Sheet, autosave: Autosave, path: str) -> None:
    """Add the row of a cell again when the record knows nothing of it: the row could not be saved either."""
    row_path, _, _ = path.rpartition("/")
    roster, _, row = row_path.partition("/")
    session = autosave.entry.session
    is_known = any(known.startswith(f"{row_path}/") for known in session.answers())
    if row and roster in sheet.rosters and row_path not in session.rows(roster) and not is_known:
        autosave.step(session.add_row(roster, row=row))
