"""The audit trail (审计记录): append-only, each entry sealed by the hash of the one before it."""

from __future__ import annotations

import hashlib
import json

import msgspec

from hsdesk.city.sql import row_seals
from hsdesk.city.sql.database import Connection, Database
from hsdesk.city.sql.schema import put_setting, setting
from hsdesk.errors import Corrupt

_END = "audit"  # the setting that holds number and hash of the last entry
_OPS = "ops"  # the setting that holds how many rows the log of ops must have


class AuditEntry(msgspec.Struct, frozen=True):
    """Who did what when. `at` is milliseconds since 1970; `detail` holds no personal data."""

    n: int
    at: int
    who: str
    action: str
    detail: str
    hash: str


class LogGrowth(msgspec.Struct, frozen=True):
    """What a push did to the log of ops: new rows, the sum of their seals, the change of earlier ones."""

    rows: int
    sealed: int
    resealed: int = 0


def record(connection: Connection, at: int, who: str, action: str, **detail: str | int) -> None:
    """Append an entry. Call it last in a transaction: it holds the end of the chain until the commit."""
    n, _, before = _end(connection).partition(" ")
    text = json.dumps(detail, ensure_ascii=False, sort_keys=True)
    number = int(n) + 1
    sealed = _seal(before, number, at, (who, action, text))
    connection.run(
        "INSERT INTO hs_audit (n, at, who, action, detail, hash) VALUES (?, ?, ?, ?, ?, ?)",
        number, at, who, action, text, sealed,
    )  # fmt: skip
    put_setting(connection, _END, f"{number} {sealed}")


def record_push(
    connection: Connection, at: int, device: str, log: LogGrowth, detail: dict[str, str | int]
) -> None:
    """Append the entry of a push; it tells how many rows the log of ops has now, and what they say.

    Call it last in a transaction, as `record`.
    """
    _end(connection)
    total = logged_ops(connection) + log.rows
    put_setting(connection, _OPS, str(total))
    log_now = row_seals.add(connection, log.sealed + log.resealed)
    rows = f"{log.sealed % row_seals.MODULUS:032x}"
    record(connection, at, device, "push", **detail, total=total, rows=rows, log=log_now)


def logged_ops(connection: Connection) -> int:
    """Return how many rows the log of ops must have."""
    return int(setting(connection, _OPS) or 0)


def head(connection: Connection) -> tuple[int, str]:
    """Return number and hash of the last entry."""
    n, _, sealed = setting(connection, _END).partition(" ")
    return int(n or 0), sealed


def hash_at(connection: Connection, n: int) -> str:
    """Return the hash of an entry, "" if there is none of that number."""
    rows = connection.all("SELECT hash FROM hs_audit WHERE n = ?", n)
    return str(rows[0][0]) if rows else ""


def _end(connection: Connection) -> str:
    """Return number and hash of the last entry; nobody else appends one until the commit."""
    rows = connection.all("SELECT value FROM hs_setting WHERE name = ? FOR UPDATE", _END)
    return str(rows[0][0]) if rows else "0"


def note_reading(database: Database, at: int, who: str, what: str, rows: int) -> None:
    """Note that S-level answers were read: one entry for a page, a list or a record, not one for each row."""
    if rows:
        with database.writing() as connection:
            record(connection, at, who, "read", what=what, rows=rows)


def _seal(before: str, n: int, at: int, said: tuple[str, str, str]) -> str:
    text = json.dumps([before, n, at, *said], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def entries(database: Database, after: int = 0, limit: int = 1000) -> tuple[AuditEntry, ...]:
    """Return entries with n > `after`, oldest first, each proved to follow the one before it.

    Raises Corrupt at the first that was changed or is missing, also behind the last.
    """
    with database.reading() as connection:
        rows = connection.all(
            "SELECT n, at, who, action, detail, hash FROM hs_audit WHERE n >= ? ORDER BY n LIMIT ?",
            after,
            limit + 1,
        )
        end = setting(connection, _END)
    found = tuple(AuditEntry(*row) for row in rows)
    before = tuple(entry for entry in found[:1] if entry.n == after)
    page = found[len(before) :][:limit]
    last = _proved(page, after, before[0].hash if before else "")
    if len(page) < limit and end and _number(end) >= after and end != last:
        raise Corrupt("审计记录的末尾缺失。请立即联系系统管理员。")
    return page


def _proved(page: tuple[AuditEntry, ...], n: int, before: str) -> str:
    """Return number and hash of the last entry; each must follow the one before it. Raises Corrupt."""
    for entry in page:
        n += 1
        sealed = _seal(before, n, entry.at, (entry.who, entry.action, entry.detail))
        if entry.n != n or entry.hash != sealed:
            raise Corrupt("审计记录第 {n} 条被改动或缺失。请立即联系系统管理员。", n=n)
        before = sealed
    return f"{n} {before}"


def _number(end: str) -> int:
    return int(end.partition(" ")[0])


def verify(database: Database) -> int:
    """Return how many entries the chain has. Raises Corrupt at the first that was changed or is missing."""
    n = 0
    while page := entries(database, after=n):
        n = page[-1].n
    return n
