"""An op (改动) is one logged edit: who, when, on which device, which answers, having seen what.

Paths of answers:

    field                     an answer of the record
    roster/ROWID/field        an answer of a roster row (子表); rosters nest the same way
    roster/ROWID/_pos         the row's fractional order key (text)
    roster/ROWID/_deleted     the reason a row was removed (None: it is there again)
    _deleted                  the reason the record was deleted 作废 (None: restored 恢复)
    _merged_into              the record that took this one's place
    _moved_to                 the place that the record shall move to; alone in its op, never kept
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, get_args

import msgspec

Class = Literal["common", "party", "personal", "published"]
CLASSES: tuple[Class, ...] = get_args(Class)
# What a grant names. `published` follows: whoever may see a place also reads what is published above it.
GRANTED: tuple[Class, ...] = ("common", "party", "personal")

# What an answer may hold. A set-valued answer is a sorted tuple of codes; a date is ISO text; empty is None.
Value = str | int | float | tuple[str, ...] | None

MAX_TEXT = 65_536  # characters of one answer
DELETED = "_deleted"
POSITION = "_pos"
MERGED_INTO = "_merged_into"
MOVED_TO = "_moved_to"
SYSTEM = frozenset({DELETED, POSITION, MERGED_INTO, MOVED_TO})  # ends of paths that are no questions


class SetDelta(msgspec.Struct, frozen=True, omit_defaults=True):
    """A change to a set-valued answer: members added and removed. Adding wins over a concurrent removal."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()

    def apply(self, members: tuple[str, ...]) -> tuple[str, ...]:
        """Return the members after this change, sorted.

        >>> SetDelta(add=("c",), remove=("a",)).apply(("a", "b"))
        ('b', 'c')
        """
        return tuple(sorted((set(members) - set(self.remove)) | set(self.add)))


Written = str | int | float | SetDelta | None


def members(value: Value) -> tuple[str, ...]:
    """Return the members of a set-valued answer.

    >>> members(None), members("a"), members(("a", "b"))
    ((), ('a',), ('a', 'b'))
    """
    match value:
        case tuple():
            return value
        case None | "":
            return ()
        case _:
            return (str(value),)


def value_after(old: Value, written: Written) -> Value:
    """Return what an answer holds after it was written to."""
    return written.apply(members(old)) if isinstance(written, SetDelta) else written


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


def deletions_above(path: str) -> Iterator[str]:
    """Yield the `_deleted` paths whose truth would hide `path`: of the record, then of each row inwards.

    >>> list(deletions_above("a/1/b/2/c"))
    ['_deleted', 'a/1/_deleted', 'a/1/b/2/_deleted']
    """
    yield DELETED
    pieces = path.split("/")
    for end in range(2, len(pieces), 2):
        yield "/".join((*pieces[:end], DELETED))


def generic(path: str) -> str:
    """Return a path without its row ids.

    >>> generic("members/0192/name"), generic("name")
    ('members/name', 'name')
    """
    return "/".join(path.split("/")[::2]) if "/" in path else path


def roster_row(path: str) -> tuple[str, str] | None:
    """Return (path of the innermost row, field) of an answer inside a roster, or None for one of the record.

    >>> roster_row("members/0192/name")
    ('members/0192', 'name')
    >>> roster_row("name") is None
    True
    """
    row, slash, field = path.rpartition("/")
    return (row, field) if slash else None
