"""What the sync loop needs of a local file. `store.DeskFile` is one; tests may run others.

Each method that writes is one transaction: done or not done when it returns or raises.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from hsdesk.model.answer import Class
from hsdesk.model.attachment import HeldContent
from hsdesk.model.writer import Writer
from hsdesk.records.op import Op
from hsdesk.wire.messages import Answer, AuditHead, Cursor, Grant, Page, Receipt, ReferenceHead, ReferenceItem


class BlobReplica(Protocol):
    """The attachments of a local file."""

    def uploads(self) -> tuple[HeldContent, ...]:
        """Return what the server is not known to hold and received ops name, oldest first."""

    def downloads(self) -> tuple[HeldContent, ...]:
        """Return what is not whole here and data that this desk may change names, newest first."""

    def counts(self) -> tuple[int, int]:
        """Return how many contents wait to be sent, and how many are named and not here."""

    def part(self, digest: str, at: int) -> bytes:
        """Return part number `at` of a content that is whole here."""

    def take_part(self, waiting: HeldContent, at: int, body: bytes) -> HeldContent:
        """Write the next part of a content; return what is held now.

        With the last part the digest is checked: a wrong content is thrown away, nothing is held then.
        """

    def mark_sent(self, digest: str) -> None:
        """Remember the server's word that it holds a content whole."""

    def note_reason(self, waiting: HeldContent, reason: str) -> None:
        """Remember why a content could not be carried; it is not tried again by itself for a while."""


class Ref(Protocol):
    """Which record: of which form, at which place."""

    @property
    def form(self) -> str: ...

    @property
    def scope(self) -> str: ...

    @property
    def record(self) -> str: ...


class Taken(Protocol):
    """What words of the city changed."""

    @property
    def taken(self) -> bool:
        """Whether they could be used at all: they are of the present server epoch and of this file's ops."""

    @property
    def records(self) -> Sequence[Ref]:
        """The records that look different now."""

    @property
    def cloned(self) -> bool:
        """Whether another computer carries this one's identity; this file has left it."""

    @property
    def compared(self) -> Sequence[tuple[str, Class, int]]:
        """Streams read to their end, with the city's digest less the file's."""


class Replica(Protocol):
    """A local file with a queue of own ops and a copy of the granted streams."""

    @property
    def attachments(self) -> BlobReplica:
        """Return the attachments of this file."""

    def device_id(self) -> str:
        """Return the UUID of this device, made when the file was made."""

    def device_epoch(self) -> int:
        """Return the epoch: 1, and a later one each time the file was restored or found to be a copy."""

    def pending_ops(self, limit: int) -> Sequence[Op]:
        """Return the first ops that wait, by seq, all of one epoch. Rejected ops are not among them."""

    def pending_count(self) -> int:
        """Return how many ops wait for a receipt."""

    def acked(self) -> int:
        """Return the last seq of the present epoch whose receipt was taken, 0 before the first."""

    def chain(self, epoch: int, upto: int) -> bytes:
        """Return the chain over the own ops of an epoch up to a seq (`records.chain`)."""

    def parent(self, epoch: int) -> tuple[int, int, bytes] | None:
        """Return for which (epoch, last seq, chain) an epoch was begun, when a copied file left it."""

    def writers_of(self, ops: Sequence[Op]) -> tuple[Writer, ...]:
        """Return the persons whom ops name by their numbers."""

    def take_receipt(self, receipt: Receipt) -> Taken:
        """Take a receipt whose chain is this file's own and that begins at the first waiting op or before.

        Its states go to the confirmed layer and the ops it covers leave the queue, in one transaction; the
        rejected ones are kept for the person who typed them. Ops are kept for a while after: a server
        restored from its backup may ask for them again.
        """

    def take_page(self, page: Page, server_epoch: str, held: tuple[int, bytes]) -> Taken:
        """Take a page: its rows, whatever waits; the cursor moves only where the page joins what was read.

        `held`: the last own seq that the server holds, and the chain there.
        """

    def take_answer(self, answer: Answer) -> Taken:
        """Take the answer to an export in one transaction: the receipt first, then the pages."""

    def meet(self, server_epoch: str, held: tuple[int, bytes]) -> Taken:
        """Take note of the server's epoch; a word of an older one is not taken.

        In a newer one every cursor goes back to 0, and own ops above what the server holds wait again.
        """

    def server_epoch(self) -> str:
        """Return the epoch of the server that the cursors are of; "" before the first sync."""

    def cursors(self) -> tuple[Cursor, ...]:
        """Return one cursor per granted stream."""

    def grants(self) -> tuple[Grant, ...]:
        """Return the grants last received."""

    def take_grants(self, grants: tuple[Grant, ...]) -> None:
        """Replace the grants: new streams start at 0, streams no longer granted are dropped from this file.

        Dropping is not deleting: nothing is logged, and own ops that wait stay. The cursor of a stream that
        was dropped once and is granted again is `full`.
        """

    def reset_stream(self, scope: str, cls: Class) -> None:
        """Set the stream's cursor to 0 and `full`, so that the next pull reads all of it (healing)."""

    def known_gap(self, scope: str, cls: Class) -> int:
        """Return the difference of the stream's digests, server less file, that reading could not close."""

    def note_gap(self, scope: str, cls: Class, gap: int) -> None:
        """Remember such a difference; 0 when there is none any more."""

    def audit_kept(self) -> int:
        """Return the number of the entry of the city's audit trail that this file keeps, 0 for none."""

    def keep_audit_head(self, head: AuditHead) -> None:
        """Keep the end of the city's audit trail, and note where it is not what was kept before."""

    def reference_rev(self) -> int:
        """Return how far the reference stream has been read."""

    def missing_reference(self, heads: Sequence[ReferenceHead]) -> tuple[ReferenceHead, ...]:
        """Return those of which this file (or the program itself) does not hold that very version and digest.

        A shipped form of the same id and version counts as held.
        """

    def take_reference(self, items: Sequence[ReferenceItem], rev: int) -> None:
        """Install the items (forms make or migrate their tables) and remember the revision."""
