"""Coming back to where one stood: record, field, caret and scroll, after a lock, a crash or a restart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

from hsdesk.desk.standing import Standing
from ui.pages.page import Page, Target
from ui.returning import set_caret

if TYPE_CHECKING:
    from ui.record.page import RecordPage


def standing_of(page: Page, here: Target, person: str, *, left: bool = False) -> Standing:
    """Return where a person stands on the page in front; `left`: the program is being closed."""
    record = _record(page, here.page)
    if record is not None:
        entry = record.entry
        return Standing(
            "record",
            person,
            form=entry.form.form_id,
            record=entry.record,
            scope=entry.scope,
            path=_path(record),
            caret=_caret(),
            scroll=record.sheet.verticalScrollBar().value(),
            title=entry.title(),
            left=left,
        )
    search = _search(page, here.page)
    return Standing(here.page, person, form=here.form, search=search.text() if search else "", left=left)


def target_of(standing: Standing) -> Target:
    """Return what leads to where a person stood."""
    return Target(standing.page, standing.form, standing.record, standing.path, standing.scope)


def put_back(page: Page, standing: Standing) -> None:
    """Put a page that is ready as it stood: the search of a register, caret and scroll of a record."""
    search, record = _search(page, standing.page), _record(page, standing.page)
    if search is not None and standing.search:
        search.setText(standing.search)
    if record is not None and record.entry.record == standing.record:
        focused = QApplication.focusWidget()
        if focused is not None and standing.path and _path(record) == standing.path:
            set_caret(focused, standing.caret)
        QTimer.singleShot(0, record, lambda: record.sheet.scroll_to(standing.scroll))


def _record(page: Page, name: str) -> RecordPage | None:
    if name not in ("record", "new"):  # else the page of a record is not loaded yet
        return None
    from ui.record.page import RecordPage

    return page if isinstance(page, RecordPage) else None


def _search(page: Page, name: str) -> QLineEdit | None:
    """Return the line in which a register is searched."""
    if name not in ("register", "all"):
        return None
    from ui.pages.register import RegisterPage

    return page.search if isinstance(page, RegisterPage) else None


def _path(page: RecordPage) -> str:
    """Return the field of a record that has the focus, or had it last; "" for none."""
    from ui.record.rosterview import RosterBox

    stop = page.sheet.stop_here()
    if stop is None:
        return ""
    if isinstance(stop, RosterBox) and stop.table.currentIndex().isValid():
        return stop.model.cell(stop.table.currentIndex())
    return stop.path


def _caret() -> int:
    focused = QApplication.focusWidget()
    if isinstance(focused, QLineEdit):
        return focused.cursorPosition()
    return focused.textCursor().position() if isinstance(focused, QPlainTextEdit) else 0
