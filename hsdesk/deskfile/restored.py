"""A server that was restored: its new epoch, what waits again, and what it no longer says.

What the epoch before said stays in view until the new one says it, or has told the stream to its end; what it
leaves unsaid then goes to a list, until it is said again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from hsdesk.deskfile import departures, outbox, streams
from hsdesk.deskfile.batch import Batch, HeldRecord
from hsdesk.deskfile.connection import PART_BITS, DeskConnection
from hsdesk.deskfile.part_codec import decoded
from hsdesk.model.answer import Class
from hsdesk.model.clock import wall_milliseconds
from hsdesk.records.edits import RecordRef
from hsdesk.records.layers import is_carried, is_of_earlier_epoch
from hsdesk.records.parts import CLASS_NUMBER, Part
from hsdesk.wire.messages import Stamp

_ENCODER = msgspec.json.Encoder()


def meet(
    connection: DeskConnection, server_epoch: str, own: tuple[int, int, bytes]
) -> tuple[RecordRef, ...] | None:
    """Take note of the server's epoch; None for a word of an older one, which is thrown away.

    A newer one: every revision known is of another world, own ops above what the server holds wait again.
    `own`: the device epoch, the last seq that the server holds of it, and the chain there. Returns the
    records of the ops that wait again.
    """
    known = connection.server_epoch()
    if server_epoch == known:
        return ()
    if server_epoch < known:
        return None
    connection.begin_server_epoch(server_epoch)
    if known:
        again = _wait_again(connection, own)
        streams.begin_again(connection)
        return show_again(connection, again)
    return ()


def _wait_again(connection: DeskConnection, own: tuple[int, int, bytes]) -> list[RecordRef]:
    """Let own ops wait again that the server may have lost, of earlier device epochs too.

    Ops leave in order: where the server holds any of an epoch, it holds all of the epochs before it.
    """
    told, holds, chain = own
    kept = holds if outbox.chain(connection, told, holds) == chain else 0
    again: list[RecordRef] = []
    is_before = True
    for epoch in outbox.epochs(connection):
        is_before = is_before and epoch != told
        if not (is_before and kept):
            after = kept if epoch == told else 0
            again += outbox.wait_again(connection, epoch, after, restored=True)
    return again


def show_again(connection: DeskConnection, waiting: Sequence[RecordRef]) -> tuple[RecordRef, ...]:
    """Make what records show again, because own ops of theirs wait that had been received; return them."""
    batch = Batch(connection)
    batch.take((ref.scope, ref.record) for ref in waiting)
    here = [ref for ref in waiting if departures.is_held(connection, ref.scope)]
    for ref in here:
        batch.held(ref.scope, ref.record, ref.form, waits=True).is_touched = True
    batch.write()
    return tuple(here)


def let_go_of_old(connection: DeskConnection, scope: str, cls: Class) -> list[RecordRef]:
    """After a stream was read from its beginning: what a restored server no longer names goes to a list.

    Returns the records that look different.
    """
    touched: list[RecordRef] = []
    batch = Batch(connection)
    keys = list(_with_old_answers(connection, scope, cls))
    batch.take(keys)
    for key in keys:
        held = batch.taken(*key)
        if held is not None and (part := held.confirmed.get(cls)):
            _keep_named(connection, held, cls, part)
            touched.append(RecordRef(held.form, *key))
    batch.write()
    return touched


def _with_old_answers(connection: DeskConnection, scope: str, cls: Class) -> Iterator[tuple[str, str]]:
    """Yield the records of a stream of which an answer was told under an earlier epoch, and not since."""
    now = connection.server_epochs()
    rows = connection.sqlite.execute(
        "SELECT r.record, p.epoch, p.body FROM hs_part p JOIN hs_record r ON r.n = p.n >> ?"
        " WHERE (p.n & ?) = ? AND r.scope = ?",
        (PART_BITS, (1 << PART_BITS) - 1, CLASS_NUMBER[cls], scope),
    )
    for record, epoch, body in rows:
        part = decoded(body, now - epoch)
        if any(is_of_earlier_epoch(mark.rev) for mark in (part.base, *part.others.values())):
            yield scope, record


def _keep_named(connection: DeskConnection, held: HeldRecord, cls: Class, part: Part) -> None:
    def is_unnamed(path: str) -> bool:
        rev = (part.mark(path) or part.base).rev
        return is_of_earlier_epoch(rev) and not is_carried(rev)

    unnamed = [path for path in part.answers if is_unnamed(path)]
    is_there = not is_of_earlier_epoch(part.base.rev)
    if not unnamed and (part.answers or is_there):
        return
    note_lost(connection, held, cls, part, unnamed)
    left = {path: value for path, value in part.answers.items() if path not in unnamed}
    held.is_touched = True
    if left or is_there:
        others = {path: part.mark(path) or part.base for path in left}
        held.confirm(cls, Part(part.form, part.version, part.rev, left, part.base, others))
    else:
        held.let_go(cls)


def note_lost(
    connection: DeskConnection, held: HeldRecord, cls: Class, known: Part, paths: Iterable[str]
) -> None:
    """Put answers on the list of what the restored city server has lost, with who gave them."""
    for path in paths:
        mark, value = known.mark(path) or known.base, known.answers[path]
        if is_of_earlier_epoch(mark.rev) and value is not None and value != ():
            stamp = Stamp(0, mark.hlc, mark.device, mark.person)
            connection.run(
                "INSERT INTO hs_lost (scope, cls, record, form, path, value, stamp, at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    held.scope, cls, held.record, held.form, path, _ENCODER.encode(value),
                    _ENCODER.encode(stamp), wall_milliseconds(),
                ),
            )  # fmt: skip
