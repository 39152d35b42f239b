"""What goes in and what comes back when a record is changed."""

from __future__ import annotations

import msgspec

from hsdesk.model.op import Class, SetDelta, Value


class Edit(msgspec.Struct, frozen=True):
    """Answers of one record that a person changed. An unknown record id makes a new record.

    A set-valued answer may be given whole (a tuple of codes): what was added and removed is worked out
    against what the file holds. `resolves` is the id of the conflict (两边改得不一样) that this edit settles.
    `erases`: what is named is forgotten everywhere, earlier values too (清除); with `_deleted`, all of it.
    """

    scope: str  # place UUID
    form: str
    record: str
    answers: dict[str, Value | SetDelta]
    person: str
    reason: str = ""
    resolves: str = ""
    erases: bool = False


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

    @property
    def registers(self) -> tuple[str, ...]:
        """The form ids touched."""
        return tuple(sorted({record.form for record in self.records}))


class RecordState(msgspec.Struct, frozen=True):
    """All that is known of a record: answers by path, parts of all classes joined, without empty ones."""

    form: str
    version: str
    answers: dict[str, Value]
    rev: int  # revision of the last page that covered it; 0: never received
    classes: tuple[Class, ...]
    deleted: str = ""  # the reason 作废; "" when it is there
    merged_into: str = ""


class Draft(msgspec.Struct, frozen=True):
    """A cell being typed (草稿格): not an op yet. `at` is ISO time."""

    scope: str
    form: str
    record: str
    path: str
    text: str
    caret: int = 0
    at: str = ""
