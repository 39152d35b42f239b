"""修改记录: who changed what and when, beside the record; an earlier version can be brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QBoxLayout, QFrame, QScrollArea, QWidget

from hsdesk.desk.values import AnswerChange, RecordVersion
from ui.office import Office
from ui.parts.plain import button, clear, column, frame, holder, label, row
from ui.theme import metrics
from ui.words import tr

if TYPE_CHECKING:
    from ui.record.page import RecordPage


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


class Past(QObject):
    """The drawer of one open record: made when it is asked for, gone with the record."""

    changed = Signal()  # it came or went

    def __init__(self, page: RecordPage, body: QBoxLayout, form: QWidget) -> None:
        super().__init__(page)
        self._page, self._body, self._form = page, body, form
        self.drawer: HistoryDrawer | None = None

    @property
    def is_shown(self) -> bool:
        return self.drawer is not None and not self.drawer.isHidden()

    def toggle(self) -> None:
        """Show the changes of the record, or put them away."""
        self._draw(shown=not self.is_shown)

    def show(self, path: str) -> None:
        """Show the changes of one answer beside the record, "" for all; what is shown already is put away."""
        stays = self.is_shown and self.drawer is not None and self.drawer.path == path
        self._draw(path, shown=not stays)

    def put_away(self) -> None:
        """The record is left."""
        if self.drawer is not None:
            self.drawer.hide()
            self.drawer.deleteLater()
            self.drawer = None
            self._closed()

    def _draw(self, path: str = "", *, shown: bool) -> None:
        if self.drawer is None:
            entry = self._page.entry
            form, record = entry.form.form_id, entry.record
            self.drawer = HistoryDrawer(self._page.office, form, record, writable=entry.can_change)
            self.drawer.restored.connect(self._page.reopen)
            self.drawer.closed.connect(self._closed)
            self._body.addWidget(self.drawer)
        self.drawer.setVisible(shown)
        self._form.setVisible(not shown or not metrics().is_large)  # large text has room for one of the two
        self.changed.emit()
        self.drawer.load(path)

    def _closed(self) -> None:
        self._form.show()
        self.changed.emit()


def _words(change: AnswerChange) -> str:
    """Return a change as one reads it aloud: 户数:由 120 改成 121."""
    if not change.old_shown:
        return tr("{label}：填了 {new}", label=change.label, new=change.new_shown)
    if not change.new_shown:
        return tr("{label}：删去了 {old}", label=change.label, old=change.old_shown)
    return tr("{label}：由 {old} 改成 {new}", label=change.label, old=change.old_shown, new=change.new_shown)
