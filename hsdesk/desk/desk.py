"""The desk (工作台): the one door to local data. Used by one thread at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hsdesk.desk import opening
from hsdesk.desk.attachments import Attachments
from hsdesk.desk.audit import DeskAudit
from hsdesk.desk.bulk_records import BulkRecords
from hsdesk.desk.duplicates import Duplicates
from hsdesk.desk.erasure import Erasure
from hsdesk.desk.exchange import Exchange
from hsdesk.desk.grid import Grid
from hsdesk.desk.grid_states import States
from hsdesk.desk.journal import Journal
from hsdesk.desk.listing import Listing
from hsdesk.desk.opening import Opened
from hsdesk.desk.own_file import OwnFile
from hsdesk.desk.pasting import Pasting
from hsdesk.desk.records import Records
from hsdesk.desk.reporting import Reporting
from hsdesk.desk.source import DeskSource
from hsdesk.desk.todo import ToDo
from hsdesk.desk.values import (
    RejectedDefinition,
    Status,
)
from hsdesk.desk.writers import Writers
from hsdesk.deskfile.files import Home

if TYPE_CHECKING:
    from hsdesk.deskfile.layout import MigrationProgress


class Desk:
    """An open desk. Make one with `create`, `open` or `recover`; `close` it when done.

    `records`: one record at a time. `bulk`: many. `lists`: what searches show and lists keep. `grid`:
    registers as grids. `blocks`: cells pasted or filled down. `duplicates`:
    records like the one being typed. `erasure`: what leaves. `exchange`: sync with the city. `reports`:
    print-outs and figures. `file`: keys, forms and backup. `audit`: who saw personal data in full.
    `writers`: who types here. `journal`: what was done, to undo it. `todo`: what is to be done.
    """

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._file = opened.file
        self._source = DeskSource(opened)
        self.records = Records(opened, self._source)
        self.erasure = Erasure(opened, self.records)
        self.audit = DeskAudit(opened)
        self.lists = Listing(opened, self._source, self.records)
        self.reports = Reporting(opened, self._source, self.lists)
        self.blocks = Pasting(opened, self._source, self.records, self.lists)
        self.grid = Grid(opened, self._source, self.lists, States(opened, self.reports))
        self.writers = Writers(opened)
        self.exchange = Exchange(opened, self.records, self.lists, self.writers)
        self.duplicates = Duplicates(opened)
        self.attachments = Attachments(opened, self.exchange)
        self.bulk = BulkRecords(opened, self._source, self.records, self.attachments)
        self.file = OwnFile(opened)
        self.journal = Journal(opened, self.records, self.lists)
        self.todo = ToDo(opened, self.lists, self.reports, self.exchange)

    # Opening

    @staticmethod
    def exists(home: Path) -> bool:
        """Tell whether there is a desk in this folder."""
        return opening.exists(home)

    @classmethod
    def create(cls, home: Path, places: Sequence[str], person: str, passphrase: str) -> tuple[Desk, str]:
        """Make a desk for places given by code; return it and the recovery code, shown only once."""
        opened, recovery_code = opening.create(home, places, person, passphrase)
        return cls(opened), recovery_code

    @classmethod
    def open(
        cls,
        home: Path,
        passphrase: str | None = None,
        migrating: Callable[[MigrationProgress], None] | None = None,
    ) -> Desk:
        """Open a desk; without a passphrase by the remembered key, else WrongPassphrase is raised.

        `migrating` hears how far it is when a file of an earlier program is brought up to this one.
        """
        return cls(opening.unlock(home, passphrase, migrating))

    @classmethod
    def recover(
        cls,
        home: Path,
        code: str,
        new_passphrase: str,
        migrating: Callable[[MigrationProgress], None] | None = None,
    ) -> Desk:
        """Open a desk by its recovery code; the new passphrase holds from then on."""
        return cls(opening.recover(home, code, new_passphrase, migrating))

    @staticmethod
    def clear_opened(home: Path) -> None:
        """Remove what a killed program left of attachments that were being shown; needs no passphrase."""
        opening.clear_opened(Home(home))

    @staticmethod
    def restore_file(home: Path, backup: Path, passphrase: str | None = None) -> Path | None:
        """Put a backup in the place of the desk; return where the replaced data was kept.

        With the passphrase of the desk that is replaced, a verified backup of it is made first.
        """
        from hsdesk.deskfile.backup import restore
        from hsdesk.deskfile.rolling import roll_before_restore

        if passphrase is not None:
            roll_before_restore(home, passphrase)
        return restore(home, backup)

    def close(self) -> None:
        """Close the file and let another window open it; copies of attachments made to be shown go."""
        self.attachments.clear_copies()
        self._file.close()

    @property
    def is_read_only(self) -> bool:
        """Whether nothing can be written where the desk lies: it is open to read and to print."""
        return self._opened.is_read_only

    # The desk at a glance

    def status(self) -> Status:
        """Return person, places, registers with counts, what waits and what is to be done."""
        places = tuple(self.records.place_info(place) for place in self._opened.held_places())
        return Status(
            person=self._opened.person,
            device=self._file.device_id(),
            places=places,
            registers=self.file.registers(),
            off=self.file.switched_off(),
            server=self.exchange.server(),
            waiting=self._file.pending_count(),
            set_aside=self._file.rejected_count(),
            conflicts=len(self._file.conflicts()),
            last_sync=self.exchange.last_sync(),
            drafts=self._file.draft_count(),
            attachments=self.attachments.waiting()[0],
            read_only=self._opened.is_read_only,
            definitions=tuple(
                RejectedDefinition(one.kind, one.id, one.version, one.reason) for one in self._file.unfit()
            ),
            city_audit=self._file.city_audit(),
        )
