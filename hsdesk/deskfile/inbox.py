"""Taking what the city server says: receipts and pages, in whatever order they come, each in one transaction.

Every word is merged into the confirmed layer by revision; ops leave the queue by receipts alone. What is
shown is made again where it changed, and the history says so.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

import msgspec

from hsdesk.deskfile import blobs, departures, erasing, outbox, streams
from hsdesk.deskfile.batch import Batch, HeldRecord
from hsdesk.deskfile.connection import CLOCK, SEQ_BITS, DeskConnection, Stream
from hsdesk.deskfile.copied_file import leave_copied_identity
from hsdesk.deskfile.log import origin_number
from hsdesk.deskfile.restored import let_go_of_old, meet, note_lost, show_again
from hsdesk.forms.gc_pause import gc_paused
from hsdesk.model.answer import Class
from hsdesk.model.clock import wall_milliseconds
from hsdesk.records.conflict import Conflict
from hsdesk.records.edits import RecordRef
from hsdesk.records.layers import confirmed, is_of_earlier_epoch
from hsdesk.records.op import Op
from hsdesk.records.parts import Mark, Part, same
from hsdesk.wire.messages import Answer, Erased, Moved, Page, Receipt, Row, Stamp
from hsdesk.wire.receipts import own_rows
from hsdesk.wire.rows import part_of

_ENCODER = msgspec.json.Encoder()
_STREAM_SQL = (
    "INSERT INTO hs_stream (scope, cls, since, after, whole, granted) VALUES (?, ?, ?, ?, ?, 1)"
    " ON CONFLICT (scope, cls) DO UPDATE"
    " SET since = excluded.since, after = excluded.after, whole = excluded.whole"
)


class Taken(msgspec.Struct, frozen=True):
    """What words of the city changed. `taken`: whether they could be used at all.

    `cloned`: another computer carries this one's identity, and this file has left it. `differs`: the streams
    whose digest was compared and is not that of the city, with the difference (city less file).
    """

    taken: bool = True
    records: tuple[RecordRef, ...] = ()
    cloned: bool = False
    compared: tuple[tuple[str, Class, int], ...] = ()


class _Words:
    """The words of one transaction."""

    def __init__(self, connection: DeskConnection) -> None:
        self._connection = connection
        self._batch = Batch(connection)
        self._before: dict[tuple[str, str], dict[Class, Part]] = {}
        self._erased: list[tuple[str, Class, Sequence[Erased]]] = []
        self._after_n = int(connection.one("SELECT coalesce(max(n), 0) FROM hs_op")[0])
        self._compared: list[tuple[str, Class, int]] = []
        self._latest = 0
        self._attaches: dict[str, bool] = {}
        self._has_lost = connection.one("SELECT 1 FROM hs_lost LIMIT 1") is not None

    def leave(self, epoch: int, ops: Sequence[Op], rejected: Container[int] = ()) -> None:
        """Let ops leave the queue whose receipt is being taken; `rejected`: the seqs of those not taken."""
        wanted = {(self._connection.place_of(op.scope, op.cls, op.record), op.record) for op in ops}
        self._batch.take(wanted)
        for key in wanted:
            if held := self._batch.taken(*key):
                self._touch(held)
                held.leave((epoch, ops[-1].seq))
        for op in ops:
            if op.erases and op.seq in rejected:
                place = self._connection.place_of(op.scope, op.cls, op.record)
                if held := self._batch.taken(place, op.record):
                    erasing.take_back(held, op)

    def rows(self, scope: str, cls: Class, rows: Iterable[Row]) -> None:
        """Merge the states that rows tell of a stream."""
        some = tuple(rows)
        self._batch.take((scope, row.record) for row in some)
        high = 0
        for row in some:
            self._row(scope, cls, row)
            high = max(high, row.rev, *(stamp.rev for stamp in row.others.values()))
            self._latest = max(self._latest, row.stamp.hlc)
        self.heard_of(scope, cls, high)

    def _row(self, scope: str, cls: Class, row: Row) -> None:
        told = part_of(row)
        if departures.is_gone(self._connection, scope, cls, row.record, row.rev):
            gone = HeldRecord(scope, row.record, row.form)
            for held in departures.carry_told(self._connection, self._batch, gone, cls, told):
                held.is_touched = True
            return
        held = self._batch.held(scope, row.record, row.form)
        self._touch(held)
        known = held.confirmed.get(cls)
        if known is not None:
            self._note_lost(held, cls, known, told)
        if self._has_lost:
            streams.find_again(self._connection, cls, row)
        part = confirmed(known, told)
        if part is not known:
            held.confirm(cls, part)
        if self._may_attach(row.form) and blobs.name_any(row.answers):
            blobs.refer(self._connection, (scope, cls), row.record, row.answers)

    def moved(self, scope: str, cls: Class, moved: Sequence[Moved]) -> None:
        """Let parts go that left a stream."""
        if not moved:
            return
        self._batch.take((scope, one.record) for one in moved)
        for one in moved:
            if held := self._batch.taken(scope, one.record):
                self._touch(held)
        for held in departures.note(self._connection, self._batch, scope, cls, moved):
            held.is_touched = True
        self.heard_of(scope, cls, max(one.rev for one in moved))
        for one in moved:
            self.heard_of(one.into, cls, one.arrived)

    def erased(self, scope: str, cls: Class, erased: Sequence[Erased]) -> None:
        """Forget erased values once the states of the same message are taken."""
        if erased:
            self._erased.append((scope, cls, erased))

    def heard_of(self, scope: str, cls: Class, rev: int) -> None:
        """Remember the highest revision that was told of a stream, before its first grant too."""
        if rev > self._connection.streams().get((scope, cls), Stream()).high:
            self._connection.run(
                "INSERT INTO hs_stream (scope, cls, high) VALUES (?, ?, ?)"
                " ON CONFLICT (scope, cls) DO UPDATE SET high = excluded.high",
                (scope, cls, rev),
            )
            self._connection.forget_streams()

    def write(self) -> tuple[RecordRef, ...]:
        """Write what changed, the history too; return the records that look different now."""
        heard: list[tuple[object, ...]] = []
        changed: list[RecordRef] = []
        for key, before in self._before.items():
            held = self._batch.taken(*key)
            if held is None:
                continue
            entries = list(self._heard(held, before))
            heard += entries
            if held.is_touched or _looks_different(before, held.parts):
                held.is_touched = True
                changed.append(RecordRef(held.form, held.scope, held.record))
        touched = {RecordRef(held.form, held.scope, held.record) for held in self._batch.write()}
        self._connection.many(
            "INSERT INTO hs_heard (after_n, scope, cls, record, stamp, before, answers)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            heard,
        )
        if self._latest:
            self._connection.set_meta(CLOCK, str(self._connection.clock.receive(self._latest)))
        for scope, cls, erased in self._erased:
            touched.update(erasing.forget(self._connection, scope, cls, erased))
        self._batch = Batch(self._connection)
        return tuple(sorted({*changed, *touched}))

    def _touch(self, held: HeldRecord) -> None:
        """Remember how a record looked before the first word about it."""
        key = (held.scope, held.record)
        if key not in self._before:
            self._before[key] = {} if held.is_new else dict(held.parts)

    def _heard(self, held: HeldRecord, before: dict[Class, Part]) -> Iterable[tuple[object, ...]]:
        """Yield one history entry per writer for what looks different in parts that were held before."""
        for cls, was in before.items():
            now = held.parts.get(cls)
            if now is None or now is was or now.answers == was.answers:
                continue
            by_mark: dict[Mark, list[str]] = {}
            for path, value in now.answers.items():
                if not same(was.answers.get(path), value):
                    by_mark.setdefault(now.mark(path) or now.base, []).append(path)
            for mark, paths in by_mark.items():
                stamp = Stamp(mark.rev, mark.hlc, mark.device, mark.person)
                yield (
                    self._after_n, held.scope, cls, held.record, _ENCODER.encode(stamp),
                    _ENCODER.encode({path: was.answers[path] for path in paths if path in was.answers}),
                    _ENCODER.encode({path: now.answers[path] for path in paths}),
                )  # fmt: skip

    def _note_lost(self, held: HeldRecord, cls: Class, known: Part, told: Part) -> None:
        """Remember values of an earlier server epoch that the restored server says otherwise."""
        if not is_of_earlier_epoch(min(known.base.rev, *(m.rev for m in known.others.values()), 0)):
            return
        paths = [path for path in told.answers if path in known.answers]
        differing = [path for path in paths if not same(known.answers[path], told.answers[path])]
        note_lost(self._connection, held, cls, known, differing)

    def _may_attach(self, form: str) -> bool:
        """Tell whether a form asks for attachments; one that is not installed here may."""
        if form not in self._attaches:
            register = self._connection.find_register(form)
            self._attaches[form] = register is None or register.attaches
        return self._attaches[form]

    def compare(self, page: Page) -> None:
        """Compare digests where a page ends a stream, nothing of it lies above, and no own erasure waits."""
        where = (page.scope, page.cls)
        stream = self._connection.streams().get(where, Stream())
        if stream.high <= page.after and not erasing.is_waiting(self._connection, *where):
            self._compared.append((*where, page.digest - streams.digest(self._connection, *where)))

    @property
    def compared(self) -> tuple[tuple[str, Class, int], ...]:
        return tuple(self._compared)


def _looks_different(before: dict[Class, Part], now: dict[Class, Part]) -> bool:
    if before.keys() != now.keys():
        return True
    return any(part is not before[cls] and _differs(before[cls], part) for cls, part in now.items())


def _differs(was: Part, now: Part) -> bool:
    return was.answers != now.answers or was.version != now.version or _typed_otherwise(was, now)


def _typed_otherwise(was: Part, now: Part) -> bool:
    """Tell whether answers were typed at another time than it looked: the days of a row are made of that."""
    if not was.others and not now.others:
        return was.base.hlc != now.base.hlc
    return any((was.mark(p) or was.base).hlc != (now.mark(p) or now.base).hlc for p in now.answers)


def take_receipt(connection: DeskConnection, receipt: Receipt) -> Taken:
    """Take a receipt in one transaction: its states, and the ops that leave the queue with them."""
    with connection.transaction(), gc_paused():
        return _take_receipt(connection, receipt)


def take_page(connection: DeskConnection, page: Page, server_epoch: str, held: tuple[int, bytes]) -> Taken:
    """Take a page in one transaction. `held`: the last own seq that the server holds, and the chain there."""
    with connection.transaction(), gc_paused():
        return _take_page(connection, page, server_epoch, held)


def take_answer(connection: DeskConnection, answer: Answer) -> Taken:
    """Take the answer to an export in one transaction: the receipt first, then the pages."""
    with connection.transaction(), gc_paused():
        taken = [_take_receipt(connection, answer.receipt)]
        if not taken[0].cloned:
            held = (answer.receipt.holds, answer.chain)
            taken += [
                _take_page(connection, page, answer.receipt.server_epoch, held) for page in answer.pages
            ]
    return Taken(
        any(one.taken for one in taken),
        tuple(sorted({ref for one in taken for ref in one.records})),
        any(one.cloned for one in taken),
        tuple(compared for one in taken for compared in one.compared),
    )


def _take_receipt(connection: DeskConnection, receipt: Receipt) -> Taken:
    if receipt.epoch != connection.epoch() and not _is_earlier(connection, receipt.epoch):
        return Taken(taken=False)
    met = meet(connection, receipt.server_epoch, (receipt.epoch, receipt.holds, receipt.held))
    if met is None:
        return Taken(taken=False)
    if receipt.unlike < 0:
        again: list[RecordRef] = []
        if receipt.epoch == connection.epoch():  # a late word on a name that was left is none any more
            again = outbox.wait_again(connection, receipt.epoch, 0, restored=False)
        return Taken(False, (*met, *show_again(connection, again)))
    if outbox.chain(connection, receipt.epoch, receipt.last) != receipt.chain:
        return Taken(False, met)
    number = origin_number(connection, connection.device(), receipt.epoch)
    (acked,) = connection.one("SELECT acked FROM hs_origin WHERE number = ?", (number,))
    records = met
    if receipt.first <= acked + 1 and receipt.last >= receipt.first:
        records = (*met, *_take_states(connection, receipt, int(acked)))
    left = leave_copied_identity(connection, receipt.epoch, receipt.unlike) if receipt.unlike else None
    if left is None:
        return Taken(True, records)
    return Taken(True, (*records, *show_again(connection, left)), cloned=True)


def _is_earlier(connection: DeskConnection, epoch: int) -> bool:
    return (
        connection.one("SELECT 1 FROM hs_origin WHERE device = ? AND epoch = ?", (connection.device(), epoch))
        is not None
    )


def _take_states(connection: DeskConnection, receipt: Receipt, acked: int) -> tuple[RecordRef, ...]:
    ops = outbox.ops_between(connection, receipt.epoch, receipt.first, receipt.last)
    rejected = {r.seq: r.reason for r in receipt.results if r.outcome == "rejected" and r.seq > acked}
    words = _Words(connection)
    words.leave(receipt.epoch, ops, rejected)
    if receipt.last > acked:
        outbox.acknowledge(connection, receipt.epoch, receipt.last)
    for told in receipt.told:
        words.moved(told.scope, told.cls, told.moved)
    for (scope, cls), rows in _by_stream(own_rows(ops, receipt)).items():
        words.rows(scope, cls, rows)
    for told in receipt.told:
        words.rows(told.scope, told.cls, told.rows)
        words.erased(told.scope, told.cls, told.erased)
    first = origin_number(connection, connection.device(), receipt.epoch) << SEQ_BITS
    connection.sqlite.executemany(
        "INSERT INTO hs_aside (n, reason, at, open) VALUES (?, ?, ?, 1) ON CONFLICT (n) DO NOTHING",
        [(first | seq, reason, wall_milliseconds()) for seq, reason in rejected.items()],
    )
    return words.write()


def _by_stream(rows: Iterable[tuple[tuple[str, Class, str], Row]]) -> dict[tuple[str, Class], list[Row]]:
    found: dict[tuple[str, Class], list[Row]] = {}
    for (scope, cls, _record), row in rows:
        found.setdefault((scope, cls), []).append(row)
    return found


def _take_page(connection: DeskConnection, page: Page, server_epoch: str, held: tuple[int, bytes]) -> Taken:
    met = meet(connection, server_epoch, (connection.epoch(), *held))
    if met is None:
        return Taken(taken=False)
    if not _is_granted(connection, page):
        return Taken(False, met)
    words = _Words(connection)
    words.moved(page.scope, page.cls, page.moved)
    words.rows(page.scope, page.cls, page.rows)
    words.erased(page.scope, page.cls, page.erased)
    streams.put_conflicts(connection, [one for one in page.conflicts if not _has_left(connection, one)])
    records = (*met, *words.write())
    is_done, gone = _move_cursor(connection, page)
    if is_done:
        words.compare(page)
    records = (*records, *gone)
    return Taken(True, records, compared=words.compared)


def _has_left(connection: DeskConnection, conflict: Conflict) -> bool:
    """Tell whether a conflict is an old word on a record that has moved away since, and took it along."""
    return departures.is_gone(connection, conflict.scope, conflict.cls, conflict.record, conflict.rev)


def _is_granted(connection: DeskConnection, page: Page) -> bool:
    stream = connection.streams().get((page.scope, page.cls))
    return stream is not None and stream.granted


def _move_cursor(connection: DeskConnection, page: Page) -> tuple[bool, list[RecordRef]]:
    """Move the cursor where the page joins what was read.

    Returns whether the stream is read to its end, and the records that look different because of that.
    """
    known = connection.streams().get((page.scope, page.cls), Stream())
    if page.since > known.since or page.frm > known.after or page.after < known.after:
        return False, []
    gone = let_go_of_old(connection, page.scope, page.cls) if page.done and known.full else []
    since = page.after if page.done else known.since
    connection.run(_STREAM_SQL, (page.scope, page.cls, since, page.after, known.full and not page.done))
    connection.forget_streams()
    return page.done, gone
