"""An answer that is being typed: what stood there when typing began, and the question when that changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from hsdesk.desk.values import Draft, Screen
from hsdesk.model.answer import Value, deletions_above, members
from hsdesk.records.op import NOTHING, Seen


class Typing(msgspec.Struct, frozen=True):
    """What a person saw when he began to type into a field, and what he has typed so far.

    `was`: what showing the field made seen then. `above`: the same of deletions above it that he saw.
    """

    base: Value
    was: Screen
    text: str = ""

    def seen(self, path: str, screen: Screen) -> dict[str, Seen]:
        """Return what he saw, as it counts in the place and server epoch of a screen."""
        return {one: self.was.of(one, screen.scope, screen.server_epoch) for one in (path, *self.above)}

    @property
    def above(self) -> tuple[str, ...]:
        return tuple(one for one in self.was.seen if one.rpartition("/")[2] == "_deleted")

    def draft(self, path: str) -> tuple[Seen, str]:
        """Return what a draft cell keeps of it: what was seen, and in which server epoch."""
        return self.was.seen.get(path, NOTHING), self.was.server_epoch


class FieldQuestion(msgspec.Struct, frozen=True):
    """Another's answer to what is being typed: whether to keep one's own text is the author's choice.

    `seen`: what choosing one's own makes seen.
    """

    path: str
    theirs: Value
    seen: Screen


def begun(path: str, base: Value, screen: Screen, text: str = "") -> Typing:
    """Return typing that begins on a screen."""
    return Typing(base, part_of(screen, path, *deletions_above(path)), text)


def recovered(draft: Draft) -> Typing:
    """Return typing as a draft cell kept it."""
    return Typing(draft.base, Screen(draft.scope, draft.server_epoch, {draft.path: draft.seen}), draft.text)


def part_of(screen: Screen, *paths: str) -> Screen:
    """Return what a screen made seen at some paths only."""
    seen = {path: screen.seen[path] for path in paths if path in screen.seen}
    return Screen(screen.scope, screen.server_epoch, seen)


def merged(base: Value, meant: Value, now: Value) -> Value:
    """Return a set-valued answer with what its author changed of `base`, made to what stands there now.

    >>> merged(("a",), ("a", "b"), ("a", "c")), merged(("a", "b"), ("b",), ("a", "b", "c"))
    (('a', 'b', 'c'), ('b', 'c'))
    """
    before, after = set(members(base)), set(members(meant))
    return tuple(sorted((set(members(now)) | (after - before)) - (before - after))) or None


def rows_around(path: str) -> Iterator[str]:
    """Yield the paths of the roster rows that an answer lies in, outermost first.

    >>> list(rows_around("a/1/b/2/c")), list(rows_around("c"))
    (['a/1', 'a/1/b/2'], [])
    """
    pieces = path.split("/")
    for end in range(2, len(pieces), 2):
        yield "/".join(pieces[:end])


def raised(seen: Mapping[str, Seen], own: Mapping[str, tuple[int, int]]) -> dict[str, Seen]:
    """Return what a screen made seen once it also shows these own ops (epoch, seq), by path."""
    made = dict(seen)
    for path, (epoch, seq) in own.items():
        was = seen.get(path, NOTHING)
        if not was.seq or (was.epoch == epoch and was.seq < seq):
            made[path] = Seen(was.rev, epoch, seq)
    return made
