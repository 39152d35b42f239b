"""Watches free text for numbers of persons (最小采集) and offers to hide them."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QObject, Qt, Signal

from hsdesk.forms.views import Finding, FormChanges
from hsdesk.model.answer import generic
from hsdesk.model.personal import Kind, hidden, numbers
from hsdesk.reports.free_texts import free_texts, roster_texts
from ui.record.autosave import Autosave
from ui.record.remark import HIDE, Remark
from ui.record.sheet import Sheet
from ui.words import tr

KIND = "number"


class Numbers(QObject):
    """Looks at a free text when its field is left."""

    changed = Signal()  # a remark came or went

    def __init__(self, autosave: Autosave, sheet: Sheet, parent: QObject) -> None:
        super().__init__(parent)
        self._autosave, self._sheet = autosave, sheet
        form = autosave.entry.form
        self._watched = {question.key for question in free_texts(form)} | {
            f"{roster}/{question.key}" for roster, asked in roster_texts(form).items() for question in asked
        }
        self._said: dict[str, str] = {}
        # queued: the focus has gone on to the next field by then, and the remark is brought into view
        autosave.applied.connect(self.look, Qt.ConnectionType.QueuedConnection)

    def findings(self) -> list[Finding]:
        """Return where personal numbers stand in a free text."""
        return [
            Finding(path, "privacy", "warn", said)
            for path, said in self._said.items()
            if self._sheet.is_shown(path)
        ]

    def look_over(self) -> None:
        """Look at every free text, as when an old record is opened."""
        for path, value in self._autosave.entry.session.effective().items():
            self._look(path, value)

    def look(self, changes: FormChanges) -> None:
        """Look at the free texts among the answers that changed."""
        for path, value in changes.answers.items():
            self._look(path, value)

    def _look(self, path: str, value: object) -> None:
        if generic(path) not in self._watched:
            return
        found = numbers(value, datetime.now().astimezone().date()) if isinstance(value, str) else ()
        if not found and path not in self._said:
            return
        self._said.pop(path, None)
        if found:
            self._said[path] = _sentence(found[0].kind)
        self._sheet.remark(path, KIND, self._remark(path, self._said[path]) if found else None)
        self.changed.emit()

    def _remark(self, path: str, said: str) -> Remark:
        hide = (tr("遮住号码（Alt+H）"), HIDE, lambda: self._hide(path))
        actions = (hide,) if self._autosave.entry.writable else ()
        return Remark(tr("请核实：{text}", text=said), "warn", actions)

    def _hide(self, path: str) -> None:
        self._sheet.flush()
        value = self._autosave.entry.session.stored_value(path)
        if isinstance(value, str):
            self._autosave.answer(path, hidden(value, datetime.now().astimezone().date()))


def _sentence(kind: Kind) -> str:
    match kind:
        case "id":
            return tr("这里像是写了身份证号。按最小采集的要求，不要把身份证号写进备注。")
        case "mobile":
            return tr("这里像是写了手机号。电话请填在专门的栏目，备注里只写事情。")
        case "bank":
            return tr("这里像是写了银行卡号。请不要把银行卡号写进备注。")
