"""Committing edits: op, register row and search entry in ONE transaction. Ops wait until a receipt comes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import islice

import msgspec

from hsdesk.deskfile import blobs, writers
from hsdesk.deskfile.batch import Batch, HeldRecord
from hsdesk.deskfile.connection import SEQ_BITS, DeskConnection
from hsdesk.deskfile.departures import whereabouts
from hsdesk.deskfile.erasing import forget
from hsdesk.errors import Missing
from hsdesk.forms.gc_pause import gc_paused
from hsdesk.model.answer import CLASSES, DELETED, Class, SetDelta, Value, Written, deletions_above, members
from hsdesk.records.chain import hash_of, new_nonce
from hsdesk.records.conflict import Conflict
from hsdesk.records.edits import Committed, Edit, RecordRef, Screen
from hsdesk.records.layers import misses_own, own_shown, seen
from hsdesk.records.op import NOTHING, Op, Seen, erased_paths
from hsdesk.records.parts import Part, same
from hsdesk.registers.register import Register
from hsdesk.wire.messages import Erased

_EDITS_AT_ONCE = 1000
_ENCODER = msgspec.json.Encoder()


class Ledger:
    """Makes ops of edits. One per transaction."""

    def __init__(self, connection: DeskConnection) -> None:
        self._connection = connection
        self._batch = Batch(connection)
        self._device = connection.device()
        self._epoch = connection.epoch()
        self._server_epoch = connection.server_epoch()
        self._origin, self._seq = _last_own(connection, self._device, self._epoch)
        self._ops: list[tuple[int, str, int, str, bytes, bytes, bytes, bool]] = []
        self._cells: list[tuple[str, str, str]] = []
        self._erased: list[tuple[Op, list[Erased]]] = []
        self._own: dict[str, tuple[int, int]] = {}
        self._writers: dict[str, str] = {}
        self._has_drafts = connection.one("SELECT 1 FROM hs_draft LIMIT 1") is not None

    def commit(self, edits: Iterable[Edit], at_once: int = _EDITS_AT_ONCE) -> Committed:
        """Write every edit, so many `at_once`: the next are asked for when these are in their tables.

        Edits that change nothing leave no op.
        """
        before = self._seq
        changed: dict[RecordRef, bool] = {}  # whether it is new
        conflicts = False
        rest = iter(edits)
        while some := tuple(islice(rest, at_once)):
            with gc_paused():
                written = self._write(some)
            for ref, is_new in written:
                changed[ref] = changed.get(ref, False) or is_new
            conflicts = conflicts or any(edit.resolves for edit in some)
        return Committed(
            tuple(changed),
            tuple(ref for ref, is_new in changed.items() if is_new),
            self._seq - before,
            self._seq if self._seq > before else 0,
            conflicts,
            self._own,
        )

    def _write(self, edits: tuple[Edit, ...]) -> list[tuple[RecordRef, bool]]:
        if self._connection.has_departures():
            edits = tuple(self._at_its_place(edit) for edit in edits)
        self._batch = Batch(self._connection)
        self._batch.take((edit.scope, edit.record) for edit in edits)
        for edit in edits:
            self._edit(edit)
        new = self._batch.new_keys()
        changed = [(_ref(held), (held.scope, held.record) in new) for held in self._batch.write()]
        self._write_ops()
        return changed

    def _at_its_place(self, edit: Edit) -> Edit:
        """Return an edit typed while its record moved, for the place where it is now."""
        scope = whereabouts(self._connection, edit.scope, edit.record)
        if scope == edit.scope:
            return edit
        self._cells.extend((edit.scope, edit.record, path) for path in edit.answers)
        return msgspec.structs.replace(edit, scope=scope)

    def _edit(self, edit: Edit) -> None:
        register = self._connection.register(edit.form)
        held = self._batch.held(edit.scope, edit.record, edit.form)
        if held.form != edit.form:
            raise Missing("记录不在登记表“{form}”中。请刷新后重试。", form=edit.form)
        split = (
            _erased_by_class(register, edit, held, self._writable(edit.scope))
            if edit.erases
            else _by_class(register, edit, held)
        )
        if edit.resolves:
            conflict = settle(self._connection, edit.resolves, edit.person)
            edit = msgspec.structs.replace(edit, resolves_rev=edit.resolves_rev or conflict.rev)
        for cls, written in split.items():
            self._log(register, edit, held, cls, written)
        if self._has_drafts:
            self._cells.extend((edit.scope, edit.record, path) for path in edit.answers)

    def _writable(self, scope: str) -> frozenset[Class]:
        streams = self._connection.streams()
        return frozenset(cls for place, cls in streams if place == scope and streams[place, cls].writable)

    def _log(
        self, register: Register, edit: Edit, held: HeldRecord, cls: Class, written: dict[str, Written]
    ) -> None:
        part = held.parts.get(cls)
        old = part.answers if part else {}
        self._seq += 1
        hlc = self._connection.clock.tick()
        known, apart = self._seen(register, edit, held, cls, written)
        op = Op(
            device=self._device,
            epoch=self._epoch,
            seq=self._seq,
            scope=edit.scope,
            cls=cls,
            record=edit.record,
            form=edit.form,
            version=register.form.version,
            hlc=hlc,
            person=self._writer(edit.person),
            answers=written,
            seen=known,
            apart=apart,
            server_epoch=self._server_epoch,
            nonce=new_nonce(),
            resolves=edit.resolves,
            resolves_rev=edit.resolves_rev,
            erases=edit.erases,
        )
        before = _ENCODER.encode({path: old[path] for path in written if path in old and not edit.erases})
        n = self._origin << SEQ_BITS | self._seq
        body = _ENCODER.encode(op)
        if blobs.names_in(body):
            blobs.refer(self._connection, (edit.scope, cls), edit.record, written, n)
        self._ops.append((n, edit.record, hlc, edit.reason, before, body, hash_of(op), held.is_unmade))
        if edit.screen:
            self._own |= self._shows(held, cls, op)
        held.wait(cls, op)
        if edit.erases:
            paths = erased_paths(op)
            self._erased.append((op, [Erased(op.record, p, 0, op.device, op.epoch, op.seq) for p in paths]))

    def _writer(self, name: str) -> str:
        """Return the number by which ops name a person."""
        if name not in self._writers:
            self._writers[name] = writers.number_of(self._connection, name)
        return self._writers[name]

    def _seen(
        self, register: Register, edit: Edit, held: HeldRecord, cls: Class, written: Mapping[str, Written]
    ) -> tuple[Seen, dict[str, Seen]]:
        """Return what the author had seen of what an op writes, and where that differs.

        A deletion says it of everything that it deletes, an edit also of the deletions above it that stood on
        the screen.
        """
        if not edit.screen and not held.confirmed and not held.pending:
            return NOTHING, {}
        screen = edit.screen or self._read(held, cls, _looked_at(written))
        of = {path: screen.of(path, held.scope, self._server_epoch) for path in written}
        beside = {above for path in written for above in deletions_above(path) if above in screen.seen}
        for path, value in written.items():
            if path.rpartition("/")[2] == DELETED and value:
                beside |= {p for p in screen.seen if p.startswith(path[: -len(DELETED)])}
        also = {path for path in beside - of.keys() if register.nature(path).cls == cls}
        common = next(iter(of.values()), NOTHING)
        apart = {path: known for path, known in of.items() if known != common}
        apart |= {path: screen.of(path, held.scope, self._server_epoch) for path in sorted(also)}
        return common, apart

    def _shows(self, held: HeldRecord, cls: Class, op: Op) -> dict[str, tuple[int, int]]:
        """Return by path the own op that the author's screen shows now: this one, if he saw the last."""
        was = self._read(held, cls, op.answers).seen
        part, shown = held.confirmed.get(cls), dict[str, tuple[int, int]]()
        for path in op.answers:
            known = op.seen_of(path)
            missed = misses_own(part, op, path)
            own = (known.epoch, known.seq) if missed else own_shown(op, path, was.get(path, NOTHING))
            if own[1]:
                shown[path] = own
        return shown

    def _read(self, held: HeldRecord, cls: Class, paths: Collection[str] | None) -> Screen:
        """Return what somebody sees who looks at paths of a part as it lies in the file now; None: at all."""
        here = self._connection.here(held.scope)
        found = seen(held.confirmed.get(cls), held.pending.get(cls, ()), here, paths)
        return Screen(held.scope, self._server_epoch, found)

    def _write_ops(self) -> None:
        connection = self._connection
        connection.many(
            "INSERT INTO hs_op (n, record, hlc, reason, before, body, hash, makes)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            self._ops,
        )
        if self._ops:
            connection.note_pending(self._ops[0][0])
        connection.many("DELETE FROM hs_draft WHERE scope = ? AND record = ? AND path = ?", self._cells)
        for op, erased in self._erased:
            forget(connection, op.scope, op.cls, erased)
        self._ops, self._cells, self._erased = [], [], []


