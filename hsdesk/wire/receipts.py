"""Which states a receipt leaves out, because the desk that sent the ops can tell them itself. Pure.

Of the ops of one message, the last one that names a path decides: where it was given a revision and its value
holds, nothing is said of that path. Everything else is told in full: sets, values that lost, what another op
changed beside (`_deleted` above a path), what a rejected op named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from hsdesk.model.answer import Class, SetDelta, Value
from hsdesk.records.op import Op
from hsdesk.wire.messages import Receipt, Row, Stamp, Told

Key = tuple[str, Class, str]  # scope, class, record


def last_naming(ops: Iterable[Op]) -> dict[Key, dict[str, Op]]:
    """Return by record part, and by path, the last op that names it."""
    found: dict[Key, dict[str, Op]] = {}
    for op in ops:
        named = found.setdefault((op.scope, op.cls, op.record), {})
        for path in op.answers:
            named[path] = op
    return found


def own_rows(ops: Sequence[Op], receipt: Receipt) -> list[tuple[Key, Row]]:
    """Return the states that a receipt left out, from the ops that it is about, in order."""
    revs = dict(zip((op.seq for op in ops), receipt.revs, strict=True))
    told = _paths_told(receipt.told)
    out = []
    for key, named in last_naming(ops).items():
        plain = {
            path: op
            for path, op in named.items()
            if revs[op.seq] and path not in told.get(key, ()) and not isinstance(op.answers[path], SetDelta)
        }
        if plain:
            out.append((key, _row(key[2], plain, revs)))
    bare = [op for op in ops if revs[op.seq] and not op.answers]  # a record without any answer is a record
    return out + [((op.scope, op.cls, op.record), _bare_row(op, revs[op.seq])) for op in bare]


def _paths_told(told: Iterable[Told]) -> dict[Key, set[str]]:
    found: dict[Key, set[str]] = {}
    for one in told:
        for row in one.rows:
            found.setdefault((one.scope, one.cls, row.record), set()).update(row.answers)
    return found


def _row(record: str, named: Mapping[str, Op], revs: Mapping[int, int]) -> Row:
    ops = {op.seq: op for op in named.values()}
    stamps = {seq: Stamp(revs[seq], op.hlc, op.device, op.person) for seq, op in ops.items()}
    last = ops[max(ops)]
    answers: dict[str, Value] = {path: _value(op, path) for path, op in named.items()}
    others = {path: stamps[op.seq] for path, op in named.items() if op is not last}
    return Row(record, last.form, last.version, revs[last.seq], answers, stamps[last.seq], others)


def _bare_row(op: Op, rev: int) -> Row:
    return Row(op.record, op.form, op.version, rev, {}, Stamp(rev, op.hlc, op.device, op.person))


def _value(op: Op, path: str) -> Value:
    written = op.answers[path]
    assert not isinstance(written, SetDelta)
    return written
