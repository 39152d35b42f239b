"""An op (改动) is one logged edit: who, when, on which device, which answers, having seen what.

Paths of answers:

    field                     an answer of the record
    roster/ROWID/field        an answer of a roster row (子表); rosters nest the same way
    roster/ROWID/_pos         the row's fractional order key (text)
    roster/ROWID/_deleted     the reason a row was removed (None: it is there again)
    _deleted                  the reason the record was deleted 作废 (None: restored 恢复)
    _merged_into              the record that took this one's place
    _moved_to                 the place that the record shall move to; alone in its op, never kept
    _erasure                  that erasing was asked for, and the refusal (`records.erasure.ErasureRequest`)
"""

from __future__ import annotations

import msgspec

from hsdesk.model.answer import DELETED, MOVED_TO, Class, Written


class Seen(msgspec.Struct, frozen=True, array_like=True):
    """What stood on the author's screen at one path when he began to type.

    `rev`: the revision of the confirmed value there, 0 for none. `epoch`, `seq`: the own op that was shown
    last, 0 for none. It may claim less than was shown, never more.
    """

    rev: int = 0
    epoch: int = 0
    seq: int = 0


NOTHING = Seen()


class Op(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One logged edit of one record part, immutable but for what an erasure empties.

    (device, epoch, seq) is its place in the log of its device; what it is, its `hash` says (`records.chain`).
    `seen` holds for every path that the op writes, but for those in `apart`; a deletion names in `apart` also
    every other path of what it deletes. The revisions are of the stream (scope, cls) in `server_epoch`.
    """

    device: str
    epoch: int
    seq: int  # dense per (device, epoch), from 1
    scope: str  # place UUID
    cls: Class
    record: str  # UUIDv7
    form: str
    version: str
    hlc: int  # hybrid logical clock: milliseconds since 1970 << 16 | counter
    person: str
    answers: dict[str, Written]
    seen: Seen = NOTHING
    apart: dict[str, Seen] = {}
    wide: bool = False  # `seen` holds for every path: ops of older programs, and the server's own
    server_epoch: str = ""
    nonce: bytes = b""  # none: an op of a program that knew no hashes
    resolves: str = ""  # the conflict that this op settles
    resolves_rev: int = 0  # the revision of that conflict as it was shown
    erases: bool = (
        False  # what `answers` names is forgotten everywhere, earlier values too (see `erased_paths`)
    )
    redacted: tuple[str, ...] = ()  # paths whose values were erased since; they write nothing any more
    kept_hash: bytes = b""  # the hash of a redacted op, as it was before

    def seen_of(self, path: str) -> Seen:
        """Return what the author saw at a path; nothing where he does not say."""
        if path in self.apart:
            return self.apart[path]
        return self.seen if self.wide or path in self.answers else NOTHING


ALL_SEEN = Seen(1 << 62)  # of the server's own ops: whatever there is, they have seen it
WHOLE = ""  # in place of a path: all answers of a record part


def erased_paths(op: Op) -> tuple[str, ...]:
    """Return what an erasing op (清除) wants forgotten: answers, or `WHOLE` if it deletes the record."""
    return (WHOLE,) if DELETED in op.answers else tuple(op.answers)


def covers(erased: str, path: str) -> bool:
    """Tell whether an erased path covers an answer; the whole leaves why it was deleted and where it went.

    >>> covers("phone", "phone"), covers("", "phone"), covers("", "_deleted"), covers("phone", "name")
    (True, True, False, False)
    """
    return erased == path or (erased == WHOLE and path not in (DELETED, MOVED_TO))