def _looked_at(written: Mapping[str, Written]) -> Collection[str] | None:
    """Return the paths that an op may say were seen; None: all, as for a deletion."""
    if any(value and path.rpartition("/")[2] == DELETED for path, value in written.items()):
        return None
    return {above for path in written for above in (path, *deletions_above(path))}


_NOTHING: dict[str, Value] = {}
_SETS = (tuple, SetDelta)


def _by_class(register: Register, edit: Edit, held: HeldRecord) -> dict[Class, dict[str, Written]]:
    """Return what must be logged by class, in the order of `CLASSES`, without unchanged answers."""
    keep = bool(edit.resolves)
    known: Mapping[Class, Part] = held.parts
    split: dict[Class, dict[str, Written]] = {}
    for path, value in edit.answers.items():
        nature = register.nature(path)
        old = known[nature.cls].answers.get(path) if nature.cls in known else None
        if old is None and value and type(value) is str and not nature.is_set:  # the common case of an import
            split.setdefault(nature.cls, {})[path] = value
        elif nature.is_set or isinstance(value, _SETS) or isinstance(old, tuple):
            delta = _delta(members(old), value, keep=keep)
            if delta is not None:
                split.setdefault(nature.cls, {})[path] = delta
        elif keep or (nature.was_renamed and known) or not same(old, value):
            split.setdefault(nature.cls, {})[path] = value
    if not split and not known:  # a record without any answer is a record all the same
        split[register.form.stream] = {}
    return {cls: split[cls] for cls in CLASSES if cls in split} if len(split) > 1 else split


