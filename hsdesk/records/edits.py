"""What goes in and what comes back when a record is changed."""

from __future__ import annotations

import msgspec

from hsdesk.model.answer import Class, SetDelta, Value
from hsdesk.records.op import NOTHING, Seen


class Screen(msgspec.Struct, frozen=True):
    """What stood on a screen when a person typed: what showing it made seen, by path, and of which stream.

    The revisions count only in that place and that server epoch.
    """

    scope: str
    server_epoch: str
    seen: dict[str, Seen]

    def of(self, path: str, scope: str, server_epoch: str) -> Seen:
        """Return what was seen at a path, as it counts at a place in a server epoch."""
        found = self.seen.get(path, NOTHING)
        if (self.scope, self.server_epoch) == (scope, server_epoch) or not found.rev:
            return found
        return Seen(0, found.epoch, found.seq)


class Edit(msgspec.Struct, frozen=True):
    """Answers of one record that a person changed. An unknown record id makes a new record.

    `screen`: what he saw. None: the file is read for him in the same transaction, as for a command that looks
    and writes at once. A set-valued answer may then be given whole (a tuple of codes); with a screen it is
    what was added and removed there. `resolves`: the conflict (两边改得不一样) that this edit settles, as it
    was at `resolves_rev` (0: as it is). `erases`: what is named is forgotten everywhere, earlier values too
    (清除); with `_deleted`, all of it.
    """

    scope: str  # place UUID
    form: str
    record: str
    answers: dict[str, Value | SetDelta]
    person: str
    reason: str = ""
    resolves: str = ""
    erases: bool = False
    screen: Screen | None = None
    resolves_rev: int = 0


class RecordRef(msgspec.Struct, frozen=True, order=True):
    form: str
    scope: str
    record: str


class Committed(msgspec.Struct, frozen=True):
    """What a transaction changed; it is on the disk when this value exists."""

    records: tuple[RecordRef, ...] = ()
    created: tuple[RecordRef, ...] = ()
    ops: int = 0
    last_seq: int = 0  # of this device and epoch; 0: nothing was logged
    conflicts: bool = False
    own: dict[str, tuple[int, int]] = {}  # of an edit with a screen: which own op shows there now, by path
    batch: str = ""  # its name in the journal, of records that were read from a file
    act: int = 0  # its entry in the journal; 0: none, or answers that were typed

    @property
    def registers(self) -> tuple[str, ...]:
        """The form ids touched."""
        return tuple(sorted({record.form for record in self.records}))


class RecordState(msgspec.Struct, frozen=True):
    """All that is known of a record: answers by path, parts of all classes joined, without empty ones."""

    form: str
    version: str
    answers: dict[str, Value]
    classes: tuple[Class, ...]
    deleted: str = ""  # the reason 作废; "" when it is there
    merged_into: str = ""


class Draft(msgspec.Struct, frozen=True):
    """A cell being typed (草稿格): not an op yet. `at` is ISO time.

    `base` and `seen` say what stood there when typing began, in the server epoch named.
    """

    scope: str
    form: str
    record: str
    path: str
    text: str
    caret: int = 0
    at: str = ""
    base: Value = None
    seen: Seen = NOTHING
    server_epoch: str = ""
