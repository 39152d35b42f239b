"""The table of a register: letters begin a search, F6 shows a hidden cell, Ctrl+C copies the row."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QTableView

from ui.office import Office
from ui.pages.records import RecordModel
from ui.parts.hold import HoldButton
from ui.parts.plain import reveal

HELD_KEY = Qt.Key.Key_F6


class RecordTable(QTableView):
    """The list of a register."""

    typed = Signal(str)
    held = Signal()
    let_go = Signal()
    copy_wanted = Signal()

    def keyboardSearch(self, search: str) -> None:  # noqa: N802
        self.typed.emit(search)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
        elif event.key() == HELD_KEY:
            if not event.isAutoRepeat():
                self.held.emit()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == HELD_KEY and not event.isAutoRepeat():
            self.let_go.emit()
        else:
            super().keyReleaseEvent(event)


class Revealing(QObject):
    """Shows the hidden cell that is marked while button or key is held, and puts rows on the clipboard."""

    def __init__(self, office: Office, table: RecordTable, hold: HoldButton) -> None:
        super().__init__(table)
        self.office, self.table, self.hold = office, table, hold
        self.model: RecordModel | None = None
        self._holding = False
        for source in (table, hold):
            source.held.connect(self._show)
            source.let_go.connect(self._cover)
        table.copy_wanted.connect(self.copy)
        reveal(hold, False)

    def use(self, model: RecordModel) -> None:
        """Work on this list; the button is there when one of its columns hides something."""
        self.model = model
        reveal(self.hold, bool(model.hidden_keys))

    def _show(self) -> None:
        """Show the marked cell, or the first hidden one of its row, once it is in the log."""
        at, model = self.table.currentIndex(), self.model
        if model is None or not at.isValid():
            return
        self._holding = True
        seen = [
            column.key
            for number, column in enumerate(model.columns)
            if column.key in model.hidden_keys and not self.table.isColumnHidden(number)
        ]
        marked = model.columns[at.column()].key
        if not seen:
            return
        key = marked if marked in seen else seen[0]
        form, record = model.form.form_id, model.key(at.row()).record

        def shown(text: str) -> None:
            if self._holding:
                model.open_cell(record, key, text)

        self.office.ask(lambda desk: desk.lists.reveal(form, record, key), shown, owner=self)

    def _cover(self) -> None:
        self._holding = False
        if self.model is not None:
            self.model.cover_cell()

    def copy(self) -> None:
        """Put the marked rows on the clipboard, as an internal roster shows them."""
        rows, model = self.table.selectionModel().selectedRows(), self.model
        if not rows or model is None:
            return
        form = model.form.form_id
        keys = [model.key(index.row()) for index in rows]
        columns = [
            column.key
            for at, column in enumerate(model.columns)
            if not column.key.startswith("@") and not self.table.isColumnHidden(at)
        ]
        self.office.ask(
            lambda desk: desk.lists.block(form, keys, columns),
            QGuiApplication.clipboard().setText,
            owner=self,
        )
