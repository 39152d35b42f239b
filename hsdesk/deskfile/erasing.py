"""Forgetting values (清除): in what the city confirmed, in own ops, in the history and in half-typed cells.

That there was an answer, by whom and when, stays; so does the hash of an op, lest it look like another's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from hsdesk.deskfile import blobs, drafts
from hsdesk.deskfile.batch import Batch, HeldRecord
from hsdesk.deskfile.connection import DeskConnection
from hsdesk.model.answer import Class, Value
from hsdesk.records.edits import Draft, RecordRef
from hsdesk.records.erasure import redacted, redacted_op
from hsdesk.records.op import Op, covers, erased_paths
from hsdesk.records.parts import Part
from hsdesk.wire.messages import Erased, Stamp

_ENCODER = msgspec.json.Encoder()
_OP = msgspec.json.Decoder(Op)
_VALUES = msgspec.json.Decoder(dict[str, Value])
_STAMP = msgspec.json.Decoder(Stamp)
_ERASES = b'"erases":true'  # in the body of an op; in a text its quotation marks would be escaped


def forget(connection: DeskConnection, scope: str, cls: Class, erased: Sequence[Erased]) -> list[RecordRef]:
    """Empty erased values of a stream's records, inside a transaction, after the states of the same message.

    What was typed in knowledge of the erasure stays: later by who erased, or having seen its revision. An
    erasure of revision 0 was typed here and is not confirmed yet: the digest stays that of the city.
    Returns the records concerned that are here.
    """
    touched: list[RecordRef] = []
    if not erased:
        return touched
    connection.run("PRAGMA secure_delete = ON")
    by_record: dict[str, list[Erased]] = {}
    for one in erased:
        by_record.setdefault(one.record, []).append(one)
    for record, mine in by_record.items():
        gone = _forget_ops(connection, (scope, cls, record), mine) | _forget_heard(
            connection, (scope, cls, record), mine
        )
        _forget_drafts(connection, record, mine)
        held = _forget_confirmed(connection, (scope, cls, record), mine)
        shown = held.parts.get(cls) if held else None
        left = tuple(shown.answers.values()) if shown else ()
        blobs.erase_attachments(connection, scope, record, {k: v for k, v in gone.items() if v not in left})
        if held:
            touched.append(RecordRef(held.form, scope, record))
    connection.run("INSERT INTO hs_search (hs_search) VALUES ('optimize')")  # old words lie in older segments
    return touched


def is_waiting(connection: DeskConnection, scope: str, cls: Class) -> bool:
    """Tell whether an own erasure of a stream waits: what it emptied here the city still counts.

    A digest over such parts is not the city's once another of their answers has changed.
    """
    rows = connection.all(
        "SELECT body FROM hs_op WHERE n >= ? AND instr(body, ?)", (connection.first_pending(), _ERASES)
    )
    ops = (_OP.decode(body) for (body,) in rows)
    return any(op.cls == cls and connection.place_of(op.scope, cls, op.record) == scope for op in ops)


def take_back(held: HeldRecord, op: Op) -> None:
    """Let the city say again what an erasure emptied here that it did not take."""
    known, paths = held.confirmed.get(op.cls), erased_paths(op)
    if known is None:
        return
    kept = {
        path: value
        for path, value in known.answers.items()
        if value is not None or not any(covers(one, path) for one in paths)
    }
    others = {path: mark for path, mark in known.others.items() if path in kept}
    held.confirm(op.cls, msgspec.structs.replace(known, answers=kept, others=others))


def _forget_ops(
    connection: DeskConnection, part: tuple[str, Class, str], erased: Sequence[Erased]
) -> dict[str, object]:
    """Redact the own ops of a part; return the values that went."""
    scope, cls, record = part
    gone: dict[str, object] = {}
    for n, before, body in connection.all("SELECT n, before, body FROM hs_op WHERE record = ?", (record,)):
        op = _OP.decode(body)
        if op.cls != cls or op.erases:
            continue
        now = connection.server_epoch()
        paths = tuple(path for path in op.answers if any(_concerns(e, op, path, scope, now) for e in erased))
        known = _VALUES.decode(before)
        kept = redacted(known, tuple(one.path for one in erased)) if paths else known
        if not paths and kept == known:
            continue
        gone |= {f"{n}/{path}": op.answers[path] for path in paths}
        gone |= {f"{n}/before/{path}": was for path, was in known.items() if kept[path] != was}
        connection.run(
            "UPDATE hs_op SET before = ?, body = ? WHERE n = ?",
            (_ENCODER.encode(kept), _ENCODER.encode(redacted_op(op, paths)), n),
        )
    return gone


def _concerns(erased: Erased, op: Op, path: str, scope: str, server_epoch: str) -> bool:
    """Tell whether an op wrote at a path without knowing that it was, or was to be, erased."""
    if not covers(erased.path, path):
        return False
    if op.scope != scope:  # typed before the record moved: an erasure that came along is no news for it
        return erased.epoch > 0
    if (erased.device, erased.epoch) == (op.device, op.epoch):
        return op.seq < erased.seq
    if not erased.rev:
        return True
    return op.server_epoch != server_epoch or op.seen_of(path).rev < erased.rev


def _forget_heard(
    connection: DeskConnection, part: tuple[str, Class, str], erased: Sequence[Erased]
) -> dict[str, object]:
    """Redact what pages told of a part; return the values that went."""
    gone: dict[str, object] = {}
    rows = connection.all(
        "SELECT id, stamp, before, answers FROM hs_heard WHERE scope = ? AND cls = ? AND record = ?", part
    )
    for number, stamp, *columns in rows:
        paths = tuple(one.path for one in erased if _STAMP.decode(stamp).rev <= one.rev or not one.rev)
        known = [_VALUES.decode(column) for column in columns]
        kept = [redacted(values, paths) for values in known]
        if kept != known:
            gone |= {f"h{number}/{path}": was for values in known for path, was in values.items()}
            connection.run(
                "UPDATE hs_heard SET before = ?, answers = ? WHERE id = ?",
                (*map(_ENCODER.encode, kept), number),
            )
    return gone


def _forget_drafts(connection: DeskConnection, record: str, erased: Sequence[Erased]) -> None:
    for draft in drafts.of_record_anywhere(connection, record):
        unknown = [one for one in erased if not _is_known(connection, draft, one)]
        if any(covers(one.path, draft.path) for one in unknown):
            drafts.drop(connection, draft.scope, record, draft.path)


def _is_known(connection: DeskConnection, draft: Draft, erased: Erased) -> bool:
    """Tell whether a cell was typed where the erasure or a later answer stood; it is told more than once."""
    if (erased.device, erased.epoch) == (connection.device(), draft.seen.epoch):
        return draft.seen.seq >= erased.seq
    return 0 < erased.rev <= draft.seen.rev and draft.server_epoch == connection.server_epoch()


def _forget_confirmed(
    connection: DeskConnection, part: tuple[str, Class, str], erased: Sequence[Erased]
) -> HeldRecord | None:
    """Empty what a confirmed part holds of what is erased; return the record if it is here."""
    scope, cls, record = part
    batch = Batch(connection)
    batch.take([(scope, record)])
    held = batch.taken(scope, record)
    if held is None:
        return None
    known = held.confirmed.get(cls)
    if known is not None and (gone := _covered(known, erased)):
        held.confirm(cls, msgspec.structs.replace(known, answers={**known.answers, **gone}))
        if not any(one.rev for one in erased):
            held.keep_digest(cls)
    held.is_touched = True
    batch.write()
    return held


def _covered(part: Part, erased: Sequence[Erased]) -> Mapping[str, Value]:
    """Return the answers to be emptied: told below the erasure. A record that moved arrives at one revision,
    with its erasures and with what was typed in knowledge of them."""
    return {
        path: None
        for path, value in part.answers.items()
        if value is not None
        for one in erased
        if covers(one.path, path) and (not one.rev or (part.mark(path) or part.base).rev < one.rev)
    }
