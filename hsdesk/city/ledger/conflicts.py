"""The conflicts of a record while ops are merged: opened, lengthened, renewed, settled. Pure.

Who writes in knowledge of both values ends nothing by that alone: a conflict is settled by an op that names
it and has seen its last change.
"""

from __future__ import annotations

import hashlib

import msgspec

from hsdesk.model.answer import Value
from hsdesk.records.conflict import Candidate, Conflict
from hsdesk.records.merge import Dispute
from hsdesk.records.op import Op


def opened(op: Op, dispute: Dispute, base: Value, rev: int) -> Conflict:
    """Return a new conflict; `base` is what both had seen before."""
    identity = "\0".join((op.scope, op.cls, op.record, dispute.path, str(rev)))
    return Conflict(
        hashlib.blake2b(identity.encode(), digest_size=8).hexdigest(),
        op.scope,
        op.cls,
        op.form,
        op.record,
        dispute.path,
        base,
        (dispute.holds, dispute.lost),
        rev,
    )


def lengthened(conflict: Conflict, dispute: Dispute, rev: int) -> Conflict:
    """A further value that nobody had seen: it joins the losers, or the holder does."""
    candidates = conflict.candidates
    if dispute.holds == candidates[0]:
        candidates = _with(candidates, dispute.lost)
    else:
        candidates = (dispute.holds, *(c for c in candidates if c != dispute.holds))
        candidates = _with(candidates, dispute.lost)
    return msgspec.structs.replace(conflict, candidates=candidates, rev=rev)


def _with(candidates: tuple[Candidate, ...], further: Candidate) -> tuple[Candidate, ...]:
    return candidates if further in candidates else (*candidates, further)


def renewed(conflict: Conflict, op: Op, value: Value, rev: int) -> Conflict:
    """An answer given in knowledge of the other: it holds, and settles the conflict if it says so.

    A choice made without having seen the latest losing value holds as well, but leaves the question open.
    """
    newest = Candidate(value, op.person, op.device, op.hlc)
    if newest.value == conflict.candidates[0].value:
        newest = conflict.candidates[0]
    candidates = (newest, *(c for c in conflict.candidates if c != newest))
    settles = op.resolves == conflict.id and conflict.rev <= op.resolves_rev
    by = f"{op.device} {op.person}" if settles else ""  # as a number is one of its computer
    return msgspec.structs.replace(conflict, candidates=candidates, rev=rev, open=not settles, settled_by=by)


def forgotten(conflict: Conflict, rev: int) -> Conflict:
    """Return a conflict whose values were erased: nothing is left to choose."""
    candidates = tuple(msgspec.structs.replace(one, value=None) for one in conflict.candidates)
    return msgspec.structs.replace(conflict, base=None, candidates=candidates, rev=rev, open=False)
