"""What leaves this file: records that moved to another place (转移), values to be forgotten (清除).

A record that moved is dropped here; it comes with the stream of its new place, if that is granted. What was
typed of it stays: own ops, half-typed cells, the history. Forgetting empties values in the log and the
history too; that there was an answer, by whom and when, stays.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

import msgspec

from hsdesk.errors import Refused
from hsdesk.model.leaving import redacted
from hsdesk.model.op import Class, Op, Value, covers, unseen
from hsdesk.store import blobs
from hsdesk.store.batch import Batch
from hsdesk.store.core import LAST_OF_OLD_EPOCH, PART_BITS, Core
from hsdesk.store.parts import CLASS_NUMBER
from hsdesk.wire.messages import Erased, Moved, Stamp

_ENCODER = msgspec.json.Encoder()
_OP = msgspec.json.Decoder(Op)
_VALUES = msgspec.json.Decoder(dict[str, Value])
_STAMP = msgspec.json.Decoder(Stamp)


def let_go(core: Core, scope: str, cls: Class, moved: Sequence[Moved]) -> None:
    """Drop the parts that moved away, inside a transaction; history and half-typed cells follow them."""
    for one in moved:
        core.run("INSERT OR REPLACE INTO hs_departure VALUES (?, ?, ?)", (scope, one.record, one.into))
        core.run(
            "UPDATE hs_heard SET scope = ? WHERE scope = ? AND cls = ? AND record = ?",
            (one.into, scope, cls, one.record),
        )
        core.run(
            "UPDATE OR REPLACE hs_draft SET scope = ? WHERE scope = ? AND record = ?",
            (one.into, scope, one.record),
        )
        blobs.move_references(core, (scope, cls), one.record, one.into)
        core.run(
            "DELETE FROM hs_conflict WHERE scope = ? AND cls = ? AND record = ?", (scope, cls, one.record)
        )
    drop_parts(core, scope, cls, [one.record for one in moved])


def came_back(core: Core, scope: str) -> None:
    """Forget the departures of records that a page brought back, inside a transaction."""
    core.run(
        "DELETE FROM hs_departure WHERE scope = ? AND record IN"
        " (SELECT record FROM hs_record WHERE hs_record.scope = hs_departure.scope)",
        (scope,),
    )


def whereabouts(core: Core, scope: str, record: str) -> str:
    """Return the scope where a record is now that was typed into at `scope`.

    Raises Refused when it moved to a place whose data is not here.
    """
    while core.one("SELECT 1 FROM hs_record WHERE scope = ? AND record = ?", (scope, record)) is None:
        row = core.one("SELECT into_scope FROM hs_departure WHERE scope = ? AND record = ?", (scope, record))
        if row is None:
            return scope
        scope = str(row[0])
        if not any(place == scope for place, _cls in core.streams()):
            raise Refused("这条记录已经转到别的村（社区），这里没有保存。刚才填的内容还在“未填完”里。")
    return scope


def drop_parts(core: Core, scope: str, cls: Class, records: Sequence[str]) -> None:
    """Remove parts of a stream, and records of which no part is left. Nothing is logged."""
    held: list[tuple[str, str]] = []
    for record in records:
        row = core.one("SELECT n FROM hs_record WHERE scope = ? AND record = ?", (scope, record))
        if row is None:
            continue
        held.append((scope, record))
        n = row[0] << PART_BITS | CLASS_NUMBER[cls]
        core.run(
            "UPDATE hs_stream SET digest = digest - coalesce((SELECT digest FROM hs_part WHERE n = ?), 0)"
            " WHERE scope = ? AND cls = ?",
            (n, scope, cls),
        )
        core.run("DELETE FROM hs_part WHERE n = ?", (n,))
    batch = Batch(core)
    batch.take(held)
    batch.remake(held)


def forget(
    core: Core,
    scope: str,
    cls: Class,
    erased: Sequence[Erased],
    told: Mapping[str, Mapping[str, Value]] = {},
) -> None:
    """Empty erased values in the log, the history and half-typed cells, inside a transaction.

    What was typed in knowledge of the erasure stays: later by who erased, or having seen its revision; so
    does what the server `told` of a record along with it, as it holds that still.
    """
    if not erased:
        return
    core.run("PRAGMA secure_delete = ON")
    by_record: dict[str, list[Erased]] = {}
    for one in erased:
        by_record.setdefault(one.record, []).append(one)
    for record, mine in by_record.items():
        part = (scope, cls, record)
        gone, later = _forget_ops(core, part, mine)
        gone |= _forget_heard(core, part, mine)
        _forget_drafts(core, record, mine)
        left = _forget_answers(core, part, mine, (later, told.get(record, {})))
        blobs.erase_attachments(core, scope, record, {k: v for k, v in gone.items() if v not in left})
    core.run("INSERT INTO hs_search (hs_search) VALUES ('optimize')")  # old words lie in older segments


def _forget_ops(
    core: Core, part: tuple[str, Class, str], erased: Sequence[Erased]
) -> tuple[dict[str, object], set[str]]:
    """Redact the own ops of a part; return the values that went, and what was typed later."""
    scope, cls, record = part
    gone: dict[str, object] = {}
    later: set[str] = set()
    began = int(core.meta(LAST_OF_OLD_EPOCH, "0"))
    for n, before, body in core.all("SELECT n, before, body FROM hs_op WHERE record = ?", (record,)):
        op = _OP.decode(body)
        if op.cls != cls or op.erases:
            continue
        as_seen = unseen(op) if n <= began else op
        paths = tuple(one.path for one in erased if _concerns(one, as_seen, scope))
        later.update(path for path in op.answers if not any(covers(one, path) for one in paths))
        if not paths:
            continue
        forgotten = msgspec.structs.replace(op, answers=redacted(op.answers, paths))
        gone |= {f"{n}/{path}": was for path, was in op.answers.items() if forgotten.answers[path] != was}
        core.run(
            "UPDATE hs_op SET before = ?, body = ? WHERE n = ?",
            (_ENCODER.encode(redacted(_VALUES.decode(before), paths)), _ENCODER.encode(forgotten), n),
        )
    return gone, later


def _concerns(erased: Erased, op: Op, scope: str) -> bool:
    if op.scope != scope:  # typed before the record moved: an erasure that came along is no news for it
        return erased.epoch > 0
    if (erased.device, erased.epoch) == (op.device, op.epoch):
        return op.seq < erased.seq
    return op.base_rev < erased.rev


def _forget_heard(core: Core, part: tuple[str, Class, str], erased: Sequence[Erased]) -> dict[str, object]:
    """Redact what pages told of a part; return the values that went."""
    gone: dict[str, object] = {}
    rows = core.all(
        "SELECT id, stamp, before, answers FROM hs_heard WHERE scope = ? AND cls = ? AND record = ?", part
    )
    for number, stamp, *columns in rows:
        paths = tuple(one.path for one in erased if _STAMP.decode(stamp).rev <= one.rev or not one.rev)
        known = [_VALUES.decode(column) for column in columns]
        kept = [redacted(values, paths) for values in known]
        if kept != known:
            gone |= {f"h{number}/{path}": was for values in known for path, was in values.items()}
            core.run(
                "UPDATE hs_heard SET before = ?, answers = ? WHERE id = ?",
                (*map(_ENCODER.encode, kept), number),
            )
    return gone


def _forget_drafts(core: Core, record: str, erased: Sequence[Erased]) -> None:
    for (path,) in core.all("SELECT path FROM hs_draft WHERE record = ?", (record,)):
        if _is_erased(path, erased):
            core.run("DELETE FROM hs_draft WHERE record = ? AND path = ?", (record, path))


def _forget_answers(
    core: Core,
    part: tuple[str, Class, str],
    erased: Sequence[Erased],
    since: tuple[Container[str], Mapping[str, Value]],
) -> tuple[Value, ...]:
    """Empty what a part still holds of what is erased, set-aside answers (暂存待改) too; return what is left.

    `since`: what was typed here later, and what the server told. A page does not name answers that the server
    no longer knows of, as after it was restored.
    """
    later, told = since
    scope, cls, record = part
    batch = Batch(core)
    batch.take([(scope, record)])
    held = batch.taken(scope, record)
    known = held.parts.get(cls) if held else None
    if held is None or known is None:
        return ()
    covered = [path for path in known.answers if _is_erased(path, erased)]
    gone = [path for path in covered if (path not in later and path not in told) or path in known.refused]
    answers = {**known.answers, **{path: told.get(path) for path in gone}}
    if gone and (answers != known.answers or known.refused):
        refused = {path: value for path, value in known.refused.items() if path not in gone}
        held.put(cls, msgspec.structs.replace(known, answers=answers, refused=refused))
        batch.write()
    return tuple(answers.values())


def _is_erased(path: str, erased: Sequence[Erased]) -> bool:
    return any(covers(one.path, path) for one in erased)
