"""Who types at this computer (填报人): numbers and names. What is typed bears the number (`model.writer`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hsdesk.deskfile.connection import DeskConnection
from hsdesk.errors import DataError
from hsdesk.model.writer import MOST_WRITERS, Writer, checked_name, new_number, number_of_name
from hsdesk.records.op import Op


def everyone(connection: DeskConnection) -> tuple[Writer, ...]:
    """Return every person of this computer, in the order in which they came."""
    return tuple(Writer(*row) for row in connection.all("SELECT number, name FROM hs_writer ORDER BY n"))


def untold(connection: DeskConnection) -> bool:
    """Tell whether the city has not heard of somebody here."""
    return connection.one("SELECT 1 FROM hs_writer WHERE told = 0") is not None


def number_of(connection: DeskConnection, name: str) -> str:
    """Return the number of a person, as text, given now if he had none; "" for nobody."""
    if not name:
        return ""
    row = connection.one("SELECT number FROM hs_writer WHERE name = ? ORDER BY n LIMIT 1", (name,))
    return str(row[0] if row else _added(connection, name))


def _added(connection: DeskConnection, name: str) -> int:
    taken = {number for (number,) in connection.all("SELECT number FROM hs_writer")}
    if len(taken) >= MOST_WRITERS:
        raise DataError("一台电脑上最多登记 {most} 位填报人。", most=MOST_WRITERS)
    number = new_number(taken)
    connection.run("INSERT INTO hs_writer (number, name) VALUES (?, ?)", (number, name))
    return number


def add(connection: DeskConnection, name: str) -> Writer:
    """Add a person, inside a transaction. Raises DataError for one who is here, and for what is no name."""
    called = checked_name(name)
    if connection.one("SELECT 1 FROM hs_writer WHERE name = ?", (called,)):
        raise DataError("填报人里已经有“{name}”。同名的人请加上区别，例如所在网格。", name=called)
    return Writer(_added(connection, called), called)


def names(connection: DeskConnection) -> dict[str, str]:
    """Return the names of this computer's people by their numbers as text."""
    return {str(one.number): one.name for one in everyone(connection)}


def of_ops(connection: DeskConnection, ops: Iterable[Op]) -> tuple[Writer, ...]:
    """Return those whom ops name, by number, or in full as programs before did."""
    named = {op.person for op in ops}
    named |= {
        str(number_of_name(connection.device(), one, ())) for one in named
    }  # and called otherwise since
    return tuple(one for one in everyone(connection) if {str(one.number), one.name} & named)


def take(connection: DeskConnection, told: Sequence[Writer]) -> tuple[tuple[str, str], ...]:
    """Take the names that hold at the city, inside a transaction; return who is called otherwise now.

    Each is (name before, name now).
    """
    before = names(connection)
    connection.sqlite.executemany(
        "INSERT INTO hs_writer (number, name, told) VALUES (?, ?, 1)"
        " ON CONFLICT (number) DO UPDATE SET name = excluded.name, told = 1",
        [(one.number, one.name) for one in told],
    )
    changed = [(before[str(one.number)], one.name) for one in told if str(one.number) in before]
    for old, new in changed:
        if old != new:
            connection.run("UPDATE hs_act SET person = ? WHERE person = ?", (new, old))
    return tuple((old, new) for old, new in changed if old != new)
