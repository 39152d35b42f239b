"""What desk and city server tell each other, as values. `wire.codec` turns them into bytes.

A *stream* is one (scope, class). The server numbers the ops of a stream 1, 2, 3 … (`rev`). Ops go up; what
comes down is the present state of each record part, answer by answer.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from hsdesk.model.answer import Class, Value
from hsdesk.model.writer import Writer
from hsdesk.records.conflict import Conflict
from hsdesk.records.op import Op

PROTOCOL = 2  # 1: ops with one base revision, receipts by number
CLONED = "cloned"  # detail of the refusal of a file that is a copy of another
MAX_CURSORS = 100_000  # told at once; a city of 1,600 places has some 6,000 streams
NO_VERSION = "-"  # in an address, of a form that has no version
Kind = Literal["form", "codelist", "place", "setting", "round"]
Word = Literal["city", "program", ""]
Outcome = Literal["applied", "duplicate", "merged", "conflict", "rejected"]


class OpResult(msgspec.Struct, frozen=True, array_like=True):
    """What became of one op. `reason` is Chinese and not empty when rejected."""

    seq: int
    outcome: Outcome
    reason: str = ""


class Read(msgspec.Struct, frozen=True, array_like=True):
    """How far a stream had been read when a chunk was made. It only counts what was merged beside others."""

    scope: str
    cls: Class
    rev: int


class Push(msgspec.Struct, frozen=True):
    """A chunk of ops of one device: seq rises without a gap.

    `before`: the chain (`records.chain`) over the ops of this epoch before the first of these; None from
    programs that knew no chain. `parent`: for the first chunk of an epoch that another one was left for, its
    number, last seq and chain. `writers`: the names of those whose numbers the ops bear; None from programs
    whose ops name people in full.
    """

    device: str
    epoch: int
    server_epoch: str  # the epoch of the server as the desk knew it when the chunk was made
    ops: tuple[Op, ...]
    before: bytes | None = None
    read: tuple[Read, ...] = ()
    parent: tuple[int, int, bytes] | None = None
    writers: tuple[Writer, ...] | None = None


class Grant(msgspec.Struct, frozen=True, array_like=True, order=True):
    """Leave to read one stream, and maybe to write it."""

    scope: str
    cls: Class
    write: bool


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """How far a replica has read a stream.

    `since` is fixed for a whole session, `after` moves with each page. When the last page is applied, `since`
    becomes `after`. (One cursor for both lost 97 of 100 edits of records that changed between two pages.)

    `full`: the stream is read from its beginning; the replica wants its own writings too. Otherwise the
    server leaves out what the asking device itself wrote last and has taken the receipt for.
    """

    scope: str
    cls: Class
    since: int = 0
    after: int = 0
    full: bool = False


class Stamp(msgspec.Struct, frozen=True, array_like=True):
    """Who wrote an answer: stream revision, hybrid clock, device, person."""

    rev: int
    hlc: int
    device: str
    person: str


class Row(msgspec.Struct, frozen=True):
    """The answers of a record part that changed after `since`. A value of None empties the answer."""

    record: str
    form: str
    version: str
    rev: int  # revision of the last change of this part
    answers: dict[str, Value]
    stamp: Stamp  # who wrote the answers, but for those in `others`
    others: dict[str, Stamp] = {}


class Erased(msgspec.Struct, frozen=True, array_like=True):
    """Values to be forgotten, in the history too (清除): of one answer, or of a whole part (`WHOLE`).

    The op that asked for it is named; `epoch` is 0 when the record has moved since.
    """

    record: str
    path: str
    rev: int
    device: str
    epoch: int
    seq: int


class Moved(msgspec.Struct, frozen=True, array_like=True):
    """A record part that left the stream for another place; it comes with the stream of that place.

    `arrived`: its revision there; 0 from servers that did not say.
    """

    record: str
    into: str  # scope
    rev: int
    arrived: int = 0


class Told(msgspec.Struct, frozen=True):
    """What a receipt says of one stream: the present state of answers, what was erased, what moved away."""

    scope: str
    cls: Class
    rows: tuple[Row, ...] = ()
    erased: tuple[Erased, ...] = ()
    moved: tuple[Moved, ...] = ()


class Page(msgspec.Struct, frozen=True):
    """A piece of one stream: what has `frm` < rev <= `after`. Rows come in rev order and name only the
    answers that changed after `since`.

    Rows may be merged in any order and twice; the cursor moves only where the page joins what was read.
    What was erased and what moved away holds before the rows of the same page: a record may come back.

    `done`: the stream is read to its end. `digest` is then the order-free digest of the whole stream
    (`records.merge.part_digest` summed), else 0.
    """

    scope: str
    cls: Class
    rows: tuple[Row, ...]
    conflicts: tuple[Conflict, ...]
    after: int
    done: bool
    digest: int = 0
    erased: tuple[Erased, ...] = ()
    moved: tuple[Moved, ...] = ()
    since: int = 0
    frm: int = 0


class Receipt(msgspec.Struct, frozen=True):
    """The server's word on the ops `first` … `last` of (device, epoch) that a message brought: they are safe.

    `chain`: over all ops of the epoch up to `last`, as the server has them; a desk takes a receipt only when
    that is its own chain, and when `first` is at most its first waiting op. `holds` and `held`: how much more
    the server has of the epoch, and the chain there.

    `revs` names, for each op of the receipt, the revision it was given (0: none, for a repeat or a rejected
    one). `told` holds the states of the paths that the ops name, and of `_deleted` above them, at the end of
    the transaction. Left out is an answer that is the op's own (`records.receipts`).

    `results` names only outcomes other than "applied".

    `unlike`: the first number under which the server holds another op than the desk offers (two computers
    share one identity); -1: what lies before the message is not what it follows. 0: neither.
    """

    device: str
    epoch: int
    last: int
    server_epoch: str
    results: tuple[OpResult, ...] = ()
    first: int = 0
    chain: bytes = b""
    holds: int = 0
    held: bytes = b""
    revs: tuple[int, ...] = ()
    told: tuple[Told, ...] = ()
    unlike: int = 0


class ReferenceHead(msgspec.Struct, frozen=True, array_like=True):
    """One thing of the reference stream by name: a form, a code list, a place, a round …

    `word`: whose it is. The city's stands over what any program brings, until the city takes it back; the
    program's is what the server's own program brought. "": a server that does not say.
    """

    kind: Kind
    id: str
    version: str
    digest: str  # first 16 hex digits of the SHA-256 of the body
    word: Word = ""


class ReferenceItem(msgspec.Struct, frozen=True, array_like=True):
    """One thing of the reference stream. The body of a form is the JSON of `forms.schema.Form`."""

    head: ReferenceHead
    body: bytes


class Pull(msgspec.Struct, frozen=True, array_like=True):
    """Asks for what is new. `cursors` may be left out when `heads` is likely to say that nothing is new."""

    server_epoch: str
    epoch: int  # device epoch, to be told the last seq the server holds
    reference_rev: int
    heads: bytes  # digest of all (scope, class, since), see `codec.heads_digest`
    grants: bytes  # digest of the grants the replica knows
    cursors: Annotated[tuple[Cursor, ...], msgspec.Meta(max_length=MAX_CURSORS)] | None = None
    acked: int = 0  # the last seq of the device's epoch whose receipt was taken
    protocol: int = 1  # what the asker understands; see PROTOCOL
    audit: int = 0  # the entry of the audit trail whose hash the asker keeps


class AuditHead(msgspec.Struct, frozen=True, array_like=True):
    """The end of the city's audit trail, told to computers of officials, which keep it.

    `then`: the hash, now, of the entry that the asker named, "" if there is none: it must be what he keeps.
    `ops`: how many rows the log of ops must have by the trail, `counted` how many it has, -1 if nobody
    has counted because nothing was added to the trail.
    """

    n: int
    hash: str
    then: str = ""
    ops: int = 0
    counted: int = 0


class Pulled(msgspec.Struct, frozen=True):
    """The answer to a `Pull`."""

    server_epoch: str
    last: int  # last contiguous seq the server holds of the device's epoch
    reference_rev: int
    same: bool = False  # nothing new
    ask_cursors: bool = False  # something is new: ask again with cursors
    grants: tuple[Grant, ...] | None = None  # only when they changed
    reference: tuple[ReferenceHead, ...] = ()  # the heads above `reference_rev`
    pages: tuple[Page, ...] = ()
    more: bool = False  # a stream is not read to its end: ask again
    backoff: int = 0  # seconds the server asks to wait before the next request
    chain: bytes = b""  # over the ops of the device's epoch up to `last`
    audit: AuditHead | None = None  # for computers of officials


class Export(msgspec.Struct, frozen=True):
    """All that a desk says at once where nobody answers at once: its waiting ops, and how far it has read.

    It begins with the first op whose receipt was not taken, whatever was carried before: a lost stick harms
    nothing.
    """

    push: Push
    cursors: tuple[Cursor, ...]
    acked: int
    protocol: int = PROTOCOL


class Answer(msgspec.Struct, frozen=True):
    """What the server says to an `Export`, of one transaction: the receipt, then the pages."""

    receipt: Receipt
    pages: tuple[Page, ...]
    chain: bytes = b""  # over the ops of the device's epoch that the server holds
