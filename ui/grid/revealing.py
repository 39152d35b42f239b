"""按住显示 in a grid: a hidden cell is whole for as long as button or key is held; that is in the log."""

from __future__ import annotations

from PySide6.QtCore import QObject

from ui.grid.model import GridModel
from ui.grid.table import GridTable
from ui.office import Office
from ui.parts.hold import HoldButton
from ui.parts.plain import reveal


class Revealing(QObject):
    """Shows the hidden cell that is marked while button or key is held."""

    def __init__(self, office: Office, table: GridTable, hold: HoldButton) -> None:
        super().__init__(table)
        self.office, self.table, self.hold = office, table, hold
        self.model: GridModel | None = None
        self._holding = False
        for source in (table, hold):
            source.held.connect(self._show)
            source.let_go.connect(self._cover)
        reveal(hold, False)

    def use(self, model: GridModel) -> None:
        """Work on this list; the button is there when one of its columns hides something."""
        self.model = model
        reveal(self.hold, any(column.is_masked for column in model.columns))

    def _show(self) -> None:
        """Show the marked cell, or the first hidden one of its row, once it is in the log."""
        at, model = self.table.currentIndex(), self.model
        record = model.record(at.row()) if model is not None and at.isValid() else None
        if model is None or record is None:
            return
        self._holding = True
        hidden = [column.key for column in model.columns if column.is_masked]
        if not hidden:
            return
        marked, number = model.columns[at.column()].key, record.key.number
        key = marked if marked in hidden else hidden[0]
        form, name = model.form.form_id, record.key.record

        def shown(text: str) -> None:
            if self._holding:
                model.open_cell(number, key, text)

        self.office.ask(lambda desk: desk.lists.reveal(form, name, key), shown, owner=self)

    def _cover(self) -> None:
        self._holding = False
        if self.model is not None:
            self.model.cover_cell()
