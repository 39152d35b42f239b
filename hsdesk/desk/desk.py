"""The desk (工作台): the one door to local data. Used by one thread at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from hsdesk.desk import opening, shipped
from hsdesk.desk.attachments import Attachments
from hsdesk.desk.bulk import Bulk
from hsdesk.desk.duplicates import DuplicateQuery, Duplicates, FoundDuplicates
from hsdesk.desk.entry import Entry
from hsdesk.desk.erasure import Erasure
from hsdesk.desk.exchange import Exchange
from hsdesk.desk.journal import Journal
from hsdesk.desk.json_records import JsonRecord
from hsdesk.desk.listing import Listing
from hsdesk.desk.opening import Opened
from hsdesk.desk.records import Records
from hsdesk.desk.reporting import SAMPLE, Reporting, SummaryInfo
from hsdesk.desk.source import DeskSource
from hsdesk.desk.values import (
    Changes,
    Conflict,
    DeskFinding,
    DeskRound,
    Draft,
    Edit,
    FormInfo,
    Hit,
    ListQuery,
    Look,
    RecordKey,
    RecordRow,
    RecordVersion,
    RejectedDefinition,
    RejectedEdit,
    Status,
    Stored,
    SyncLog,
)
from hsdesk.forms.schema import Form
from hsdesk.model.answer import Value
from hsdesk.model.place import Place

if TYPE_CHECKING:
    from hsdesk.deskfile.layout import MigrationProgress
    from hsdesk.reports.content import Summary
    from hsdesk.reports.indicators import IndicatorValue
    from hsdesk.reports.reminders import Due
    from hsdesk.reports.settings import ShownSetting
    from hsdesk.sync.loop import Progress, SyncReport

OPEN_FORMS = "open_forms"


class Desk:
    """An open desk. Make one with `create`, `open` or `recover`; `close` it when done."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._file = opened.file
        self._source = DeskSource(opened)
        self._records = Records(opened, self._source)
        self._disposing = Erasure(opened, self._records)
        self._listing = Listing(opened, self._source)
        self._reporting = Reporting(opened, self._source, self._listing)
        self._outgoing = Exchange(opened, self._records, self._listing)
        self._likenesses = Duplicates(opened)
        self.attachments = Attachments(opened, self._outgoing)
        self.journal = Journal(opened, self._records, self._listing)

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
    def restore_file(home: Path, backup: Path) -> Path | None:
        """Put a backup in the place of the desk; return where the replaced data was kept."""
        from hsdesk.deskfile.backup import restore

        return restore(home, backup)

    def close(self) -> None:
        """Close the file and let another window open it; copies of attachments made to be shown go."""
        self.attachments.clear_copies()
        self._file.close()

    def remember(self) -> bool:
        """Let this computer open the desk without the passphrase; False when its keyring cannot."""
        return self._opened.keys.remember(self._opened.key)

    def forget(self) -> None:
        """Ask for the passphrase again from now on."""
        self._opened.keys.forget()

    def change_passphrase(self, old: str, new: str) -> None:
        """Give the person a new passphrase. Raises WrongPassphrase, DataError."""
        self._opened.keys.unlock(old)
        opening.check_passphrase(new)
        self._opened.keys.rewrap(self._opened.key, new, self._opened.person)

    # The desk at a glance

    def status(self) -> Status:
        """Return person, places, registers with counts, what waits and what is to be done."""
        places = tuple(self._records.place_info(place) for place in self._opened.held_places())
        return Status(
            person=self._opened.person,
            device=self._file.device_id(),
            places=places,
            registers=self.registers(),
            server=self._outgoing.server(),
            waiting=self._file.pending_count(),
            set_aside=self._file.rejected_count(),
            conflicts=len(self._file.conflicts()),
            last_sync=self._outgoing.last_sync(),
            drafts=self._file.draft_count(),
            attachments=self.attachments.waiting()[0],
            definitions=tuple(
                RejectedDefinition(one.kind, one.id, one.version, one.reason) for one in self._file.unfit()
            ),
        )

    def registers(self) -> tuple[FormInfo, ...]:
        """Return every register of this desk in the order it is shown, with counts."""
        switched = msgspec.json.decode(self._file.get(OPEN_FORMS, "{}"), type=dict[str, bool])
        forms = {form.form_id: form for form in self._file.all_forms()}
        ordered = [name for name in shipped.index() if name in forms]
        ordered += sorted(set(forms) - set(ordered))
        own = {place.level for place in self._opened.own_places}
        return tuple(
            shipped.form_info(
                forms[name],
                count=self._file.count(name),
                on=switched.get(name),
                writable=forms[name].publish != "down" or forms[name].level in own,
            )
            for name in ordered
        )

    def open_form(self, form_id: str, on: bool) -> Changes:
        """Switch a register on or off on this desk; its records stay."""
        switched = msgspec.json.decode(self._file.get(OPEN_FORMS, "{}"), type=dict[str, bool])
        self._file.set(OPEN_FORMS, msgspec.json.encode({**switched, form_id: on}).decode())
        return Changes(forms=True)

    def form(self, form_id: str) -> Form:
        """Return a register's form by form_id or printed number."""
        return self._file.form(shipped.form_named(form_id))

    def install(self, form: Form) -> Changes:
        """Install a form or its new version. Raises FormError when old answers would not fit it."""
        from hsdesk.forms.versions import succeed

        old = self._file.form(form.form_id) if self._file.has_form(form.form_id) else None
        self._file.install_form(succeed(old, form))
        return Changes(forms=True, registers=(form.form_id,))

    def place(self, code: str) -> Place:
        """Return a held place by code or id."""
        return self._records.place(code)

    def mark_as_sample(self) -> None:
        """Say on every print-out of this desk that its data is invented (样例)."""
        self._file.set(SAMPLE, "1")

    # Records

    def entry(self, form_id: str, record: str | None = None, place: str = "") -> Entry:
        """Open a record, or a new one at a place (code or id)."""
        return self._records.entry(form_id, record, place)

    def look(self, form_id: str, record: str) -> Look:
        """Return what an open record has to show now. Raises Missing when it is not held any more."""
        return self._records.look(form_id, record)

    def save(self, edit: Edit) -> Changes:
        """Write an edit: logged, stored, searchable and safe on the disk when this returns."""
        return self._records.save(edit)

    def save_draft(self, draft: Draft) -> None:
        """Keep a cell that is being typed."""
        self._records.save_draft(draft)

    def drop_draft(self, scope: str, record: str, path: str = "") -> None:
        """Forget a cell that was given up."""
        self._records.drop_draft(scope, record, path)

    def drafts(self) -> tuple[Draft, ...]:
        """Return every cell typed but not finished, latest first."""
        return self._file.all_drafts()

    def likely(self, asked: DuplicateQuery) -> FoundDuplicates:
        """Return records like the one being typed (可能重复), and persons known from other registers."""
        return self._likenesses.likely(asked)

    def set_apart(self, record: str, others: tuple[str, ...]) -> None:
        """Remember that a person said these are not the same as this record."""
        self._likenesses.set_apart(record, others)

    def delete(self, form_id: str, record: str, reason: str) -> Changes:
        """Delete a record (作废) with a reason."""
        return self._records.delete(form_id, record, reason)

    def merge(self, form_id: str, record: str, into: str) -> Changes:
        """Let another record take the place of this one (合并). `restore` undoes it."""
        return self._records.merge(form_id, record, into)

    def restore(self, form_id: str, record: str, version: int | None = None) -> Changes:
        """Restore a deleted record, or its answers at a version."""
        return self._records.restore(form_id, record, version)

    def reverse(self, form_id: str, record: str, reason: str) -> Changes:
        """Undo a closed entry of a ledger by one more entry (冲正); `ids` names it."""
        return self._records.reverse(form_id, record, reason)

    def is_closed(self, form_id: str, record: str) -> bool:
        """Tell whether a record is a closed entry of a ledger (已入账)."""
        form = self.form(form_id)
        return bool(self._records.fixed(form, self._records.scope_of(form.form_id, record), record))

    def erase(self, form_id: str, record: str, reason: str, fields: Sequence[str] = ()) -> Changes:
        """Have a record, or some of its answers, forgotten everywhere (清除). It cannot be undone."""
        return self._disposing.erase(form_id, record, reason, fields)

    def move(self, form_id: str, record: str, place: str) -> Changes:
        """Move a record to another place of this desk (转移); it goes with the next sync."""
        return self._disposing.move(form_id, record, place)

    def add(self, form_id: str, items: Iterable[JsonRecord], place: str = "", file: str = "") -> Stored:
        """Store many new records; those of a `file` are a batch, which can be undone by its name."""
        return self._bulk(form_id).add(items, place, file)

    def edit(self, form_id: str, items: Iterable[JsonRecord], file: str = "") -> Stored:
        """Change many records."""
        return self._bulk(form_id).edit(items, file)

    def _bulk(self, form_id: str) -> Bulk:
        return Bulk(self._opened, self._source, self._records, self.attachments, self.form(form_id))

    # Lists

    def keys(self, form_id: str, query: ListQuery) -> tuple[RecordKey, ...]:
        """Return the records of a register that fit, in order."""
        return self._listing.keys(form_id, query)

    def rows(self, form_id: str, keys: Sequence[RecordKey]) -> tuple[RecordRow, ...]:
        """Return these records as a list shows them."""
        return self._listing.rows(form_id, keys)

    def find(self, text: str, limit: int = 50) -> tuple[Hit, ...]:
        """Return records of any register found by 张三, zhangsan or zs."""
        return self._listing.find(text, limit)

    def documents(self, form_id: str, query: ListQuery) -> tuple[int, Iterator[dict[str, Any]]]:
        """Return how many records fit and each as a JSON object with stored codes."""
        return self._listing.documents(form_id, query)

    def document(self, form_id: str, record: str) -> dict[str, Any]:
        """Return one record as a JSON object with stored codes."""
        scope = self._records.scope_of(shipped.form_named(form_id), record)
        return self._listing.document(*self._listing.one(form_id, scope, record))

    def history(self, form_id: str, record: str) -> tuple[RecordVersion, ...]:
        """Return the versions of a record (修改记录), first one first."""
        scope = self._records.scope_of(shipped.form_named(form_id), record)
        return self._listing.history(form_id, scope, record)

    # Reports

    def indicators(self, as_of: dt.date | None = None, level: str = "") -> tuple[IndicatorValue, ...]:
        """Return every indicator with target and gap, as of a day (today by default)."""
        return self._reporting.indicators(as_of, level)

    def reminders(self, day: dt.date | None = None) -> tuple[Due, ...]:
        """Return what is near its end or past it on a day (today by default), what is past first."""
        return self._reporting.reminders(day)

    def findings(self, form_id: str = "") -> tuple[DeskFinding, ...]:
        """Return what records do not meet (校验结果), of one register or all."""
        return self._reporting.findings(form_id)

    def summaries(self) -> tuple[SummaryInfo, ...]:
        """Return the print-outs this desk can make."""
        return self._reporting.summaries()

    def summary(self, name: str, place: str = "") -> tuple[Summary, ...]:
        """Return the content of a print-out: one summary, or one for each record."""
        return self._reporting.build(name, place)

    def export_xlsx(self, name: str, out: Path, place: str = "") -> Path:
        """Write a register or a print-out as a workbook."""
        return self._reporting.export_xlsx(name, out, place)

    def rounds(self) -> tuple[DeskRound, ...]:
        """Return the rounds (填报任务) that places of this desk have to answer."""
        return self._reporting.rounds()

    def settings(self) -> tuple[ShownSetting, ...]:
        """Return the open definitions (口径以市局为准) as they hold here."""
        return self._reporting.settings()

    # Sync

    def enroll(self, url: str, code: str) -> Changes:
        """Enrol this device at a city server with a one-time code."""
        return self._outgoing.enroll(url, code)

    def sync(
        self,
        progress: Callable[[Progress], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> tuple[SyncReport, Changes]:
        """Send and receive (数据同步). What is not acknowledged stays waiting."""
        return self._outgoing.sync(progress, cancelled)

    def conflicts(self) -> tuple[Conflict, ...]:
        """Return what two people changed differently and nobody has settled yet."""
        return self._outgoing.conflicts()

    def resolve(self, conflict_id: str, keep: str, value: Value = None, rev: int = 0) -> Changes:
        """Settle a conflict: keep "a", "b", "mine", "theirs", or "value" with another value.

        `rev`: the revision of the conflict that was shown; 0: as it is now.
        """
        return self._outgoing.resolve(conflict_id, keep, value, rev)

    def resolve_named(self, conflict_id: str, keep: str) -> Changes:
        """Settle a conflict as the command line says it: a side, or the text of another value."""
        return self._outgoing.resolve_named(conflict_id, keep)

    def set_aside(self) -> tuple[RejectedEdit, ...]:
        """Return the edits that the server did not take, with reasons (暂存待改)."""
        return self._outgoing.set_aside()

    def forget_refused(self, number: int) -> Changes:
        """Take an edit off that list: its author has used it again, or does not want it any more."""
        return self._records.forget_refused(number)

    def sync_log(self) -> tuple[SyncLog, ...]:
        """Return past syncs, latest first."""
        return self._outgoing.log()

    def backup(self, out: Path) -> None:
        """Write an encrypted copy and verify it by opening it."""
        from hsdesk.deskfile.backup import write_backup

        write_backup(self._file, self._opened.keys, out)
