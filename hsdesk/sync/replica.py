"""What the sync loop needs of a local file. `store.DeskFile` is one; tests may run others.

Each method that writes is one transaction: done or not done when it returns or raises.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from hsdesk.model.attachment import Held
from hsdesk.model.op import Class, Op
from hsdesk.wire.messages import Cursor, Grant, Page, Receipt, ReferenceHead, ReferenceItem


class Shelf(Protocol):
    """The attachments of a local file."""

    def uploads(self) -> tuple[Held, ...]:
        """Return what the server is not known to hold and received ops name, oldest first."""

    def downloads(self) -> tuple[Held, ...]:
        """Return what is not whole here and data that this desk may change names, newest first."""

    def counts(self) -> tuple[int, int]:
        """Return how many contents wait to be sent, and how many are named and not here."""

    def part(self, digest: str, at: int) -> bytes:
        """Return part number `at` of a content that is whole here."""

    def take_part(self, waiting: Held, at: int, body: bytes) -> Held:
        """Write the next part of a content; return what is held now.

        With the last part the digest is checked: a wrong content is thrown away, nothing is held then.
        """

    def mark_sent(self, digest: str) -> None:
        """Remember the server's word that it holds a content whole."""

    def note_reason(self, waiting: Held, reason: str) -> None:
        """Remember why a content could not be carried; it is not tried again by itself for a while."""


class Replica(Protocol):
    """A local file with a queue of own ops and a copy of the granted streams."""

    @property
    def attachments(self) -> Shelf:
        """Return the attachments of this file."""

    def device_id(self) -> str:
        """Return the UUID of this device, made when the file was made."""

    def device_epoch(self) -> int:
        """Return the epoch: 1, and one more each time the file was restored or found to be a copy."""

    def pending_ops(self, limit: int) -> Sequence[Op]:
        """Return the first ops that no receipt covers yet, by seq. Set-aside ops are not among them."""

    def pending_count(self) -> int:
        """Return how many ops wait for a receipt."""

    def acked(self) -> int:
        """Return the last seq of the present epoch that a receipt covers, 0 before the first."""

    def set_aside_count(self) -> int:
        """Return how many ops the server did not take."""

    def take_receipt(self, receipt: Receipt) -> None:
        """Mark every op of (device, epoch) up to `receipt.last` as received; set the rejected ones aside.

        Ops are kept for a while after: a server restored from its backup may ask for them again. A set-aside
        op keeps its reason for the person who typed it; its local value stays where it is.
        """

    def reoffer(self, last: int) -> int:
        """Make received ops of the present epoch with seq > `last` wait again; return how many."""

    def leave_copied_identity(self) -> int:
        """Begin a new device epoch, number the waiting ops from 1 under it, set every cursor to 0 and `full`.

        Called when the server says that another computer carries the same name. Returns how many ops wait.
        """

    def server_epoch(self) -> str:
        """Return the epoch of the server that the cursors are of; "" before the first sync."""

    def begin_server_epoch(self, epoch: str) -> None:
        """Remember the server's epoch. If another was known, every cursor goes back to 0, `full`.

        Conflicts are forgotten then: they are named by revisions of the old epoch, and all come again.
        """

    def cursors(self) -> tuple[Cursor, ...]:
        """Return one cursor per granted stream."""

    def grants(self) -> tuple[Grant, ...]:
        """Return the grants last received."""

    def take_grants(self, grants: tuple[Grant, ...]) -> None:
        """Replace the grants: new streams start at 0, streams no longer granted are dropped from this file.

        Dropping is not deleting: nothing is logged. Only called with an empty queue. The cursor of a stream
        that was dropped once and is granted again is `full`.
        """

    def apply_page(self, page: Page) -> bool:
        """Write the rows, the conflicts and the cursor of a page; return False and write nothing if ops wait.

        The queue is looked at in the same transaction. With `page.done` the cursor's `since` becomes `after`
        and `full` becomes False; with `page.stale` it becomes True. A row names only changed answers; all
        others stay. Conflicts replace those of the same id. From then on `base_rev` of an op of this record
        part is max(row.rev, since of the stream).
        """

    def digest(self, scope: str, cls: Class) -> int:
        """Return the sum of `model.merge.part_digest` over the parts of a stream, modulo 2**63."""

    def reset_stream(self, scope: str, cls: Class) -> None:
        """Set the stream's cursor to 0 and `full`, so that the next pull reads all of it (healing)."""

    def known_gap(self, scope: str, cls: Class) -> int:
        """Return the difference of the stream's digests, server less file, that reading could not close."""

    def note_gap(self, scope: str, cls: Class, gap: int) -> None:
        """Remember such a difference; 0 when there is none any more."""

    def reference_rev(self) -> int:
        """Return how far the reference stream has been read."""

    def missing_reference(self, heads: Sequence[ReferenceHead]) -> tuple[ReferenceHead, ...]:
        """Return those of which this file (or the program itself) does not hold that very version and digest.

        A shipped form of the same id and version counts as held.
        """

    def take_reference(self, items: Sequence[ReferenceItem], rev: int) -> None:
        """Install the items (forms make or migrate their tables) and remember the revision."""
