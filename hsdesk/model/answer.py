"""Answers and their paths: what an answer may hold, how a set changes, and where in a record it lies.

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

from collections.abc import Iterator
from typing import Literal, get_args

import msgspec

Class = Literal["common", "party", "personal", "published"]
CLASSES: tuple[Class, ...] = get_args(Class)
PERSONAL: Class = "personal"  # S-level answers: who reads them is written down
# What a grant names. `published` follows: whoever may see a place also reads what is published above it.
GRANTED: tuple[Class, ...] = ("common", "party", "personal")
# What an answer may hold. A set-valued answer is a sorted tuple of codes; a date is ISO text; empty is None.
Value = str | int | float | tuple[str, ...] | None
MAX_TEXT = 65_536  # characters of one answer
DELETED = "_deleted"
POSITION = "_pos"
MERGED_INTO = "_merged_into"
MOVED_TO = "_moved_to"
ERASURE = "_erasure"
SYSTEM = frozenset({DELETED, POSITION, MERGED_INTO, MOVED_TO, ERASURE})  # ends of paths that are no questions


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
