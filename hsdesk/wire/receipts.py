"""Which states a receipt leaves out, because the desk that sent the ops can tell them itself. Pure.

Of the ops of one message, the last one that names a path decides: where it was given a revision and its value
holds, nothing is said of that path. Everything else is told in full: sets, values that lost, what another op
changed beside (`_deleted` above a path), what a rejected op named.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

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
    by_part: dict[Key, list[Op]] = {}
    for op in ops:
        by_part.setdefault((op.scope, op.cls, op.record), []).append(op)
    out: list[tuple[Key, Row]] = []
    for key, mine in by_part.items():
        if key in told or len(mine) > 1 or not _is_plain(mine[0], revs):
            out += _rows_of(key, mine, revs, told.get(key, frozenset()))
        else:
            out.append((key, _whole_row(mine[0], revs[mine[0].seq])))
    return out


def _is_plain(op: Op, revs: Mapping[int, int]) -> bool:
    """Tell whether an op was given a revision and writes nothing but values: the common case."""
    return revs[op.seq] > 0 and SetDelta not in map(type, op.answers.values())


def _rows_of(
    key: Key, ops: Sequence[Op], revs: Mapping[int, int], told: Collection[str]
) -> Iterator[tuple[Key, Row]]:
    named = last_naming(ops)[key]
    plain = {
        path: op
        for path, op in named.items()
        if revs[op.seq] and path not in told and not isinstance(op.answers[path], SetDelta)
    }
    if plain:
        yield key, _row(key[2], plain, revs)
    for op in ops:
        if revs[op.seq] and not op.answers:  # a record without any answer is a record all the same
            yield key, _whole_row(op, revs[op.seq])


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


def _whole_row(op: Op, rev: int) -> Row:
    answers: dict[str, Value] = op.answers  # type: ignore[assignment]
    return Row(op.record, op.form, op.version, rev, answers, Stamp(rev, op.hlc, op.device, op.person))


def _value(op: Op, path: str) -> Value:
    written = op.answers[path]
    assert not isinstance(written, SetDelta)
    return written
