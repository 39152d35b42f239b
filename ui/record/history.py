"""修改记录: who changed what and when, beside the record; an earlier version can be brought back."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from hsdesk.desk.values import AnswerChange, RecordVersion
from ui.office import Office
from ui.parts.plain import button, clear, column, frame, holder, label, row
from ui.theme import metrics
from ui.words import tr


class HistoryDrawer(QFrame):
    """Opens at the right; the newest entry is on top."""

    restored = Signal()
    closed = Signal()

    def __init__(self, office: Office, form: str, record: str, *, writable: bool) -> None:
        super().__init__()
        self.office, self.form, self.record, self.writable = office, form, record, writable
        self.setProperty("role", "card")
        if not metrics().is_large:  # large text: it stands in the place of the form
            self.setFixedWidth(min(metrics().px(400), 560))
        self.hide()
        self.path = ""
        self._list = column(gap=10)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(holder(column(self._list, None, margin=4)))
        top = row(label(tr("修改记录"), "heading"), None, button(tr("收起"), self._close, "quiet"))
        body = column(top, gap=8, margin=14)
        body.addWidget(area, 1)
        self.setLayout(body)

    def load(self, path: str = "") -> None:
        """Read the history from the desk, of one answer or, with "", of all."""
        self.path = path
        form, record = self.form, self.record
        self.office.ask(lambda desk: desk.lists.history(form, record), self._show, owner=self)

    def _show(self, versions: tuple[RecordVersion, ...]) -> None:
        clear(self._list)
        if self.path:
            versions = tuple(one for one in map(self._of_answer, versions) if one.answers)
            self._list.addWidget(button(tr("看整条的修改记录"), self.load, "quiet"))
        if not versions:
            self._list.addWidget(label(tr("还没有修改记录。"), "quiet"))
        for at, version in enumerate(sorted(versions, key=lambda one: -one.version)):
            self._list.addWidget(self._card(version, newest=at == 0))

    def _card(self, version: RecordVersion, *, newest: bool) -> QWidget:
        when = version.at[:16].replace("T", " ")
        lines = [label(tr("{when}　{who}", when=when, who=version.by), "quiet", wrap=True)]
        lines += [label(_words(change), wrap=True) for change in version.answers]
        body = column(*lines, gap=4)
        if not newest and self.writable and not self.path:
            back = button(tr("恢复成这一版"), lambda: self._restore(version.version), "quiet")
            body.addLayout(row(back, None))
        return frame("card", body, padding=14)

    def _of_answer(self, version: RecordVersion) -> RecordVersion:
        """Return a version with the change of the one answer only."""
        kept = tuple(change for change in version.answers if change.path == self.path)
        return msgspec.structs.replace(version, answers=kept)

    def _restore(self, version: int) -> None:
        form, record = self.form, self.record
        self.office.change(
            lambda desk: desk.records.restore(form, record, version),
            lambda _: self.restored.emit(),
            owner=self,
        )

    def _close(self) -> None:
        self.hide()
        self.closed.emit()


def _words(change: AnswerChange) -> str:
    """Return a change as one reads it aloud: 户数:由 120 改成 121."""
    if not change.old_shown:
        return tr("{label}：填了 {new}", label=change.label, new=change.new_shown)
    if not change.new_shown:
        return tr("{label}：删去了 {old}", label=change.label, old=change.old_shown)
    return tr("{label}：由 {old} 改成 {new}", label=change.label, old=change.old_shown, new=change.new_shown)
