"""Messages to bytes and back: msgpack laid out by column, zlib level 6, and limits against bad input.

Every decoder raises `DataError` on bytes that are not a message, whatever they are; none raises anything
else.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from itertools import accumulate
from typing import Annotated, TypeVar

import msgspec

from hsdesk.errors import DataError
from hsdesk.model.answer import Class
from hsdesk.model.writer import Writer
from hsdesk.records.conflict import Conflict
from hsdesk.records.op import Op
from hsdesk.wire.columns import OpColumns, RowColumns, Writers, deltas, op_columns, row_columns, rows_of
from hsdesk.wire.counted import GivenPush, read_ops
from hsdesk.wire.messages import (
    MAX_CURSORS,
    Answer,
    AuditHead,
    Cursor,
    Erased,
    Export,
    Grant,
    Moved,
    OpResult,
    Page,
    Pull,
    Pulled,
    Push,
    Read,
    Receipt,
    ReferenceHead,
    ReferenceItem,
    Row,
    Told,
)

MAX_PACKED = 1 << 20  # bytes of a message as a server takes it
MAX_ANSWER = 4 << 20  # bytes of an answer as a desk takes it
MAX_UNPACKED = 8 << 20  # bytes either may inflate to
_LEVEL = 6
_INT64 = 1 << 63

T = TypeVar("T")


class _WirePush(msgspec.Struct, frozen=True, array_like=True):
    device: str
    epoch: int
    server_epoch: str
    groups: list[OpColumns]
    before: bytes | None = None
    read: tuple[Read, ...] = ()
    parent: tuple[int, int, bytes] | None = None
    writers: tuple[Writer, ...] | None = None


class _WireTold(msgspec.Struct, frozen=True, array_like=True):
    scope: str
    cls: Class
    groups: list[RowColumns]
    writers: list[tuple[str, str]]
    erased: tuple[Erased, ...]
    moved: tuple[Moved, ...]


class _WireReceipt(msgspec.Struct, frozen=True, array_like=True):
    device: str
    epoch: int
    last: int
    server_epoch: str
    results: tuple[OpResult, ...]
    first: int = 0
    chain: bytes = b""
    holds: int = 0
    held: bytes = b""
    revs: list[int] = []
    told: tuple[_WireTold, ...] = ()
    unlike: int = 0


class _WirePage(msgspec.Struct, frozen=True, array_like=True):
    scope: str
    cls: Class
    groups: list[RowColumns]
    writers: list[tuple[str, str]]
    conflicts: tuple[Conflict, ...]
    after: int
    done: bool
    digest: int
    erased: tuple[Erased, ...] = ()
    moved: tuple[Moved, ...] = ()
    since: int = 0
    frm: int = 0


class _WireExport(msgspec.Struct, frozen=True, array_like=True):
    push: _WirePush
    cursors: tuple[Cursor, ...]
    acked: int
    protocol: int


class _GivenExport(msgspec.Struct, frozen=True, array_like=True):
    push: GivenPush
    cursors: Annotated[tuple[Cursor, ...], msgspec.Meta(max_length=MAX_CURSORS)]
    acked: int
    protocol: int


class _WireAnswer(msgspec.Struct, frozen=True, array_like=True):
    receipt: _WireReceipt
    pages: tuple[_WirePage, ...]
    chain: bytes


class _WirePulled(msgspec.Struct, frozen=True, array_like=True):
    server_epoch: str
    last: int
    reference_rev: int
    same: bool
    ask_cursors: bool
    grants: tuple[Grant, ...] | None
    reference: tuple[ReferenceHead, ...]
    pages: list[_WirePage]
    more: bool
    backoff: int
    chain: bytes = b""
    audit: AuditHead | None = None


def pack(message: object) -> bytes:
    """Return a struct as compressed msgpack."""
    return zlib.compress(msgspec.msgpack.encode(message), _LEVEL)


def unpack(data: bytes, kind: type[T], limit: int = MAX_PACKED) -> T:
    """Return the struct of `pack`. Raises DataError if the bytes are too many or are not one of `kind`."""
    if len(data) > limit:
        raise DataError("数据包超过大小限制，没有读入。")
    inflater = zlib.decompressobj()
    try:
        raw = inflater.decompress(data, MAX_UNPACKED)
        if inflater.unconsumed_tail or not inflater.eof:
            raise DataError("数据包不完整或展开后过大，没有读入。")
        return msgspec.msgpack.decode(raw, type=kind)
    except (zlib.error, msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise _damaged(error) from error


def _damaged(error: Exception) -> DataError:
    return DataError("数据包已损坏或不是本软件的数据，没有读入。", detail=str(error))


def pack_push(push: Push) -> bytes:
    """Return a chunk of ops as bytes."""
    return pack(_wire_push(push))


def _wire_push(push: Push) -> _WirePush:
    return _WirePush(
        push.device, push.epoch, push.server_epoch, op_columns(push.ops), push.before, push.read,
        push.parent, push.writers,
    )  # fmt: skip


def unpack_push(data: bytes) -> Push:
    """Return the chunk of `pack_push`, ops by seq. Raises DataError."""
    return _push(unpack(data, GivenPush))


def _push(wire: GivenPush) -> Push:
    ops = _ops(wire)
    for op in ops:
        _in_range(op.seq, op.hlc, op.epoch, op.resolves_rev)
        for seen in (op.seen, *op.apart.values()):
            _in_range(seen.rev, seen.epoch, seen.seq)
    if wire.before is None:  # a program of protocol 1: its revisions are of the epoch that it names
        ops = tuple(
            msgspec.structs.replace(op, server_epoch=wire.server_epoch, resolves_rev=op.seen.rev)
            for op in ops
        )
    _in_range(*(one.rev for one in wire.read), *(wire.parent[:2] if wire.parent else (0,)))
    return Push(
        wire.device, wire.epoch, wire.server_epoch, ops, wire.before, wire.read, wire.parent, wire.writers
    )


def _ops(wire: GivenPush) -> tuple[Op, ...]:
    try:
        return read_ops(wire.groups, wire.device, wire.epoch)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise _damaged(error) from error


def push_size(push: Push) -> int:
    """Return the bytes of a chunk before compression."""
    return len(msgspec.msgpack.encode(_wire_push(push)))


def pack_receipt(receipt: Receipt) -> bytes:
    """Return a receipt as bytes."""
    return pack(_wire_receipt(receipt))


def _wire_receipt(r: Receipt) -> _WireReceipt:
    return _WireReceipt(
        r.device, r.epoch, r.last, r.server_epoch, r.results, r.first, r.chain, r.holds, r.held,
        deltas(r.revs), tuple(_wire_told(told) for told in r.told), r.unlike,
    )  # fmt: skip


def _wire_told(told: Told) -> _WireTold:
    pairs = Writers()
    groups = row_columns(told.rows, pairs)
    return _WireTold(told.scope, told.cls, groups, list(pairs.pairs), told.erased, told.moved)


def unpack_receipt(data: bytes) -> Receipt:
    """Return the receipt of `pack_receipt`. Raises DataError."""
    return _receipt(unpack(data, _WireReceipt, MAX_ANSWER))


def _receipt(w: _WireReceipt) -> Receipt:
    revs = tuple(accumulate(w.revs))
    _in_range(w.last, w.first, w.holds, *revs)
    told = tuple(_told(one) for one in w.told)
    return Receipt(
        w.device, w.epoch, w.last, w.server_epoch, w.results, w.first, w.chain, w.holds, w.held, revs, told,
        w.unlike,
    )  # fmt: skip


def _told(wire: _WireTold) -> Told:
    rows = _rows(wire.groups, wire.writers)
    _in_range(0, *(one.rev for one in wire.erased), *(one.rev for one in wire.moved))
    return Told(wire.scope, wire.cls, rows, wire.erased, wire.moved)


def pack_export(export: Export) -> bytes:
    """Return all that a desk says at once as bytes."""
    return pack(_WireExport(_wire_push(export.push), export.cursors, export.acked, export.protocol))


def unpack_export(data: bytes) -> Export:
    """Return the export of `pack_export`. Raises DataError."""
    wire = unpack(data, _GivenExport, MAX_ANSWER)
    _in_range(wire.acked, *(number for c in wire.cursors for number in (c.since, c.after)))
    return Export(_push(wire.push), wire.cursors, wire.acked, wire.protocol)


def pack_answer(answer: Answer) -> bytes:
    """Return the answer to an export as bytes."""
    pages = tuple(_wire_page(page) for page in answer.pages)
    return pack(_WireAnswer(_wire_receipt(answer.receipt), pages, answer.chain))


def unpack_answer(data: bytes) -> Answer:
    """Return the answer of `pack_answer`. Raises DataError."""
    wire = unpack(data, _WireAnswer, MAX_ANSWER)
    return Answer(_receipt(wire.receipt), tuple(_page(page) for page in wire.pages), wire.chain)


def pack_pulled(pulled: Pulled) -> bytes:
    """Return the answer to a pull as bytes."""
    return pack(
        _WirePulled(
            pulled.server_epoch,
            pulled.last,
            pulled.reference_rev,
            pulled.same,
            pulled.ask_cursors,
            pulled.grants,
            pulled.reference,
            [_wire_page(page) for page in pulled.pages],
            pulled.more,
            pulled.backoff,
            pulled.chain,
            pulled.audit,
        )
    )


def _wire_page(page: Page) -> _WirePage:
    writers = Writers()
    groups = row_columns(page.rows, writers)
    return _WirePage(
        page.scope, page.cls, groups, list(writers.pairs), page.conflicts, page.after, page.done, page.digest,
        page.erased, page.moved, page.since, page.frm,
    )  # fmt: skip


def unpack_pulled(data: bytes) -> Pulled:
    """Return the answer of `pack_pulled`. Raises DataError."""
    wire = unpack(data, _WirePulled, MAX_ANSWER)
    return Pulled(
        server_epoch=wire.server_epoch,
        last=wire.last,
        reference_rev=wire.reference_rev,
        same=wire.same,
        ask_cursors=wire.ask_cursors,
        grants=wire.grants,
        reference=wire.reference,
        pages=tuple(_page(page) for page in wire.pages),
        more=wire.more,
        backoff=wire.backoff,
        chain=wire.chain,
        audit=wire.audit,
    )


def _page(wire: _WirePage) -> Page:
    rows = _rows(wire.groups, wire.writers)
    _in_range(
        wire.after, wire.digest, wire.since, wire.frm, *(one.rev for one in wire.erased),
        *(number for one in wire.moved for number in (one.rev, one.arrived)),
    )  # fmt: skip
    return Page(
        wire.scope, wire.cls, rows, wire.conflicts, wire.after, wire.done, wire.digest,
        wire.erased, wire.moved, wire.since, wire.frm,
    )  # fmt: skip


def _rows(groups: list[RowColumns], writers: list[tuple[str, str]]) -> tuple[Row, ...]:
    rows = rows_of(groups, writers)
    for row in rows:
        _in_range(row.rev, row.stamp.rev, row.stamp.hlc, *(stamp.rev for stamp in row.others.values()))
    return rows


def pack_pull(pull: Pull) -> bytes:
    """Return a pull as bytes."""
    return pack(pull)


def unpack_pull(data: bytes) -> Pull:
    """Return the pull of `pack_pull`. Raises DataError."""
    pull = unpack(data, Pull)
    _in_range(pull.epoch, pull.reference_rev, pull.acked, pull.audit)
    for cursor in pull.cursors or ():
        _in_range(cursor.since, cursor.after)
    return pull


def pack_item(item: ReferenceItem) -> bytes:
    """Return a thing of the reference stream as bytes."""
    return pack(item)


def unpack_item(data: bytes) -> ReferenceItem:
    """Return the thing of `pack_item`; its digest is checked. Raises DataError."""
    item = unpack(data, ReferenceItem, MAX_ANSWER)
    if body_digest(item.body) != item.head.digest:
        raise DataError("收到的{what}与市级服务器登记的不一致，没有使用。", what=item.head.id)
    return item


def body_digest(body: bytes) -> str:
    """Return the digest by which a thing of the reference stream is known."""
    return hashlib.sha256(body).hexdigest()[:16]


def heads_digest(cursors: Iterable[Cursor]) -> bytes:
    """Return 8 bytes over how far each stream has been read; streams not begun do not count."""
    heads = sorted((c.scope, c.cls, c.since) for c in cursors if c.since)
    return _short_digest(heads)


def grants_digest(grants: Iterable[Grant]) -> bytes:
    """Return 8 bytes over a set of grants."""
    return _short_digest(sorted(grants))


def _short_digest(value: object) -> bytes:
    return hashlib.blake2b(msgspec.msgpack.encode(value), digest_size=8).digest()


def _in_range(*numbers: int) -> None:
    """Numbers that no database column can hold are not ours."""
    if min(numbers) < 0 or max(numbers) >= _INT64:
        raise DataError("数据包里有超出范围的编号，没有读入。")
