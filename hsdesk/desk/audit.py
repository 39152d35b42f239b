"""The log of an open desk: what was shown in full, and when (`hsdesk audit`)."""

from __future__ import annotations

import datetime as dt

import msgspec

from hsdesk.desk.opening import Opened
from hsdesk.deskfile.audit import AuditEntry, AuditKind
from hsdesk.errors import UsageError


class FullAccess(msgspec.Struct, frozen=True):
    """What it takes to see everything: the passphrase once more, and why."""

    passphrase: str
    reason: str


class Audited(msgspec.Struct, frozen=True):
    """One line of the log as it is read."""

    at: str  # ISO, local
    kind: AuditKind
    person: str
    name: str  # register or print-out
    place: str  # code; "" for several or all
    record: str
    path: str
    records: int
    reason: str


class DeskAudit:
    """Writes and reads the log. A line that cannot be written stops what it is about."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._log = opened.file.audit

    def note(
        self, kind: AuditKind, name: str, *, records: int = 0, place: str = "", reason: str = ""
    ) -> None:
        """Write a line about many records."""
        self._add(AuditEntry(0, 0, kind, "", name, place=place, records=records, reason=reason))

    def note_record(self, kind: AuditKind, name: str, record: str, path: str = "") -> None:
        """Write a line about one record, or one answer of it."""
        self._add(AuditEntry(0, 0, kind, "", name, record=record, path=path, records=1))

    def took_out(self, entry: AuditEntry) -> bool:
        """Write that something was printed or saved; return whether it had been before (重印)."""
        again = self._log.was_taken_out(entry)
        self._add(msgspec.structs.replace(entry, kind="reprint") if again else entry)
        return again

    def _add(self, entry: AuditEntry) -> None:
        self._log.add(msgspec.structs.replace(entry, person=self._opened.person))

    def confirm(self, access: FullAccess) -> None:
        """Check what it takes to see everything. Raises UsageError without a reason, WrongPassphrase."""
        if not access.reason.strip():
            raise UsageError("完整打印或导出要写明原因（--reason）。没有生成文件。")
        self._opened.keys.unlock(access.passphrase)

    def entries(self, since: dt.date | None = None) -> tuple[Audited, ...]:
        """Return the log from a day on, first line first."""
        start = dt.datetime.combine(since, dt.time.min).astimezone() if since else None
        return tuple(
            self._read(entry) for entry in self._log.since(int(start.timestamp() * 1000) if start else 0)
        )

    def _read(self, entry: AuditEntry) -> Audited:
        place = self._opened.directory.get(entry.place) if entry.place else None
        at = dt.datetime.fromtimestamp(entry.at / 1000).astimezone()
        return Audited(
            at=at.isoformat(timespec="seconds"),
            kind=entry.kind,
            person=entry.person,
            name=entry.name,
            place=place.code if place else entry.place,
            record=entry.record,
            path=entry.path,
            records=entry.records,
            reason=entry.reason,
        )
