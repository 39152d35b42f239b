"""What the sync loop needs of an open file (`sync.replica.Replica`): own ops up, streams down."""

from __future__ import annotations

from collections.abc import Sequence

from hsdesk.model.conflict import Conflict
from hsdesk.model.op import Class, Op
from hsdesk.store import copied, inbox, outbox, reference
from hsdesk.store.core import Core
from hsdesk.store.outbox import AsideOp
from hsdesk.wire.messages import Cursor, Grant, Page, Receipt, ReferenceHead, ReferenceItem
from hsdesk.wire.reference import Standing


class SyncSide:
    """One side of an open desk file. Every method that writes is one transaction."""

    _core: Core

    # Sync: own ops up

    def device_id(self) -> str:
        """Return the UUID of this device."""
        return self._core.device()

    def device_epoch(self) -> int:
        """Return the device epoch."""
        return self._core.epoch()

    def begin_device_epoch(self) -> int:
        """Count ops from 1 under a new epoch, because this file is a copy of another; return it."""
        return outbox.begin_device_epoch(self._core)

    def leave_copied_identity(self) -> int:
        """Go on under a new epoch, because another computer carries this name; return how many wait."""
        return copied.leave_copied_identity(self._core)

    def pending_ops(self, limit: int) -> Sequence[Op]:
        """Return the first ops that no receipt covers yet, all of one epoch."""
        return outbox.pending_ops(self._core, limit)

    def pending_count(self) -> int:
        """Return how many ops wait for a receipt."""
        return outbox.pending_count(self._core)

    def acked(self) -> int:
        """Return the last seq of the present epoch that a receipt covers."""
        return outbox.acked(self._core)

    def take_receipt(self, receipt: Receipt) -> None:
        """Mark the ops that a receipt covers; set the rejected ones aside."""
        outbox.take_receipt(self._core, receipt)

    def reoffer(self, last: int) -> int:
        """Make received ops with seq > `last` wait again; return how many."""
        return outbox.reoffer(self._core, last)

    def set_aside(self) -> tuple[AsideOp, ...]:
        """Return the ops that the server did not take, oldest first."""
        return outbox.set_aside(self._core)

    def set_aside_count(self) -> int:
        """Return how many ops the server did not take."""
        return outbox.set_aside_count(self._core)

    def clear_aside(self, number: int) -> None:
        """Take an op off the set-aside list."""
        outbox.clear_aside(self._core, number)

    # Sync: streams down

    def server_epoch(self) -> str:
        """Return the epoch of the server that the cursors are of; "" before the first sync."""
        return self._core.meta(inbox.SERVER_EPOCH)

    def begin_server_epoch(self, epoch: str) -> None:
        """Remember the server's epoch; if another was known, every cursor goes back to 0."""
        inbox.begin_server_epoch(self._core, epoch)

    def cursors(self) -> tuple[Cursor, ...]:
        """Return one cursor per granted stream."""
        return inbox.cursors(self._core)

    def grants(self) -> tuple[Grant, ...]:
        """Return the grants last received."""
        return inbox.grants(self._core)

    def take_grants(self, grants: tuple[Grant, ...]) -> None:
        """Replace the grants; streams no longer granted are dropped from this file."""
        inbox.take_grants(self._core, grants)

    def apply_page(self, page: Page) -> bool:
        """Write a page in one transaction; return False and write nothing if ops wait."""
        return inbox.apply_page(self._core, page)

    def digest(self, scope: str, cls: Class) -> int:
        """Return the order-free digest of a stream."""
        return inbox.digest(self._core, scope, cls)

    def reset_stream(self, scope: str, cls: Class) -> None:
        """Read a stream from its beginning at the next pull."""
        inbox.reset_stream(self._core, scope, cls)

    def known_gap(self, scope: str, cls: Class) -> int:
        """Return the difference of digests to the server that reading could not close, 0 for none."""
        return inbox.known_gap(self._core, scope, cls)

    def note_gap(self, scope: str, cls: Class, gap: int) -> None:
        """Remember such a difference; 0 when there is none any more."""
        inbox.note_gap(self._core, scope, cls, gap)

    def conflicts(self, *, open_only: bool = True, record: str = "") -> tuple[Conflict, ...]:
        """Return conflicts (两边改得不一样), latest first."""
        return inbox.conflicts(self._core, open_only=open_only, record=record)

    def reference_rev(self) -> int:
        """Return how far the reference stream has been read."""
        return reference.revision(self._core)

    def missing_reference(self, heads: Sequence[ReferenceHead]) -> tuple[ReferenceHead, ...]:
        """Return those heads that this file does not hold."""
        return reference.missing(self._core, heads)

    def take_reference(self, items: Sequence[ReferenceItem], rev: int) -> None:
        """Install the items of the reference stream and remember its revision."""
        reference.take(self._core, items, rev)

    def standing(self, day: str) -> Standing:
        """Return the places (as of a day), code lists, settings and rounds that hold here."""
        return reference.standing(self._core, day)
