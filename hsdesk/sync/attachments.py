"""The queue of attachments (附件), carried after the data: up what the server lacks, down what is not here.

Every step can be repeated, and states advance on the server's word only: after a cut the next sync asks how
much arrived and goes on with the next part of 256 KiB. An attachment that cannot be carried waits with its
reason; the others go on.

Going down by themselves are only attachments of data that this desk may change, newest first and at most
5 MB a sync, which a line of 64 kbit/s carries in eleven minutes. All others come when they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Literal, Protocol, TypeVar

import msgspec

from hsdesk.errors import DataError, Offline, Refused
from hsdesk.model.attachment import PART_BYTES, HeldContent, part_length, parts_of
from hsdesk.sync.carriers.carrier import Carrier, WipeOrdered
from hsdesk.sync.replica import BlobReplica
from hsdesk.wire.blobs import BlobState, Piece

AUTOMATIC_BYTES = 5 * 1024 * 1024  # fetched by one sync unasked
_TIMES = 2  # that the whole of one attachment is carried before it is given up
_OTHER_CONTENT = "内容传到后核对不上，没有算数。请稍后再同步；反复出现时请重新选择文件。"

Phase = Literal["attach", "fetch"]
T = TypeVar("T")


class Hands(Protocol):
    """Who sends with bounded tries, tells how far it is, and raises `Cancelled` when a person asks."""

    def send(self, send: Callable[[], T], /) -> T: ...

    def told(self, phase: Phase, done: int, total: int) -> None: ...


class Carried(msgspec.Struct, frozen=True):
    """How many attachments were sent and fetched."""

    sent: int = 0
    fetched: int = 0


def next_piece(size: int, offset: int) -> Piece | None:
    """Return the next part to carry of a content of which `offset` bytes have arrived, None: all have.

    >>> next_piece(300_000, 262_144).length, next_piece(300_000, 300_000) is None
    (37856, True)
    """
    return None if offset >= size else Piece(offset - offset % PART_BYTES, size)


def worth_fetching(waiting: Iterable[HeldContent], budget: int = AUTOMATIC_BYTES) -> Iterator[HeldContent]:
    """Yield what is fetched unasked: in the order given, as long as whole attachments fit the budget."""
    for one in waiting:
        left = one.size - one.bytes
        if left <= budget:
            budget -= left
            yield one


class Queue:
    """One pass over the attachments of a desk."""

    def __init__(self, shelf: BlobReplica, carrier: Carrier, hands: Hands) -> None:
        self._shelf, self._carrier, self._hands = shelf, carrier, hands
        self._done = self._total = 0
        self._carried: dict[Phase, int] = {"attach": 0, "fetch": 0}

    @property
    def carried(self) -> Carried:
        """What has been carried so far."""
        return Carried(self._carried["attach"], self._carried["fetch"])

    def run(self) -> None:
        """Send what waits, then fetch. Without a line the rest waits; nothing is raised for it."""
        try:
            self._each("attach", self._shelf.uploads(), self.upload)
            self._each("fetch", tuple(worth_fetching(self._shelf.downloads())), self.download)
        except Offline:
            return  # data is safe and acknowledged; the rest goes with the next sync

    def _each(
        self, phase: Phase, waiting: tuple[HeldContent, ...], carry: Callable[[HeldContent], None]
    ) -> None:
        self._done, self._total = 0, sum(one.size for one in waiting)
        before = 0
        for one in waiting:
            try:
                carry(one)
                self._carried[phase] += 1
            except WipeOrdered:
                raise
            except (Refused, DataError) as error:
                self._shelf.note_reason(one, str(error))
            before += one.size
            self._done = before
            self._hands.told(phase, self._done, self._total)

    def upload(self, waiting: HeldContent) -> None:
        """Send one attachment from where the server has it. Raises Offline, Refused, DataError."""
        before, digest = self._done, waiting.digest
        state = self._hands.send(lambda: self._carrier.blob_state(digest))
        for _ in range(_TIMES * parts_of(waiting.size)):
            piece = next_piece(waiting.size, state.offset)
            if piece is None:
                break
            body = self._shelf.part(digest, piece.at)
            state = self._hands.send(partial(self._carrier.send_part, digest, piece, body))
            self._step("attach", before, state)
        if not state.is_whole:
            raise DataError(_OTHER_CONTENT)
        self._shelf.mark_sent(digest)

    def download(self, waiting: HeldContent) -> None:
        """Fetch one attachment from where it is here. Raises Offline, Refused, DataError."""
        before, held = self._done, waiting.bytes
        for _ in range(_TIMES * parts_of(waiting.size)):
            piece = next_piece(waiting.size, held)
            if piece is None:
                return
            body = self._hands.send(partial(self._carrier.fetch_part, waiting.digest, piece))
            if len(body) != part_length(waiting.size, piece.at):
                raise DataError(_OTHER_CONTENT)
            held = self._shelf.take_part(waiting, piece.at, body).bytes
            self._step("fetch", before, BlobState(held, waiting.size))
        if held < waiting.size:
            raise DataError(_OTHER_CONTENT)

    def _step(self, phase: Phase, before: int, state: BlobState) -> None:
        self._done = before + state.offset
        self._hands.told(phase, self._done, max(self._total, state.size))
