"""Who types at this desk (填报人): listed, added, chosen. A person's name is changed by an official alone."""

from __future__ import annotations

import msgspec

from hsdesk.desk.opening import PERSON, Opened
from hsdesk.errors import UsageError
from hsdesk.model.writer import Writer


class WriterInfo(msgspec.Struct, frozen=True):
    """One person of this desk. `number`: by which what he types names him. `current`: who types now."""

    number: int
    name: str
    current: bool


class Writers:
    """The persons of an open desk."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._file = opened.file

    def everyone(self) -> tuple[WriterInfo, ...]:
        """Return who types here, in the order in which they came."""
        return tuple(WriterInfo(*self._fields(one)) for one in self._file.writers())

    def _fields(self, one: Writer) -> tuple[int, str, bool]:
        return one.number, one.name, one.name == self._opened.person

    def add(self, name: str) -> WriterInfo:
        """Add a person; the city hears of him at the next sync. Raises DataError for one who is here."""
        return WriterInfo(*self._fields(self._file.add_writer(name)))

    def use(self, name: str) -> None:
        """Let what is typed from now on be this person's, given by name or number. Raises UsageError."""
        for one in self._file.writers():
            if name.strip() in (one.name, str(one.number)):
                self._file.set(PERSON, one.name)
                self._opened.person = one.name
                return
        raise UsageError("填报人里没有“{name}”。请先添加：person add {name}", name=name.strip())

    def take(self, told: tuple[Writer, ...]) -> None:
        """Take the names that hold at the city."""
        renamed = dict(self._file.take_writers(told))
        if now := renamed.get(self._opened.person):
            self._file.set(PERSON, now)
            self._opened.person = now