def _erased_by_class(
    register: Register, edit: Edit, held: HeldRecord, writable: frozenset[Class]
) -> dict[Class, dict[str, Written]]:
    """Return what an erasing edit logs: the reason in every part, or the answers to be emptied.

    A class without a part here gets its fence as well: a laptop that is away may have typed one.
    """
    if DELETED in edit.answers:
        reason = edit.answers[DELETED]
        assert isinstance(reason, str)
        return {cls: {DELETED: reason} for cls in register.classes if cls in held.parts or cls in writable}
    split: dict[Class, dict[str, Written]] = {}
    for path in edit.answers:
        split.setdefault(register.nature(path).cls, {})[path] = None
    return split


def _delta(old: tuple[str, ...], value: Value | SetDelta, *, keep: bool) -> SetDelta | None:
    """Return the change that makes `value` of the members `old`; None for none."""
    if isinstance(value, SetDelta):
        return value if value.add or value.remove else None
    new = members(value)
    add, remove = tuple(sorted(set(new) - set(old))), tuple(sorted(set(old) - set(new)))
    if keep:
        return SetDelta(add=tuple(sorted(new)), remove=remove)
    return SetDelta(add=add, remove=remove) if add or remove else None


def _ref(held: HeldRecord) -> RecordRef:
    return RecordRef(held.form, held.scope, held.record)


def origin_number(connection: DeskConnection, device: str, epoch: int) -> int:
    """Return the number of a (device, epoch), given now if it had none."""
    row = connection.one("SELECT number FROM hs_origin WHERE device = ? AND epoch = ?", (device, epoch))
    if row:
        return int(row[0])
    connection.run("INSERT INTO hs_origin (device, epoch, acked) VALUES (?, ?, 0)", (device, epoch))
    return int(connection.one("SELECT last_insert_rowid()")[0])


def _last_own(connection: DeskConnection, device: str, epoch: int) -> tuple[int, int]:
    """Return the number of a (device, epoch), and the highest seq given to an op of it, 0 for none."""
    row = connection.one(
        "SELECT number, acked, (SELECT max(n) FROM hs_op WHERE n >= number << 40 AND n < (number + 1) << 40)"
        " FROM hs_origin WHERE device = ? AND epoch = ?",
        (device, epoch),
    )
    if row is None:
        return origin_number(connection, device, epoch), 0
    number, acked, highest = row
    return number, max((highest or 0) & ((1 << SEQ_BITS) - 1), acked)


def settle(connection: DeskConnection, conflict_id: str, person: str) -> Conflict:
    """Take a conflict off the list, and return it as it was; the city server confirms it with a page."""
    row = connection.one("SELECT body FROM hs_conflict WHERE id = ?", (conflict_id,))
    if row is None:
        raise Missing("这条“两边改得不一样”已经不在了，可能已由别人处理。请刷新后再看。")
    conflict = msgspec.json.decode(row[0], type=Conflict)
    settled = msgspec.structs.replace(conflict, open=False, settled_by=person)
    connection.run(
        "UPDATE hs_conflict SET open = 0, body = ? WHERE id = ?", (_ENCODER.encode(settled), conflict_id)
    )
    return conflict
