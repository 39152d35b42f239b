"""沿用: an answer that the next new records begin with, shown at its field for as long as it is kept."""

from __future__ import annotations

from PySide6.QtCore import QObject

from hsdesk.desk.pinned import can_be_pinned
from ui.record.autosave import Autosave
from ui.record.line import QuestionLine
from ui.record.remark import PIN, Remark
from ui.record.sheet import Sheet
from ui.words import tr

KIND = "pinned"


class Pinning(QObject):
    """Pins and unpins the field that has the focus."""

    def __init__(self, autosave: Autosave, sheet: Sheet, parent: QObject) -> None:
        super().__init__(parent)
        self._autosave, self._sheet = autosave, sheet
        self.pinned = set(autosave.entry.pinned)

    def look_over(self) -> None:
        """Show what is pinned."""
        for path in self.pinned:
            self._sheet.remark(path, KIND, self._remark(path))

    def toggle(self, line: QuestionLine) -> bool:
        """Pin the answer of a field, or unpin it; tell whether it is one that can be pinned."""
        entry, path = self._autosave.entry, line.path
        if not entry.writable or "/" in path or not can_be_pinned(entry.form, line.view.question):
            return False
        line.editor.flush()
        form, value = entry.form.form_id, entry.session.stored_value(path)
        if path in self.pinned:
            self.pinned.discard(path)
            self._autosave.office.note(lambda desk: desk.records.unpin(form, path))
        else:
            self.pinned.add(path)
            self._autosave.office.note(lambda desk: desk.records.pin(form, path, value))
        self._sheet.remark(path, KIND, self._remark(path) if path in self.pinned else None)
        return True

    def _remark(self, path: str) -> Remark:
        def let_go() -> None:
            self.toggle(self._sheet.lines[path])

        stop = (tr("不再沿用（Alt+P）"), PIN, let_go)
        return Remark(tr("沿用：下一条新的先填上这一栏现在的内容。"), "quiet", (stop,), alike=True)
