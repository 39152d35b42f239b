"""What reports ask of the place where records lie: a desk's file or the city server's ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Protocol

import msgspec

from hsdesk.forms.schema import Form
from hsdesk.model.answer import Class, Value
from hsdesk.model.place import Directory

if TYPE_CHECKING:
    from hsdesk.language.aggregate import Aggregate


class RegisterRecord(msgspec.Struct, frozen=True):
    """One record that is not deleted: effective answers, and how a person reads them.

    Nothing is hidden in `texts` and `rosters`: who shows them passes each through `forms.masking.shown`.
    """

    id: str
    place: str  # id of the place that owns it
    title: str
    values: Mapping[str, Value]  # by storage key; codes, ISO dates; empty ones may be left out
    texts: Mapping[str, str]  # labels of codes, titles of references
    rosters: Mapping[str, tuple[Mapping[str, str], ...]] = {}  # rows as texts, by the key of the roster


class Figured(Protocol):
    """What counts ask. `places`: ids of villages, or of an upper level for its own."""

    @property
    def directory(self) -> Directory: ...

    def readable(self, cls: Class) -> frozenset[str]:
        """Return every place of which the reader is granted a class of data."""
        ...

    @property
    def stands_alone(self) -> bool:
        """Tell whether no city has enrolled the reader: at the levels he fills, nobody else has records."""
        ...

    def form(self, register: str) -> Form:
        """Return a register's form. Raises Missing when it is not installed."""
        ...

    def figures(
        self, queries: Sequence[Aggregate], places: Sequence[str]
    ) -> Sequence[Mapping[str, float] | None]:
        """Return for each query the figure of each group (no entry: nothing found); None: not held here."""
        ...


class Registers(Figured, Protocol):
    """A desk and a server both answer these."""

    @property
    def settings(self) -> Mapping[str, str]:
        """The open definitions (口径) that the city chose otherwise than the default."""
        ...

    def may_read(self, place: str, cls: Class) -> bool:
        """Tell whether the reader is granted a class of data of a place."""
        ...

    def records(
        self, register: str, places: Sequence[str], where: str = ""
    ) -> Sequence[RegisterRecord] | None:
        """Return the records of these places that fit a row predicate, in list order; None: not held here."""
        ...

    def answered(self, places: Sequence[str], as_of: date) -> Mapping[str, tuple[int, int]] | None:
        """Return by place how many relevant answers had to be there on a day in all registers, how many were.

        None: not known to this reader.
        """
        ...
