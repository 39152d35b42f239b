"""Who waits for whom in PostgreSQL, beyond the rows that are locked. SQLite has one writer and needs nothing.

Everyone takes these locks in one order: forms, register tables, streams, a scope's rows, merges, audit trail.
They end with the transaction.
"""

from __future__ import annotations

from collections.abc import Iterable

from hsdesk.city.sql.database import Connection, Contended

_TABLES, _ROWS, _MERGES = 0x7461626C, 0x726F7773, 0x6D657267  # ours among the advisory locks of a database
_FORMS = 0x666F726D


def use_tables(connection: Connection) -> None:
    """Keep the register tables as they are. Raises Contended while they are made again."""
    if connection.dialect == "postgresql":
        ((is_free,),) = connection.all("SELECT pg_try_advisory_xact_lock_shared(?)", _TABLES)
        if not is_free:
            raise Contended("市级服务器正在更新登记表，请稍后再试。已填内容都保存在本机。")


def make_tables(connection: Connection) -> None:
    """Wait for the chunks under way, whose rows would be written over, and let no other begin."""
    _alone(connection, _TABLES)


def bring_forms(connection: Connection) -> None:
    """Let one chunk after the other look whether a form is here; taken before all others."""
    _alone(connection, _FORMS)


def write_rows(connection: Connection, scopes: Iterable[str]) -> None:
    """Let chunks that change a scope's records of several classes write their rows one after the other.

    Two classes are two streams: each chunk would write the whole row with the other's part as it was before.
    """
    if connection.dialect == "postgresql":
        for scope in sorted(scopes):
            connection.all("SELECT pg_advisory_xact_lock(?, hashtext(?))", _ROWS, scope)


def refer(connection: Connection) -> None:
    """Let no record be merged while rows that refer to records are written."""
    if connection.dialect == "postgresql":
        connection.all("SELECT pg_advisory_xact_lock_shared(?)", _MERGES)


def merge(connection: Connection) -> None:
    """Let no row that refers to a record be written while records are merged."""
    _alone(connection, _MERGES)


def _alone(connection: Connection, lock: int) -> None:
    if connection.dialect == "postgresql":
        connection.all("SELECT pg_advisory_xact_lock(?)", lock)
