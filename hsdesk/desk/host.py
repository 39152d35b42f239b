"""What an open form asks of this desk. All answers are fetched on the database thread and kept."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Generic, Protocol, TypeVar, overload
from weakref import WeakKeyDictionary

from hsdesk.forms.codelists import COUNT, CodeLists, columns_of
from hsdesk.forms.host import Rows
from hsdesk.forms.schema import Choice, Label
from hsdesk.language.aggregate import Aggregate
from hsdesk.model.answer import Class
from hsdesk.model.identity import new_id
from hsdesk.model.place import Directory, place_row


class Source(Protocol):
    """The registers of this desk, read on the database thread."""

    @property
    def directory(self) -> Directory: ...

    @property
    def lists(self) -> CodeLists: ...

    def granted(self, scope: str) -> frozenset[Class]:
        """Return the classes of data that this desk is granted of a place."""
        ...

    def register_rows(self, register: str, scope: str) -> Rows | None:
        """Return the records of a place as texts by column, with `_id` and `_title`; None: not held here."""
        ...

    def figure(self, query: Aggregate, scope: str) -> float | None:
        """Return a figure over the records of one place; None: not held here."""
        ...

    def counted(self, name: str, scope: str) -> float | None:
        """Return what a named count comes to for a place today; None: 此处不知."""
        ...


Listed = TypeVar("Listed", bound=Sequence[Mapping[str, str]])


class RowChoices(Sequence[Choice], Generic[Listed]):
    """The records of a register as choices. Each is made when it is asked for: of thousands, few are."""

    def __init__(self, rows: Listed) -> None:
        self.rows = rows
        self._made: dict[int, Choice] = {}

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, at: int) -> Choice: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Choice]: ...
    def __getitem__(self, at: int | slice) -> Choice | Sequence[Choice]:
        if isinstance(at, slice):
            return RowChoices(self.rows[at])
        found = self._made.get(at)
        if found is None:
            found = self._made[at] = _choice(self.rows[at])
        return found


class DeskHost:
    """A host for records of one place.

    Each list, instance and figure is asked for once and then kept: the form may go on in another thread after
    `close`, with the answers it has. What was never asked is then 此处不知.
    """

    def __init__(self, source: Source, scope: str, person: str, device: str, record: str = "") -> None:
        self._source: Source | None = source
        self._lists = source.lists
        self.scope = scope
        self._person = person
        self._record = record
        self._device = device
        self._held = source.granted(scope)
        self._rows: dict[str, Rows | None] = {}
        self._choices: dict[str, Sequence[Choice]] = {}
        self._figures: dict[Aggregate, float | None] = {}

    def for_record(self, record: str) -> DeskHost:
        """Return this host for one record of the place; what was asked is kept together."""
        host = copy.copy(self)
        host._record = record
        return host

    def close(self) -> None:
        """Let go of the database; only kept answers remain."""
        self._source = None

    def now(self) -> dt.datetime:
        return dt.datetime.now().astimezone()

    def username(self) -> str:
        return self._person

    def device_id(self) -> str:
        return self._device

    def new_id(self) -> str:
        return new_id()

    def holds(self, cls: Class) -> bool:
        return cls in self._held

    def choices(self, list_name: str) -> Sequence[Choice]:
        if list_name not in self._choices:
            self._choices[list_name] = self._find_choices(list_name)
        return self._choices[list_name]

    def rows(self, instance: str) -> Sequence[Mapping[str, str]] | None:
        if instance not in self._rows:
            self._rows[instance] = self._find_rows(instance)
        found = self._rows[instance]
        if instance == "here" and found is not None:
            return tuple({**row, "record": self._record} for row in found)
        return found

    def aggregate(self, query: Aggregate) -> float | None:
        if query not in self._figures:
            self._figures[query] = self._source.figure(query, self.scope) if self._source else None
        return self._figures[query]

    def _find_choices(self, list_name: str) -> Sequence[Choice]:
        listed = self._lists.choices(list_name)
        if listed is not None:
            return listed
        if list_name == "places" and self._source is not None:
            return _places(self._source.directory)
        return RowChoices(self.rows(list_name) or ())

    def _find_rows(self, instance: str) -> Rows | None:
        listed = self._lists.choices(instance)
        if listed is not None:
            return Rows(map(columns_of, listed))
        if self._source is None:
            return None
        directory = self._source.directory
        if instance == "places":
            return _places(directory).rows
        if instance == "here":
            here = place_row(directory, directory.by_id(self.scope))
            return Rows(({**here, "person": self._person},))
        if instance.startswith(COUNT):
            found = self._source.counted(instance.removeprefix(COUNT), self.scope)
            return None if found is None else Rows(({"value": f"{found:.10g}"},))
        return self._source.register_rows(instance, self.scope)


_PLACES: WeakKeyDictionary[Directory, RowChoices[Rows]] = WeakKeyDictionary()


def _places(directory: Directory) -> RowChoices[Rows]:
    """Return all places as choices: made once for a directory, every open form shares them."""
    found = _PLACES.get(directory)
    if found is None:
        found = RowChoices(Rows(place_row(directory, place) for place in directory.places))
        _PLACES[directory] = found
    return found


def _choice(row: Mapping[str, str]) -> Choice:
    """Return a row as a choice: of a register by `_id` and `_title`, of a list by `name` and `label`."""
    value, label = ("_id", "_title") if "_id" in row else ("name", "label")
    extra = {column: text for column, text in row.items() if column not in (value, label)}
    return Choice(value=row[value], label=Label({"": (row[label],)}), extra=extra)
