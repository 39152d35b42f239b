"""List and open record as one: the cursor of the list is the record in the form, steps go in its order."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from hsdesk.desk.values import RecordKey
from hsdesk.errors import DeskError
from ui.pages.page import Target
from ui.printable import print_from

if TYPE_CHECKING:
    from hsdesk.desk import Desk
    from ui.pages.register import RegisterPage
    from ui.record.page import OpenedRecord, RecordPage
    from ui.workspace import Workspace


REST_MS = 500  # of a list, after which the form for its records is made


class Following(QObject):
    """Knows which list an open record belongs to, and shows in the form what the list's cursor stands on."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._wanted: RecordKey | None = None
        self._reads = False
        self._steps = False  # the next record is being read by its list
        self._rests = QTimer(self, singleShot=True, interval=REST_MS)
        self._rests.timeout.connect(self._prepare)

    def ledger(self, page: RecordPage | None) -> RegisterPage | None:
        """Return the list that a record belongs to; None for a single card, and before it was ever shown."""
        from ui.pages.register import RegisterPage

        if page is None or page.form.kind == "single":
            return None
        target = Target("register", page.form.form_id)
        made = self._workspace.known(target)
        if made is None and self._workspace.bench.keeps_both:
            made = self._workspace.made(target)
        return made if isinstance(made, RegisterPage) else None

    def listen(self, page: RegisterPage) -> None:
        """Follow the cursor of a list."""
        page.marked.connect(partial(self._marked, page))
        page.print_wanted.connect(partial(print_from, page, self._workspace.show_target))

    def place(self, page: RecordPage) -> None:
        """Say at which place of its list the open record stands, and put the cursor there."""
        ledger = self.ledger(page)
        model = ledger.model if ledger is not None else None
        at = model.place_of(page.entry.record) if model is not None else -1
        page.head.show_place(at + 1, model.count if model is not None else 0)
        if ledger is not None and ledger.grid is not None and at >= 0 and self._workspace.page is not ledger:
            ledger.grid.select(page.entry.record)

    def step(self, page: RecordPage, step: int) -> None:
        """Open the record before or after, in the order of its list and within its filter."""
        ledger = self.ledger(page)
        grid = ledger.grid if ledger is not None else None
        at = grid.model.place_of(page.entry.record) if grid is not None else -1
        if grid is None or at < 0 or not 0 <= at + step < grid.model.count:
            return
        row = grid.model.row_at(at + step)
        found = grid.model.record(row)
        if found is not None:
            page.go("record", page.form.form_id, found.key.record, scope=found.key.scope)
        else:  # it is being read: `_marked` goes on
            self._steps = True
            grid.table.go_to(row, 0)

    def look(self) -> None:
        """Show the record under the cursor of the list in front."""
        from ui.pages.register import RegisterPage

        page = self._workspace.page
        found = page.grid.current() if isinstance(page, RegisterPage) and page.grid is not None else None
        if isinstance(page, RegisterPage) and found is not None:
            self._marked(page, found.key)

    def _marked(self, page: RegisterPage, key: RecordKey | None) -> None:
        workspace = self._workspace
        if key is None:
            return
        self._rests.start()
        if self._steps:
            self._steps = False
            page.go("record", page.form_id, key.record, scope=key.scope)
            return
        shown = workspace.open_record
        is_shown = shown is not None and shown.entry.record == key.record
        if workspace.page is not page or not workspace.bench.keeps_both or workspace.gate.is_shut or is_shown:
            return
        self._wanted = key
        if not self._reads:
            self._read(page)

    def _prepare(self) -> None:
        """Make the form of the list in front while nothing else is to be done: a record opens at once."""
        from ui.pages.register import RegisterPage

        workspace, page = self._workspace, self._workspace.page
        found = page.grid.current() if isinstance(page, RegisterPage) and page.grid is not None else None
        if not isinstance(page, RegisterPage) or found is None or workspace.forms.has(page.form_id):
            return
        if workspace.office.work.waiting or workspace.gate.is_shut:
            self._rests.start()
            return
        form, key = page.form_id, found.key
        workspace.office.ask(
            lambda desk: desk.records.entry(form, key.record, key.scope),
            workspace.forms.prepare,
            lambda _: None,  # opening it will say what is wrong
            self,
        )

    def _read(self, page: RegisterPage) -> None:
        key, form = self._wanted, page.form_id
        assert key is not None
        self._reads = True

        def read(desk: Desk) -> OpenedRecord:
            from ui.record.page import OpenedRecord

            return OpenedRecord(desk.records.entry(form, key.record, key.scope))

        self._workspace.office.ask(read, partial(self._show, page, key), self._failed, self)

    def _show(self, page: RegisterPage, key: RecordKey, opened: OpenedRecord) -> None:
        self._reads = False
        workspace = self._workspace
        if workspace.page is not page or workspace.gate.is_shut:
            return
        if self._wanted != key:  # the cursor has gone on
            self._read(page)
            return
        workspace.leave(lambda: workspace.lay_beside(opened))

    def _failed(self, error: DeskError) -> None:
        self._reads = False
        self._workspace.office.work.trouble.emit(error)
