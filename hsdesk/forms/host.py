"""What an open form asks of the world outside the record.

A desk, the city server and a test each answer it in their own way. `None` where a register is asked for means
此处不知: this device does not hold it, which is not the same as none.
"""

from __future__ import annotations

import datetime as dt
import getpass
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from hsdesk.forms.schema import Choice
from hsdesk.model.answer import Class
from hsdesk.model.identity import new_id

if TYPE_CHECKING:
    from hsdesk.language.aggregate import Aggregate
    from hsdesk.language.tree import Node


class Rows(tuple[Mapping[str, str], ...]):
    """Rows of a list that never change. The tree that expressions walk is kept, and goes, with them."""

    tree: Node | None = None


class FormHost(Protocol):
    """The questions a session asks."""

    def now(self) -> dt.datetime:
        """Return the present moment, aware, in the local zone."""
        ...

    def username(self) -> str:
        """Return who fills the form."""
        ...

    def device_id(self) -> str:
        """Return the stable name of this device."""
        ...

    def new_id(self) -> str:
        """Return a fresh UUIDv7 as text."""
        ...

    def holds(self, cls: Class) -> bool:
        """Tell whether this device is granted a class of data of the record's place."""
        ...

    def choices(self, list_name: str) -> Sequence[Choice]:
        """Return an external list: a living register, `places`, or a shipped code list; () when unknown."""
        ...

    def rows(self, instance: str) -> Sequence[Mapping[str, str]] | None:
        """Return the rows of `instance('…')/root/item` as texts by column; None: 此处不知."""
        ...

    def aggregate(self, query: Aggregate) -> float | None:
        """Return a figure over a register; None: 此处不知."""
        ...


class BareHost:
    """A host that knows nothing but the clock: for checks, replays and tests. Subclass it for more."""

    def now(self) -> dt.datetime:
        """Return the present moment in the machine's zone."""
        return dt.datetime.now().astimezone()

    def username(self) -> str:
        """Return the name of the account."""
        return getpass.getuser()

    def device_id(self) -> str:
        """Return a fixed name."""
        return "local"

    def new_id(self) -> str:
        """Return a UUIDv7."""
        return new_id()

    def holds(self, cls: Class) -> bool:
        """Answer that nothing is withheld."""
        return True

    def choices(self, list_name: str) -> Sequence[Choice]:
        """Return no choices."""
        return ()

    def rows(self, instance: str) -> Sequence[Mapping[str, str]] | None:
        """Answer 此处不知."""
        return None

    def aggregate(self, query: Aggregate) -> float | None:
        """Answer 此处不知."""
        return None
