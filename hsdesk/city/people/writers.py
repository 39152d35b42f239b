"""Who typed at which computer (填报人): a number of the computer for each, and his name.

An op names its writer by that number. A computer tells the name with its registration, or with the first ops
that name him; from then on an official alone changes it. Programs before named people in full: each name
becomes a number when it first comes. What is stored is always the number; whoever may read what was typed is
told the name that holds now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypedDict

from hsdesk.city.people import audit
from hsdesk.city.people.devices import require_theirs
from hsdesk.city.people.permission import Caller, Official, stored_rules
from hsdesk.city.sql.database import Connection, Database
from hsdesk.errors import DataError, Refused
from hsdesk.model.clock import wall_milliseconds
from hsdesk.model.writer import LONGEST_NAME, MOST_WRITERS, Writer, checked_name, number_of_name

_UNKNOWN = "改动里的填报人没有在这台电脑上登记过，请选好填报人，再改一次这一处。"
_NAMED = "SELECT number, name FROM hs_writer WHERE device = ? ORDER BY number"
_PUT = "INSERT INTO hs_writer (device, number, name) VALUES (?, ?, ?) ON CONFLICT (device, number) DO NOTHING"


class ListedWriter(TypedDict):
    device: str
    number: int
    name: str


class DeviceWriters:
    """The writers of one computer while its ops are taken. `told`: those that its message names.

    None: a program before, whose ops name people in full.
    """

    def __init__(self, connection: Connection, device: str, told: tuple[Writer, ...] | None) -> None:
        self._connection = connection
        self._device = device
        self._takes_names = told is None
        self._names: dict[int, str] = dict(connection.all(_NAMED, device))
        self._new: list[Writer] = []
        for writer in told or ():
            if writer.number not in self._names and is_sound(writer):
                self._add(writer)
        self._numbers = {str(number): str(number) for number in self._names}
        for number, name in self._names.items():
            self._numbers.setdefault(name, str(number))

    def number_of(self, person: str) -> str | None:
        """Return the number, as text, of whom an op names; None for somebody whom nobody registered.

        An op of a program before may name nobody.
        """
        found = self._numbers.get(person) or self._renamed(person)
        if found or not self._takes_names:
            return found
        if not person:
            return ""
        number = number_of_name(self._device, person, self._names)
        called = "".join(filter(str.isprintable, person))[:LONGEST_NAME]
        if not self._add(Writer(number, called or "?")):
            return None
        self._numbers[person] = self._numbers[str(number)] = str(number)
        return str(number)

    def _renamed(self, name: str) -> str | None:
        """Return the number of somebody named in full whom an official calls otherwise since."""
        number = number_of_name(self._device, name, ()) if name else 0
        return str(number) if number in self._names else None

    def problem(self, person: str) -> str:
        """Return the Chinese reason to set an op aside because of whom it names, "" to take it."""
        return _UNKNOWN if self.number_of(person) is None else ""

    def _add(self, writer: Writer) -> bool:
        if len(self._names) >= MOST_WRITERS:
            return False
        self._names[writer.number] = writer.name
        self._new.append(writer)
        return True

    def write(self) -> tuple[Writer, ...]:
        """Keep the writers that are new, inside the transaction; return them."""
        self._connection.many(_PUT, [(self._device, one.number, one.name) for one in self._new])
        return tuple(self._new)

    def all(self) -> tuple[Writer, ...]:
        """Return every writer of the computer, with the names that hold."""
        return tuple(Writer(number, name) for number, name in sorted(self._names.items()))


def is_sound(writer: Writer) -> bool:
    """Tell whether a number and a name can be kept."""
    name = writer.name
    return 0 < writer.number < 1 << 31 and 0 < len(name) <= LONGEST_NAME and name.isprintable()


class WriterNames(dict[tuple[str, str], str]):
    """The names by computer and number, as text, read when they are asked for; others are names already.

    Of a value that no computer wrote alone, the number stands behind the computer's (`records.merge`).
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self._connection = connection
        self._read: set[str] = set()

    def __missing__(self, writer: tuple[str, str]) -> str:
        device, person = writer
        if not device and " " in person:
            device, _, number = person.rpartition(" ")
            found = self[device, number]
            return self.setdefault(writer, person if found == number else found)
        if device not in self._read:
            self._read.add(device)
            self.update(((device, str(n)), name) for n, name in self._connection.all(_NAMED, device))
        return self.setdefault(writer, person)


def tell(
    database: Database,
    caller: Caller,
    told: tuple[Writer, ...],
    now_ms: Callable[[], int] = wall_milliseconds,
) -> tuple[Writer, ...]:
    """Take the writers of a computer; return all of them with the names that hold. None is changed.

    Raises Refused for one who asks without a computer, DataError for what is no number or name.
    """
    if caller.reach.holder != "device":
        raise Refused("只有登记过的电脑才有填报人。")
    if len(told) > MOST_WRITERS or not all(map(is_sound, told)):
        raise DataError("填报人的姓名不对，没有登记。")
    with database.writing() as connection:
        writers = DeviceWriters(connection, caller.device, told)
        if new := writers.write():
            audit.record(connection, now_ms(), caller.device, "writers", numbers=numbers_of(new))
        return writers.all()


def numbers_of(writers: Iterable[Writer]) -> str:
    """Return writers as the audit trail names them: by number."""
    return " ".join(str(one.number) for one in writers)


def everyone(database: Database, by: Official, device: str = "") -> list[ListedWriter]:
    """Return the writers of a computer, or of every one that `by` may stop."""
    with database.reading() as connection:
        rows = connection.all(
            "SELECT w.device, w.number, w.name, d.grants FROM hs_writer w JOIN hs_device d ON d.id = w.device"
            " ORDER BY w.device, w.number"
        )
    return [
        {"device": one, "number": number, "name": name}
        for one, number, name, grants in rows
        if device in ("", one) and by.reach.manages("revoke", stored_rules(grants))
    ]


def rename(
    database: Database,
    writer: tuple[str, int],
    name: str,
    by: Official,
    now_ms: Callable[[], int] = wall_milliseconds,
) -> None:
    """Call a writer (computer, number) otherwise. Raises Refused if there is none among theirs, DataError."""
    called = checked_name(name)
    device, number = writer
    with database.writing() as connection:
        require_theirs(connection, device, by)
        changed = connection.all(
            "UPDATE hs_writer SET name = ? WHERE device = ? AND number = ? RETURNING 1",
            called,
            device,
            number,
        )
        if not changed:
            raise Refused("这台电脑上没有这个填报人（{number}）。", number=number)
        audit.record(connection, now_ms(), by.name, "rename-writer", device=device, number=number)
