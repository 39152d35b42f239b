"""Tells of a figure far from the one before, with both figures; whoever looked says so and goes on."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Qt, Signal

from hsdesk.forms.plausible import Leap
from hsdesk.forms.types import show
from hsdesk.forms.views import Finding, FormChanges
from hsdesk.model.answer import Value
from ui.record.autosave import Autosave
from ui.record.remark import RIGHT, Remark
from ui.record.sheet import Sheet
from ui.words import tr

KIND = "leap"


class Leaps(QObject):
    """Looks at a figure when its field is left."""

    changed = Signal()  # a remark came or went

    def __init__(self, autosave: Autosave, sheet: Sheet, parent: QObject) -> None:
        super().__init__(parent)
        self._autosave, self._sheet = autosave, sheet
        self._said: dict[str, str] = {}
        self._right: dict[str, Value] = {}  # figures that a person has looked at
        # queued: the focus has gone on to the next field by then, and the remark is brought into view
        autosave.applied.connect(self.look, Qt.ConnectionType.QueuedConnection)

    def findings(self) -> list[Finding]:
        """Return the figures nobody has looked at yet."""
        return [
            Finding(path, "leap", "warn", said)
            for path, said in self._said.items()
            if self._sheet.is_shown(path)
        ]

    def look(self, changes: FormChanges) -> None:
        """Look at the figures among the answers that changed."""
        for path, value in changes.answers.items():
            if isinstance(value, int | float) or path in self._said:
                self._look(path)

    def _look(self, path: str) -> None:
        leap = self._autosave.entry.leap(path)
        if leap is not None and self._right.get(path) == leap.now:
            leap = None
        if leap is None and self._said.pop(path, None) is None:
            return
        if leap is not None:
            self._said[path] = self._words(leap)
        self._sheet.remark(path, KIND, self._remark(path) if leap is not None else None)
        self.changed.emit()

    def _words(self, leap: Leap) -> str:
        question = self._autosave.entry.session.node(leap.path).question
        before, now = show(question, leap.before), show(question, leap.now)
        if leap.period:
            return tr(
                "上一期（{period}）是 {before}，这次填的是 {now}，差得多。",
                period=leap.period,
                before=before,
                now=now,
            )
        return tr("原来是 {before}，现在填的是 {now}，差得多。", before=before, now=now)

    def _remark(self, path: str) -> Remark:
        right = (tr("没填错（Alt+Y）"), RIGHT, partial(self._agree, path))
        actions = (right,) if self._autosave.entry.writable else ()
        return Remark(tr("请核实：{text}", text=self._said[path]), "warn", actions)

    def _agree(self, path: str) -> None:
        self._right[path] = self._autosave.entry.session.node(path).value
        self._look(path)
