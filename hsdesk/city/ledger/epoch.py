"""The epoch of a server: begun anew when its database is not the one that desks have last seen.

`server restore` knows where it leaves the epoch before: at the present revision of each stream, its fence. A
database put back by hand (a copied file, `pg_restore`) says nothing of it; it is found out when a desk comes
that has seen more of this epoch than there is. Where the epoch before was left is not known then, so what was
typed under it counts as having seen nothing.

Epochs are ordered: a word of an older one, on a stick that comes late, is known as such. Their names sort by
the time at which they began, never before the one they follow, then by chance; those of earlier programs, 16
hex digits, sort before all of them.
"""

from __future__ import annotations

import secrets

import msgspec

from hsdesk.city.people import audit
from hsdesk.city.sql.database import Connection
from hsdesk.city.sql.schema import put_setting, setting


class RolledBack(Exception):
    """A desk has seen more of this epoch than the database holds. Never leaves `hsdesk.city`."""


class Epoch(msgspec.Struct, frozen=True):
    """The server's epoch, and the one before it if the fences say where that was left, else ""."""

    now: str
    before: str


def read(connection: Connection) -> Epoch:
    """Return the epoch as the database says."""
    return Epoch(setting(connection, "server_epoch"), setting(connection, "previous_epoch"))


def new_name(at: int, before: str = "") -> str:
    """Return the name of an epoch that begins at `at` (milliseconds since 1970), after the one `before`.

    >>> new_name(5)[:-8], new_name(5, "t0000000000ff00000000")[:-8], "ffffffffffffffff" < new_name(0)
    ('t000000000005', 't000000000100', True)
    """
    last = int(before[1:13], 16) if before.startswith("t") else -1
    return f"t{max(at, last + 1):012x}{secrets.token_hex(4)}"


def begin_at_fence(connection: Connection, by: str, at: int) -> Epoch:
    """Begin an epoch in a database that has just been restored."""
    connection.run("UPDATE hs_stream SET fence = rev")
    return _begin(connection, read(connection).now, (by, "restore"), at)


def begin_anew(connection: Connection, claimed: str, by: str, at: int) -> Epoch:
    """Begin an epoch because `by` has seen more of the `claimed` one; if it is the present one still."""
    connection.all("SELECT value FROM hs_setting WHERE name = 'server_epoch' FOR UPDATE")
    known = read(connection)
    if known.now != claimed:
        return known
    connection.run("UPDATE hs_stream SET fence = 0")
    return _begin(connection, "", (by, "went-back"), at)


def _begin(connection: Connection, before: str, said: tuple[str, str], at: int) -> Epoch:
    begun = Epoch(new_name(at, read(connection).now), before)
    put_setting(connection, "previous_epoch", begun.before)
    put_setting(connection, "server_epoch", begun.now)
    connection.run("DELETE FROM hs_token")
    audit.record(connection, at, *said)
    return begun
