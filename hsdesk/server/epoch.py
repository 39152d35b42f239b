"""The epoch of a server: begun anew when its database is not the one that desks have last seen.

`server restore` knows where it leaves the epoch before: at the present revision of each stream, its fence. A
database put back by hand (a copied file, `pg_restore`) says nothing of it; it is found out when a desk comes
that has seen more of this epoch than there is. Where the epoch before was left is not known then, so what was
typed under it counts as having seen nothing.
"""

from __future__ import annotations

import secrets

import msgspec

from hsdesk.server import audit
from hsdesk.server.database import Connection
from hsdesk.server.schema import put_setting, setting


class WentBack(Exception):
    """A desk has seen more of this epoch than the database holds. Never leaves `hsdesk.server`."""


class Epoch(msgspec.Struct, frozen=True):
    """The server's epoch, and the one before it if the fences say where that was left, else ""."""

    now: str
    before: str


def read(connection: Connection) -> Epoch:
    """Return the epoch as the database says."""
    return Epoch(setting(connection, "server_epoch"), setting(connection, "previous_epoch"))


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
    begun = Epoch(secrets.token_hex(8), before)
    put_setting(connection, "previous_epoch", begun.before)
    put_setting(connection, "server_epoch", begun.now)
    connection.run("DELETE FROM hs_token")
    audit.record(connection, at, *said)
    return begun
