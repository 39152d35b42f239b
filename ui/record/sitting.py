"""One record while it is open: everything that keeps and watches its answers, from opening to leaving it.

The page and its fields stay for the next record of the same form; what stands here goes with this one, and
with it what the desk still answers about it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from hsdesk.desk import Entry
from ui.record.aids import Aids
from ui.record.asking import Asking
from ui.record.autosave import Autosave
from ui.record.leaving import Leaving
from ui.record.likely import Watch
from ui.record.numbers import Numbers
from ui.record.rebasing import Rebasing
from ui.record.refused import Refused
from ui.record.telling import Telling

if TYPE_CHECKING:
    from ui.record.page import RecordPage


class Sitting(QObject):
    """What works for one open record."""

    def __init__(self, page: RecordPage, entry: Entry) -> None:
        super().__init__(page)
        sheet = page.sheet
        self.entry = entry
        self.visited: set[str] = set()
        self.has_given = False  # a save was asked for since the record was opened
        self.check_all = not entry.is_new
        self.autosave = Autosave(page.office, entry, self)
        sheet.bind(entry, self.autosave)
        self.asking = Asking(self.autosave, sheet, self)
        self.rebasing = Rebasing(self.autosave, self)
        self.watch = Watch(self.autosave, sheet, self)
        self.telling = Telling(page, Refused(self.autosave, sheet, self))
        self.numbers = Numbers(self.autosave, sheet, self)
        self.aids = Aids(self.autosave, sheet, page.go, self)
        self.leaving = Leaving(page, self.autosave, page.flush)
        self._listen(page)

    def _listen(self, page: RecordPage) -> None:
        self.autosave.applied.connect(page.applied)
        self.autosave.unread.connect(page.cannot_read)
        for quiet in (
            self.autosave.forgotten,
            self.autosave.unsaved_changed,
            self.watch.changed,
            self.numbers.changed,
            self.aids.leaps.changed,
        ):
            quiet.connect(page.check_soon)
        self.watch.wanted.connect(page.open_twin)
        self.watch.merged.connect(self.telling.merged)
        self.asking.changed.connect(page.asked)
        self.rebasing.shown.connect(page.rebased)
        self.rebasing.told.connect(self.telling.news)
        self.rebasing.undone.connect(page.undone)
        self.leaving.stayed.connect(page.stays)
