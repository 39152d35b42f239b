"""What each row of the log of ops says, in 128 bits: the audit trail tells their sum with every push.

The hash of an op cannot be made again of its row, which keeps neither nonce nor all that the op had seen. The
seal is of the row itself. An erasure, which empties rows, changes the sum by what it changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from hsdesk.city.sql.database import Connection
from hsdesk.city.sql.schema import put_setting, setting
from hsdesk.deskfile import layout

MODULUS = 1 << 128
SETTING = "log_seal"  # the setting that holds the sum over the log
COLUMNS = (
    "scope", "cls", "rev", "device", "epoch", "seq", "record", "form", "version", "base_rev", "hlc",
    "received", "person", "body", "resolves", "lost", "before",
)  # fmt: skip
_AT_ONCE = 2000
_encode = msgspec.msgpack.Encoder().encode
_BODY = COLUMNS.index("body")
_ROW = f"SELECT {', '.join(COLUMNS)} FROM hs_op WHERE scope = ? AND cls = ?"

Row = tuple[Any, ...]


def seal_of(row: Sequence[Any]) -> int:
    """Return what a row says, its columns as in `COLUMNS`."""
    return int.from_bytes(hashlib.blake2b(_encode(row), digest_size=16).digest(), "big")


def row_of(connection: Connection, scope: str, cls: str, rev: int) -> Row:
    """Return a row of the log."""
    (row,) = connection.all(f"{_ROW} AND rev = ?", scope, cls, rev)
    return _plain(row)


def rows(connection: Connection) -> Iterator[Row]:
    """Yield every row of the log."""
    for scope, cls in connection.all("SELECT scope, cls FROM hs_stream ORDER BY scope, cls"):
        rev = -1
        while some := connection.all(f"{_ROW} AND rev > ? ORDER BY rev LIMIT {_AT_ONCE}", scope, cls, rev):
            yield from map(_plain, some)
            rev = some[-1][2]


def _plain(row: Sequence[Any]) -> Row:
    return (*row[:_BODY], bytes(row[_BODY]), *row[_BODY + 1 :])


def told(connection: Connection) -> int:
    """Return the sum that the log must have."""
    return int(setting(connection, SETTING) or "0", 16)


def add(connection: Connection, more: int) -> str:
    """Add to the sum that the log must have; return it as hex digits."""
    now = f"{(told(connection) + more) % MODULUS:032x}"
    put_setting(connection, SETTING, now)
    return now


def seal_log(connection: Connection, tell: layout.Tell) -> None:
    """Take the log as it stands for right: from here on a changed row is found."""
    ((total,),) = connection.all("SELECT COUNT(*) FROM hs_op")
    found = 0
    for done, row in enumerate(rows(connection), 1):
        found += seal_of(row)
        if done % _AT_ONCE == 0:
            tell(done, total)
    put_setting(connection, SETTING, f"{found % MODULUS:032x}")
