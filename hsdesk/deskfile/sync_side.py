"""What the sync loop needs of an open file (`sync.replica.Replica`): own ops up, streams down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hsdesk.deskfile import (
    audit_heads,
    inbox,
    outbox,
    own_device,
    reference,
    restored,
    streams,
    writers,
)
from hsdesk.deskfile.audit_heads import CityAudit
from hsdesk.deskfile.connection import DeskConnection
from hsdesk.deskfile.inbox import Taken
from hsdesk.deskfile.outbox import RejectedOp
from hsdesk.deskfile.streams import Lost
from hsdesk.model.answer import Class
from hsdesk.model.clock import wall_milliseconds
from hsdesk.model.writer import Writer
from hsdesk.records.conflict import Conflict
from hsdesk.records.op import Op
from hsdesk.wire.messages import Answer, AuditHead, Cursor, Grant, Page, Receipt, ReferenceHead, ReferenceItem
from hsdesk.wire.reference import CurrentReference


class SyncSide:
    """One side of an open desk file. Every method that writes is one transaction."""

    _connection: DeskConnection

    # Sync: own ops up

    def device_id(self) -> str:
        """Return the UUID of this device."""
        return self._connection.device()

    def device_epoch(self) -> int:
        """Return the device epoch."""
        return self._connection.epoch()

    def take_enrolment(self, device: str, kept: dict[str, str]) -> None:
        """Go by the number that the server gave this device, and keep the settings of its enrolment."""
        with self._connection.transaction():
            own_device.take_number(self._connection, device)
            for key, value in kept.items():
                self._connection.set_meta(key, value)

    def begin_device_epoch(self) -> int:
        """Count ops from 1 under a new epoch, because this file is a copy of another; return it."""
        return outbox.begin_device_epoch(self._connection)

    def pending_ops(self, limit: int) -> Sequence[Op]:
        """Return the first ops that wait, all of one epoch."""
        return outbox.pending_ops(self._connection, limit)

    def pending_count(self) -> int:
        """Return how many ops wait for a receipt."""
        return outbox.pending_count(self._connection)

    def acked(self) -> int:
        """Return the last seq of the present epoch whose receipt was taken."""
        return outbox.acked(self._connection)

    def chain(self, epoch: int, upto: int) -> bytes:
        """Return the chain over the own ops of an epoch up to a seq."""
        return outbox.chain(self._connection, epoch, upto) or b""

    def parent(self, epoch: int) -> tuple[int, int, bytes] | None:
        """Return for which (epoch, last seq, chain) an epoch was begun."""
        return outbox.parent(self._connection, epoch)

    def writers_of(self, ops: Sequence[Op]) -> tuple[Writer, ...]:
        """Return the persons whom ops name."""
        return writers.of_ops(self._connection, ops)

    def writers(self) -> tuple[Writer, ...]:
        """Return who types at this computer, in the order in which they came."""
        return writers.everyone(self._connection)

    def has_untold_writers(self) -> bool:
        """Tell whether the city has not heard of somebody who types here."""
        return writers.untold(self._connection)

    def add_writer(self, name: str) -> Writer:
        """Add a person who types here. Raises `DataError` for one who is here already."""
        with self._connection.transaction():
            return writers.add(self._connection, name)

    def take_writers(self, told: Sequence[Writer]) -> tuple[tuple[str, str], ...]:
        """Take the names that hold at the city; return (before, now) of who is called otherwise."""
        with self._connection.transaction():
            return writers.take(self._connection, told)

    def rejected_ops(self) -> tuple[RejectedOp, ...]:
        """Return the ops that the server did not take, oldest first."""
        return outbox.rejected_ops(self._connection)

    def rejected_count(self) -> int:
        """Return how many ops the server did not take."""
        return outbox.rejected_count(self._connection)

    def clear_rejected(self, number: int) -> None:
        """Take an op off the list of those that the server did not take."""
        outbox.clear_rejected(self._connection, number)

    # Sync: what the city says

    def take_receipt(self, receipt: Receipt) -> Taken:
        """Take a receipt: its states, and the ops that leave the queue with them."""
        return inbox.take_receipt(self._connection, receipt)

    def take_page(self, page: Page, server_epoch: str, held: tuple[int, bytes]) -> Taken:
        """Take a page of a stream; `held`: the last own seq that the server holds, and the chain there."""
        return inbox.take_page(self._connection, page, server_epoch, held)

    def take_answer(self, answer: Answer) -> Taken:
        """Take the answer to an export: the receipt first, then the pages."""
        return inbox.take_answer(self._connection, answer)

    def meet(self, server_epoch: str, held: tuple[int, bytes]) -> Taken:
        """Take note of the server's epoch; a word of an older one is not taken."""
        with self._connection.transaction():
            records = restored.meet(self._connection, server_epoch, (self._connection.epoch(), *held))
        return Taken(taken=False) if records is None else Taken(True, records)

    def server_epoch(self) -> str:
        """Return the epoch of the server that revisions are of; "" before the first sync."""
        return self._connection.server_epoch()

    def cursors(self) -> tuple[Cursor, ...]:
        """Return one cursor per granted stream."""
        return streams.cursors(self._connection)

    def grants(self) -> tuple[Grant, ...]:
        """Return the grants last received."""
        return streams.grants(self._connection)

    def granted_places(self) -> Mapping[Class, frozenset[str]]:
        """Return by class the places of which it is granted; {} before any grant was received."""
        return self._connection.granted_places()

    def granted(self, scope: str) -> frozenset[Class] | None:
        """Return the classes granted of a place; None before any grant was received."""
        return streams.granted(self._connection, scope)

    def take_grants(self, grants: tuple[Grant, ...]) -> None:
        """Replace the grants; streams no longer granted are dropped from this file."""
        streams.take_grants(self._connection, grants)

    def digest(self, scope: str, cls: Class) -> int:
        """Return the order-free digest of what the city said of a stream."""
        return streams.digest(self._connection, scope, cls)

    def reset_stream(self, scope: str, cls: Class) -> None:
        """Read a stream from its beginning at the next pull."""
        streams.reset_stream(self._connection, scope, cls)

    def known_gap(self, scope: str, cls: Class) -> int:
        """Return the difference of digests to the server that reading could not close, 0 for none."""
        return streams.known_gap(self._connection, scope, cls)

    def note_gap(self, scope: str, cls: Class, gap: int) -> None:
        """Remember such a difference; 0 when there is none any more."""
        streams.note_gap(self._connection, scope, cls, gap)

    def conflicts(self, *, open_only: bool = True, record: str = "") -> tuple[Conflict, ...]:
        """Return conflicts (两边改得不一样), latest first."""
        return streams.conflicts(self._connection, open_only=open_only, record=record)

    def lost(self) -> tuple[Lost, ...]:
        """Return the answers that the city had and no longer has since it was restored, latest first."""
        return streams.lost(self._connection)

    def audit_kept(self) -> int:
        """Return the number of the entry of the city's audit trail that this file keeps."""
        return audit_heads.kept(self._connection)

    def keep_audit_head(self, head: AuditHead) -> None:
        """Compare the end of the city's audit trail with what was kept, and keep it."""
        audit_heads.take(self._connection, head, wall_milliseconds())

    def city_audit(self) -> CityAudit | None:
        """Return what this file keeps of the city's audit trail, None if it is no official's."""
        return audit_heads.city_audit(self._connection)

    def reference_rev(self) -> int:
        """Return how far the reference stream has been read."""
        return reference.revision(self._connection)

    def missing_reference(self, heads: Sequence[ReferenceHead]) -> tuple[ReferenceHead, ...]:
        """Return those heads that this file does not hold."""
        return reference.missing(self._connection, heads)

    def take_reference(self, items: Sequence[ReferenceItem], rev: int) -> None:
        """Install the items of the reference stream and remember its revision."""
        reference.take(self._connection, items, rev)

    def standing(self, day: str) -> CurrentReference:
        """Return the places (as of a day), code lists, settings and rounds that hold here."""
        return reference.current_reference(self._connection, day)
