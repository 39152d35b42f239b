"""Opening a record: from the desk to a page, with the place asked for when several are held."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from hsdesk.desk.values import FormInfo, ListQuery, PlaceInfo, RecordKey
from hsdesk.errors import DeskError
from ui.office import Office
from ui.pages.page import Target
from ui.pages.place_choice import choose_place


class Opening(QObject):
    """Reads a record on the database thread and emits `opened` with an OpenedRecord."""

    opened = Signal(object)
    given_up = Signal()  # it does not come to that: nothing was chosen, or it cannot be read

    def __init__(self, office: Office, parent: QWidget) -> None:
        super().__init__(parent)
        self.office, self.window_part = office, parent

    def info(self, form: str) -> FormInfo | None:
        status = self.office.status
        return next((info for info in status.registers if info.form_id == form), None) if status else None

    def is_single(self, form: str) -> bool:
        """Tell whether a register has one record only at this desk: it opens without a list.

        A second card that came from another laptop is seen in the list beside the first.
        """
        info, status = self.info(form), self.office.status
        is_one = info is not None and info.kind == "single" and info.count <= 1
        return is_one and status is not None and len(status.places) == 1

    def open(self, target: Target) -> None:
        """Open an existing record, or a new one."""
        if target.page == "new":
            self._open_new(target.form, target.scope)
        else:
            self._read(target.form, target.record, target.scope, target.path)

    def open_single(self, form: str) -> None:
        """Open the only record of a register, making it when it is not there yet."""

        def found(keys: tuple[RecordKey, ...]) -> None:
            if keys:
                self._read(form, keys[0].record, keys[0].scope, "")
            else:
                self._open_new(form, "")

        self.office.ask(lambda desk: desk.lists.keys(form, ListQuery(limit=1)), found, self._failed, self)

    def _open_new(self, form: str, scope: str) -> None:
        places = [place for place in self._places() if place.writable]
        if not scope and len(places) > 1:
            chosen = choose_place(self.window_part, places)
            if chosen is None:
                self.given_up.emit()
                return
            scope = chosen.id
        self._read(form, None, scope, "")

    def _places(self) -> tuple[PlaceInfo, ...]:
        return self.office.status.places if self.office.status else ()

    def _read(self, form: str, record: str | None, scope: str, path: str) -> None:
        def read(desk: object) -> object:
            from hsdesk.desk import Desk
            from ui.record.page import OpenedRecord

            assert isinstance(desk, Desk)
            return OpenedRecord(desk.records.entry(form, record, scope), path)

        self.office.ask(read, self.opened.emit, self._failed, self)

    def _failed(self, error: DeskError) -> None:
        self.given_up.emit()
        self.office.work.trouble.emit(error)
