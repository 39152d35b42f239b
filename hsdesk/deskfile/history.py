"""What happened to a record: own ops and what pages changed, in the order this file learnt of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

import msgspec

from hsdesk.deskfile import writers
from hsdesk.deskfile.connection import DeskConnection
from hsdesk.model.answer import Class, Value, value_after
from hsdesk.records.op import Op
from hsdesk.records.parts import Part, filled, joined
from hsdesk.registers.tables import quoted
from hsdesk.wire.messages import Stamp

_OP = msgspec.json.Decoder(Op)
_ANSWERS = msgspec.json.Decoder(dict[str, Value])
_STAMP = msgspec.json.Decoder(Stamp)


class AnswerChange(msgspec.Struct, frozen=True):
    path: str
    old: Value
    new: Value


class HistoryVersion(msgspec.Struct, frozen=True):
    """One version of a record (修改记录). `version` counts from 1; `hlc` says when it was typed."""

    version: int
    hlc: int
    person: str
    device: str
    changes: tuple[AnswerChange, ...]
    reason: str = ""
    cls: Class | None = None  # known for own ops
    received: bool = False  # True: it came with a page


class _Happened(msgspec.Struct, frozen=True):
    place: tuple[int, int]  # own op number, then the number of what was heard after it
    stamp: Stamp
    before: dict[str, Value]
    after: dict[str, Value]
    reason: str = ""
    cls: Class | None = None


def entries(
    connection: DeskConnection, scope: str, record: str, parts: Mapping[Class, Part]
) -> tuple[HistoryVersion, ...]:
    """Return the versions of a record, first one first, of the classes that are held.

    A record that came whole from the city server begins with the version that came, by whoever wrote it last.
    """
    others = {
        held for (held,) in connection.all("SELECT scope FROM hs_record WHERE record = ?", (record,))
    } - {scope}  # what was typed before a record moved here belongs to it
    own = (one for one in _own(connection, record, others) if one.cls in parts)
    happened = sorted([*own, *_heard(connection, scope, record)], key=lambda one: one.place)
    first = _first(tuple(parts.values()), happened)
    listed = [first, *happened] if first else happened
    here = writers.names(connection)
    return tuple(
        HistoryVersion(
            number, one.stamp.hlc, here.get(one.stamp.person, one.stamp.person), one.stamp.device,
            tuple(AnswerChange(path, one.before.get(path), new) for path, new in one.after.items()),
            one.reason, one.cls, received=one.cls is None,
        )
        for number, one in enumerate(listed, 1)
    )  # fmt: skip


def state_at(versions: tuple[HistoryVersion, ...], version: int) -> dict[str, Value]:
    """Return the answers as they were after a version, empty ones left out."""
    answers: dict[str, Value] = {}
    for entry in versions:
        if entry.version <= version:
            answers.update((change.path, change.new) for change in entry.changes)
    return {path: value for path, value in answers.items() if value is not None and value != ()}


def changed_elsewhere(connection: DeskConnection, table: str) -> tuple[tuple[str, str], ...]:
    """Return (scope, record) of the records in a register's table that pages changed after they were held."""
    rows = connection.all(
        f"SELECT DISTINCT h.scope, h.record FROM hs_heard AS h JOIN {quoted(table)} AS t"
        " ON t._id = h.record AND t._scope = h.scope WHERE t._deleted IS NULL AND t._merged_into IS NULL"
    )
    return tuple((scope, record) for scope, record in rows)


def _own(connection: DeskConnection, record: str, others: Set[str]) -> Iterator[_Happened]:
    rows = connection.all("SELECT n, reason, before, body FROM hs_op WHERE record = ? ORDER BY n", (record,))
    for n, reason, before, body in rows:
        op = _OP.decode(body)
        if op.scope not in others:
            old = _ANSWERS.decode(before)
            new = {path: value_after(old.get(path), written) for path, written in op.answers.items()}
            yield _Happened((n, 0), Stamp(0, op.hlc, op.device, op.person), old, new, reason, op.cls)


def _heard(connection: DeskConnection, scope: str, record: str) -> Iterator[_Happened]:
    rows = connection.all(
        "SELECT id, after_n, stamp, before, answers FROM hs_heard WHERE scope = ? AND record = ?",
        (scope, record),
    )
    for number, after_n, stamp, before, answers in rows:
        yield _Happened(
            (after_n, number), _STAMP.decode(stamp), _ANSWERS.decode(before), _ANSWERS.decode(answers)
        )


def _first(parts: tuple[Part, ...], happened: list[_Happened]) -> _Happened | None:
    """Return what the record held before everything that is logged of it."""
    answers = filled(joined(parts))
    for one in reversed(happened):
        for path in one.after:
            answers.pop(path, None)
        answers.update(one.before)
    held: dict[str, Value] = {path: value for path, value in answers.items() if value is not None}
    if not held or not parts:
        return None
    mark = parts[0].base
    return _Happened((0, 0), Stamp(max(0, mark.rev), mark.hlc, mark.device, mark.person), {}, held)
