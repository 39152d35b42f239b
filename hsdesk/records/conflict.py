"""A conflict (冲突): two people answered the same question, neither having seen the other's answer.

Nobody's answer is dropped: one holds for now, the others wait beside it until a person chooses.
"""

from __future__ import annotations

import msgspec

from hsdesk.model.answer import Class, Value


class Candidate(msgspec.Struct, frozen=True, array_like=True):
    """One of the answers given: what, by whom, on which device, when (hybrid clock)."""

    value: Value
    person: str
    device: str
    hlc: int


class Conflict(msgspec.Struct, frozen=True, array_like=True):
    """One open question per (record, path). `candidates[0]` holds for now, the others lost.

    `rev` is the stream revision of its last change: an op that settles it must have seen that revision.
    """

    id: str
    scope: str
    cls: Class
    form: str
    record: str
    path: str
    base: Value  # what both had seen before
    candidates: tuple[Candidate, ...]
    rev: int
    open: bool = True
    settled_by: str = ""  # the person who chose
