"""The audit trail (审计记录): append-only, each entry sealed by the hash of the one before it."""

from __future__ import annotations

import hashlib
import json

import msgspec

from hsdesk.city.sql.database import Connection, Database
from hsdesk.errors import Corrupt


class AuditEntry(msgspec.Struct, frozen=True):
    """Who did what when. `at` is milliseconds since 1970; `detail` holds no personal data."""

    n: int
    at: int
    who: str
    action: str
    detail: str
    hash: str


def record(connection: Connection, at: int, who: str, action: str, **detail: str | int) -> None:
    """Append an entry. Call it last in a transaction: it holds the end of the chain until the commit."""
    rows = connection.all("SELECT value FROM hs_setting WHERE name = 'audit' FOR UPDATE")
    n, _, before = str(rows[0][0]).partition(" ") if rows else ("0", "", "")
    text = json.dumps(detail, ensure_ascii=False, sort_keys=True)
    number = int(n) + 1
    sealed = _seal(before, number, at, (who, action, text))
    connection.run(
        "INSERT INTO hs_audit (n, at, who, action, detail, hash) VALUES (?, ?, ?, ?, ?, ?)",
        number, at, who, action, text, sealed,
    )  # fmt: skip
    connection.run(
        "INSERT INTO hs_setting (name, value) VALUES ('audit', ?)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        f"{number} {sealed}",
    )


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
        end = connection.all("SELECT value FROM hs_setting WHERE name = 'audit'")
    found = tuple(AuditEntry(*row) for row in rows)
    before = tuple(entry for entry in found[:1] if entry.n == after)
    page = found[len(before) :][:limit]
    last = _proved(page, after, before[0].hash if before else "")
    if len(page) < limit and end and _number(end[0][0]) >= after and end[0][0] != last:
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
